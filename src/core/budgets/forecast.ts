// What will be charged until a period's end: of what renews for good, and of a fleet that follows its demand. A model of the
// planner's own choice (release.ts), cheap enough for every look; whoever decides about a single VM doesn't go by it.
import { peakReader } from '../demand.js';
import type { Demand } from '../policy-types.js';
import type { Instant, Micros, Millis, Price } from '../types.js';

/** So many are charged together, at `next` and each period after it. */
export interface Renewals {
  readonly next: Instant;
  readonly price: Price;
  readonly count: number;
}

/** More groups of one price than this are drawn together; the boundaries of a group lie as close as a fraction of the period. */
const MOST_GROUPS = 64;

/** Boundaries in [from, to), the first of them at `next` or later. */
export function countBoundaries(next: Instant, period: Millis, from: Instant, to: Instant): number {
  const first = next >= from ? next : next + Math.ceil((from - next) / period) * period;
  return first >= to ? 0 : Math.floor((to - 1 - first) / period) + 1;
}

/** What is charged in [from, to) of what renews whatever happens. */
export function sumRenewals(renewals: readonly Renewals[], from: Instant, to: Instant): Micros {
  let sum = 0n;
  for (const { next, price, count } of renewals)
    sum += price.amount * BigInt(count * countBoundaries(next, price.periodMillis, from, to));
  return sum;
}

/** Groups of one price and boundary as one; where they are many, also those whose boundaries lie close. */
export function gatherRenewals(renewals: readonly Renewals[]): readonly Renewals[] {
  if (renewals.length <= 1) return renewals;
  const exact = joinBy(renewals, ({ next }) => next);
  if (exact.length <= MOST_GROUPS) return exact;
  return joinBy(exact, ({ next, price }) => Math.floor((next * MOST_GROUPS) / price.periodMillis));
}

function joinBy(renewals: readonly Renewals[], placeOf: (group: Renewals) => number): readonly Renewals[] {
  const joined = new Map<string, Renewals>();
  for (const group of renewals) {
    const { price, count } = group;
    const key = `${price.amount} ${price.periodMillis} ${placeOf(group)}`;
    const known = joined.get(key);
    // The earliest of them counts for all: a forecast may say a charge too many, never one too few.
    const next = Math.min(group.next, known?.next ?? group.next);
    joined.set(key, known === undefined ? group : { ...known, next, count: known.count + count });
  }
  return [...joined.values()];
}

export interface FleetCourse {
  /** Members that go when they are not needed. */
  readonly renewals: readonly Renewals[];
  /** Members that serve and never go: charged apart from this. */
  readonly kept: number;
  readonly demand: Demand;
  /** Renewed when wanted again this soon. */
  readonly keepMillis: Millis;
  /** So much earlier than it is wanted a VM is bought. */
  readonly aheadMillis: Millis;
  /** Of what will be bought. */
  readonly price: Price;
}

interface Group {
  next: Instant;
  readonly price: Price;
  count: number;
}

/** Renews or lets go what comes due in [.., end), earliest first; returns what is charged. */
function passBoundaries(
  groups: readonly Group[],
  end: Instant,
  spareAt: (boundary: Instant) => number,
  release: (count: number) => void,
): Micros {
  let sum = 0n;
  for (const group of groups) {
    if (group.next >= end || group.count === 0) continue;
    const gone = Math.min(group.count, Math.max(0, spareAt(group.next)));
    group.count -= gone;
    release(gone);
    const { price, count } = group;
    const times = countBoundaries(group.next, price.periodMillis, group.next, end);
    sum += price.amount * BigInt(count * times);
    group.next += times * price.periodMillis;
  }
  return sum;
}

/**
 * What a fleet is charged in [from, to), seen from `now`. What it lacks now is not bought; what its demand rises to later is.
 * `from` lies at or before `now`: a boundary between them has passed and its charge is not seen yet.
 */
export function forecastFleet(course: FleetCourse, from: Instant, now: Instant, to: Instant): Micros {
  if (to <= now) return 0n;
  const { kept, keepMillis, aheadMillis, price } = course;
  const peakAt = peakReader(course.demand, now, keepMillis);
  const groups: Group[] = gatherRenewals(course.renewals).map(({ next, price: own, count }) => {
    const missed = next >= from ? 0 : Math.ceil((from - next) / own.periodMillis);
    return { next: next + missed * own.periodMillis, price: own, count };
  });
  let alive = groups.reduce((sum, { count }) => sum + count, kept);
  let sum = 0n;
  const steps = course.demand(now, to);
  for (const [index, { at, wanted }] of steps.entries()) {
    const before = steps[index - 1]?.wanted;
    if (before !== undefined && wanted > before && wanted > alive) {
      const boughtAt = Math.max(now, at - aheadMillis);
      const count = wanted - alive;
      sum += price.amount * BigInt(count);
      groups.push({ next: boughtAt + price.periodMillis, price, count });
      alive = wanted;
    }
    groups.sort((a, b) => a.next - b.next);
    const end = Math.min(steps[index + 1]?.at ?? to, to);
    sum += passBoundaries(
      groups,
      end,
      (boundary) => alive - Math.max(kept, peakAt(Math.max(now, boundary))),
      (gone) => (alive -= gone),
    );
  }
  return sum;
}

/** The demand, but never more than `most`. */
export function capDemand(demand: Demand, most: number): Demand {
  return (from, to) => {
    const steps = demand(from, to);
    if (steps.every(({ wanted }) => wanted <= most)) return steps;
    const capped = steps.map((step) => (step.wanted > most ? { ...step, wanted: most } : step));
    return capped.filter(
      ({ wanted, window }, index) =>
        index === 0 || wanted !== capped[index - 1]!.wanted || window !== capped[index - 1]!.window,
    );
  };
}
