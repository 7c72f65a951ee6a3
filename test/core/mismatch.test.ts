// What of an order a VM fails, and for how long that is asked.
import { describe, expect, it } from 'vitest';
import { wantAlways } from '../../src/core/demand.js';
import { describeMismatch, findMismatch } from '../../src/core/mismatch.js';
import { Driver } from './driver.js';
import {
  CLOUD_ABILITIES,
  daily,
  HOUR,
  makeClaim,
  makeFleet,
  makeOffer,
  makeVm,
  makeWhere,
  MINUTE,
  NOON,
  PRICE,
  SIZE,
} from './samples.js';
import { World } from './world.js';

describe('describeMismatch', () => {
  const order = { offer: { country: 'FR', configuration: SIZE, hardware: undefined, price: PRICE }, most: PRICE };
  it.each([
    ['nothing is told', { place: undefined, configuration: undefined, price: undefined }, undefined],
    ['all is right', {}, undefined],
    ['the country is wrong', { place: { ...makeOffer().place, country: 'PL' } }, 'PL'],
    ['the size is wrong', { configuration: 'cpu-9' }, 'cpu-9'],
    ['it costs more than it may', { price: daily(306_981n) }, '0.306981'],
  ] as const)('when %s', (_what, vm, words) => {
    const text = describeMismatch(makeVm('1', vm), order);
    if (words === undefined) expect(text).toBeUndefined();
    else expect(text).toContain(words);
  });
});

describe('what a VM that was bought costs', () => {
  const offer = { country: 'FR', configuration: SIZE, hardware: undefined, price: PRICE };
  const order = { count: 1, offer, cap: PRICE, vmName: 'web', vmIds: [] };
  const judge = (price: bigint, maxPrice: bigint | undefined, ageMillis: number) =>
    findMismatch(makeClaim('1', { activeAt: NOON - ageMillis }), makeVm('1', { price: daily(price) }), order, {
      maxPrice: maxPrice === undefined ? undefined : daily(maxPrice),
      now: NOON,
    });

  it.each([
    ['may be what the policy allows, above the cap of its call', 400_000n, 800_000n, 0, undefined],
    ['may not be more than that', 800_001n, 800_000n, 0, 'at most 0.800000 was allowed'],
    ['may be the cap, where the policy allows less by now', PRICE.amount, 100_000n, 0, undefined],
    ['is what was ordered where the policy is gone', 400_000n, undefined, 0, 'at most 0.306980 was allowed'],
    ['is not judged once it has run for some minutes: prices move', 900_000n, 800_000n, 6 * MINUTE, undefined],
  ] as const)('%s', (_what, price, maxPrice, age, words) => {
    const text = judge(price, maxPrice, age);
    if (words === undefined) expect(text).toBeUndefined();
    else expect(text).toContain(words);
  });

  it('brings no second VM where the list of offers is behind the market', () => {
    const hourly = (amount: bigint) => ({ amount, periodMillis: HOUR });
    const start = Date.UTC(2026, 10, 10);
    const offers = [makeOffer({ price: hourly(12_790n), capacity: 100 })];
    const world = new World(start, { price: hourly(13_300n), offers, launchMillis: MINUTE });
    const fleet = makeFleet({ demand: wantAlways(2), where: makeWhere({ maxPrice: hourly(30_000n) }) });
    const driver = new Driver({
      world,
      policies: { fleets: [fleet] },
      settings: { product: 'cloud', tickMillis: 30_000 },
      abilities: CLOUD_ABILITIES,
    });
    driver.run(start + 50 * MINUTE);
    expect(world.charges).toHaveLength(2);
  });
});
