// How many periods a late look finds charged, against clocks that are played through.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countFirstPeriods,
  countPeriods,
  describePeriods,
  findUnpaidSince,
} from '../../../src/core/reckon/count-periods.js';
import { DAY, HOUR, MINUTE, NOON } from '../samples.js';

const periods = fc.constantFrom(HOUR, DAY);
const counts = fc.integer({ min: 1, max: 50 });

describe('periods that were charged', () => {
  it('are all those since the purchase on a rolling clock, whatever the launch took', () => {
    fc.assert(
      fc.property(periods, counts, fc.integer({ min: 0, max: 25 * MINUTE }), (period, count, launch) => {
        expect(countFirstPeriods(NOON, NOON + launch + count * period, period)).toBe(BigInt(count));
      }),
    );
  });

  it('are one after a slow launch that was looked at all the while', () => {
    const seen = { claimedAt: NOON - 3 * HOUR, seenAt: NOON - 3 * HOUR };
    expect(countFirstPeriods(findUnpaidSince(seen, NOON - MINUTE), NOON + HOUR, HOUR)).toBe(1n);
    expect(countFirstPeriods(findUnpaidSince(seen, NOON - MINUTE), NOON + DAY, DAY)).toBe(1n);
    // And all of them, where nobody looked for hours.
    expect(countFirstPeriods(findUnpaidSince(seen, NOON - 2 * HOUR), NOON + HOUR, HOUR)).toBe(3n);
    const unseen = { claimedAt: NOON - 3 * HOUR, seenAt: undefined };
    expect(countFirstPeriods(findUnpaidSince(unseen, NOON - MINUTE), NOON + HOUR, HOUR)).toBe(4n);
  });

  it('count a first one that a common boundary cut short', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 31 * MINUTE, max: DAY - MINUTE }), (count, first) => {
        expect(countFirstPeriods(NOON, NOON + first + (count - 1) * DAY, DAY)).toBe(BigInt(count));
      }),
    );
  });

  it('between two boundaries are their distance', () => {
    fc.assert(
      fc.property(periods, counts, (period, count) => {
        expect(countPeriods(NOON, NOON + count * period, period)).toBe(BigInt(count));
      }),
    );
  });

  it('are told with their number where there are several', () => {
    expect([describePeriods(true, 1n), describePeriods(false, 1n), describePeriods(true, 3n)]).toEqual([
      'first period',
      'next period',
      'first 3 periods',
    ]);
  });
});
