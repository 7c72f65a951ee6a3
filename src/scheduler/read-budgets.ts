// What the store has counted of each budget's period, for the look that is planned. Reads sums alone, never single charges, and
// judges nothing. Where accounts share a budget it is read under the lease that they are planned under.
import { countsAccount } from '../core/budgets/judge-budgets.js';
import { findFirstDay, isSameCount } from '../core/budgets/count-selected.js';
import type { BudgetPolicy } from '../core/budgets/budget-policy.js';
import type { BudgetSpent, VmCharges } from '../core/budgets/budget-notes.js';
import { coversAccount } from '../core/budgets/read-payers.js';
import { sumTallies } from '../core/budgets/read-spent.js';
import type { Snapshot } from '../core/plan-types.js';
import type { PolicySet } from '../core/policy-types.js';
import type { PolicyTally, VmTally } from '../core/tallies.js';
import type { Store } from '../ports/store.js';

/** Of each `select` that is counted anew in this look (a new budget, an edited one): the account's sums by VM. */
async function readSelected(
  store: Pick<Store, 'readVmTallies'>,
  { account, at, books }: Snapshot,
  budgets: readonly BudgetPolicy[],
): Promise<readonly (readonly [string, BudgetSpent])[]> {
  const anew = budgets.filter(
    (budget) =>
      budget.scope.select !== undefined &&
      coversAccount(budget, account) &&
      !isSameCount(budget, books.notes.budgets?.[budget.name]?.counted),
  );
  return Promise.all(
    anew.map(async (budget) => {
      const first = findFirstDay(budget.periodAt(at).from);
      const tallies = first > at ? [] : await store.readVmTallies(account, first, at + 1);
      return [budget.name, { spent: 0n, byVm: joinByVm(tallies) }] as const;
    }),
  );
}

function joinByVm(tallies: readonly VmTally[]): readonly VmCharges[] {
  const joined = new Map<string, VmCharges>();
  for (const { vmId, vmName, policy, amount } of tallies) {
    const key = JSON.stringify([vmId, vmName, policy ?? null]);
    const before = joined.get(key)?.amount ?? 0n;
    joined.set(key, { vmId, vmName, policy, amount: before + amount });
  }
  return [...joined.values()];
}

/** The snapshot with `budgets`; as it is where none counts the account. A `select` is counted in the notes (read-spent.ts). */
export async function withBudgets(
  store: Pick<Store, 'readPolicyTallies' | 'readVmTallies'>,
  snapshot: Snapshot,
  { budgets = [], fleets }: Pick<PolicySet, 'budgets' | 'fleets'>,
): Promise<Snapshot> {
  const counting = budgets.filter(
    (budget) => budget.mode !== 'pause' && countsAccount(budget, snapshot.account, fleets),
  );
  const judged = counting.filter(({ scope }) => scope.select === undefined);
  const begun = await readSelected(store, snapshot, counting);
  if (judged.length === 0 && begun.length === 0) return snapshot;
  const known = new Map<string, Promise<readonly PolicyTally[]>>();
  const read = (account: string, from: number, to: number): Promise<readonly PolicyTally[]> => {
    const key = `${account} ${from} ${to}`;
    let tallies = known.get(key);
    if (tallies === undefined) known.set(key, (tallies = store.readPolicyTallies(account, from, to)));
    return tallies;
  };
  const books = [snapshot.books, ...(snapshot.peers ?? []).map((peer) => peer.books)];
  const counted = judged.map(async (budget) => {
    const { from, to } = budget.periodAt(snapshot.at);
    const accounts = await Promise.all(
      books
        .filter(({ account }) => coversAccount(budget, account))
        .map(async ({ account, notes }) => {
          const tallies = await read(account, from, to);
          // Charges of a fleet stay in the account in which it was then. One that never had any of its fleets has none to miss.
          const isConcerned =
            countsAccount(budget, account, fleets) || sumTallies(budget, fleets, from, [{ tallies }]).spent > 0n;
          // Before its first believed look nothing of an account is counted.
          return { tallies, ...(isConcerned ? { meteredSince: notes.meteredSince ?? snapshot.at } : {}) };
        }),
    );
    return [budget.name, sumTallies(budget, fleets, from, accounts)] as const;
  });
  return { ...snapshot, budgets: Object.fromEntries([...(await Promise.all(counted)), ...begun]) };
}
