// No follower that serves all that is wanted pays less than the lower bound, whatever prices and capacities do meanwhile.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferChange, Scenario } from '../../../src/core/scenario.js';
import type { Product } from '../../../src/core/types.js';
import { buildBoundInputs, sumForeign } from '../../../src/sim/backtest/bound-inputs.js';
import { findLowerBound } from '../../../src/sim/backtest/lower-bound.js';
import type { BacktestSetting } from '../../../src/sim/backtest/setting.js';
import { playBaseline, playPurser } from '../../../src/sim/backtest/simulate.js';
import { HOUR, MINUTE, makeOrphans, makeReap, makeWhere } from '../../core/samples.js';
import {
  DELAYS,
  givenVm,
  makeScenario,
  makeScenarioOffer,
  MONDAY,
  periodOf,
  settle,
  stepsOf,
  wantSteps,
} from './sample-scenario.js';

async function boundOf(setting: BacktestSetting): Promise<bigint> {
  const { from, to } = setting.scenario;
  const { total, isRelaxed } = await findLowerBound(buildBoundInputs(setting), from, to);
  expect(isRelaxed).toBe(false);
  return total + sumForeign(setting).total;
}

function playAll(setting: BacktestSetting) {
  return [
    playPurser(setting).outcome,
    ...(['immediate', 'lastMinutes', 'neverDelete'] as const).map((name) => playBaseline(setting, name).outcome),
  ];
}

/** So that sums are those of the VMs alone. */
const FREE_PARTS = { storagePerGb: 0n, publicIp: 0n };

function hourly(amount: bigint) {
  return { amount, periodMillis: HOUR };
}

describe('The lower bound on the cloud, where running VMs pay what is asked at each boundary', () => {
  const play = (over: Partial<Scenario>) =>
    settle(makeScenario({ product: 'cloud', parts: FREE_PARTS, to: MONDAY + 10 * HOUR, ...over }), { readyBy: 'buy' });
  const offerOf = (country: string, amount: bigint, changes: readonly OfferChange[]) =>
    makeScenarioOffer('cloud', { country, price: hourly(amount), changes });

  it('renews at an offer that has fallen, though it is sold out', async () => {
    const offers = [
      offerOf('FR', 20n, [{ at: MONDAY + 5.5 * HOUR, price: hourly(10n), capacity: 0 }]),
      offerOf('DE', 30n, []),
    ];
    const setting = play({ offers, demands: wantSteps(stepsOf([0, 2])) });
    // Each: six hours at 20, four at 10.
    const bound = await boundOf(setting);
    expect(bound).toBe(2n * (6n * 20n + 4n * 10n));
    for (const { total } of playAll(setting)) expect(total).toBe(bound);
  });

  it('renews at what has become too dear to buy, and never at what it was bought at', async () => {
    const offers = [offerOf('FR', 20n, [{ at: MONDAY + 5.5 * HOUR, price: hourly(10_000_000n) }])];
    const setting = play({ offers, demands: wantSteps(stepsOf([0, 1])) });
    const bound = await boundOf(setting);
    expect(bound).toBe(6n * 20n + 4n * 10_000_000n);
    for (const { total } of playAll(setting)) expect(total).toBe(bound);
  });

  it('counts on no offer that never had any room', async () => {
    const offers = [
      makeScenarioOffer('cloud', { country: 'FR', price: hourly(10n), capacity: 0 }),
      offerOf('DE', 30n, []),
    ];
    expect(await boundOf(play({ offers, demands: wantSteps(stepsOf([0, 1])) }))).toBe(10n * 30n);
  });

  it("prices each boundary of somebody else's VM as it is then, unless its own price was told", () => {
    const changes = [
      { at: MONDAY + 3 * HOUR, price: hourly(10n) },
      { at: MONDAY + 5.5 * HOUR, capacity: 0 },
      { at: MONDAY + 8 * HOUR, price: hourly(40n) },
    ];
    const offers = [offerOf('FR', 20n, changes)];
    const sum = (price?: ReturnType<typeof hourly>) => {
      const vms = [givenVm('db-1', price === undefined ? {} : { price })];
      const setting = settle(
        makeScenario({ product: 'cloud', parts: FREE_PARTS, to: MONDAY + 10 * HOUR, vms, offers }),
        {},
        { fleets: [] },
      );
      const { total, periods } = sumForeign(setting);
      expect(playPurser(setting).outcome).toMatchObject({ total, periods });
      return total;
    };
    // At 3:00 and at 8:00 it is charged before the price moves.
    expect(sum()).toBe(4n * 20n + 5n * 10n + 40n);
    expect(sum(hourly(7n))).toBe(10n * 7n);
  });
});

