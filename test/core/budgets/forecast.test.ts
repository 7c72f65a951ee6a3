// The forecast: its parts by tables, and as a whole against what a small world then charges in a month.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capDemand,
  countBoundaries,
  forecastFleet,
  gatherRenewals,
  joinShares,
  sumRenewals,
  type FleetCourse,
  type Renewals,
} from '../../../src/core/budgets/forecast.js';
import { wantAlways } from '../../../src/core/demand.js';
import type { Demand } from '../../../src/core/policy-types.js';
import { Driver } from '../driver.js';
import { DAY, demandOf, HOUR, makeFleet, makeWhere, MINUTE } from '../samples.js';
import { World } from '../world.js';
import { budgetOf, makeBudget, monthAt } from './budget-samples.js';

const START = Date.UTC(2026, 10, 1);
const HOURLY = { amount: 10n, periodMillis: HOUR };

function courseOf(renewals: readonly Renewals[], demand: Demand, over: Partial<FleetCourse> = {}): FleetCourse {
  return { renewals, kept: 0, demand, keepMillis: 0, aheadMillis: 0, price: HOURLY, ...over };
}

describe('countBoundaries', () => {
  it.each([
    ['the first of them', 5, 5, 6, 1],
    ['none before the end', 5, 5, 5, 0],
    ['none where the next comes later', 50, 0, 20, 0],
    ['one a period, the end excluded', 0, 0, 30, 3],
    ['those that have passed since', 0, 25, 45, 2],
  ])('counts %s', (_, next, from, to, count) => {
    expect(countBoundaries(next, 10, from, to)).toBe(count);
  });

  it('counts what stepping from one to the next finds', () => {
    const small = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 40 }), small, small, (next, period, from, length) => {
        let found = 0;
        for (let at = next; at < from + length; at += period) if (at >= from) found += 1;
        expect(countBoundaries(next, period, from, from + length)).toBe(found);
      }),
    );
  });
});

describe('what is bought for a window that opens later', () => {
  it('is charged again at the next boundary of the clock, where there is one', () => {
    const demand = demandOf([
      [0, 0],
      [START + 30 * MINUTE, 2],
    ]);
    const sumBy = (over: Partial<FleetCourse>): bigint =>
      forecastFleet(courseOf([], demand, over), START, START, START + 3 * HOUR);
    // At half past, and each hour after it; or at half past, and ten to each hour.
    expect(sumBy({})).toBe(2n * 3n * 10n);
    expect(sumBy({ fixedClock: { phaseMillis: 50 * MINUTE, periodMillis: HOUR } })).toBe(2n * 4n * 10n);
    expect(sumBy({ fixedClock: { phaseMillis: 50 * MINUTE, periodMillis: DAY } })).toBe(2n * 3n * 10n);
  });
});

describe('capDemand', () => {
  it('never wants more, and joins steps that become alike', () => {
    const demand = demandOf([
      [0, 2],
      [10, 5],
      [20, 9],
      [30, 1],
    ]);
    const plain =
      (from: Demand): Demand =>
      (a, b) =>
        from(a, b).map((each) => ({ ...each, window: undefined }));
    const capped = capDemand(plain(demand), 4)(0, 40);
    expect(capped.map(({ at, wanted }) => [at, wanted])).toEqual([
      [0, 2],
      [10, 4],
      [30, 1],
    ]);
    expect(capDemand(demand, 9)(0, 40)).toEqual(demand(0, 40));
  });
});

