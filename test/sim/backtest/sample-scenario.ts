// A scenario with all fields filled in, and what plays it, for the tests of backtests. Holds no expectations.
import type { DemandStep, FleetPolicy, PolicySet } from '../../../src/core/policy-types.js';
import type { Scenario, ScenarioOffer, ScenarioVm } from '../../../src/core/scenario.js';
import type { Instant, Millis, Product } from '../../../src/core/types.js';
import { buildSetting, type BacktestSetting } from '../../../src/sim/backtest/setting.js';
import { DAY, HOUR, makeFleet, makePolicies, makeSettings, makeWhere, NO_RAILS, SIZE } from '../../core/samples.js';

export const MONDAY: Instant = Date.UTC(2026, 10, 2);

export function periodOf(product: Product): Millis {
  return product === 'cloud' ? HOUR : DAY;
}

export function makeScenarioOffer(product: Product, over: Partial<ScenarioOffer> = {}): ScenarioOffer {
  const amount = product === 'cloud' ? 12_790n : 306_980n;
  return {
    configuration: product === 'cloud' ? 'cpu-regular-2vcpu-4gb' : SIZE,
    country: 'FR',
    price: { amount, periodMillis: periodOf(product) },
    capacity: 1_000,
    tier: undefined,
    hardware: {},
    changes: [],
    ...over,
  };
}

/** No delays, no failures; two days. */
export function makeScenario(over: Partial<Scenario> = {}): Scenario {
  const product = over.product ?? 'marketplace';
  return {
    name: 'sample',
    description: undefined,
    seed: 7,
    from: MONDAY,
    to: MONDAY + 2 * DAY,
    zone: {
      name: 'UTC',
      dayAt: (at) => ({ date: new Date(at).toISOString().slice(0, 10), from: Math.floor(at / DAY) * DAY }),
      show: (at) => new Date(at).toISOString().slice(0, 16).replace('T', ' '),
    },
    product,
    clock: { kind: 'rolling', periodMillis: periodOf(product) },
    launch: { leastMillis: 0, mostMillis: 0, failShare: 0 },
    deletion: { leastMillis: 0, mostMillis: 0 },
    balance: 1_000_000_000_000n,
    parts: { storagePerGb: 110n, publicIp: 4_110n },
    offers: [makeScenarioOffer(product)],
    hasUsualOffers: false,
    terminations: [],
    meanDaysToTermination: undefined,
    vms: [],
    idle: [],
    demands: [],
    ...over,
  };
}

export const DELAYS: Pick<Scenario, 'launch' | 'deletion'> = {
  launch: { leastMillis: 60_000, mostMillis: 120_000, failShare: 0 },
  deletion: { leastMillis: 10_000, mostMillis: 45_000 },
};

/** Somebody else's, there from the beginning to the end. */
export function givenVm(name: string, over: Partial<ScenarioVm> = {}): ScenarioVm {
  const told = { country: undefined, configuration: undefined, price: undefined, paidUntil: undefined };
  return { name, at: MONDAY, until: undefined, ...told, ...over };
}

/** `[hours from the beginning, wanted]`; the first at 0. */
export function stepsOf(...steps: readonly (readonly [hours: number, wanted: number])[]): readonly DemandStep[] {
  return steps.map(([hours, wanted]) => ({ at: MONDAY + Math.round(hours * HOUR), wanted, window: undefined }));
}

export function wantSteps(steps: readonly DemandStep[], isForeseen = true): Scenario['demands'] {
  return [{ policy: 'web', steps, isForeseen }];
}

/** One fleet, `web`, that pays at most 9 a day, without rails. */
export function settle(
  scenario: Scenario,
  fleet: Partial<FleetPolicy> = {},
  policies: Partial<PolicySet> = {},
): BacktestSetting {
  const { product } = scenario;
  const maxPrice = { amount: 9_000_000n, periodMillis: DAY };
  const where = makeWhere({ countries: [], maxPrice });
  const set = makePolicies({ fleets: [makeFleet({ where, ...fleet })], ...policies });
  const account = { product, rails: NO_RAILS, tickMillis: 30_000, ratePerSecond: 10, concurrency: 8 };
  return buildSetting(scenario, set, makeSettings({ ...account, periodMillis: periodOf(product) }));
}
