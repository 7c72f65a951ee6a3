// What a store would have counted of the account's charges in a backtest: by budget since its present period began, and in all. It
// keeps sums alone, so that a year takes no more memory than a month.
import { sumTallies } from '../../core/budgets/read-spent.js';
import type { ChargeRecord } from '../../core/charge-records.js';
import type { Snapshot } from '../../core/plan-types.js';
import type { PolicySet } from '../../core/policy-types.js';
import type { Instant, Micros } from '../../core/types.js';

interface PeriodSums {
  readonly from: Instant;
  readonly byPolicy: Map<string | undefined, Micros>;
}

export class ChargeCount {
  total: Micros = 0n;
  readonly #policies: PolicySet;
  readonly #sums = new Map<string, PeriodSums>();

  constructor(policies: PolicySet) {
    this.#policies = policies;
  }

  /** As the looks tell them, in the order of looks. */
  add(records: readonly ChargeRecord[]): void {
    for (const { at, policy, amount } of records) {
      this.total += amount;
      for (const { name, periodAt } of this.#policies.budgets ?? []) {
        const { from } = periodAt(at);
        let sums = this.#sums.get(name);
        if (sums === undefined || sums.from < from) this.#sums.set(name, (sums = { from, byPolicy: new Map() }));
        if (sums.from === from) sums.byPolicy.set(policy, (sums.byPolicy.get(policy) ?? 0n) + amount);
      }
    }
  }

  /** What a snapshot at `now` is given; nothing where there are no budgets. */
  read(now: Instant): Pick<Snapshot, 'budgets'> {
    const { budgets = [], fleets } = this.#policies;
    if (budgets.length === 0) return {};
    const spent = budgets.map((budget) => {
      const { from } = budget.periodAt(now);
      const sums = this.#sums.get(budget.name);
      const byPolicy = sums?.from === from ? [...sums.byPolicy] : [];
      const tallies = byPolicy.map(([policy, amount]) => ({ day: from, policy, use: 'wanted' as const, amount }));
      return [budget.name, sumTallies(budget, fleets, from, [{ tallies, meteredSince: undefined }])] as const;
    });
    return { budgets: Object.fromEntries(spent) };
  }
}
