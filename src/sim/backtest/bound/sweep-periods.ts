// The bound where one price holds throughout: the fewest periods, whatever they cost. Rolling: equal intervals on a line, swept
// from the left. Fixed: every period ends at its day's boundary, so a day costs as many as are wanted at once in it. Pure.
import { countFewestPeriods } from '../../../core/fewest-periods.js';
import { findPeriodEnd, type BoundProblem } from './bound-problem.js';

/** Periods that begin within the problem's span; those that reach beyond it count whole. */
export function sweepPeriods({ demand, clock, from, to }: BoundProblem): number {
  if (clock.kind === 'rolling') {
    const steps = demand.map((step) => ({ ...step, window: undefined }));
    return countFewestPeriods(() => steps, clock.periodMillis, from, to);
  }
  let periods = 0;
  let index = 0;
  for (let at = from; at < to; at = findPeriodEnd(clock, at)) {
    const end = Math.min(to, findPeriodEnd(clock, at));
    while (index + 1 < demand.length && demand[index + 1]!.at <= at) index += 1;
    let peak = 0;
    for (let ahead = index; ahead < demand.length && demand[ahead]!.at < end; ahead += 1) {
      peak = Math.max(peak, demand[ahead]!.wanted);
      index = ahead;
    }
    periods += peak;
  }
  return periods;
}
