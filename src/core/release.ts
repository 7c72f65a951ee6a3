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

/**
 * The ids of the candidates that are not renewed. `alive` counts all members, candidates included; `needAt` gives how many
 * are wanted at most from a boundary until what ends last is over (or soon enough after it). A candidate is let go if, with all
 * that are let go up to its end, those left still cover the most that is needed from its boundary until then. Everything else is
 * paid beyond that instant or renews itself. With equal prices and one boundary each this is the greedy of equal intervals on a
 * line, which pays the fewest periods. The ids stand in the order in which they go.
 */
export function chooseReleases(
  candidates: readonly Candidate[],
  alive: number,
  needAt: (boundary: Instant, paidUntil: Instant) => number,
  places?: Places,
): ReadonlySet<string> {
  const released = new Set<string>();
  const listed = listEntries(candidates, alive, needAt);
  const entries = places === undefined ? listed : crowdEntries(listed, places);
  if (entries.length === 0) return released;
  const indexOf = indexTimes(entries);
  const line = createReleaseLine(indexOf.size);
  for (const { candidate, end, spare } of entries.sort(compareForRelease)) {
    if (line.tryRelease(indexOf.get(candidate.boundary)!, indexOf.get(end)!, spare)) released.add(candidate.id);
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
    const end = paidUntil > boundary ? paidUntil : boundary;
    const key = end === boundary ? end : `${boundary} ${end}`;
    let spare = spares.get(key);
    if (spare === undefined) spares.set(key, (spare = alive - needAt(boundary, end)));
    if (spare >= 1) entries.push({ candidate, crowd: 0, isTooMany: false, end, spare });
  }
  return entries;
}

function indexTimes(entries: readonly Entry[]): ReadonlyMap<Instant, number> {
  const times = new Set<Instant>();
  for (const { candidate, end } of entries) times.add(candidate.boundary).add(end);
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
