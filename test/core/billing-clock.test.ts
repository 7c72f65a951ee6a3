// Deadlines: the lead of one deletion, and a line of many against a simulated line that starts each at its deadline.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  computeBaseLead,
  computeDeadlines,
  expectDeletionMillis,
  occupyLineMillis,
  type Departure,
  type LineSpeed,
} from '../../src/core/billing-clock.js';
import type { Instant, Millis } from '../../src/core/types.js';
import { daily, DAY, HOUR, MINUTE, NOON, PRICE } from './samples.js';

const CALL_MILLIS = 1_000;
const SPEED: LineSpeed = { ratePerSecond: 10, concurrency: 4, idsPerCall: 100 };

function depart(id: string, boundary: Instant, price = PRICE): Departure {
  return { id, boundary, price };
}

function departMany(count: number, boundary: Instant, price = PRICE): readonly Departure[] {
  return Array.from({ length: count }, (_, index) => depart(`${boundary}/${index}`, boundary, price));
}

describe('expectDeletionMillis', () => {
  it.each([
    ['nothing measured', [], 120_000],
    ['nineteen samples, too few', new Array<number>(19).fill(5_000), 120_000],
    ['twenty samples', new Array<number>(20).fill(5_000), 5_000],
    [
      'the worst of a hundred is p100, the second worst is p99',
      [...new Array<number>(98).fill(1), 7_000, 9_000],
      7_000,
    ],
    ['the worst of fifty is p99', [...new Array<number>(49).fill(1), 9_000], 9_000],
    ['a clip at ten minutes', new Array<number>(20).fill(3_600_000), 600_000],
  ])('knows %s', (_what, samples, millis) => {
    expect(expectDeletionMillis(samples)).toBe(millis);
  });
});

describe('computeBaseLead', () => {
  const lead = (skewMillis: Millis | undefined): Millis =>
    computeBaseLead({ deletionMillis: new Array<number>(20).fill(5_000), tickMillis: 30_000, skewMillis });

  it('is p99 plus a tick plus skew plus a margin of a minute', () => {
    expect(lead(0)).toBe(5_000 + 30_000 + 60_000);
    expect(lead(undefined)).toBe(lead(0));
    expect(lead(1_500)).toBe(lead(0) + 1_500);
  });

  it('is never made shorter by the clock of the API', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (skew) => {
        expect(lead(skew)).toBe(lead(0) + Math.max(0, skew));
      }),
    );
  });
});

/**
 * Sends calls first come, first served, each batch of one boundary as soon as its deadline has come, earliest boundary first:
 * at most so many a second and so many open at once. Returns when each call was sent.
 */
function simulateLine(
  departures: readonly Departure[],
  deadlines: ReadonlyMap<string, { at: Instant }>,
  speed: LineSpeed,
): ReadonlyMap<string, Instant> {
  const byBoundary = new Map<Instant, string[]>();
  for (const { id, boundary } of departures) byBoundary.set(boundary, [...(byBoundary.get(boundary) ?? []), id]);
  const calls = [...byBoundary].flatMap(([boundary, ids]) =>
    Array.from({ length: Math.ceil(ids.length / speed.idsPerCall) }, (_, index) => {
      const batch = ids.slice(index * speed.idsPerCall, (index + 1) * speed.idsPerCall);
      return { boundary, batch, from: Math.min(...batch.map((id) => deadlines.get(id)!.at)) };
    }),
  );
  const sentAt = new Map<string, Instant>();
  const open: Instant[] = [];
  let freeAt = Number.NEGATIVE_INFINITY;
  while (calls.length > 0) {
    const next = Math.max(freeAt, Math.min(...calls.map((call) => call.from)));
    const seat = open.length < speed.concurrency ? next : Math.max(next, [...open].sort((a, b) => a - b)[0]!);
    const ready = calls.filter((call) => call.from <= seat).sort((a, b) => a.boundary - b.boundary);
    const call = ready[0]!;
    calls.splice(calls.indexOf(call), 1);
    if (open.length >= speed.concurrency) open.splice(open.indexOf(Math.min(...open)), 1);
    open.push(seat + CALL_MILLIS);
    freeAt = seat + 1000 / speed.ratePerSecond;
    for (const id of call.batch) sentAt.set(id, seat);
  }
  return sentAt;
}

const speeds = fc.record({
  ratePerSecond: fc.integer({ min: 1, max: 20 }),
  concurrency: fc.integer({ min: 1, max: 8 }),
  idsPerCall: fc.constantFrom(1, 3, 100),
});
const crowds = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 })), {
  minLength: 1,
  maxLength: 8,
});

