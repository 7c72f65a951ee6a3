// What the store tells of budgets, account by account: fleets that moved on left their charges behind, and selects that are counted anew
// are given the sums by VM.
import { describe, expect, it } from 'vitest';
import { listBudgetPeers } from '../../src/core/budgets/judge-budgets.js';
import type { Peer } from '../../src/core/plan-types.js';
import type { VmTally } from '../../src/core/tallies.js';
import { withBudgets } from '../../src/scheduler/read-budgets.js';
import { makeBudget, monthAt } from '../core/budgets/budget-samples.js';
import { DAY, makeBooks, makeFleet, makeNotes, makeSettings, makeSnapshot, NOON } from '../core/samples.js';

const { from: FROM } = monthAt(NOON);
const USED = { use: 'wanted' as const, policy: 'web' };

describe('a fleet that moves to another account', () => {
  const web = makeFleet({ name: 'web', account: 'spare' });
  const tallies = [{ day: FROM, ...USED, amount: 57_000_000n }];
  const store = {
    readPolicyTallies: (account: string) => Promise.resolve(account === 'main' ? tallies : []),
    readVmTallies: () => Promise.resolve([]),
  };
  const peer = (meteredSince: number | undefined): Peer => ({
    settings: makeSettings({ name: 'main' }),
    books: makeBooks({ account: 'main', notes: makeNotes(meteredSince === undefined ? {} : { meteredSince }) }),
    offers: undefined,
    images: undefined,
    keys: undefined,
  });
  const spare = { account: 'spare', notes: makeNotes({ meteredSince: FROM - DAY }) };
  const snapshot = (main: Peer) => makeSnapshot([], spare, { account: 'spare', peers: [main] });

  it('takes along what it was charged this month', async () => {
    const policies = { budgets: [makeBudget({ scope: { policies: ['web'] } })], fleets: [web] };
    expect(listBudgetPeers(policies, 'spare', ['main', 'spare'])).toEqual(['main']);
    const read = await withBudgets(store, snapshot(peer(FROM - DAY)), policies);
    expect(read.budgets).toEqual({ team: { spent: 57_000_000n } });
    const late = await withBudgets(store, snapshot(peer(FROM + DAY)), policies);
    expect(late.budgets).toEqual({ team: { spent: 57_000_000n, countedSince: FROM + DAY } });
  });

  it('misses nothing of an account that never had a fleet of the budget', async () => {
    const policies = { budgets: [makeBudget({ scope: { policies: ['ops'] } })], fleets: [{ ...web, name: 'ops' }] };
    const read = await withBudgets(store, snapshot(peer(undefined)), policies);
    expect(read.budgets).toEqual({ team: { spent: 0n } });
  });

  it('asks nothing of accounts that the budget does not count', () => {
    const scope = { policies: ['web'], accounts: ['spare'] };
    expect(listBudgetPeers({ budgets: [makeBudget({ scope })], fleets: [web] }, 'spare', ['main', 'spare'])).toEqual(
      [],
    );
  });
});

describe('a select that is counted anew', () => {
  const vm = { ...USED, vmId: 'a', vmName: 'web-1', part: undefined };
  const sums: readonly VmTally[] = [FROM, FROM + DAY].map((day) => ({ ...vm, day, amount: 3n }));
  const store = { readPolicyTallies: () => Promise.resolve([]), readVmTallies: () => Promise.resolve(sums) };
  const policies = { budgets: [makeBudget({ scope: { select: () => true, selectText: 'true' } })], fleets: [] };

  it('is given what each VM was charged, and one that goes on nothing', async () => {
    const byVm = [{ vmId: 'a', vmName: 'web-1', policy: 'web', amount: 6n }];
    expect((await withBudgets(store, makeSnapshot([]), policies)).budgets).toEqual({ team: { spent: 0n, byVm } });
    const notes = makeNotes({ budgets: { team: { steps: {}, counted: { from: FROM, amount: 1n } } } });
    expect((await withBudgets(store, makeSnapshot([], { notes }), policies)).budgets).toBeUndefined();
  });
});