describe('The lower bound on the marketplace', () => {
  it('takes the price of the order, though the launch ends when that is not to be had any more', async () => {
    const launch = { leastMillis: 10 * MINUTE, mostMillis: 10 * MINUTE, failShare: 0 };
    const cheap = { amount: 100_000n, periodMillis: 24 * HOUR };
    const changes = [{ at: MONDAY + 6 * HOUR - 5 * MINUTE, price: { ...cheap, amount: 900_000n } }];
    const offers = [makeScenarioOffer('marketplace', { price: cheap, changes })];
    const demands = wantSteps(stepsOf([0, 0], [6, 1], [30, 0]));
    const setting = settle(makeScenario({ launch, offers, demands }), { readyBy: 'start' });
    expect(await boundOf(setting)).toBe(100_000n);
  });
});

/** Of an offer on a grid of a tenth of a period. */
function changesOf(product: Product): fc.Arbitrary<readonly OfferChange[]> {
  const periodMillis = periodOf(product);
  const amount = fc.constantFrom(100n, 200n, 300n, 600n);
  const change = fc.record({
    place: fc.integer({ min: 1, max: 49 }),
    price: fc.option(amount, { nil: undefined }),
    capacity: fc.option(fc.constantFrom(0, 1_000), { nil: undefined }),
  });
  return fc.uniqueArray(change, { maxLength: 4, selector: ({ place }) => place }).map((list) =>
    list
      .sort((a, b) => a.place - b.place)
      .map(({ place, price, capacity }) => ({
        at: MONDAY + (place * periodMillis) / 10,
        ...(price === undefined ? {} : { price: { amount: price, periodMillis } }),
        ...(capacity === undefined ? {} : { capacity }),
      })),
  );
}

function settingsOf(product: Product): fc.Arbitrary<BacktestSetting> {
  const periodMillis = periodOf(product);
  const wanted = fc.uniqueArray(fc.integer({ min: 1, max: 49 }), { minLength: 1, maxLength: 4 });
  return fc
    .record({
      first: changesOf(product),
      second: changesOf(product),
      places: wanted,
      numbers: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
      delays: fc.constantFrom({}, DELAYS),
      readyBy: fc.constantFrom('buy' as const, 'start' as const),
      comesAt: fc.integer({ min: -5, max: 20 }),
      idleFrom: fc.integer({ min: 5, max: 49 }),
      ceiling: fc.constantFrom(250n, 900n),
    })
    .map((drawn) => {
      const { first, second, places, numbers, delays, readyBy, comesAt, idleFrom, ceiling } = drawn;
      const instant = (place: number): number => MONDAY + (place * periodMillis) / 10;
      const price = (amount: bigint) => ({ amount, periodMillis });
      const steps = [...places]
        .sort((a, b) => a - b)
        .map((place, index) => ({ at: instant(place), wanted: numbers[index]!, window: undefined }));
      const scenario = makeScenario({
        ...delays,
        product,
        parts: FREE_PARTS,
        to: MONDAY + 5 * periodMillis,
        offers: [
          makeScenarioOffer(product, { price: price(200n), changes: first }),
          makeScenarioOffer(product, { country: 'DE', price: price(300n), changes: second }),
        ],
        demands: wantSteps([{ at: MONDAY, wanted: 0, window: undefined }, ...steps]),
        vms: [givenVm('ci-1', { at: instant(comesAt) })],
        idle: [
          {
            vm: 'ci-*',
            steps: [
              { at: MONDAY - 5 * periodMillis, answer: 'no' },
              { at: instant(idleFrom), answer: 'yes' },
            ],
          },
        ],
      });
      const where = makeWhere({ countries: [], maxPrice: price(ceiling) });
      const orphans = [makeOrphans({ select: ({ name }) => name.startsWith('ci-'), minAgeMillis: 0 })];
      return settle(scenario, { readyBy, where }, { reaps: [makeReap()], orphans });
    });
}

describe.each(['marketplace', 'cloud'] as const)('Nobody who serves all on the %s', (product) => {
  it('pays less than the lower bound, where prices move and offers run out', { timeout: 240_000 }, async () => {
    let served = 0;
    await fc.assert(
      fc.asyncProperty(settingsOf(product), async (setting) => {
        const all = playAll(setting).filter(({ shortfall }) => shortfall.vmMillis === 0);
        if (all.length === 0) return;
        served += all.length;
        const bound = await boundOf(setting);
        for (const { total } of all) expect(total).toBeGreaterThanOrEqual(bound);
      }),
      { numRuns: 80, seed: 31 },
    );
    expect(served).toBeGreaterThan(50);
  });
});
