import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../src/core/scenario.js';
import type { FleetPolicy, PolicySet } from '../../../src/core/policy-types.js';
import { simulate } from '../../../src/sim/backtest/simulate.js';
import { renderSimulation } from '../../../src/cli/render/render-simulation.js';
import { simulationToJson } from '../../../src/cli/render/simulation-to-json.js';
import { renderSimulationPage } from '../../../src/cli/render/simulation-page/render-simulation-page.js';
import { makeBudget, step } from '../../core/budgets/budget-samples.js';
import { DAY, HOUR, makeOrphans, makeReap, makeSettings, makeWhere, NO_RAILS } from '../../core/samples.js';
import { DELAYS, makeScenario, makeScenarioOffer, MONDAY, settle, stepsOf, wantSteps } from './sample-scenario.js';

const PRICE = 306_980n;

function report(
  scenario: Scenario,
  policies: Partial<PolicySet> = {},
  fleet: Partial<FleetPolicy> = {},
  rails = NO_RAILS,
) {
  const { policies: set, settings } = settle(scenario, fleet, policies);
  return simulate({
    scenario,
    policies: set,
    settings: makeSettings({ ...settings, rails }),
    isRecorded: false,
    stopwatch: () => 0,
  });
}

function sum(gap: object): bigint {
  return (Object.values(gap) as bigint[]).reduce((all, part) => all + part, 0n);
}

/** One at first, three from the second noon on, of which a budget lets nobody buy the other two. */
const GROWING = makeScenario({ ...DELAYS, to: MONDAY + 4 * DAY, demands: wantSteps(stepsOf([0, 1], [36, 3]), false) });
const PERIOD = { from: MONDAY, to: MONDAY + 4 * DAY };
const STRICT = makeBudget({ limit: 5n * PRICE, steps: [step(100, 'spent', 'stop-buying')], periodAt: () => PERIOD });
const CHEAP = { where: makeWhere({ countries: [], maxPrice: { amount: 310_000n, periodMillis: DAY } }) };

describe('A budget that holds VMs back in a backtest', () => {
  it('is what the gap below the bound is put down to, and what was short', async () => {
    const { purser, gap, lowerBound, notes } = await report(GROWING, { budgets: [STRICT] }, CHEAP);
    expect(purser.total).toBe(4n * PRICE);
    expect(lowerBound.total).toBe(10n * PRICE);
    expect(gap).toMatchObject({ budget: -6n * PRICE, price: 0n, unserved: 0n });
    expect(sum(gap)).toBe(purser.total - lowerBound.total);
    expect(purser.shortages[0]).toMatchObject({
      policy: 'web',
      cause: 'budget',
      by: 'team',
      times: 1,
      from: MONDAY + 36 * HOUR,
      to: MONDAY + 4 * DAY,
      vmMillis: 2 * 60 * HOUR,
    });
    // Beside it only the first launch.
    expect(purser.shortages.slice(1)).toMatchObject([{ cause: 'launches' }]);
    expect(purser.shortages.reduce((all, { vmMillis }) => all + vmMillis, 0)).toBe(purser.shortfall.vmMillis);
    expect(notes).toContain(
      'budget team held web back once, 2026-11-03 12:00Z to 2026-11-06 00:00Z: 7200 VM-minutes short',
    );
  });

  it('is told before any praise, in the text, in JSON and on the page', async () => {
    const found = await report(GROWING, { budgets: [STRICT] }, CHEAP);
    const text = renderSimulation(found, { width: 400, colours: false });
    expect(text.split('\n')[2]).toMatch(
      /^Not all that is wanted was there, 720\d VM-minutes short: budget team held web back once, .*: 7200 VM-minutes short\. Purser would have paid 1\.227920 for 4 periods: 0\.400 times the least that all that is wanted could cost/,
    );
    expect(text).toContain('Gap to the lower bound -1.841880: -1.841880 what budgets held back');
    expect(text).not.toContain('prices that move');
    const json = simulationToJson(found);
    expect(json.gap).toMatchObject({ budget: '-1.841880', price: '0.000000' });
    expect(json.shortages[0]).toMatchObject({ policy: 'web', cause: 'budget', by: 'team', vmMinutes: 7200, times: 1 });
    const page = renderSimulationPage(found);
    expect(page).toContain('Purser paid 1.841880 less than the lower bound');
    expect(page).toContain('<li>budget team held web back once');
    expect(page).toContain('<dt>Policies</dt><dd>web, team (budget)</dd>');
  });

  it('is said nothing of where it holds nothing back', async () => {
    const ample = await report(GROWING, { budgets: [{ ...STRICT, limit: 20n * PRICE }] }, CHEAP);
    expect(ample.purser.shortages.map(({ cause }) => cause)).toEqual(['launches']);
    expect(ample.gap.budget).toBe(0n);
    expect(renderSimulation(ample, { width: 400, colours: false })).toMatch(
      /^Purser would have paid .* any follower could pay/m,
    );
  });
});

describe('What else keeps VMs away in a backtest', () => {
  it('is a market without room, whose part of the gap is what was not served', async () => {
    const offers = [makeScenarioOffer('marketplace', { capacity: 2 })];
    const found = await report(makeScenario({ offers, demands: wantSteps(stepsOf([0, 5])) }));
    expect(found.purser.total).toBe(4n * PRICE);
    expect(found.gap).toMatchObject({ unserved: -6n * PRICE, price: 0n });
    expect(found.purser.shortages).toMatchObject([{ cause: 'no-offer', policy: 'web', vmMillis: 3 * 2 * DAY }]);
    expect(renderSimulation(found, { width: 400, colours: false })).toMatch(
      /^Not all .* nothing that fits web was on offer once/m,
    );
  });

  it('is a price above what the fleet pays', async () => {
    const changes = [{ at: MONDAY + 12 * HOUR, price: { amount: 20_000_000n, periodMillis: DAY } }];
    const offers = [makeScenarioOffer('marketplace', { changes })];
    const found = await report(makeScenario({ offers, demands: wantSteps(stepsOf([0, 1], [24, 3])) }));
    expect(found.purser.shortages).toMatchObject([{ cause: 'no-offer', vmMillis: 2 * DAY }]);
    expect(sum(found.gap)).toBe(found.purser.total - found.lowerBound.total);
    expect(found.gap.price).toBeGreaterThanOrEqual(0n);
  });

  it('is a rail on purchases, by its name', async () => {
    const rails = { ...NO_RAILS, deploys: { ...NO_RAILS.deploys, perDay: 2 } };
    const found = await report(makeScenario({ demands: wantSteps(stepsOf([0, 5])) }), {}, {}, rails);
    expect(found.purser.shortages[0]).toMatchObject({ cause: 'rails', by: 'deploys.perDay' });
    expect(found.gap.rails).toBeLessThan(0n);
  });

  it('is money that has gone', async () => {
    const found = await report(makeScenario({ balance: 3n * PRICE, demands: wantSteps(stepsOf([0, 3])) }));
    expect(found.purser.shortages.map(({ cause }) => cause)).toContain('no-balance');
    expect(found.gap.price).toBe(0n);
    expect(found.gap.unserved).toBeLessThan(0n);
  });
});

describe('The policies of a report', () => {
  it('are all that were played, with their kinds', async () => {
    const found = await report(GROWING, { reaps: [makeReap()], orphans: [makeOrphans()], budgets: [STRICT] });
    expect(found.policies.map(({ kind }) => kind)).toEqual(['fleet', 'reap', 'orphans', 'budget']);
  });
});
