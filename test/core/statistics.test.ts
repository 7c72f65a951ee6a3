// Percentiles by nearest rank, against the definition: the smallest sample that so many percent don't exceed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepLast, percentileOf } from '../../src/core/statistics.js';

describe('percentileOf', () => {
  it('has none of no samples', () => {
    expect(percentileOf([], 99)).toBeUndefined();
  });

  it('is the smallest sample that so many percent do not exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (samples, percent) => {
        const reaches = (bound: number) =>
          samples.filter((sample) => sample <= bound).length * 100 >= percent * samples.length;
        const expected = Math.min(...samples.filter(reaches));
        expect(percentileOf(samples, percent)).toBe(expected);
      }),
    );
  });
});

describe('keepLast', () => {
  it('keeps the newest', () => {
    expect(keepLast([1, 2, 3], 2)).toEqual([2, 3]);
    expect(keepLast([1, 2], 2)).toEqual([1, 2]);
    expect(keepLast([], 2)).toEqual([]);
  });
});
