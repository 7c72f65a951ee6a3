// Coming charges to a horizon: against what the small market really charges when time goes on.
import { describe, expect, it } from 'vitest';
import { findGrowth, foreseeCharges } from '../../src/core/cost-calendar.js';
import { planAccount } from '../../src/core/plan.js';
import type { Snapshot } from '../../src/core/plan-types.js';
import type { FleetPolicy } from '../../src/core/policy-types.js';
import {
  DAY,
  demandOf,
  HOUR,
  makeClaim,
  makeFleet,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  NOON,
} from './samples.js';

const paidAt = (hours: number) => ({ paidUntil: NOON + hours * HOUR, price: { amount: 20_000n, periodMillis: HOUR } });

function foresee(fleet: FleetPolicy, hours: number) {
  const vms = [makeVm('1', paidAt(0.25)), makeVm('2', paidAt(0.75)), makeVm('db', paidAt(0.5))];
  const claims = [makeClaim('1', paidAt(0.25)), makeClaim('2', paidAt(0.75))];
  const snapshot = makeSnapshot(vms, { claims });
  const policies = makePolicies({ fleets: [fleet] });
  const settings = makeSettings({ periodMillis: HOUR, tickMillis: 1_000 });
  const plan = (seen: Snapshot) => planAccount({ snapshot: seen, policies, settings });
  const calendar = foreseeCharges({ snapshot, policies, settings, plan }, plan(snapshot), NOON + hours * HOUR);
  const lines = calendar.slices.flatMap(({ charges }) =>
    charges.map(({ at, vm, fate }) => [(at - NOON) / HOUR, vm.id, fate]),
  );
  return { lines, calendar, fleet };
}

describe('the cost calendar', () => {
  it('shows every boundary of what is wanted, and of what is not ours, until the horizon', () => {
    const { lines, calendar } = foresee(makeFleet({ demand: demandOf([[NOON - DAY, 2]]) }), 2.5);
    expect(lines).toEqual([
      [0.25, '1', 'renew'],
      [0.5, 'db', 'not-ours'],
      [0.75, '2', 'renew'],
      [1.25, '1', 'renew'],
      [1.5, 'db', 'not-ours'],
      [1.75, '2', 'renew'],
      [2.25, '1', 'renew'],
      [2.5, 'db', 'not-ours'],
    ]);
    expect(calendar.until).toBe(NOON + 2.5 * HOUR);
  });

  it('shows the charge that is avoided when a wish ends, and none of that VM after it', () => {
    const { lines } = foresee(
      makeFleet({
        demand: demandOf([
          [NOON - DAY, 2],
          [NOON + 1.1 * HOUR, 1],
        ]),
      }),
      3,
    );
    const own = lines.filter(([, id]) => id !== 'db');
    expect(own.filter(([, , fate]) => fate === 'delete')).toHaveLength(1);
    expect(own.filter(([at]) => (at as number) > 2)).toHaveLength(1);
    expect(own).toHaveLength(5);
  });

  it('looks no further than a month of hours, and says how far', () => {
    const { calendar } = foresee(makeFleet({ demand: demandOf([]) }), 24 * 365);
    expect(calendar.slices).toHaveLength(750);
    expect(calendar.until).toBe(NOON + 750 * HOUR);
  });
});

describe('growth', () => {
  it('is the first step above what will be there: what is parked until then is no purchase', () => {
    const growthOf = (steps: readonly (readonly [number, number])[]) => {
      const demand = demandOf(steps.map(([hours, wanted]) => [NOON + hours * HOUR, wanted]));
      const { calendar, fleet } = foresee(makeFleet({ demand }), 5);
      return findGrowth(fleet, calendar, NOON);
    };
    expect(
      growthOf([
        [-24, 2],
        [1, 1],
        [1.1, 2],
        [3, 5],
      ]),
    ).toEqual({ at: NOON + 3 * HOUR, more: 3, wanted: 5 });
    expect(
      growthOf([
        [-24, 2],
        [0.1, 1],
        [2, 2],
      ]),
    ).toEqual({ at: NOON + 2 * HOUR, more: 1, wanted: 2 });
    expect(
      growthOf([
        [-24, 2],
        [6, 9],
      ]),
    ).toBeUndefined();
  });
});
