// Which members are let go at their next boundary: renewed is only what is wanted at some instant of [B, B + keep], and of a VM
// whose part has the earlier boundary what is wanted until its own is over. A pure choice over boundaries, prices and demand; it
// knows neither deadlines nor rails.
import { comparePrices } from './money.js';
import type { Instant, Price } from './types.js';

export interface Candidate {
  readonly id: string;
  readonly boundary: Instant;
  /**
   * Until when it is paid itself, where that is later: `boundary` is then a part's. As long as it may be wanted again by
   * then, the part's next period is cheaper than another machine.
   */
  readonly paidUntil?: Instant;
  /** By which it goes if its place is needed at that boundary, one after the other: what is charged before is paid. */
  readonly later?: readonly { readonly boundary: Instant; readonly price: Price }[];
  readonly price: Price;
  readonly healthy: boolean;
  /** An account has parked it already. Only where several share the choice: what one of them decided is not chosen anew by others. */
  readonly isLeaving?: boolean;
  /** Where it stands, as the fleet's `spread` counts it. */
  readonly place?: string;
}

/** What the members of a fleet with a `spread` stand in: those too many in a place go first, and what is left stays even. */
export interface Places {
  readonly max: number;
  /** All members, candidates included. */
  readonly counts: ReadonlyMap<string, number>;
}

interface Entry {
  readonly candidate: Candidate;
  /** How many stand in its place when those that go before it have gone; 0: places don't matter. */
  readonly crowd: number;
  readonly isTooMany: boolean;
  /** From here on until `end` it is gone: its own boundary and that which it is let go for, whichever comes first. */
  readonly from: Instant;
  /** Until when it is paid itself. */
  readonly end: Instant;
  /** How many may be gone by then. */
  readonly spare: number;
}

/**
 * What is leaving first. Then dearer first (over the coming period each has one boundary, so letting the dearer go saves more),
 * then what its place has too many of, then what is paid the least long itself (a disk's hour is worth less than a VM's), then
 * the nearest boundary, then unhealthy, then out of the fullest place.
 */
