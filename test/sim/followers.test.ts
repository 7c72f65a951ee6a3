import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Demand, DemandStep } from '../../src/core/policy-types.js';
import { countFewestPeriods } from '../../src/core/fewest-periods.js';
import { followImmediately } from '../../src/sim/immediate-follower.js';

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

describe('followImmediately', () => {
  it('pays a whole period for every use', () => {
    const followed = followImmediately(
      { demand: hours(2, 0, 0, 2, 0), price: 10n, periodMillis: DAY, terminations: [] },
      0,
      5 * HOUR,
    );
    expect(followed).toEqual({ periods: 4, spent: 40n, deploys: 4, deletes: 4 });
  });

  it('buys anew what the provider ended', () => {
    const terminations = [HOUR / 2];
    const followed = followImmediately(
      { demand: hours(1, 1), price: 10n, periodMillis: DAY, terminations },
      0,
      2 * HOUR,
    );
    expect(followed).toMatchObject({ periods: 2, deploys: 2 });
    const refilled = followImmediately(
      { demand: hours(1, 2), price: 10n, periodMillis: DAY, terminations },
      0,
      2 * HOUR,
    );
    expect(refilled).toMatchObject({ periods: 3, deploys: 3 });
  });

  it('never pays less than the lower bound', () => {
    const wanted = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 48 });
    fc.assert(
      fc.property(wanted, (list) => {
        const demand = hours(...list);
        const to = list.length * HOUR;
        const { periods } = followImmediately({ demand, price: 1n, periodMillis: 5 * HOUR, terminations: [] }, 0, to);
        expect(periods).toBeGreaterThanOrEqual(countFewestPeriods(demand, 5 * HOUR, 0, to));
      }),
    );
  });
});
