// What a forecast says of budgets, against what a small world then charges: where nothing is bought meanwhile both are the same.
import { describe, expect, it } from 'vitest';
import { wantAlways } from '../../../src/core/demand.js';
import { foreseeSnapshot } from '../../../src/core/foresee.js';
import { planAccount } from '../../../src/core/plan.js';
import type { Plan, Snapshot } from '../../../src/core/plan-types.js';
import type { Demand } from '../../../src/core/policy-types.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import { Driver } from '../driver.js';
import { DAY, demandOf, HOUR, makeFleet, makeWhere, MINUTE } from '../samples.js';
import { World } from '../world.js';
import type { BudgetPolicy } from '../../../src/core/budgets/budget-policy.js';
import { budgetOf, makeBudget, monthAt, step } from './budget-samples.js';

const START = Date.UTC(2026, 10, 1);
const NOON_OF_4TH = START + 3 * DAY + 12 * HOUR;

interface Scene {
  readonly demand: Demand;
  readonly periodMillis: number;
  readonly budget: BudgetPolicy;
}

function openDriver({ demand, periodMillis, budget }: Scene): Driver {
  const price = { amount: 306_980n, periodMillis };
  const world = new World(START - 3 * DAY, { price, launchMillis: MINUTE });
  const fleet = makeFleet({ demand, keepIfWantedWithinMillis: undefined, where: makeWhere({ maxPrice: price }) });
  const driver = new Driver({ world, policies: { fleets: [fleet], budgets: [budget] }, lookEvery: 6 * HOUR });
  world.create('db', 2);
  return driver;
}

function foresee(driver: Driver, at: number): Plan {
  const { policies, settings } = driver;
  const { snapshot } = reckonSnapshot(driver.look(), policies, settings);
  const plan = (seen: Snapshot): Plan => planAccount({ snapshot: seen, policies, settings });
  return plan(foreseeSnapshot({ snapshot, policies, settings, plan }, at));
}

const SHRINKING = demandOf([
  [START - 10 * DAY, 6],
  [START + 5 * DAY, 2],
]);
const limit = 10n ** 12n;

describe('a budget at a later instant', () => {
  const cases: [string, Omit<Scene, 'periodMillis'>][] = [
    ['of a steady fleet', { demand: wantAlways(5), budget: makeBudget({ limit }) }],
    ['of a fleet that lets members go meanwhile', { demand: SHRINKING, budget: makeBudget({ limit }) }],
    ['of the fleet alone', { demand: wantAlways(5), budget: makeBudget({ limit, scope: { policies: ['web'] } }) }],
    [
      'of a select',
      {
        demand: wantAlways(5),
        budget: makeBudget({ limit, scope: { select: (vm) => vm.name.startsWith('db'), selectText: 'x' } }),
      },
    ],
  ];
  const table = cases.flatMap(([what, scene]) =>
    [HOUR, DAY].flatMap((periodMillis) =>
      [2 * HOUR, 3 * DAY, 20 * DAY + HOUR, 30 * DAY].map(
        (ahead) => [what, periodMillis / HOUR, ahead / DAY, { ...scene, periodMillis }] as const,
      ),
    ),
  );

  it.each(table)('%s, charged each %i h, %f days ahead, is as it will be', (_what, _hours, days, scene) => {
    const driver = openDriver(scene);
    driver.run(NOON_OF_4TH);
    const at = NOON_OF_4TH + days * DAY;
    const foreseen = budgetOf(foresee(driver, at));
    driver.run(at);
    const real = budgetOf(driver.preview());
    const figures = ({ spent, reserved, forecast, expected, from }: typeof real) => ({
      spent,
      reserved,
      forecast,
      expected,
      from,
    });
    expect(figures(foreseen)).toEqual(figures(real));
    expect(foreseen.from).toBe(monthAt(at).from);
    expect(real.spent).toBeGreaterThan(0n);
  });

  it('holds the steps that will have been reached by then, and none that is only reached later', () => {
    // Seven VMs of 0.306980 a day: 64.4658 in the month; half of 60 is passed on the 14th.
    const budget = makeBudget({ limit: 60_000_000n, steps: [step(50, 'spent', 'stop-buying')] });
    const driver = openDriver({ demand: wantAlways(5), periodMillis: DAY, budget });
    driver.run(NOON_OF_4TH);
    const isHeld = (day: number): boolean => budgetOf(foresee(driver, START + (day - 1) * DAY)).steps[0]!.isHeld;
    expect([5, 14, 16, 30].map(isHeld)).toEqual([false, false, true, true]);
    // A new month begins with nothing spent.
    expect(isHeld(32)).toBe(false);
    expect(budgetOf(driver.preview()).steps[0]!.isHeld).toBe(false);
  });
});
