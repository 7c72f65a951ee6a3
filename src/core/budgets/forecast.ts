// What will be charged until a period's end: of what renews for good, and of a fleet that follows its demand. A model of the
// planner's own choice (release.ts), cheap enough for every look; whoever decides about a single VM doesn't go by it.
import { peakReader } from '../demand.js';
import { findFirstRenewal, type ClockNotes } from '../fixed-clock.js';
import type { Demand } from '../policy-types.js';
import type { Instant, Micros, Millis, Price } from '../types.js';

/** So many are charged together, at `next` and each period after it. */
export interface Renewals {
  readonly next: Instant;
  /** Of all that is charged in a period. */
  readonly price: Price;
  readonly count: number;
  /** Of machines whose VM, disks and IP are each charged at a boundary of its own; absent: all of it at `next`. */
  readonly shares?: readonly Share[];
}

export interface Share {
  /** After `next`, by less than a period. */
  readonly afterMillis: Millis;
  readonly amount: Micros;
}

/** One machine that is let go and renewed as a whole, each thing charged at its own boundary. Not told: with the first of them. */
export function joinShares(
  things: readonly { readonly price: Price; readonly paidUntil: Instant | undefined }[],
): Renewals | undefined {
  const told = things.flatMap(({ paidUntil }) => paidUntil ?? []);
  const [first] = things;
  if (first === undefined || told.length === 0) return undefined;
  const { periodMillis } = first.price;
  if (things.some(({ price }) => price.periodMillis !== periodMillis)) return undefined;
  const next = Math.min(...told);
  const price = { amount: things.reduce((sum, thing) => sum + thing.price.amount, 0n), periodMillis };
  const shares = things.map((thing) => ({
    afterMillis: Math.min((thing.paidUntil ?? next) - next, periodMillis - 1),
    amount: thing.price.amount,
  }));
  return shares.every(({ afterMillis }) => afterMillis === 0)
    ? { next, price, count: 1 }
    : { next, price, count: 1, shares };
}

/** More groups of one price than this are drawn together; the boundaries of a group lie as close as a fraction of the period. */
const MOST_GROUPS = 64;
/** The same of what is charged after it: launches take some minutes more or less. */
const MOST_SHARE_PLACES = 8;

/** Boundaries in [from, to), the first of them at `next` or later. */
export function countBoundaries(next: Instant, period: Millis, from: Instant, to: Instant): number {
  const first = next >= from ? next : next + Math.ceil((from - next) / period) * period;
  return first >= to ? 0 : Math.floor((to - 1 - first) / period) + 1;
}

/** What is charged in [from, to) of what renews whatever happens. */
export function sumRenewals(renewals: readonly Renewals[], from: Instant, to: Instant): Micros {
  let sum = 0n;
  for (const { next, price, count, shares = wholeOf(price) } of renewals)
    for (const { afterMillis, amount } of shares)
      sum += amount * BigInt(count * countBoundaries(next + afterMillis, price.periodMillis, from, to));
  return sum;
}

function wholeOf({ amount }: Price): readonly Share[] {
  return [{ afterMillis: 0, amount }];
}

/** Groups of one price and boundary as one; where they are many, also those whose boundaries lie close. */
export function gatherRenewals(renewals: readonly Renewals[]): readonly Renewals[] {
  if (renewals.length <= 1) return renewals;
  const exact = joinBy(renewals, ({ next }) => next, 1);
  if (exact.length <= MOST_GROUPS) return exact;
  const longest = Math.max(...exact.map(({ price }) => price.periodMillis));
  const placeOf = ({ next, price }: Renewals): number => Math.floor((next * MOST_GROUPS) / price.periodMillis);
  return joinBy(exact, placeOf, longest / MOST_SHARE_PLACES);
}

/** The earliest of each, so that none is said to come later than it does. */
function joinEarliest(
  one: readonly Share[] | undefined,
  other: readonly Share[] | undefined,
): Pick<Renewals, 'shares'> {
  if (one === undefined || other === undefined) return {};
  return {
    shares: one.map(({ afterMillis, amount }, index) => ({
      afterMillis: Math.min(afterMillis, other[index]!.afterMillis),
      amount,
    })),
  };
}

