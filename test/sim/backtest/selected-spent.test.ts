// What a budget with a `select` counts of a backtest, against its books: of VMs that end, and of disks and IPs that outlive them.
import { describe, expect, it } from 'vitest';
import { compileBudget } from '../../../src/policy/compile-budget.js';
import { playPurser } from '../../../src/sim/backtest/simulate.js';
import { buildSetting } from '../../../src/sim/backtest/setting.js';
import { DAY, HOUR, makeFleet, makePolicies, makeSettings, makeWhere, NO_RAILS } from '../../core/samples.js';
import { makeScenario, makeScenarioOffer, periodOf, stepsOf } from './sample-scenario.js';

/** Two fleets that grow and shrink for ten periods, one in each country; VMs fail and end. */
function playTwo(product: 'marketplace' | 'cloud', seed: number) {
  const periodMillis = periodOf(product);
  const hours = periodMillis / HOUR;
  const base = makeScenario();
  const scenario = makeScenario({
    product,
    seed,
    to: base.from + 10 * periodMillis,
    meanDaysToTermination: (2 * periodMillis) / DAY,
    launch: { leastMillis: 5_000, mostMillis: 120_000, failShare: 0.1 },
    deletion: { leastMillis: 10_000, mostMillis: 45_000 },
    offers: [makeScenarioOffer(product), makeScenarioOffer(product, { country: 'DE' })],
    demands: [
      { policy: 'fr', isForeseen: true, steps: stepsOf([0, 2], [3 * hours, 1], [5 * hours, 3]) },
      { policy: 'de', isForeseen: true, steps: stepsOf([0, 3], [4 * hours, 1], [6 * hours, 4]) },
    ],
  });
  const fleets = ['FR', 'DE'].map((country) => {
    const where = makeWhere({ countries: [country], maxPrice: { amount: 9_000_000n, periodMillis: DAY } });
    return makeFleet({ name: country.toLowerCase(), where });
  });
  const scope = { select: 'vm.country == "FR"' };
  const { policy } = compileBudget({ kind: 'budget', name: 'team', limit: '9000/month', scope });
  const settings = { product, tickMillis: 30_000, rails: NO_RAILS, ratePerSecond: 10, concurrency: 8, periodMillis };
  const setting = buildSetting(scenario, makePolicies({ fleets, budgets: [policy] }), makeSettings(settings));
  const { outcome, follower } = playPurser(setting);
  follower.look();
  return { outcome, counted: follower.counted.total, spent: follower.plan!.budgets![0]!.spent };
}

describe('A budget that selects one country', () => {
  it.each([
    ['cloud', 4],
    ['cloud', 9],
    ['cloud', 14],
    ['cloud', 20],
    ['marketplace', 4],
  ] as const)('counts what its VMs are charged, and nothing of the other: %s, seed %i', (product, seed) => {
    const { outcome, counted, spent } = playTwo(product, seed);
    expect(counted).toBe(outcome.total);
    const own = outcome.byPolicy.get('fr')!;
    expect(own).toBeLessThan(outcome.total);
    expect(spent).toBe(own);
  });
});
