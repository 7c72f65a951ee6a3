import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Demand, DemandStep } from '../../src/core/policy-types.js';
import { countFewestPeriods, countPeriodsOfSteps } from '../../src/core/fewest-periods.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function demandOf(steps: readonly DemandStep[]): Demand {
  return (from, to) => {
    const start = steps.findLastIndex((step) => step.at <= from);
    return [steps[start]!, ...steps.slice(start + 1).filter((step) => step.at < to)];
  };
}

function hours(...wanted: number[]): Demand {
  return demandOf(wanted.map((count, hour) => ({ at: hour * HOUR, wanted: count, window: undefined })));
}

/** Every way to place period starts on whole hours, tried out. */
function bruteForceFewest(wanted: readonly number[], periodHours: number): number {
  const best = new Map<string, number>();
  function search(hour: number, ends: readonly number[]): number {
    if (hour === wanted.length) return 0;
    const alive = ends.filter((end) => end > hour);
    const key = `${hour}/${alive.join()}`;
    const known = best.get(key);
    if (known !== undefined) return known;
    const missing = Math.max(0, wanted[hour]! - alive.length);
    let fewest = Number.POSITIVE_INFINITY;
    for (let extra = missing; extra <= missing + 1; extra += 1) {
      const bought = Array.from({ length: extra }, () => hour + periodHours);
      fewest = Math.min(fewest, extra + search(hour + 1, [...alive, ...bought]));
    }
    best.set(key, fewest);
    return fewest;
  }
  return search(0, []);
}

describe('countFewestPeriods', () => {
  it('pays one period for two uses within it', () => {
    expect(countFewestPeriods(hours(2, 0, 0, 2, 0), DAY, 0, 5 * HOUR)).toBe(2);
  });

  it('pays anew when a use begins where the last period ends', () => {
    expect(countFewestPeriods(hours(1, 0, 1), 2 * HOUR, 0, 3 * HOUR)).toBe(2);
  });

  it('agrees with trying out every purchase', () => {
    const cases = fc.tuple(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(cases, ([wanted, period]) => {
        const counted = countFewestPeriods(hours(...wanted), period * HOUR, 0, wanted.length * HOUR);
        expect(counted).toBe(bruteForceFewest(wanted, period));
      }),
      { numRuns: 300 },
    );
  });

  it('counts only what begins within its span, of a sweep that began before', () => {
    const steps = [{ at: 0, wanted: 2, window: undefined }];
    const span = { sweptFrom: 0, from: 5 * HOUR, to: 12 * HOUR };
    // Begun at 0, 4 and 8: only those of 8 begin within.
    expect(countPeriodsOfSteps(steps, 4 * HOUR, span)).toBe(2);
  });
});
