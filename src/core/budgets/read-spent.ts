// What was charged in a budget's present period: what the store had counted when the look began, and what this look shows. A
// `select` is judged when a charge comes, on the VM as it is then; before the budget stood nothing is known of it, and that is said.
import type { PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { PolicyTally } from '../tallies.js';
import type { Instant } from '../types.js';
import type { BudgetPeriod, BudgetPolicy } from './budget-policy.js';
import type { BudgetNote, BudgetSpent, CountedCharges } from './budget-notes.js';
import { countSelected, isSameCount, sumRecords } from './count-selected.js';
import { coversAccount } from './read-payers.js';

/** Whether a charge of this policy counts. Charges of before a rename bear the earlier name. */
export function createPolicyFilter(
  { scope }: BudgetPolicy,
  fleets: readonly FleetPolicy[],
): (policy: string | undefined) => boolean {
  if (scope.policies === undefined) return () => true;
  const names = new Set(
    scope.policies.flatMap((name) => [name, ...(fleets.find((fleet) => fleet.name === name)?.formerly ?? [])]),
  );
  return (policy) => policy !== undefined && names.has(policy);
}

/** Of what the store has counted, account by account. `meteredSince`: since when it counts, by account. */
export function sumTallies(
  budget: BudgetPolicy,
  fleets: readonly FleetPolicy[],
  from: Instant,
  accounts: readonly { readonly tallies: readonly PolicyTally[]; readonly meteredSince?: Instant | undefined }[],
): BudgetSpent {
  const counts = createPolicyFilter(budget, fleets);
  let spent = 0n;
  let since: Instant | undefined;
  for (const { tallies, meteredSince } of accounts) {
    for (const { policy, amount } of tallies) if (counts(policy)) spent += amount;
    if (meteredSince !== undefined && meteredSince > from) since = Math.max(since ?? meteredSince, meteredSince);
  }
  return { spent, ...(since === undefined ? {} : { countedSince: since }) };
}

export interface ReadSpent extends BudgetSpent {
  /** Of a `select`: to be remembered. */
  readonly counted?: CountedCharges;
}

/** `notes`: of all accounts of the budget, this one's first. */
export function readSpent(
  context: PlanContext,
  budget: BudgetPolicy,
  period: BudgetPeriod,
  facts: { readonly fleets: readonly FleetPolicy[]; readonly notes: readonly (BudgetNote | undefined)[] },
): ReadSpent {
  const counts = createPolicyFilter(budget, facts.fleets);
  const isOwn = coversAccount(budget, context.settings.name);
  if (budget.scope.select === undefined) {
    const { spent = 0n, countedSince } = context.snapshot.budgets?.[budget.name] ?? {};
    const shown = isOwn ? sumRecords(context.snapshot.charged ?? [], period.from, ({ policy }) => counts(policy)) : 0n;
    return { spent: spent + shown, ...(countedSince === undefined ? {} : { countedSince }) };
  }
  const [own, ...others] = facts.notes;
  const counted = countSelected(context, budget, period, own?.counted, counts);
  let spent = counted?.amount ?? 0n;
  let since = counted === undefined ? context.now : counted.since;
  for (const note of others) {
    // That account counts by another text yet: what it counted is not this budget's money.
    if (note?.counted !== undefined && !isSameCount(budget, note.counted)) since = context.now;
    if (note?.counted?.from !== period.from || !isSameCount(budget, note.counted)) continue;
    spent += note.counted.amount;
    if (note.counted.since !== undefined) since = Math.max(since ?? 0, note.counted.since);
  }
  const toKeep = counted ?? own?.counted;
  return {
    spent,
    ...(toKeep === undefined ? {} : { counted: toKeep }),
    ...(since === undefined || since <= period.from ? {} : { countedSince: since }),
  };
}
