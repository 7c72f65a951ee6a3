// What a fleet will buy up to a horizon: against what the small world then charges, and held back by a budget.
import { describe, expect, it } from 'vitest';
import { foreseePurchases } from '../../src/core/coming-purchases.js';
import { foreseeCharges } from '../../src/core/cost-calendar.js';
import { planAccount } from '../../src/core/plan.js';
import type { Snapshot } from '../../src/core/plan-types.js';
import type { BudgetPolicy } from '../../src/core/budgets/budget-policy.js';
import { makeBudget, step } from './budgets/budget-samples.js';
import {
  DAY,
  demandOf,
  HOUR,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOffer,
  makePolicies,
  makeSettings,
} from './samples.js';
import { makeSnapshot, makeVm, makeWhere, NOON, NO_RAILS, PRICE } from './samples.js';

const BOUNDARY = { paidUntil: NOON + 3 * HOUR, price: PRICE };

/** One is there; wanted are one, five for two hours in each of two mornings. */
const SHOP = makeFleet({
  name: 'shop',
  demand: demandOf([
    [NOON - DAY, 1],
    [NOON + 20 * HOUR, 5],
    [NOON + 22 * HOUR, 1],
    [NOON + 44 * HOUR, 5],
    [NOON + 46 * HOUR, 1],
  ]),
  where: makeWhere({ maxPrice: { ...PRICE, amount: 500_000n } }),
});

function foresee(hours: number, budgets: readonly BudgetPolicy[] = []) {
  const books = { claims: [makeClaim('1', { policy: 'shop', ...BOUNDARY })], notes: makeNotes({ launchMillis: [0] }) };
  const snapshot = makeSnapshot([makeVm('1', BOUNDARY)], books, { offers: [makeOffer()], stoodSince: {} });
  const policies = makePolicies({ fleets: [SHOP], budgets });
  const settings = makeSettings({ rails: NO_RAILS });
  const plan = (seen: Snapshot) => planAccount({ snapshot: seen, policies, settings });
  const foresight = { snapshot, settings, policies, plan };
  const now = plan(snapshot);
  const calendar = foreseeCharges(foresight, now, NOON + hours * HOUR);
  return foreseePurchases(SHOP, { foresight, plan: now, calendar, price: PRICE });
}

describe('coming purchases', () => {
  it('cost what is bought for every window up to the horizon, at the price of now', () => {
    const first = { policy: 'shop', at: NOON + 20 * HOUR, wanted: 5, more: 4, heldBack: 0, budgets: [] };
    expect(foresee(19)).toBeUndefined();
    expect(foresee(24)).toEqual({ ...first, cost: 4n * PRICE.amount });
    // Their boundary comes when the second window is open, so they are renewed.
    expect(foresee(45)).toEqual({ ...first, cost: 8n * PRICE.amount });
  });

  it('are held back by a budget that will not let them be made, and which', () => {
    const limit = (18n * PRICE.amount) / 1n;
    const tight = makeBudget({ limit, steps: [step(100, 'expected', 'shrink')] });
    const held = foresee(24, [tight]);
    expect(held).toMatchObject({ more: 4, budgets: ['team'] });
    expect(held!.heldBack).toBeGreaterThan(0);
    expect(held!.cost).toBe(BigInt(4 - held!.heldBack) * PRICE.amount);
    expect(foresee(24, [makeBudget()])).toMatchObject({ heldBack: 0, budgets: [] });
  });
});
