// What the lower bound is asked: a demand on a span, the price of each instant, and the clock that boundaries follow. Puts it
// into one form (ascending steps, equal neighbours merged, nothing outside the span); decides nothing. Pure.
import { DAY_MILLIS } from '../../../core/money.js';
import type { DemandStep } from '../../../core/policy-types.js';
import type { ScenarioClock } from '../../../core/scenario.js';
import type { Instant, Micros, Millis, Price } from '../../../core/types.js';

/** One fleet, or whatever else buys for itself alone. */
export interface BoundInput {
  /** Ascending; nothing is wanted before the first. */
  readonly demand: readonly Pick<DemandStep, 'at' | 'wanted'>[];
  /**
   * Ascending: from `at` on the cheapest price at which it may buy, disk and IP included; undefined, and before the first:
   * nothing can be bought. Every price's period is the clock's.
   */
  readonly prices: readonly { readonly at: Instant; readonly price: Price | undefined }[];
  /** Each period that follows costs what the first one did; false: what is asked when it begins. */
  readonly keepsPrice: boolean;
  readonly clock: ScenarioClock;
}

export interface WantedStep {
  readonly at: Instant;
  readonly wanted: number;
}

export interface PriceStep {
  readonly at: Instant;
  /** Of one paid period, however short the first one is; undefined: nothing can be bought. */
  readonly price: Micros | undefined;
}

export interface BoundProblem {
  readonly from: Instant;
  readonly to: Instant;
  readonly clock: ScenarioClock;
  /** As the input's. */
  readonly keepsPrice: boolean;
  /** Purchases happen at instants that are so far apart: 1, unless the problem was made coarser. */
  readonly unitMillis: Millis;
  /** The first at `from`, the others before `to`; neighbours differ. */
  readonly demand: readonly WantedStep[];
  readonly prices: readonly PriceStep[];
}

export interface Uncoverable {
  /** Some were wanted before this instant, and until then nothing could be bought: no follower covers them. */
  readonly until: Instant;
}

export function periodOf(clock: ScenarioClock): Millis {
  return clock.kind === 'rolling' ? clock.periodMillis : DAY_MILLIS;
}

/** When a period that begins at `at` ends: of a purchase, and of a renewal at the boundary `at`. */
export function findPeriodEnd(clock: ScenarioClock, at: Instant): Instant {
  if (clock.kind === 'rolling') return at + clock.periodMillis;
  return at - modulo(at - clock.timeOfDayMillis, DAY_MILLIS) + DAY_MILLIS;
}

/** The remainder, never negative. */
export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/**
 * The problem on [from, to), begun where something can be bought first: what is wanted before that is left out, as nobody can
 * cover it. Throws where a price has another period than the clock.
 */
export function toBoundProblem(
  input: BoundInput,
  from: Instant,
  to: Instant,
): { readonly problem: BoundProblem; readonly uncoverable: Uncoverable | undefined } {
  const { clock, keepsPrice } = input;
  const amounts = input.prices.map(({ at, price }) => ({ at, price: amountOf(price, clock) }));
  const prices = clip(amounts, from, to, { at: from, price: undefined }, (a, b) => a.price === b.price);
  const demand = clip(input.demand, from, to, { at: from, wanted: 0 }, (a, b) => a.wanted === b.wanted);
  const buyable = prices.find((step) => step.price !== undefined)?.at ?? to;
  const shared = { to, clock, keepsPrice, unitMillis: 1 };
  if (buyable === from) return { problem: { ...shared, from, demand, prices }, uncoverable: undefined };
  const isMissed = demand.some((step) => step.at < buyable && step.wanted > 0);
  const problem = {
    ...shared,
    from: buyable,
    demand: clip(demand, buyable, to, { at: buyable, wanted: 0 }, () => false),
    prices: prices.filter((step) => step.at >= buyable),
  };
  return { problem, uncoverable: isMissed ? { until: buyable } : undefined };
}

/** Answers for ascending or any other instants of the problem. */
export function readerOf<Step extends { readonly at: Instant }>(steps: readonly Step[]): (at: Instant) => Step {
  return (at) => {
    let low = 0;
    let high = steps.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (steps[middle]!.at <= at) low = middle;
      else high = middle - 1;
    }
    return steps[low]!;
  };
}

function amountOf(price: Price | undefined, clock: ScenarioClock): Micros | undefined {
  if (price === undefined) return undefined;
  if (price.periodMillis !== periodOf(clock)) {
    throw new RangeError(`A price per ${price.periodMillis} ms on a clock whose periods are ${periodOf(clock)} ms.`);
  }
  return price.amount;
}

/** The steps in force within [from, to), the first moved to `from`. */
function clip<Step extends { readonly at: Instant }>(
  steps: readonly Step[],
  from: Instant,
  to: Instant,
  before: Step,
  isSame: (a: Step, b: Step) => boolean,
): readonly Step[] {
  const clipped = [before];
  for (const step of steps) {
    if (step.at >= to) break;
    const last = clipped.at(-1)!;
    if (step.at <= from) clipped[0] = { ...step, at: from };
    else if (step.at === last.at) clipped[clipped.length - 1] = step;
    else if (!isSame(last, step)) clipped.push(step);
  }
  return clipped;
}
