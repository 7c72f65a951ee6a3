// How many periods a late look finds charged, against clocks that are played through.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countFirstPeriods, countPeriods, describePeriods } from '../../../src/core/reckon/count-periods.js';
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
    expect([describePeriods(true, 1), describePeriods(false, 1), describePeriods(true, 3)]).toEqual([
      'first period',
      'next period',
      'first 3 periods',
    ]);
  });
});
