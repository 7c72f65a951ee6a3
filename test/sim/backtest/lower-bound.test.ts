import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MILLIS, HOUR_MILLIS } from '../../../src/core/money.js';
import type { ScenarioClock } from '../../../src/core/scenario.js';
import { findPeriodEnd, type BoundInput } from '../../../src/sim/backtest/bound/bound-problem.js';
import { findLowerBound } from '../../../src/sim/backtest/lower-bound.js';
import { findCheapestPlan } from './bound/cheapest-plan.js';

const DAILY: ScenarioClock = { kind: 'rolling', periodMillis: DAY_MILLIS };
const EVENING: ScenarioClock = { kind: 'fixed', timeOfDayMillis: 18 * HOUR_MILLIS };

/** A value for each unit of time; a price of 0 means that nothing can be bought. */
function inputOf(
  wanted: readonly number[],
  prices: readonly number[],
  unit: number,
  clock: ScenarioClock,
  keepsPrice = true,
): BoundInput {
  const periodMillis = clock.kind === 'rolling' ? clock.periodMillis : DAY_MILLIS;
  return {
    demand: wanted.map((count, place) => ({ at: place * unit, wanted: count })),
    prices: prices.map((price, place) => ({
      at: place * unit,
      price: price === 0 ? undefined : { amount: BigInt(price), periodMillis },
    })),
    keepsPrice,
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
  keepsPrice = true,
) {
  const priceAt = (at: number): bigint | undefined => {
    const price = prices[Math.floor(at / unit)]!;
    return price === 0 ? undefined : BigInt(price);
  };
  return findCheapestPlan({
    instants,
    wantedAt: (at) => wanted[Math.floor(at / unit)]!,
    priceAt,
    keepsPrice,
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

  it('is what trying out finds where each boundary costs what is asked then', async () => {
    const cases = fc.tuple(smallCase(9, 1), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 60 }));
    await fc.assert(
      fc.asyncProperty(cases, async ([{ wanted, prices }, periodMillis, mostArcs]) => {
        const clock: ScenarioClock = { kind: 'rolling', periodMillis };
        const input = inputOf(wanted, prices, 1, clock, false);
        const found = await findLowerBound([input], 0, wanted.length);
        const instants = wanted.map((_, at) => at);
        expect(found.total).toBe(bruteForce(wanted, prices, 1, clock, instants, false));
        expect(found.isRelaxed).toBe(false);
        expect((await findLowerBound([input], 0, wanted.length, mostArcs)).total).toBeLessThanOrEqual(found.total);
      }),
      { numRuns: 500 },
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

  it('never gets above the least money when a problem is made coarser', async () => {
    const clocks = fc.constantFrom<ScenarioClock>({ kind: 'rolling', periodMillis: HOUR_MILLIS }, DAILY, EVENING);
    const cases = fc.tuple(smallCase(40, 0), clocks, fc.integer({ min: 7, max: 90 }), fc.integer({ min: 0, max: 60 }));
    let relaxed = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([{ wanted, prices }, clock, minutes, mostArcs]) => {
        const unit = minutes * 60_000 + 1;
        const input = inputOf(wanted, prices, unit, clock);
        const exact = await findLowerBound([input], 0, wanted.length * unit);
        const coarse = await findLowerBound([input], 0, wanted.length * unit, mostArcs);
        expect(exact.isRelaxed).toBe(false);
        expect(coarse.total).toBeLessThanOrEqual(exact.total);
        if (coarse.isRelaxed) relaxed += 1;
        else expect(coarse.total).toBe(exact.total);
      }),
      { numRuns: 400 },
    );
    expect(relaxed).toBeGreaterThan(50);
  });

  it('sweeps where one price holds throughout, and finds what the flow of least cost finds', async () => {
    const wanted = [2, 0, 1, 3, 0, 0, 1];
    const input = inputOf(
      wanted,
      wanted.map(() => 10),
      6 * HOUR_MILLIS,
      EVENING,
    );
    const to = wanted.length * 6 * HOUR_MILLIS;
    const swept = await findLowerBound([input], 0, to);
    // Until 18:00 two, until the next 18:00 three.
    expect(swept).toEqual({ total: 50n, periods: 5, method: 'sweep', isRelaxed: false, uncoverableUntil: undefined });
    const rising = {
      ...input,
      prices: [...input.prices.slice(0, 1), { at: to - 1, price: { amount: 11n, periodMillis: DAY_MILLIS } }],
    };
    const flowed = await findLowerBound([rising], 0, to);
    expect(flowed).toEqual({ ...swept, method: 'min-cost' });
  });

  it('buys right before the price rises, though less is wanted then than later', async () => {
    // 100 a day on the first day, 300 from the second on; one more is wanted on the second.
    const input = inputOf([1, 2], [100, 300], DAY_MILLIS, DAILY);
    const found = await findLowerBound([input], 0, 2 * DAY_MILLIS);
    // Bought in the last millisecond of the first day and renewed in that of the second: 200 instead of 300.
    expect(found).toMatchObject({ total: 400n, periods: 4 });
  });

  it('buys anew where the price has fallen, and keeps what is cheaper', async () => {
    const input = inputOf([1, 1, 1], [300, 100, 200], DAY_MILLIS, DAILY);
    expect(await findLowerBound([input], 0, 3 * DAY_MILLIS)).toMatchObject({ total: 500n, periods: 3 });
  });

  it('adds up inputs, each with a clock of its own', async () => {
    const daily = inputOf([1, 1], [100, 100], DAY_MILLIS, DAILY);
    const hourly = inputOf([1, 1], [7, 5], HOUR_MILLIS, { kind: 'rolling', periodMillis: HOUR_MILLIS });
    const found = await findLowerBound([daily, hourly], 0, 2 * DAY_MILLIS);
    expect(found).toMatchObject({ total: 200n + 7n + 47n * 5n, periods: 50, method: 'min-cost', isRelaxed: false });
  });

  it('leaves out what is wanted before anything can be bought, and says until when', async () => {
    const input = inputOf([2, 2, 1], [0, 40, 50], DAY_MILLIS, DAILY);
    const found = await findLowerBound([input], 0, 3 * DAY_MILLIS);
    expect(found).toMatchObject({ total: 120n, periods: 3, uncoverableUntil: DAY_MILLIS });
    const never = await findLowerBound([inputOf([2], [0], DAY_MILLIS, DAILY)], 0, DAY_MILLIS);
    expect(never).toMatchObject({ total: 0n, periods: 0, uncoverableUntil: DAY_MILLIS });
  });

  it('takes what stands at `from` from before, and counts periods that begin before `to` whole', async () => {
    const input = inputOf([1, 1, 5, 5], [90, 80, 70, 60], DAY_MILLIS, DAILY);
    const half = DAY_MILLIS / 2;
    expect(await findLowerBound([input], half, DAY_MILLIS + 1)).toMatchObject({ total: 90n, periods: 1 });
    expect(await findLowerBound([input], DAY_MILLIS, DAY_MILLIS + half)).toMatchObject({ total: 80n, periods: 1 });
    expect(await findLowerBound([input], DAY_MILLIS, DAY_MILLIS)).toMatchObject({ total: 0n, periods: 0 });
  });

  it('solves two weeks of steps of five minutes and prices of an hour as they are', async () => {
    const random = fc.sample(fc.integer({ min: 0, max: 200 }), { numRuns: 14 * 288, seed: 3 });
    const amounts = fc.sample(fc.integer({ min: 200_000, max: 400_000 }), { numRuns: 14 * 24, seed: 4 });
    const input = {
      ...inputOf(random, [], 300_000, DAILY),
      prices: inputOf([], amounts, HOUR_MILLIS, DAILY).prices,
    };
    const found = await findLowerBound([input], 0, 14 * DAY_MILLIS);
    expect(found).toMatchObject({ method: 'min-cost', isRelaxed: false });
    const cheapest = await findLowerBound(
      [
        {
          ...input,
          prices: [input.prices[amounts.indexOf(Math.min(...amounts))]!].map((step) => ({ ...step, at: 0 })),
        },
      ],
      0,
      14 * DAY_MILLIS,
    );
    expect(found.total).toBeGreaterThan(cheapest.total);
    expect(found.periods).toBeGreaterThanOrEqual(cheapest.periods);
  });

  it('refuses a price of another period than the clock has', async () => {
    const input = {
      ...inputOf([1], [1], DAY_MILLIS, DAILY),
      clock: { kind: 'rolling', periodMillis: HOUR_MILLIS } as const,
    };
    await expect(findLowerBound([input], 0, DAY_MILLIS)).rejects.toThrow(RangeError);
  });
});
