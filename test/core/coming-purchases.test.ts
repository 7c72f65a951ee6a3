// What a fleet will buy up to a horizon: against what the small world then charges, and held back by a budget.
import { describe, expect, it } from 'vitest';
import { foreseePurchases } from '../../src/core/coming-purchases.js';
import { foreseeCharges } from '../../src/core/cost-calendar.js';
import { planAccount } from '../../src/core/plan.js';
import type { Snapshot } from '../../src/core/plan-types.js';
import type { BudgetPolicy } from '../../src/core/budgets/budget-policy.js';
import { dayAt, makeBudget, step } from './budgets/budget-samples.js';
import {
  DAY,
  demandOf,
  HOUR,
  makeBooks,
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

function foresee(
  hours: number,
  budgets: readonly BudgetPolicy[] = [],
  fleet = SHOP,
  over: Partial<Snapshot> = {},
  launchMillis = 0,
) {
  const books = {
    claims: [makeClaim('1', { policy: 'shop', ...BOUNDARY })],
    notes: makeNotes({ launchMillis: [launchMillis] }),
  };
  const snapshot = makeSnapshot([makeVm('1', BOUNDARY)], books, { offers: [makeOffer()], stoodSince: {}, ...over });
  const policies = makePolicies({ fleets: [fleet], budgets });
  const settings = makeSettings({ rails: NO_RAILS });
  const plan = (seen: Snapshot) => planAccount({ snapshot: seen, policies, settings });
  const foresight = { snapshot, settings, policies, plan };
  const now = plan(snapshot);
  const calendar = foreseeCharges(foresight, now, NOON + hours * HOUR);
  return foreseePurchases(fleet, { foresight, plan: now, calendar, price: PRICE });
}

describe('coming purchases', () => {
  it('cost twice what is bought shortly before the time of day at which all are charged', () => {
    const chargedAt = (hours: number) => {
      const fixedClock = { phaseMillis: (NOON + hours * HOUR) % DAY, periodMillis: DAY };
      const claims = [makeClaim('1', { policy: 'shop', ...BOUNDARY })];
      const books = makeBooks({ claims, notes: makeNotes({ launchMillis: [0], fixedClock }) });
      return foresee(24, [], SHOP, { books })!.cost;
    };
    // Four, wanted from the 20th to the 22nd hour.
    expect(chargedAt(3)).toBe(4n * PRICE.amount);
    expect(chargedAt(21)).toBe(8n * PRICE.amount);
  });

  it('cost what is bought for every window up to the horizon, at the price of now', () => {
    const at = NOON + 20 * HOUR;
    const calls = { heldBack: 0, budgets: [], isFrozen: false };
    const first = { policy: 'shop', at, boughtAt: at, wanted: 5, more: 4, later: [], ...calls };
    expect(foresee(19)).toBeUndefined();
    expect(foresee(24)).toEqual({ ...first, cost: 4n * PRICE.amount });
    // Their boundary comes when the second window is open, so they are renewed.
    expect(foresee(45)).toEqual({ ...first, later: [{ at: NOON + 44 * HOUR, wanted: 5 }], cost: 8n * PRICE.amount });
  });

  it('of a fleet that is ready by then come a launch before their window, and so does their money', () => {
    const early = { ...SHOP, readyBy: 'start' as const };
    const launch = HOUR / 2;
    const at = NOON + 20 * HOUR;
    expect(foresee(19.4, [], early, {}, launch)).toBeUndefined();
    const told = foresee(19.75, [], early, {}, launch);
    expect(told).toMatchObject({ at, boughtAt: at - launch, wanted: 5, more: 4, later: [], cost: 4n * PRICE.amount });
    expect(foresee(19.75, [], SHOP, {}, launch)).toBeUndefined();
  });

  it('tell the later windows that want more, since their sum holds those', () => {
    const rising = {
      ...SHOP,
      demand: demandOf([
        [NOON - DAY, 1],
        [NOON + 4 * HOUR, 2],
        [NOON + 10 * HOUR, 4],
      ]),
    };
    const told = foresee(12, [], rising);
    expect(told).toMatchObject({ wanted: 2, more: 1, cost: 3n * PRICE.amount });
    expect(told!.later).toEqual([{ at: NOON + 10 * HOUR, wanted: 4 }]);
  });

  it('leave out what the plan of now buys, for any later window too', () => {
    const lacking = {
      ...SHOP,
      demand: demandOf([
        [NOON - DAY, 3],
        [NOON + 4 * HOUR, 2],
        [NOON + 10 * HOUR, 4],
      ]),
    };
    expect(foresee(12, [], lacking)).toMatchObject({ wanted: 4, more: 1, cost: PRICE.amount });
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

  /** Wants five from 16:00; one is there until its boundary at 15:00. */
  const GROWING = {
    ...SHOP,
    demand: demandOf([
      [NOON - DAY, 1],
      [NOON + 2 * HOUR, 5],
    ]),
  };

  it('never come of a hard budget that is passed, not even where it lets go of what is there', () => {
    const passed = makeBudget({ limit: 1n, hard: true });
    const held = foresee(12, [passed], GROWING);
    expect(held).toMatchObject({ more: 4, heldBack: 4, budgets: ['team'], later: [], cost: 0n });
  });

  it('come once the period of the budget that held them back is over', () => {
    const daily = makeBudget({ limit: 6n * PRICE.amount, per: 'day', periodAt: dayAt });
    const paid = { budgets: { team: { spent: 5n * PRICE.amount } } };
    expect(foresee(11, [daily], GROWING, paid)).toMatchObject({ heldBack: 4, later: [], cost: 0n });
    const tomorrow = foresee(20, [daily], GROWING, paid);
    expect(tomorrow).toMatchObject({ heldBack: 4, budgets: ['team'], cost: 4n * PRICE.amount });
    expect(tomorrow!.later).toEqual([{ at: NOON + 12 * HOUR, wanted: 5 }]);
  });

  it('are none while all is frozen, and cost nothing', () => {
    const frozen = foresee(24, [], SHOP, { frozenBy: 'PURSER_FREEZE=1' });
    expect(frozen).toMatchObject({ more: 4, isFrozen: true, later: [], cost: 0n });
  });
});
