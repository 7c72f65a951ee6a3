// Which members are let go at their next boundary: renewed is only what is wanted at some instant of [B, B + keep]. A pure
// choice over boundaries, prices and demand; it knows neither deadlines nor rails.
import { comparePrices } from './money.js';
import type { Instant, Price } from './types.js';

export interface Candidate {
  readonly id: string;
  readonly boundary: Instant;
  readonly price: Price;
  readonly healthy: boolean;
  /** An account has parked it already. Only where several share the choice: what one of them decided is not chosen anew by others. */
  readonly isLeaving?: boolean;
}

/** What is leaving first. Then dearer first (over the coming period each has one boundary, so letting the dearer go saves more), then the nearest boundary, then unhealthy. */
function compareForRelease(a: Candidate, b: Candidate): number {
  return (
    Number(b.isLeaving === true) - Number(a.isLeaving === true) ||
    comparePrices(b.price, a.price) ||
    a.boundary - b.boundary ||
    Number(a.healthy) - Number(b.healthy) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/**
 * The ids of the candidates that are not renewed. `alive` counts all members, candidates included; `needAt` gives how many
 * are wanted at a boundary (or soon enough after it). A candidate is let go if, with all that are let go up to then, those
 * left still cover the need at its boundary. Everything else is paid beyond that instant or renews itself. With equal prices
 * this is the greedy of equal intervals on a line, which pays the fewest periods.
 */
export function chooseReleases(
  candidates: readonly Candidate[],
  alive: number,
  needAt: (boundary: Instant) => number,
): ReadonlySet<string> {
  const boundaries = [...new Set(candidates.map((candidate) => candidate.boundary))].sort((a, b) => a - b);
  const indexOf = new Map(boundaries.map((boundary, index) => [boundary, index]));
  const spare = boundaries.map((boundary) => alive - needAt(boundary));
  const released = new Set<string>();
  if (spare.every((count) => count < 1)) return released;
  const line = createReleaseLine(spare);
  for (const candidate of [...candidates].sort(compareForRelease)) {
    if (line.tryRelease(indexOf.get(candidate.boundary)!)) released.add(candidate.id);
  }
  return released;
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