describe('computeDeadlines', () => {
  it('of a single VM is its boundary less the lead and its own call', () => {
    const deadline = computeDeadlines([depart('a', NOON + DAY)], 120_000, SPEED).get('a');
    expect(deadline).toEqual({ at: NOON + DAY - 120_000 - 250, tooLate: false });
  });

  it('let a line that starts each at its deadline send all of them a lead before their boundary', () => {
    fc.assert(
      fc.property(crowds, speeds, (crowd, speed) => {
        const departures = crowd.flatMap(([count, minutes], index) =>
          departMany(count, NOON + DAY + minutes * 10_000 + index, daily(BigInt(index + 1))),
        );
        const deadlines = computeDeadlines(departures, 5 * MINUTE, speed);
        const sentAt = simulateLine(departures, deadlines, speed);
        expect(departures.filter(({ id }) => deadlines.get(id)!.tooLate)).toEqual([]);
        // Calls of the boundary before may still be open: the margin in the lead is for that.
        const lateBy = departures.map(({ id, boundary }) => sentAt.get(id)! - (boundary - 5 * MINUTE));
        expect(Math.max(...lateBy)).toBeLessThanOrEqual(CALL_MILLIS);
      }),
      { numRuns: 300 },
    );
  });

  it('of ten thousand with one boundary begin together, early enough for a hundred calls', () => {
    const departures = departMany(10_000, NOON + DAY);
    const deadlines = computeDeadlines(departures, 2 * MINUTE, SPEED);
    const instants = new Set([...deadlines.values()].map(({ at }) => at));
    expect([...instants]).toEqual([NOON + DAY - 2 * MINUTE - occupyLineMillis(10_000, SPEED)]);
    expect(occupyLineMillis(10_000, SPEED)).toBe(25_000);
    expect([...deadlines.values()].some(({ tooLate }) => tooLate)).toBe(false);
  });

  it('are not moved by departures hours later', () => {
    const alone = computeDeadlines(departMany(5, NOON + DAY), MINUTE, SPEED);
    const both = computeDeadlines(
      [...departMany(5, NOON + DAY), ...departMany(10_000, NOON + DAY + 5 * HOUR)],
      MINUTE,
      SPEED,
    );
    for (const [id, deadline] of alone) expect(both.get(id)).toEqual(deadline);
  });

  it('never lie more than a quarter of a period before the boundary, nor at or after it', () => {
    fc.assert(
      fc.property(crowds, speeds, fc.integer({ min: 1, max: 3 * HOUR }), (crowd, speed, lead) => {
        const hourly = { amount: 5n, periodMillis: HOUR };
        const departures = crowd.flatMap(([count, minutes]) => departMany(count * 10, NOON + minutes * MINUTE, hourly));
        const deadlines = computeDeadlines(departures, lead, speed);
        const leads = departures.map(({ id, boundary }) => boundary - deadlines.get(id)!.at);
        expect(Math.min(...leads)).toBeGreaterThan(0);
        expect(Math.max(...leads)).toBeLessThanOrEqual(HOUR / 4);
      }),
    );
  });

  it('call the cheapest too late when a quarter of the period is not enough, and no more than need be', () => {
    const speed: LineSpeed = { ratePerSecond: 1, concurrency: 100, idsPerCall: 1 };
    const departures = Array.from({ length: 1_200 }, (_, index) =>
      depart(String(index), NOON + HOUR, { amount: BigInt(index + 1), periodMillis: HOUR }),
    );
    const deadlines = computeDeadlines(departures, 5 * MINUTE, speed);
    const late = departures.filter(({ id }) => deadlines.get(id)!.tooLate);
    // From 15 to 5 minutes before: 601 calls at one a second.
    expect(late.length).toBe(1_200 - 601);
    expect(Math.max(...late.map(({ id }) => Number(id)))).toBe(598);
  });

  it('heed how many calls may be open at once', () => {
    const speed: LineSpeed = { ratePerSecond: 100, concurrency: 1, idsPerCall: 1 };
    const departures = departMany(1_200, NOON + HOUR, { amount: 1n, periodMillis: HOUR });
    const deadlines = computeDeadlines(departures, 5 * MINUTE, speed);
    expect([...deadlines.values()].filter(({ tooLate }) => tooLate).length).toBe(1_200 - 601);
  });

  it('call nobody too late because a later boundary has more than fits', () => {
    const speed: LineSpeed = { ratePerSecond: 1, concurrency: 100, idsPerCall: 1 };
    const few = departMany(10, NOON + HOUR, { amount: 1n, periodMillis: HOUR });
    const flood = departMany(5_000, NOON + HOUR + 14 * MINUTE, { amount: 9n, periodMillis: HOUR });
    const deadlines = computeDeadlines([...few, ...flood], MINUTE, speed);
    expect(few.filter(({ id }) => deadlines.get(id)!.tooLate)).toEqual([]);
  });
});
