// What an account has charged to a budget's `select` in the present period: counted as charges come, on each VM as it is then. Where
// what is counted was edited it begins anew, from the store's sums by VM as far as they tell; what they don't tell is said.
import type { ChargeRecord } from '../charge-records.js';
import { hasDoubt } from '../gates.js';
import { hashText } from '../hash.js';
import { encodeJson } from '../json.js';
import { DAY_MILLIS } from '../money.js';
import type { PlanContext } from '../plan-context.js';
import type { Instant, Micros } from '../types.js';
import type { BudgetPeriod, BudgetPolicy } from './budget-policy.js';
import type { CountedCharges } from './budget-notes.js';
import { openChargedJudge } from './select-known.js';

type Counts = (policy: string | undefined) => boolean;

/** What a count is of: the money of another select, zone, period or scope is another budget's. */
export function hashCounted({ scope, timezone, per }: Pick<BudgetPolicy, 'scope' | 'timezone' | 'per'>): string {
  const { accounts, policies, selectText } = scope;
  return hashText(encodeJson([selectText ?? null, timezone, per, accounts ?? null, policies ?? null])).slice(0, 10);
}

/** Whether a count goes on; one without a hash is of a version that kept none. */
export function isSameCount(budget: BudgetPolicy, known: CountedCharges | undefined): known is CountedCharges {
  return known !== undefined && (known.of === undefined || known.of === hashCounted(budget));
}

/** The first whole day of UTC: sums by VM know no part of a day. */
export function findFirstDay(from: Instant): Instant {
  return Math.ceil(from / DAY_MILLIS) * DAY_MILLIS;
}

export function sumRecords(
  records: readonly ChargeRecord[],
  from: Instant,
  counts: (record: ChargeRecord) => boolean,
): Micros {
  let sum = 0n;
  for (const record of records) if (record.at >= from && counts(record)) sum += record.amount;
  return sum;
}

/** Of what came before this look. Without sums by VM nothing of it is known. */
function beginCount(context: PlanContext, budget: BudgetPolicy, from: Instant, counts: Counts): CountedCharges {
  const { now, snapshot } = context;
  const judge = openChargedJudge(context, budget.scope);
  const of = hashCounted(budget);
  const byVm = snapshot.budgets?.[budget.name]?.byVm;
  if (byVm === undefined) return { of, from, amount: 0n, since: now };
  const { meteredSince = now } = context.books.notes;
  let since = Math.max(findFirstDay(from), meteredSince);
  let amount = 0n;
  for (const { policy = '', amount: charged, ...vm } of byVm) {
    if (!counts(policy)) continue;
    const answer = judge(vm, policy);
    // Where what is known of one that is gone isn't enough, its charges are not known.
    if (answer === 'yes') amount += charged;
    if (answer === 'unknown') since = now;
  }
  return { of, from, amount, ...(since > from ? { since } : {}) };
}

/** `known`: what was counted until the look before. undefined: this look can't tell, and nothing is remembered of it. */
export function countSelected(
  context: PlanContext,
  budget: BudgetPolicy,
  period: BudgetPeriod,
  known: CountedCharges | undefined,
  counts: Counts,
): CountedCharges | undefined {
  const { snapshot } = context;
  const { from } = period;
  const judge = openChargedJudge(context, budget.scope);
  // What can't be judged is counted: a guard of money must not overlook it.
  const shown = sumRecords(snapshot.charged ?? [], from, (record) => {
    const { policy = '' } = record;
    return counts(policy) && judge(record, policy) !== 'no';
  });
  if (isSameCount(budget, known)) {
    if (known.from === from) return { ...known, amount: known.amount + shown };
    // Only a period that is over gives way to the next one; any other is one that was edited.
    if (budget.periodAt(known.from).to <= from) {
      const { since, of } = known;
      const kept = since !== undefined && since > from ? { since } : {};
      return { ...(of === undefined ? {} : { of }), from, amount: shown, ...kept };
    }
  }
  if (hasDoubt(snapshot)) return undefined;
  const begun = beginCount(context, budget, from, counts);
  return { ...begun, amount: begun.amount + shown };
}
