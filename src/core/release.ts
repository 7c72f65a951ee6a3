// Which members are let go at their next boundary: renewed is only what is wanted at some instant of [B, B + keep], and of a VM
// whose part has the earlier boundary what is wanted until its own is over. A pure
// choice over boundaries, prices and demand; it knows neither deadlines nor rails.
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
}

function readPaidUntil({ boundary, paidUntil }: Candidate): Instant {
  return paidUntil === undefined ? boundary : Math.max(boundary, paidUntil);
}

/** What is leaving first. Then dearer first (over the coming period each has one boundary, so letting the dearer go saves more), then the nearest boundary, then unhealthy. */
function compareForRelease(a: Candidate, b: Candidate): number {
  return (
    Number(b.isLeaving === true) - Number(a.isLeaving === true) ||
    comparePrices(b.price, a.price) ||
    a.boundary - b.boundary ||
    readPaidUntil(a) - readPaidUntil(b) ||
    Number(a.healthy) - Number(b.healthy) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/**
 * The ids of the candidates that are not renewed. `alive` counts all members, candidates included; `needAt` gives how many
 * are wanted at most from a boundary until what ends last is over (or soon enough after it). A candidate is let go if, with all that are let go up to then, those
 * left still cover the need at its boundary. Everything else is paid beyond that instant or renews itself. With equal prices
 * this is the greedy of equal intervals on a line, which pays the fewest periods.
 */
export function chooseReleases(
  candidates: readonly Candidate[],
  alive: number,
  needAt: (boundary: Instant, paidUntil: Instant) => number,
): ReadonlySet<string> {
  const ends = listEnds(candidates);
  const indexOf = new Map(ends.map((end, index) => [keyOf(end), index]));
  const spare = ends.map((end) => alive - needAt(end.boundary, readPaidUntil(end)));
  const released = new Set<string>();
  if (spare.every((count) => count < 1)) return released;
  const line = createReleaseLine(spare);
  for (const candidate of [...candidates].sort(compareForRelease)) {
    if (line.tryRelease(indexOf.get(keyOf(candidate))!)) released.add(candidate.id);
  }
  return released;
}

/** A number alone for the many that have one boundary: there may be a hundred thousand of them. */
function keyOf(candidate: Candidate): number | string {
  const paidUntil = readPaidUntil(candidate);
  return paidUntil === candidate.boundary ? paidUntil : `${candidate.boundary} ${paidUntil}`;
}

/** One candidate of each pair of boundary and end, in the order in which they come due. */
function listEnds(candidates: readonly Candidate[]): readonly Candidate[] {
  const ends = new Map(candidates.map((candidate) => [keyOf(candidate), candidate]));
  return [...ends.values()].sort((a, b) => a.boundary - b.boundary || readPaidUntil(a) - readPaidUntil(b));
}

interface ReleaseLine {
  /** Lets one more go at that boundary if every boundary at which some are let go can still spare all that went up to it. */
  readonly tryRelease: (index: number) => boolean;
}

/**
 * A tree over the boundaries, so that a hundred thousand candidates take no quadratic time. Of its stretch each node knows how
 * many are let go, and the least that is left to spare at a boundary with releases, counting the stretch's own alone.
 */
function createReleaseLine(spare: readonly number[]): ReleaseLine {
  let width = 1;
  while (width < spare.length) width *= 2;
  const released = new Float64Array(2 * width);
  const left = new Float64Array(2 * width).fill(Number.POSITIVE_INFINITY);
  const setReleased = (index: number, count: number): void => {
    let node = width + index;
    released[node] = count;
    left[node] = count === 0 ? Number.POSITIVE_INFINITY : spare[index]! - count;
    for (node = node >> 1; node >= 1; node >>= 1) {
      released[node] = released[2 * node]! + released[2 * node + 1]!;
      left[node] = Math.min(left[2 * node]!, left[2 * node + 1]! - released[2 * node]!);
    }
  };
  return {
    tryRelease: (index) => {
      const before = released[width + index]!;
      setReleased(index, before + 1);
      if (left[1]! >= 0) return true;
      setReleased(index, before);
      return false;
    },
  };
}
