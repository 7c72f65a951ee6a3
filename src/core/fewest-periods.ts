// The lower bound: the fewest paid periods with which any follower could cover a demand: equal intervals on a line, swept from
// the left. At an instant where less is paid than wanted, the difference is bought; nothing is bought earlier. Pure.
import { findNextBoundary, type FixedClock } from './fixed-clock.js';
import type { Demand, DemandStep } from './policy-types.js';
import type { Instant, Millis } from './types.js';

/** Periods that begin within [from, to). */
export function countFewestPeriods(demand: Demand, periodMillis: Millis, from: Instant, to: Instant): number {
  return countPeriodsOfSteps(demand(from, to), periodMillis, { sweptFrom: from, from, to });
}

interface SweptSpan {
  readonly sweptFrom: Instant;
  readonly from: Instant;
  readonly to: Instant;
  /** All are charged at its boundaries: what is bought between two of them is paid until the next. */
  readonly fixedClock?: FixedClock | undefined;
}

/** So many periods that were bought together. */
interface Batch {
  readonly end: Instant;
  readonly count: number;
}

/**
 * The same of steps that are at hand, swept from `sweptFrom` on: what was paid before `from` and reaches into it is not counted.
 * Takes no longer for ten thousand members than for one.
 */
export function countPeriodsOfSteps(steps: readonly DemandStep[], periodMillis: Millis, span: SweptSpan): number {
  const endOf = (at: Instant): Instant =>
    span.fixedClock === undefined ? at + periodMillis : findNextBoundary(span.fixedClock, at);
  /** Ascending: periods are equally long, or end together, so they end in the order in which they were bought. */
  const paid: Batch[] = [];
  let first = 0;
  let alive = 0;
  let periods = 0;
  const cover = (at: Instant, wanted: number): void => {
    for (; first < paid.length && paid[first]!.end <= at; first += 1) alive -= paid[first]!.count;
    if (alive >= wanted) return;
    paid.push({ end: endOf(at), count: wanted - alive });
    if (at >= span.from) periods += wanted - alive;
    alive = wanted;
  };
  for (const [index, step] of steps.entries()) {
    const end = steps[index + 1]?.at ?? span.to;
    let at = Math.max(step.at, span.sweptFrom);
    while (at < end) {
      cover(at, step.wanted);
      // The next instant at which something that is still wanted runs out.
      const next = paid[first];
      if (step.wanted === 0 || next === undefined || next.end >= end) break;
      at = next.end;
    }
  }
  return periods;
}

/** The same where no member ever stands in for another: the first serves whenever one is wanted, the second whenever two are. */
export function countPeriodsByLayer(...[steps, periodMillis, span]: Parameters<typeof countPeriodsOfSteps>): number {
  const levels = [...new Set(steps.map(({ wanted }) => wanted))].filter((wanted) => wanted > 0).sort((a, b) => a - b);
  let periods = 0;
  for (const [index, level] of levels.entries()) {
    const layer = steps.map(({ at, wanted, window }) => ({ at, wanted: wanted >= level ? 1 : 0, window }));
    periods += (level - (levels[index - 1] ?? 0)) * countPeriodsOfSteps(layer, periodMillis, span);
  }
  return periods;
}
