// The stage of a follower: what is bought has the luck of its place among the minute's purchases of its policy, whatever calls
// bought it. Asserts by the lives that the market gives.
import { describe, expect, it } from 'vitest';
import type { Product } from '../../../src/core/types.js';
import { Stage } from '../../../src/sim/backtest/stage.js';
import { DAY } from '../../core/samples.js';
import { makeScenario, MONDAY, periodOf, settle } from './sample-scenario.js';

const MINUTE = 60_000;

/** Launches, failures, ends and deletions of what these calls bought, in the order of purchase. */
function readLuck(product: Product, calls: readonly (readonly [policy: string, count: number])[]) {
  const launch = { leastMillis: 1_000, mostMillis: 9 * MINUTE, failShare: 0.2 };
  const deletion = { leastMillis: 1_000, mostMillis: 9 * MINUTE };
  const over = { product, launch, deletion, meanDaysToTermination: periodOf(product) / DAY };
  const stage = new Stage(settle(makeScenario({ ...over, to: MONDAY + 5 * periodOf(product) })), true);
  const [offer] = stage.market.listOffers([25]);
  const { configuration, price, storageGb, clusterId } = offer!;
  const chosen = {
    configuration,
    price,
    storageGb,
    country: 'FR',
    hardware: undefined,
    ...(clusterId === undefined ? {} : { clusterId }),
  };
  const ids: string[] = [];
  for (const [policy, count] of calls) {
    const order = { offer: chosen, cap: price, count, name: `${policy}-${ids.length}` };
    const bought = stage.create(policy, order);
    if (!Array.isArray(bought)) throw new Error('the order was refused');
    ids.push(...(bought as string[]));
  }
  stage.advanceTo(MONDAY + 2 * periodOf(product));
  stage.delete(ids);
  stage.advanceTo(MONDAY + 4 * periodOf(product));
  stage.finish({ takenBack: 0, looks: 0 });
  return stage
    .recorder!.readLives()
    .map(({ policy, activeAt, endedAt, endedBy }) => ({ policy, activeAt, endedAt, endedBy }));
}

describe.each(['marketplace', 'cloud'] as const)('The same purchase of a minute on the %s', (product) => {
  it('has the same luck in one call and in several', () => {
    const atOnce = readLuck(product, [['web', 6]]);
    expect(atOnce).toHaveLength(6);
    expect(new Set(atOnce.map(({ activeAt }) => activeAt)).size).toBeGreaterThan(3);
    expect(
      readLuck(
        product,
        Array.from({ length: 6 }, () => ['web', 1] as const),
      ),
    ).toEqual(atOnce);
    expect(
      readLuck(product, [
        ['web', 2],
        ['web', 4],
      ]),
    ).toEqual(atOnce);
  });

  it('has it whatever another policy buys in between', () => {
    const luck = readLuck(product, [
      ['web', 1],
      ['batch', 1],
      ['web', 1],
    ]);
    expect(luck.filter(({ policy }) => policy === 'web')).toEqual(readLuck(product, [['web', 2]]));
  });
});
