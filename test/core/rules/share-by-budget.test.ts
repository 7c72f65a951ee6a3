// A fleet over two accounts, each with a budget of its own: whoever may buys, the cheaper first, and never both the same one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetPolicy } from '../../../src/core/budgets/budget-policy.js';
import { applyChanges } from '../../../src/core/apply-commit.js';
import type { Books, Claim } from '../../../src/core/books.js';
import { wantAlways } from '../../../src/core/demand.js';
import { planAccount } from '../../../src/core/plan.js';
import type { Peer, Plan, Snapshot } from '../../../src/core/plan-types.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import { dayAt, makeBudget, step } from '../budgets/budget-samples.js';
import {
  daily,
  DAY,
  deployedCount,
  holdCodes,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOffer,
  makePolicies,
  makeSettings,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NO_RAILS,
  NOON,
} from '../samples.js';

type Name = 'main' | 'spare';
const NAMES: readonly Name[] = ['main', 'spare'];
const PRICES = { main: 500_000n, spare: 1_000_000n };
/** What a purchase is reserved at: two percent more, at most maxPrice. */
const CAPS = { main: 510_000n, spare: 1_000_000n };

/** A day's budget of one account that pays so many VMs. */
function budgetFor(account: Name, count: number, over: Partial<BudgetPolicy> = {}): BudgetPolicy {
  return makeBudget({
    name: `cap-${account}`,
    limit: CAPS[account] * BigInt(count) + 1n,
    per: 'day',
    periodAt: dayAt,
    ...over,
    scope: { accounts: [account] },
  });
}

interface World {
  readonly wanted: number;
  readonly budgets: readonly BudgetPolicy[];
  readonly capacity?: Partial<Record<Name, number>>;
}

/** Two accounts that are planned one after the other, each by the books as they are then; what is planned is done at once. */
class Accounts {
  readonly books: Record<Name, Books>;
  readonly plans: Plan[] = [];
  #now = NOON;
  readonly #world: World;

  constructor(world: World, members: Partial<Record<Name, number>> = {}) {
    this.#world = world;
    const notes = makeNotes({ launchMillis: [0], lastCompleteLook: { at: NOON - MINUTE / 2, vms: 0 } });
    const own = (account: Name): readonly Claim[] =>
      Array.from({ length: members[account] ?? 0 }, (_, index) => this.#claim(account, index));
    this.books = {
      main: makeBooks({ account: 'main', notes, claims: own('main') }),
      spare: makeBooks({ account: 'spare', notes, claims: own('spare') }),
    };
  }

  #claim(account: Name, index: number): Claim {
    return makeClaim(`${account}${index}`, { price: daily(PRICES[account]), paidUntil: NOON + DAY, claimedAt: NOON });
  }

  bought(account: Name): number {
    return this.books[account].claims.length;
  }

