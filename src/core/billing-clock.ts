// When a deletion must start so that a VM is gone strictly before its next charge (DESIGN "The billing clock").
// Deadlines are recomputed from every snapshot; nothing here waits, and nothing here knows who wants what.
import { percentileOf } from './statistics.js';
import type { Instant, Millis, Price } from './types.js';

/** Until there are 20 measured deletions: as long as the service's console lets one expect at worst. */
const UNMEASURED_DELETION_MILLIS: Millis = 120_000;
const FEWEST_SAMPLES = 20;
const LONGEST_DELETION_MILLIS: Millis = 600_000;
const MARGIN_MILLIS: Millis = 60_000;
/** How long one bulk call occupies one of the account's connections. */
const CALL_MILLIS: Millis = 1_000;
/** Ids in one bulk DELETE. */
export const MOST_IDS_A_CALL = 100;

export interface LineSpeed {
  readonly ratePerSecond: number;
  readonly concurrency: number;
  /** How many ids one call deletes: 100 on the marketplace, 1 on the cloud. */
  readonly idsPerCall: number;
}

/** p99 of the time from call until ended or absent; 120 s until 20 were measured, never above 10 min. */
export function expectDeletionMillis(samples: readonly Millis[]): Millis {
  const measured = samples.length < FEWEST_SAMPLES ? undefined : percentileOf(samples, 99);
  return Math.min(measured ?? UNMEASURED_DELETION_MILLIS, LONGEST_DELETION_MILLIS);
}

/** Until deletions were measured: one that starts later than this before its boundary is not expected to land. */
const UNMEASURED_LANDING_MILLIS: Millis = 20_000;

/**
 * How long before its boundary a deletion must start to have an even chance; later it would be paid and lost. Measured times move
 * it by a third of the lead at most: however long deletions seem to take, there is time to begin one.
 */
export function expectLandingMillis(samples: readonly Millis[], leadMillis: Millis): Millis {
  const measured = samples.length < FEWEST_SAMPLES ? undefined : percentileOf(samples, 50);
  return Math.min(measured ?? UNMEASURED_LANDING_MILLIS, Math.floor(leadMillis / 3));
}

/**
 * The lead of a single deletion: p99 + one tick + skew + margin. The API's clock may only make it longer: a skew below zero
 * counts as none.
 */
export function computeBaseLead(facts: {
  readonly deletionMillis: readonly Millis[];
  readonly tickMillis: Millis;
  readonly skewMillis: Millis | undefined;
}): Millis {
  return (
    expectDeletionMillis(facts.deletionMillis) + facts.tickMillis + Math.max(0, facts.skewMillis ?? 0) + MARGIN_MILLIS
  );
}

/** How far apart calls follow each other when the line is full: the rate or the open connections decide. */
function paceMillis(speed: LineSpeed): Millis {
  return Math.max(1000 / speed.ratePerSecond, CALL_MILLIS / speed.concurrency);
}

/** How long so many deletions occupy the account's line of requests. */
export function occupyLineMillis(deletions: number, speed: LineSpeed): Millis {
  return Math.ceil(Math.ceil(deletions / speed.idsPerCall) * paceMillis(speed));
}

/** A VM that is to be gone before its boundary. */
export interface Departure {
  readonly id: string;
  readonly boundary: Instant;
  readonly price: Price;
}

export interface Deadline {
  readonly at: Instant;
  /** The line is too long to delete it in time even when it starts a quarter of a period before: told with its cost. */
  readonly tooLate: boolean;
}

/** Which departures of one boundary fit when the line has room for `room` of them: the dearest. */
function splitByRoom(group: readonly Departure[], room: number): ReadonlySet<string> {
  const dearest = [...group].sort((a, b) =>
    a.price.amount === b.price.amount ? 0 : a.price.amount > b.price.amount ? -1 : 1,
  );
  return new Set(dearest.slice(0, Math.max(0, room)).map((departure) => departure.id));
}

/**
 * The deadline of each departure. All departures share one line of requests, earliest boundary first; so from the last
 * boundary backwards, each group must have been sent before the next group's latest start and `baseLead` before its own
 * boundary. (DESIGN adds up all that is due before B; the backward schedule is the exact form of that: departures hours
 * apart don't stand in each other's way.) A lead never exceeds a quarter of the VM's period.
 */
export function computeDeadlines(
  departures: readonly Departure[],
  baseLeadMillis: Millis,
  speed: LineSpeed,
): ReadonlyMap<string, Deadline> {
  const groups = new Map<Instant, Departure[]>();
  for (const departure of departures) {
    const group = groups.get(departure.boundary);
    if (group === undefined) groups.set(departure.boundary, [departure]);
    else group.push(departure);
  }
  const deadlines = new Map<string, Deadline>();
  let nextStart = Number.POSITIVE_INFINITY;
  for (const boundary of [...groups.keys()].sort((a, b) => b - a)) {
    const group = groups.get(boundary)!;
    const quarter = Math.floor(group[0]!.price.periodMillis / 4);
    const sentBy = Math.min(boundary - Math.min(baseLeadMillis, quarter), nextStart);
    const start = Math.floor(sentBy - occupyLineMillis(group.length, speed));
    const room = start >= boundary - quarter ? group.length : countRoom(sentBy - boundary + quarter, speed);
    const fitting = room >= group.length ? undefined : splitByRoom(group, room);
    // What begins no earlier than a quarter before its boundary takes no time of those whose boundary is earlier.
    nextStart = Math.max(start, boundary - quarter);
    for (const { id, price } of group) {
      const earliest = boundary - Math.floor(price.periodMillis / 4);
      deadlines.set(id, { at: Math.max(start, earliest), tooLate: fitting?.has(id) === false });
    }
  }
  return deadlines;
}

/** How many deletions can be sent within so long, both ends included. */
function countRoom(millis: Millis, speed: LineSpeed): number {
  return millis < 0 ? 0 : (Math.floor(millis / paceMillis(speed)) + 1) * speed.idsPerCall;
}
