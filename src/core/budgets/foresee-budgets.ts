// What budgets will have been charged at a later instant, as far as it can be foreseen: what is charged by now, and what the
// forecast renews until then. A supposition, for `plan --at` and the calendar of charges alone; nothing is remembered of it.
import { findFleet } from '../ownership.js';
import type { Snapshot } from '../plan-types.js';
import type { AccountSettings, FleetPolicy, PolicySet } from '../policy-types.js';
import type { Instant, Micros, Price, Vm } from '../types.js';
import type { BudgetPolicy } from './budget-policy.js';
import { countBoundaries } from './forecast.js';
import { countsAccount } from './judge-budgets.js';
import { coversAccount } from './read-payers.js';
import { createPolicyFilter } from './read-spent.js';
import { openChargedJudge } from './select-known.js';

/** What one thing is charged until its next boundary: at `first` and each period after it, `until` left out. */
export interface ForeseenCharges {
  /** The VM, or the one that a part is attached to; undefined: attached to nothing. */
  readonly vm: Vm | undefined;
  readonly price: Price;
  readonly first: Instant;
  readonly until: Instant;
}

interface Foreseeing {
  readonly policies: Pick<PolicySet, 'budgets' | 'fleets'>;
  readonly settings: AccountSettings;
}

interface Counted {
  readonly at: Instant;
  readonly amount: Micros;
}

function findPolicy(snapshot: Snapshot, fleets: readonly FleetPolicy[]): (vm: Vm | undefined) => string | undefined {
  const owners = new Map(snapshot.books.claims.map(({ vmId, policy }) => [vmId, policy]));
  return (vm) => {
    const policy = vm === undefined ? undefined : owners.get(vm.id);
    return policy === undefined ? undefined : (findFleet(fleets, policy)?.name ?? policy);
  };
}

/** Of one budget in its period at `until`, as far as it began before that. */
function sumForeseen(
  snapshot: Snapshot,
  charges: readonly ForeseenCharges[],
  budget: BudgetPolicy,
  from: Instant,
  { policies, settings }: Foreseeing,
): Micros {
  if (!coversAccount(budget, settings.name)) return 0n;
  const counts = createPolicyFilter(budget, policies.fleets);
  const policyOf = findPolicy(snapshot, policies.fleets);
  const { select } = budget.scope;
  const isSelected = (vm: Vm | undefined, policy: string | undefined): boolean =>
    select === undefined ||
    vm === undefined ||
    select(vm, { now: snapshot.at, account: settings.name, policy: policy ?? '' });
  const vmById = new Map(select === undefined ? [] : snapshot.inventory.vms.map((vm) => [vm.id, vm]));
  const judge = openChargedJudge({ vmById, books: snapshot.books, snapshot, now: snapshot.at, settings }, budget.scope);
  const seen: readonly Counted[] = (snapshot.charged ?? []).filter(
    (record) => counts(record.policy) && judge(record, record.policy ?? '') !== 'no',
  );
  let sum = seen.reduce((total, { at, amount }) => (at >= from ? total + amount : total), 0n);
  for (const { vm, price, first, until } of charges) {
    const policy = policyOf(vm);
    if (!counts(policy) || !isSelected(vm, policy)) continue;
    sum += price.amount * BigInt(countBoundaries(first, price.periodMillis, Math.max(from, first), until));
  }
  return sum;
}

/** The snapshot of before, with what budgets will have been charged at `until`; `charges`: what the forecast renews until then. */
export function countForeseen(
  snapshot: Snapshot,
  charges: readonly ForeseenCharges[],
  until: Instant,
  foreseeing: Foreseeing,
): Snapshot {
  const { policies, settings } = foreseeing;
  const judged = (policies.budgets ?? []).filter(
    (budget) => budget.mode !== 'pause' && countsAccount(budget, settings.name, policies.fleets),
  );
  if (judged.length === 0) return snapshot;
  const spent = { ...snapshot.budgets };
  const notes = { ...snapshot.books.notes.budgets };
  for (const budget of judged) {
    const { from } = budget.periodAt(until);
    const isSame = budget.periodAt(snapshot.at).from === from;
    const sum = sumForeseen(snapshot, charges, budget, from, foreseeing);
    if (budget.scope.select === undefined) {
      const before = isSame ? spent[budget.name] : undefined;
      spent[budget.name] = { ...before, spent: (before?.spent ?? 0n) + sum };
      continue;
    }
    const note = notes[budget.name] ?? { steps: {} };
    const known = note.counted?.from === from ? note.counted : undefined;
    const since = note.counted === undefined ? { since: snapshot.at } : {};
    notes[budget.name] = { ...note, counted: { ...since, ...known, from, amount: (known?.amount ?? 0n) + sum } };
  }
  const { books } = snapshot;
  const budgetNotes = Object.keys(notes).length === 0 ? {} : { budgets: notes };
  return { ...snapshot, budgets: spent, charged: [], books: { ...books, notes: { ...books.notes, ...budgetNotes } } };
}
