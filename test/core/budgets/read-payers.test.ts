// What a budget counts of what no rule of the account decides about, and that every account of it counts the same.
import { describe, expect, it } from 'vitest';
import type { BudgetScope } from '../../../src/core/budgets/budget-policy.js';
import type { BudgetNotes } from '../../../src/core/budgets/budget-notes.js';
import type { Claim } from '../../../src/core/books.js';
import type { ClaimedPart } from '../../../src/core/part-books.js';
import { wantAlways } from '../../../src/core/demand.js';
import type { Peer, Plan } from '../../../src/core/plan-types.js';
import {
  DAY,
  HOUR,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOffer,
  makePart,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
  planOf,
} from '../samples.js';
import { budgetOf, dayAt, makeBudget } from './budget-samples.js';

const PRICE = { amount: 100n, periodMillis: HOUR };
const IDS = ['w0', 'w1', 'w2'];

describe('members that stayed in an account that their fleet left', () => {
  /** `web` moved from main to spare; each of its three old members, and its disk, is charged twelve times more today. */
  function plan(account: 'main' | 'spare', scope: Partial<BudgetScope>, over: Partial<Claim> = {}, noted?: Plan): Plan {
    const where = makeWhere({ maxPrice: PRICE });
    const fleets = [
      makeFleet({ name: 'web', account: 'spare', demand: wantAlways(0), where }),
      makeFleet({ name: 'ops', account: 'main', demand: wantAlways(0), where }),
    ];
    const times = { price: PRICE, paidUntil: NOON + 30 * MINUTE };
    const vms = IDS.map((id) => makeVm(id, { createdAt: NOON - DAY, ...times, parts: [makePart(`${id}-d`, times)] }));
    const partOf = (id: string): ClaimedPart => ({
      kind: 'boot-disk',
      id: `${id}-d`,
      name: id,
      made: 'for-it',
      ...times,
    });
    const claims = IDS.map((id) => makeClaim(id, { policy: 'web', parts: [partOf(id)], ...times, ...over }));
    const budgets: BudgetNotes | undefined = noted?.budgetNotes;
    const lastCompleteLook = { at: NOON - MINUTE, vms: 3 };
    const booksOf = {
      main: makeBooks({
        claims,
        notes: makeNotes({ lastCompleteLook, ...(budgets === undefined ? {} : { budgets }) }),
      }),
      spare: makeBooks({ account: 'spare', notes: makeNotes({ lastCompleteLook }) }),
    };
    const settings = { periodMillis: HOUR, rails: NO_RAILS };
    const offers = [makeOffer({ price: PRICE })];
    const other = account === 'main' ? 'spare' : 'main';
    const peers: Peer[] = [
      {
        settings: makeSettings({ name: other, ...settings }),
        books: booksOf[other],
        offers,
        images: [],
        keys: undefined,
      },
    ];
    const snapshot = makeSnapshot(account === 'main' ? vms : [], booksOf[account], { account, peers, offers });
    const budget = makeBudget({ limit: 9_000n, per: 'day', periodAt: dayAt, scope });
    return planOf(snapshot, {
      fleets,
      settings: { name: account, ...settings },
      policies: makePolicies({ fleets, budgets: [budget] }),
    });
  }

  it.each<[string, Partial<BudgetScope>]>([
    ['of policies', { policies: ['web', 'ops'] }],
    ['of a select', { select: ({ id }) => IDS.includes(id), selectText: 'vm.name' }],
    ['of all', {}],
  ])('are expected to be charged once, by both accounts, in a budget %s', (_, scope) => {
    const main = plan('main', scope);
    expect(budgetOf(main).expected).toBe(7_200n);
    expect(budgetOf(plan('spare', scope, {}, main)).expected).toBe(7_200n);
  });

  it('are not while their deletion goes on', () => {
    const doomed: Partial<Claim> = { state: 'doomed', unwanted: 'surplus' };
    expect(budgetOf(plan('main', {}, doomed)).expected).toBe(0n);
  });

  it('are not in a budget of other policies', () => {
    expect(budgetOf(plan('main', { policies: ['ops'] })).expected).toBe(0n);
  });
});