  #settings(account: Name) {
    return makeSettings({ name: account, rails: NO_RAILS });
  }

  #offers(account: Name) {
    return [makeOffer({ price: daily(PRICES[account]), capacity: this.#world.capacity?.[account] ?? 100 })];
  }

  plan(account: Name): Plan {
    const { wanted, budgets } = this.#world;
    const other: Name = account === 'main' ? 'spare' : 'main';
    this.#now += MINUTE / 2;
    const fleet = makeFleet({
      accounts: NAMES,
      demand: wantAlways(wanted),
      where: makeWhere({ maxPrice: daily(1_000_000n) }),
    });
    const policies = makePolicies({ fleets: [fleet], budgets });
    const vms = this.books[account].claims.map(({ vmId, price, paidUntil }) => makeVm(vmId, { price, paidUntil }));
    // All that was bought was charged once, today.
    const spent = Object.fromEntries(
      budgets.map(({ name, scope }) => {
        const sums = scope.accounts!.map((each) => BigInt(this.bought(each as Name)) * PRICES[each as Name]);
        return [name, { spent: sums.reduce((sum, amount) => sum + amount, 0n) }];
      }),
    );
    const peer: Peer = {
      settings: this.#settings(other),
      books: {
        ...this.books[other],
        notes: { ...this.books[other].notes, lastCompleteLook: { at: this.#now, vms: 0 } },
      },
      offers: this.#offers(other),
      images: [],
    };
    const over: Partial<Snapshot> = {
      ...{ account, at: this.#now, offers: this.#offers(account), peers: [peer], budgets: spent, stoodSince: {} },
    };
    const settings = this.#settings(account);
    const { snapshot, changes } = reckonSnapshot(makeSnapshot(vms, this.books[account], over), policies, settings);
    const planned = planAccount({ snapshot, policies, settings });
    this.books[account] = this.#write(account, applyChanges(this.books[account], changes).books, planned);
    this.plans.push(planned);
    return planned;
  }

  #write(account: Name, books: Books, planned: Plan): Books {
    const { budgetRooms, budgetNotes } = planned;
    const notes = {
      ...books.notes,
      ...(budgetNotes === undefined ? {} : { budgets: budgetNotes }),
      ...(budgetRooms === undefined ? {} : { budgetRooms }),
    };
    const more = Array.from({ length: deployedCount(planned) }, (_, index) =>
      this.#claim(account, books.claims.length + index),
    );
    return { ...books, notes, claims: [...books.claims, ...more] };
  }
}

describe('a fleet whose cheaper account may not buy', () => {
  it.each<[string, BudgetPolicy, Partial<Record<Name, number>>, [number, number]]>([
    ['has used its budget up', budgetFor('main', 0), {}, [0, 2]],
    ['may buy one of two', budgetFor('main', 1), {}, [1, 1]],
    ['may buy all', budgetFor('main', 2), {}, [2, 0]],
    ['has stopped buying', budgetFor('main', 9, { steps: [step(1, 'spent', 'stop-buying')] }), { main: 1 }, [1, 1]],
    ['has stopped growing', budgetFor('main', 9, { steps: [step(1, 'spent', 'stop-growth')] }), { main: 1 }, [1, 1]],
    ['only observes its budget', budgetFor('main', 0, { mode: 'observe' }), {}, [2, 0]],
  ])('because it %s: the other buys the rest, at the next look', (_why, budget, members, expected) => {
    for (const order of [NAMES, [...NAMES].reverse()]) {
      const accounts = new Accounts({ wanted: 2, budgets: [budget] }, members);
      for (const name of [...order, ...order]) accounts.plan(name);
      expect([accounts.bought('main'), accounts.bought('spare')]).toEqual(expected);
    }
  });

  it('is told so: the one that may not says where it is bought, and is asked again when its budget allows', () => {
    const accounts = new Accounts({ wanted: 1, budgets: [budgetFor('main', 0)] });
    const refused = accounts.plan('main');
    expect(refused.budgetRooms).toEqual({ web: 0 });
    expect(refused.holds.find(({ reason }) => reason.code === 'bought-elsewhere')?.reason.text).toContain('spare');
    accounts.plan('spare');
    expect(accounts.bought('spare')).toBe(1);
    // Nothing is missing: nothing is to be told any more.
    expect(accounts.plan('main').budgetRooms).toEqual({});
    expect(accounts.plan('main').budgetRooms).toBeUndefined();
  });

  it('waits with the reason of the budget where none of its accounts may buy', () => {
    const accounts = new Accounts({ wanted: 1, budgets: [budgetFor('main', 0), budgetFor('spare', 0)] });
    for (const name of [...NAMES, ...NAMES]) accounts.plan(name);
    expect([accounts.bought('main'), accounts.bought('spare')]).toEqual([0, 0]);
    for (const planned of accounts.plans.slice(2)) expect(holdCodes(planned)).toContain('budget');
  });

  it('waits for nobody where the market of the other is empty', () => {
    const accounts = new Accounts({ wanted: 1, budgets: [budgetFor('main', 1)], capacity: { spare: 0 } });
    for (const name of [...NAMES].reverse()) accounts.plan(name);
    expect([accounts.bought('main'), accounts.bought('spare')]).toEqual([1, 0]);
  });
});

describe('whatever the budgets and the order of looks', () => {
  it('never more is bought than is wanted, no budget is passed, and all is bought that budgets allow', () => {
    const facts = fc.record({
      wanted: fc.integer({ min: 0, max: 6 }),
      main: fc.integer({ min: 0, max: 4 }),
      spare: fc.integer({ min: 0, max: 4 }),
      both: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
      order: fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(facts, ({ wanted, main, spare, both, order }) => {
        const budgets = [budgetFor('main', main), budgetFor('spare', spare)];
        const shared = makeBudget({
          ...{ name: 'cap-both', limit: CAPS.spare * BigInt(both ?? 0) + 1n, per: 'day', periodAt: dayAt },
          scope: { accounts: [...NAMES] },
        });
        const accounts = new Accounts({ wanted, budgets: both === undefined ? budgets : [...budgets, shared] });
        const check = (): void => {
          expect(accounts.bought('main') + accounts.bought('spare')).toBeLessThanOrEqual(wanted);
          expect(accounts.bought('main')).toBeLessThanOrEqual(main);
          expect(accounts.bought('spare')).toBeLessThanOrEqual(spare);
          const paid = NAMES.map((name) => PRICES[name] * BigInt(accounts.bought(name)));
          if (both !== undefined) expect(paid[0]! + paid[1]! <= shared.limit).toBe(true);
        };
        for (const name of order) {
          accounts.plan(name);
          check();
        }
        for (let turn = 0; turn < 4; turn += 1)
          for (const name of NAMES) {
            accounts.plan(name);
            check();
          }
        if (both === undefined)
          expect(accounts.bought('main') + accounts.bought('spare')).toBe(Math.min(wanted, main + spare));
      }),
      { numRuns: 300 },
    );
  });
});
