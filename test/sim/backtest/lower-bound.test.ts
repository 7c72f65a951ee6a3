import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MILLIS, HOUR_MILLIS } from '../../../src/core/money.js';
import type { ScenarioClock } from '../../../src/core/scenario.js';
import { findPeriodEnd, type BoundInput } from '../../../src/sim/backtest/bound/bound-problem.js';
import { findLowerBound } from '../../../src/sim/backtest/lower-bound.js';
import { findCheapestPlan } from './bound/cheapest-plan.js';

const EVENING: ScenarioClock = { kind: 'fixed', timeOfDayMillis: 18 * HOUR_MILLIS };

/** A value for each unit of time; a price of 0 means that nothing can be bought. */
function inputOf(wanted: readonly number[], prices: readonly number[], unit: number, clock: ScenarioClock): BoundInput {
  const periodMillis = clock.kind === 'rolling' ? clock.periodMillis : DAY_MILLIS;
  return {
    demand: wanted.map((count, place) => ({ at: place * unit, wanted: count })),
    prices: prices.map((price, place) => ({
      at: place * unit,
      price: price === 0 ? undefined : { amount: BigInt(price), periodMillis },
    })),
    clock,
  };
}

/** The least money by trying out everything at the given instants. */
function bruteForce(
  wanted: readonly number[],
  prices: readonly number[],
  unit: number,
  clock: ScenarioClock,
  instants: readonly number[],
) {
  const priceAt = (at: number): bigint | undefined => {
    const price = prices[Math.floor(at / unit)]!;
    return price === 0 ? undefined : BigInt(price);
  };
  return findCheapestPlan({
    instants,
    wantedAt: (at) => wanted[Math.floor(at / unit)]!,
    priceAt,
    periodEnd: (at) => findPeriodEnd(clock, at),
    to: wanted.length * unit,
  });
}

function smallCase(length: number, lowestPrice: number) {
  return fc.integer({ min: 1, max: length }).chain((size) =>
    fc.record({
      wanted: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: size, maxLength: size }),
      prices: fc.array(fc.integer({ min: lowestPrice, max: 5 }), { minLength: size, maxLength: size }),
    }),
  );
}

describe('findLowerBound', () => {
  it('is what trying out every purchase and every renewal finds, on rolling boundaries', async () => {
    const cases = fc.tuple(smallCase(9, 0), fc.integer({ min: 1, max: 4 }));
    await fc.assert(
      fc.asyncProperty(cases, async ([{ wanted, prices }, periodMillis]) => {
        const clock: ScenarioClock = { kind: 'rolling', periodMillis };
        const found = await findLowerBound([inputOf(wanted, prices, 1, clock)], 0, wanted.length);
        const buyable = prices.findIndex((price) => price > 0);
        const first = buyable === -1 ? wanted.length : buyable;
        const coverable = wanted.map((count, at) => (at < first ? 0 : count));
        const instants = wanted.map((_, at) => at);
        expect(found.total).toBe(bruteForce(coverable, prices, 1, clock, instants));
        expect(found.isRelaxed).toBe(false);
        const isMissed = wanted.slice(0, first).some((count) => count > 0);
        expect(found.uncoverableUntil).toBe(isMissed ? first : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is what trying out every purchase and every renewal finds, on a fixed boundary', async () => {
    const unit = 6 * HOUR_MILLIS;
    await fc.assert(
      fc.asyncProperty(smallCase(6, 0), async ({ wanted, prices }) => {
        const found = await findLowerBound([inputOf(wanted, prices, unit, EVENING)], 0, wanted.length * unit);
        // A purchase right before a change is the best of those within the time before it.
        const instants = wanted.flatMap((_, place) => [place * unit, (place + 1) * unit - 1]);
        const buyable = prices.findIndex((price) => price > 0);
        const coverable = wanted.map((count, slot) => (buyable === -1 || slot < buyable ? 0 : count));
        expect(found.total).toBe(bruteForce(coverable, prices, unit, EVENING, instants));
        expect(found.isRelaxed).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});