function compareForRelease(left: Entry, right: Entry): number {
  const { candidate: a } = left;
  const { candidate: b } = right;
  return (
    Number(b.isLeaving === true) - Number(a.isLeaving === true) ||
    comparePrices(b.price, a.price) ||
    Number(right.isTooMany) - Number(left.isTooMany) ||
    left.end - right.end ||
    a.boundary - b.boundary ||
    Number(a.healthy) - Number(b.healthy) ||
    right.crowd - left.crowd ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Counts down each place in the order in which its own would go, so that one sort takes from the fullest again and again. */
function crowdEntries(entries: readonly Entry[], { max, counts }: Places): Entry[] {
  const left = new Map(counts);
  return [...entries].sort(compareForRelease).map((entry) => {
    const { place } = entry.candidate;
    if (place === undefined) return entry;
    const crowd = left.get(place) ?? 0;
    left.set(place, crowd - 1);
    return { ...entry, crowd, isTooMany: crowd > max };
  });
}

/** As if its boundary were one of its later ones; undefined if it has none such. */
function postpone(candidate: Candidate, round: number): Candidate | undefined {
  if (round === 0) return candidate;
  const later = candidate.later?.[round - 1];
  return later === undefined ? undefined : { ...candidate, ...later };
}

/** Without those that are let go already. */
function leaveOut(places: Places, candidates: readonly Candidate[], released: ReadonlyMap<string, number>): Places {
  if (released.size === 0) return places;
  const counts = new Map(places.counts);
  for (const { id, place } of candidates)
    if (place !== undefined && released.has(id)) counts.set(place, (counts.get(place) ?? 0) - 1);
  return { ...places, counts };
}

/**
 * The ids of the candidates that are not renewed, and how many of its boundaries each is still paid at: 0 but for who has `later`
 * ones. First all are tried for their first boundary, since that saves most; then those that stay for a later one. `alive` counts
 * all members, candidates included; `needAt` gives how many are wanted at most from a boundary until what ends last is over (or soon
 * enough after it). A candidate is let go if, with all that are let go up to its end, those left still cover the most that is needed
 * from its boundary until then. Everything else is paid beyond that instant or renews itself. With equal prices and one boundary each
 * this is the greedy of equal intervals on a line, which pays the fewest periods. The ids stand in the order in which they go.
 */
export function chooseReleases(
  candidates: readonly Candidate[],
  alive: number,
  needAt: (boundary: Instant, paidUntil: Instant) => number,
  places?: Places,
): ReadonlyMap<string, number> {
  const released = new Map<string, number>();
  const rounds = candidates.reduce((most, { later }) => Math.max(most, later?.length ?? 0), 0);
  const listed = Array.from({ length: rounds + 1 }, (_, round) => {
    const meant = candidates.flatMap((candidate) => postpone(candidate, round) ?? []);
    return listEntries(meant, alive, needAt);
  });
  const indexOf = indexTimes(listed);
  if (indexOf.size === 0) return released;
  const line = createReleaseLine(indexOf.size);
  for (const [round, all] of listed.entries()) {
    const left = all.filter(({ candidate }) => !released.has(candidate.id));
    const entries = places === undefined ? left : crowdEntries(left, leaveOut(places, candidates, released));
    for (const { candidate, from, end, spare } of entries.sort(compareForRelease)) {
      if (line.tryRelease(indexOf.get(from)!, indexOf.get(end)!, spare)) released.set(candidate.id, round);
    }
  }
  return released;
}

/** Without those whose place is needed. Many share their boundary, or both of its ends: each is asked for once. */
function listEntries(
  candidates: readonly Candidate[],
  alive: number,
  needAt: (boundary: Instant, paidUntil: Instant) => number,
): Entry[] {
  const spares = new Map<number | string, number>();
  const entries: Entry[] = [];
  for (const candidate of candidates) {
    const { boundary, paidUntil = boundary } = candidate;
    const from = Math.min(boundary, paidUntil);
    const end = Math.max(boundary, paidUntil);
    const key = end === from ? end : `${from} ${end}`;
    let spare = spares.get(key);
    if (spare === undefined) spares.set(key, (spare = alive - needAt(from, end)));
    if (spare >= 1) entries.push({ candidate, crowd: 0, isTooMany: false, from, end, spare });
  }
  return entries;
}

function indexTimes(listed: readonly (readonly Entry[])[]): ReadonlyMap<Instant, number> {
  const times = new Set<Instant>();
  for (const entries of listed) for (const { from, end } of entries) times.add(from).add(end);
  const indexOf = new Map<Instant, number>();
  for (const time of Float64Array.from(times).sort()) indexOf.set(time, indexOf.size);
  return indexOf;
}

interface ReleaseLine {
  /** Lets one more go at `from` if at its end, `to`, no more than `spare` are gone, and none that went before loses by it. */
  readonly tryRelease: (from: number, to: number, spare: number) => boolean;
}

/**
 * A tree over the instants, so that a hundred thousand candidates take no quadratic time. Of its stretch each node knows how
 * many are let go, and the least that is left to spare at an end of those that go, counting the stretch's own alone.
 */
function createReleaseLine(size: number): ReleaseLine {
  let width = 1;
  while (width < size) width *= 2;
  const released = new Float64Array(2 * width);
  const spares = new Float64Array(width).fill(Number.POSITIVE_INFINITY);
  const left = new Float64Array(2 * width).fill(Number.POSITIVE_INFINITY);
  const setLeaf = (index: number, count: number, spare: number): void => {
    let node = width + index;
    released[node] = count;
    spares[index] = spare;
    left[node] = spare - count;
    for (node = node >> 1; node >= 1; node >>= 1) {
      released[node] = released[2 * node]! + released[2 * node + 1]!;
      left[node] = Math.min(left[2 * node]!, left[2 * node + 1]! - released[2 * node]!);
    }
  };
  return {
    tryRelease: (from, to, spare) => {
      const before = spares[to]!;
      setLeaf(from, released[width + from]! + 1, spares[from]!);
      setLeaf(to, released[width + to]!, Math.min(before, spare));
      if (left[1]! >= 0) return true;
      setLeaf(to, released[width + to]!, before);
      setLeaf(from, released[width + from]! - 1, spares[from]!);
      return false;
    },
  };
}