/** `widthMillis`: shares that lie so close to one another are alike. */
function joinBy(
  renewals: readonly Renewals[],
  placeOf: (group: Renewals) => number,
  widthMillis: Millis,
): readonly Renewals[] {
  const joined = new Map<string, Renewals>();
  for (const group of renewals) {
    const { price, count } = group;
    const alike = group.shares?.map((share) => `${Math.floor(share.afterMillis / widthMillis)}:${share.amount}`);
    const key = `${price.amount} ${price.periodMillis} ${placeOf(group)} ${alike?.join() ?? ''}`;
    const known = joined.get(key);
    // The earliest of them counts for all: a forecast may say a charge too many, never one too few.
    const next = Math.min(group.next, known?.next ?? group.next);
    const shares = joinEarliest(known?.shares, group.shares);
    joined.set(key, known === undefined ? group : { ...known, ...shares, next, count: known.count + count });
  }
  return [...joined.values()];
}

export interface FleetCourse extends ClockNotes {
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
  /** What its demand rises to later is not bought either: what will be charged of what is there. */
  readonly buysNothing?: boolean;
  /** What it lacks now is bought now. */
  readonly fillsNow?: boolean;
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

interface Group {
  next: Instant;
  readonly price: Price;
  count: number;
  readonly shares: readonly Share[] | undefined;
}

/** What so many periods from `next` on cost each of a group, as far as it is charged in the span. */
function sumPeriods({ next, price, shares }: Group, times: number, { from, to }: Span): Micros {
  if (shares === undefined) return price.amount * BigInt(times);
  const { periodMillis } = price;
  return shares.reduce((sum, { afterMillis, amount }) => {
    const first = next + afterMillis;
    const end = Math.min(to, first + times * periodMillis);
    return sum + amount * BigInt(countBoundaries(first, periodMillis, from, end));
  }, 0n);
}

/** Renews or lets go what comes due in [.., end), earliest first; returns what is charged in the span. */
function passBoundaries(
  groups: readonly Group[],
  end: Instant,
  span: Span,
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
    sum += sumPeriods(group, times, span) * BigInt(count);
    group.next += times * price.periodMillis;
  }
  return sum;
}

/**
 * What a fleet is charged in [from, to), seen from `now`. What its demand rises to later is bought; what it lacks now only if
 * `fillsNow`.
 * `from` lies at or before `now`: a boundary between them has passed and its charge is not seen yet.
 */
export function forecastFleet(course: FleetCourse, from: Instant, now: Instant, to: Instant): Micros {
  if (to <= now) return 0n;
  const { kept, keepMillis, aheadMillis, price, buysNothing, fillsNow } = course;
  const peakAt = peakReader(course.demand, now, keepMillis);
  const groups: Group[] = gatherRenewals(course.renewals).map(({ next, price: own, count, shares }) => {
    const last = shares === undefined ? next : next + Math.max(...shares.map(({ afterMillis }) => afterMillis));
    const missed = last >= from ? 0 : Math.ceil((from - last) / own.periodMillis);
    return { next: next + missed * own.periodMillis, price: own, count, shares };
  });
  let alive = groups.reduce((sum, { count }) => sum + count, kept);
  let sum = 0n;
  const steps = course.demand(now, to);
  for (const [index, { at, wanted }] of steps.entries()) {
    const before = steps[index - 1]?.wanted;
    const isGrowing = before === undefined ? fillsNow === true : wanted > before;
    if (buysNothing !== true && isGrowing && wanted > alive) {
      const boughtAt = Math.max(now, at - aheadMillis);
      const count = wanted - alive;
      sum += price.amount * BigInt(count);
      groups.push({ next: findFirstRenewal(course, boughtAt, price), price, count, shares: undefined });
      alive = wanted;
    }
    groups.sort((a, b) => a.next - b.next);
    const end = Math.min(steps[index + 1]?.at ?? to, to);
    sum += passBoundaries(
      groups,
      end,
      { from, to },
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