describe('gatherRenewals', () => {
  it('keeps every VM, and the sum to a part of a period each', () => {
    const many = fc.array(fc.tuple(fc.integer({ min: 0, max: HOUR - 1 }), fc.constantFrom(10n, 30n)), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(many, (drawn) => {
        const renewals = drawn.map(([next, amount]) => ({ next, count: 1, price: { amount, periodMillis: HOUR } }));
        const gathered = gatherRenewals(renewals);
        expect(gathered.length).toBeLessThanOrEqual(2 * 65);
        expect(gathered.reduce((sum, { count }) => sum + count, 0)).toBe(renewals.length);
        const [exact, near] = [renewals, gathered].map((groups) => sumRenewals(groups, 0, 100 * HOUR + HOUR / 2));
        const off = near! - exact!;
        expect(off >= 0n).toBe(true);
        expect(off <= renewals.reduce((sum, { price }) => sum + price.amount, 0n)).toBe(true);
        expect(Number(off) / Number(exact!)).toBeLessThan(0.011);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a machine whose VM, disk and IP are each charged at a boundary of its own', () => {
  const of = (amount: bigint, minutes: number | undefined) => ({
    price: { amount, periodMillis: HOUR },
    paidUntil: minutes === undefined ? undefined : minutes * MINUTE,
  });
  const machine = joinShares([of(100n, 50), of(7n, 10), of(1n, undefined)])!;

  it('is one renewal, from the first of them on; what tells no boundary comes with that', () => {
    expect(machine).toEqual({
      next: 10 * MINUTE,
      price: { amount: 108n, periodMillis: HOUR },
      count: 1,
      shares: [
        { afterMillis: 40 * MINUTE, amount: 100n },
        { afterMillis: 0, amount: 7n },
        { afterMillis: 0, amount: 1n },
      ],
    });
    expect(joinShares([of(100n, 50), of(7n, 50)])).not.toHaveProperty('shares');
    expect(joinShares([of(100n, undefined)])).toBeUndefined();
    expect(joinShares([of(100n, 1), { price: { amount: 1n, periodMillis: DAY }, paidUntil: 1 }])).toBeUndefined();
  });

  it.each([
    ['before all of them', 10, 0n],
    ['after the disk', 11, 8n],
    ['after all', 51, 108n],
    ['after the second disk', 71, 116n],
    ['a day later', 24 * 60 + 30, 24n * 108n + 8n],
  ])('is charged each at its own: to an end %s', (_, minutes, sum) => {
    const end = minutes * MINUTE;
    expect(sumRenewals([machine], 0, end)).toBe(sum);
    expect(forecastFleet(courseOf([machine], wantAlways(1)), 0, 0, end)).toBe(sum);
  });

  it('is let go whole, and a boundary that passed unseen is counted of what came after the beginning alone', () => {
    expect(forecastFleet(courseOf([{ ...machine, count: 3 }], wantAlways(1)), 0, 0, 51 * MINUTE)).toBe(108n);
    const [from, now] = [30 * MINUTE, 55 * MINUTE];
    expect(forecastFleet(courseOf([machine], wantAlways(1)), from, now, 56 * MINUTE)).toBe(100n);
    expect(forecastFleet(courseOf([machine], wantAlways(1)), 51 * MINUTE, now, 56 * MINUTE)).toBe(0n);
  });

  it('is never told less than it is charged where many are drawn together, nor by more than a period', () => {
    const minute = fc.integer({ min: 0, max: 59 });
    const many = fc.array(fc.tuple(minute, minute, minute), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(many, fc.integer({ min: 0, max: 300 }), (drawn, minutes) => {
        const machines = drawn.map(([vm, disk, ip]) => joinShares([of(100n, vm), of(7n, disk), of(1n, ip)])!);
        const things = drawn.flatMap(([vm, disk, ip]) => [of(100n, vm), of(7n, disk), of(1n, ip)]);
        const plain = things.map(({ price, paidUntil }) => ({ next: paidUntil!, price, count: 1 }));
        const end = minutes * MINUTE;
        const exact = sumRenewals(plain, 0, end);
        expect(sumRenewals(machines, 0, end)).toBe(exact);
        const gathered = gatherRenewals(machines);
        expect(gathered.reduce((sum, { count }) => sum + count, 0)).toBe(drawn.length);
        for (const near of [
          sumRenewals(gathered, 0, end),
          forecastFleet(courseOf(machines, wantAlways(999)), 0, 0, end),
        ]) {
          expect(near >= exact).toBe(true);
          expect(near - exact <= 108n * BigInt(drawn.length)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('forecastFleet', () => {
  const four: Renewals = { next: 30 * MINUTE, price: HOURLY, count: 4 };

  it.each([
    ['renewals of what is wanted', courseOf([four], wantAlways(4)), 4n * 10n * 10n],
    ['nothing of surplus', courseOf([four], wantAlways(1)), 1n * 10n * 10n],
    ['nothing for what is lacking now', courseOf([four], wantAlways(9)), 4n * 10n * 10n],
    ['the one that serves beside those that stay', courseOf([four], wantAlways(4), { kept: 3 }), 1n * 10n * 10n],
    [
      'a boundary that has passed and was not seen',
      courseOf([{ ...four, next: -MINUTE }], wantAlways(4)),
      4n * 11n * 10n,
    ],
  ])('counts %s', (_, course, sum) => {
    expect(forecastFleet(course, -HOUR, 0, 10 * HOUR)).toBe(sum);
  });

  it('buys for a window that opens, and lets go what it leaves', () => {
    // Wanted 4 from 2:00 to 5:00: three more for three hours each, and none of the last hour.
    const demand = demandOf([
      [0, 1],
      [2 * HOUR, 4],
      [5 * HOUR, 1],
    ]);
    const course = courseOf([{ ...four, count: 1 }], demand);
    expect(forecastFleet(course, 0, 0, 10 * HOUR)).toBe(10n * 10n + 3n * 3n * 10n);
    // Renewed when wanted again soon: those of 5:00 would not be.
    expect(forecastFleet({ ...course, keepMillis: 30 * MINUTE }, 0, 0, 10 * HOUR)).toBe(10n * 10n + 3n * 3n * 10n);
    expect(forecastFleet(course, 0, 0, 2 * HOUR)).toBe(2n * 10n);
  });
});

/** Days of ten, nights and weekends of two, from a Sunday. */
const OFFICE = demandOf(
  Array.from({ length: 40 }, (_, day) => day).flatMap((day) => {
    const date = START + day * DAY;
    const weekday = new Date(date).getUTCDay();
    const isWork = weekday > 0 && weekday < 6;
    return [[date, 2] as const, [date + 8 * HOUR, isWork ? 10 : 2] as const, [date + 20 * HOUR, 2] as const];
  }),
);

interface Month {
  readonly demand: Demand;
  readonly periodMillis: number;
  readonly launchMillis?: number;
}

/** Forecasts in percent of what was charged in the whole month, at noon of some days. */
function playMonth({ demand, periodMillis, launchMillis = 0 }: Month): readonly number[] {
  const price = { amount: 306_980n, periodMillis };
  const world = new World(START - 3 * DAY, { price, launchMillis });
  const fleet = makeFleet({ demand, keepIfWantedWithinMillis: undefined, where: makeWhere({ maxPrice: price }) });
  const budget = makeBudget({ limit: 10n ** 12n });
  const driver = new Driver({ world, policies: { fleets: [fleet], budgets: [budget] }, lookEvery: 6 * HOUR });
  world.create('db', 2);
  const { from, to } = monthAt(START);
  const asked = [1, 4, 9, 15, 23, 28].map((day) => from + day * DAY + 12 * HOUR);
  const expected: bigint[] = [];
  for (const at of asked) {
    driver.run(at);
    expected.push(budgetOf(driver.preview()).expected);
  }
  driver.run(to + HOUR);
  const charged = world.charges.filter(({ at }) => at >= from && at < to).length;
  const sum = price.amount * BigInt(charged);
  return expected.map((figure) => (Number(figure - sum) / Number(sum)) * 100);
}

describe('a month forecast, and charged', () => {
  it.each([
    ['a steady fleet by the day', { demand: wantAlways(5), periodMillis: DAY }, 0],
    ['a steady fleet by the hour', { demand: wantAlways(5), periodMillis: HOUR }, 0],
    ['office hours by the day', { demand: OFFICE, periodMillis: DAY }, 0.01],
    ['office hours by the hour', { demand: OFFICE, periodMillis: HOUR }, 0.01],
    [
      'office hours by the hour, launching 3 minutes',
      { demand: OFFICE, periodMillis: HOUR, launchMillis: 3 * MINUTE },
      0.01,
    ],
  ])('is right for %s, to so many percent', (_, month, percent) => {
    const errors = playMonth(month);
    for (const error of errors) expect(Math.abs(error)).toBeLessThanOrEqual(percent);
  });
});
