// What the store has counted of each budget's period, for the look that is planned. Reads sums alone, never single charges, and
// judges nothing. Where accounts share a budget it is read under the lease that they are planned under.
import { countsAccount } from '../core/budgets/judge-budgets.js';
import { sumTallies } from '../core/budgets/read-spent.js';
import type { Snapshot } from '../core/plan-types.js';
import type { PolicySet } from '../core/policy-types.js';
import type { PolicyTally } from '../core/tallies.js';
import type { Store } from '../ports/store.js';

/** The snapshot with `budgets`; as it is where none counts the account. A `select` is counted in the notes (read-spent.ts). */
export async function withBudgets(
  store: Pick<Store, 'readPolicyTallies'>,
  snapshot: Snapshot,
  { budgets = [], fleets }: Pick<PolicySet, 'budgets' | 'fleets'>,
): Promise<Snapshot> {
  const judged = budgets.filter(
    (budget) =>
      budget.mode !== 'pause' && budget.scope.select === undefined && countsAccount(budget, snapshot.account, fleets),
  );
  if (judged.length === 0) return snapshot;
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
        .filter(({ account }) => countsAccount(budget, account, fleets))
        .map(async ({ account, notes }) => ({
          tallies: await read(account, from, to),
          // Before its first believed look nothing of an account is counted.
          meteredSince: notes.meteredSince ?? snapshot.at,
        })),
    );
    return [budget.name, sumTallies(budget, fleets, from, accounts)] as const;
  });
  return { ...snapshot, budgets: Object.fromEntries(await Promise.all(counted)) };
}
