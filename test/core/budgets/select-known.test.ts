// A `select` on what is not listed: nobody goes for what it leaves out in another account, nor for what is merely unknown; orders count
// unless they surely don't.
import { describe, expect, it } from 'vitest';
import type { BudgetScope } from '../../../src/core/budgets/budget-policy.js';
import { wantAlways } from '../../../src/core/demand.js';
import type { Peer, Plan } from '../../../src/core/plan-types.js';
import { compileBudget } from '../../../src/policy/compile-budget.js';
import {
  daily,
  deployedCount,
  HOUR,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makeSettings,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
  planOf,
} from '../samples.js';
import { budgetOf, dayAt, makeBudget, monthAt } from './budget-samples.js';

const ONE = daily(1_000_000n);
const NUMBERS = [0, 1, 2];

/** Three of ours (floor 3) and three of a higher priority in the other account; each is charged once more today, and four can be. */
function plan(scope: Partial<BudgetScope>): Plan {
  const where = makeWhere({ maxPrice: ONE });
  const web = makeFleet({ name: 'web', account: 'main', demand: wantAlways(3), priority: 1, floor: 3, where });
  const ops = makeFleet({ name: 'ops', account: 'spare', demand: wantAlways(3), priority: 9, where });
  const at = (index: number) => ({ price: ONE, paidUntil: NOON + (index + 1) * HOUR });
  const vms = NUMBERS.map((index) => makeVm(`web${index}`, at(index)));
  const claims = NUMBERS.map((index) => makeClaim(`web${index}`, { policy: 'web', ...at(index) }));
  const others = NUMBERS.map((index) => makeClaim(`ops${index}`, { policy: 'ops', ...at(index) }));
  const peer: Peer = {
    settings: makeSettings({ name: 'spare' }),
    books: makeBooks({ account: 'spare', claims: others }),
    offers: undefined,
    images: undefined,
    keys: undefined,
  };
  const budget = makeBudget({ hard: true, limit: 4_000_000n, per: 'day', periodAt: dayAt, scope });
  const counted = { from: dayAt(NOON).from, amount: 0n };
  const notes = makeNotes({ launchMillis: [0], budgets: { team: { steps: {}, counted } } });
  const over = { offers: [makeOffer({ price: ONE })], stoodSince: {}, peers: [peer] };
  const input = { fleets: [web, ops], policies: { budgets: [budget] }, settings: { rails: NO_RAILS } };
  return planOf(makeSnapshot(vms, { claims, notes }, over), input);
}

function leaving({ charges }: Plan): readonly string[] {
  return charges.flatMap(({ fate, vm }) => (fate === 'delete' || fate === 'deleting' ? [vm.id] : []));
}

describe('a hard limit over two accounts', () => {
  it('lets members go for those of a higher priority in the other account', () => {
    const planned = plan({});
    expect(leaving(planned)).toEqual(['web1', 'web2']);
    expect(budgetOf(planned).forecast).toBe(6_000_000n);
  });

  it('lets nobody go for VMs that its select does not name', () => {
    const select: BudgetScope['select'] = (_, { account }) => account === 'main';
    const planned = plan({ select, selectText: 'vm.account == "main"' });
    expect(leaving(planned)).toEqual([]);
    expect(budgetOf(planned)).toMatchObject({ forecast: 3_000_000n, notRenewed: 0 });
  });

  it('lets nobody go for VMs of which the books do not know enough, but expects them', () => {
    const planned = plan({ select: () => true, selectText: 'vm.ports.size() > 0', judgeKnown: () => 'unknown' });
    expect(leaving(planned)).toEqual([]);
    expect(budgetOf(planned)).toMatchObject({ forecast: 6_000_000n, notRenewed: 0 });
  });
});

describe('an order whose VMs stand in no list yet', () => {
  /** A month of one fleet of two: both to be bought, or both ordered and not answered yet. */
  function planOrder(select: string, limit: bigint, isOpen: boolean): Plan {
    const { select: whole, judgeKnown } = compileBudget({
      kind: 'budget',
      name: 'team',
      limit: '1 / month',
      scope: { select },
    }).policy.scope;
    const budget = makeBudget({ limit, scope: { select: whole, judgeKnown, selectText: select } });
    const fleet = makeFleet({ demand: wantAlways(2), where: makeWhere({ maxPrice: ONE }) });
    const counted = { from: monthAt(NOON).from, amount: 0n };
    const notes = makeNotes({ launchMillis: [0], budgets: { team: { steps: {}, counted } } });
    const order = makeDeploy(2, { cap: ONE, offer: { ...makeDeploy(2).offer, price: ONE } });
    const intents = isOpen
      ? [makeIntent('aaaaaaaa', { state: 'calling', createdAt: NOON - MINUTE, deploy: order })]
      : [];
    const over = { offers: [makeOffer({ price: ONE })], stoodSince: {} };
    return planOf(makeSnapshot([], { intents, notes }, over), {
      fleets: [fleet],
      policies: { budgets: [budget] },
      settings: { rails: NO_RAILS },
    });
  }

  it.each([
    ['vm.country == "FR"', 2_000_000n],
    ['vm.name.startsWith("web-")', 2_000_000n],
    ['vm.country == "DE"', 0n],
    ['vm.name.startsWith("ci-")', 0n],
    // Nobody knows yet how they will be: what may count is reserved.
    ['vm.status == "active"', 2_000_000n],
    ['vm.ports.size() > 3', 2_000_000n],
  ])('is reserved by %s: %s', (select, reserved) => {
    const budget = budgetOf(planOrder(select, 100_000_000n, true));
    expect(budget.reserved).toBe(reserved);
    expect(budget.expected > 0n).toBe(reserved > 0n);
  });

  it.each([
    ['vm.country == "FR"', 1],
    ['vm.country == "DE"', 2],
    ['vm.status == "active"', 1],
    ['vm.ports.size() > 3', 1],
  ])('and is bought as far as the limit lets what may count by %s: %s', (select, count) => {
    expect(deployedCount(planOrder(select, 20_000_000n, false))).toBe(count);
  });
});
