// Which members are let go at their next boundary: renewed is only what is wanted at some instant of [B, B + keep]. A pure
// choice over boundaries, prices and demand; it knows neither deadlines nor rails.
import { comparePrices } from './money.js';
import type { Instant, Price } from './types.js';

export interface Candidate {
  readonly id: string;
  readonly boundary: Instant;
  readonly price: Price;
  readonly healthy: boolean;
}

/** Dearer first (over the coming period each has one boundary, so letting the dearer go saves more), then the nearest boundary, then unhealthy. */
function compareForRelease(a: Candidate, b: Candidate): number {
  return (
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
  const releasedUpTo = new Array<number>(boundaries.length).fill(0);
  const releasesHere = new Array<boolean>(boundaries.length).fill(false);
  const released = new Set<string>();
  for (const candidate of [...candidates].sort(compareForRelease)) {
    const own = indexOf.get(candidate.boundary)!;
    if (releasedUpTo[own]! + 1 > spare[own]!) continue;
    if (breaksLater(own, spare, releasedUpTo, releasesHere)) continue;
    for (let index = own; index < boundaries.length; index += 1) releasedUpTo[index]! += 1;
    releasesHere[own] = true;
    released.add(candidate.id);
  }
  return released;
}

/** Whether one more release at `own` would leave too few for a release that was already chosen at a later boundary. */
function breaksLater(
  own: number,
  spare: readonly number[],
  releasedUpTo: readonly number[],
  releasesHere: readonly boolean[],
): boolean {
  for (let index = own + 1; index < spare.length; index += 1) {
    if (releasesHere[index] && releasedUpTo[index]! + 1 > spare[index]!) return true;
  }
  return false;
}
