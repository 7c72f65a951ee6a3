// The lower bound: the fewest paid periods with which any follower could cover a demand: equal intervals on a line, swept from
// the left. At an instant where less is paid than wanted, the difference is bought; nothing is bought earlier. Pure.
import type { Demand } from '../core/policy-types.js';
import type { Instant, Millis } from '../core/types.js';

/** Periods that begin within [from, to). */
export function countFewestPeriods(demand: Demand, periodMillis: Millis, from: Instant, to: Instant): number {
  const steps = demand(from, to);
  /** Ends of what is paid, ascending: periods are equally long, so they end in the order in which they were bought. */
  const paidUntil: Instant[] = [];
  let first = 0;
  let periods = 0;
  const cover = (at: Instant, wanted: number): void => {
    while (first < paidUntil.length && paidUntil[first]! <= at) first += 1;
    for (let paid = paidUntil.length - first; paid < wanted; paid += 1) {
      paidUntil.push(at + periodMillis);
      periods += 1;
    }
  };
  for (const [index, step] of steps.entries()) {
    const end = steps[index + 1]?.at ?? to;
    let at = Math.max(step.at, from);
    while (at < end) {
      cover(at, step.wanted);
      // The next instant at which something that is still wanted runs out.
      const next = paidUntil[first];
      if (step.wanted === 0 || next === undefined || next >= end) break;
      at = next;
    }
  }
  return periods;
}
