// What became of each budget in a backtest: what was paid in each of its periods, and which steps were reached when. It counts the
// market's own charges, since the last look may lie long before a period's end; it judges nothing, the planner says what holds.
import type { BudgetPeriod, BudgetPolicy } from '../../core/budgets/budget-policy.js';
import { createPolicyFilter } from '../../core/budgets/read-spent.js';
import { keyOfStep } from '../../core/budgets/judge-steps.js';
import type { Plan } from '../../core/plan-types.js';
import type { PolicySet } from '../../core/policy-types.js';
import type { ScenarioZone } from '../../core/scenario.js';
import type { Instant, Micros } from '../../core/types.js';
import type { BudgetCourse, StepCourse } from './report.js';

interface Paid extends BudgetPeriod {
  spent: Micros;
  seenAt: Instant | undefined;
}

interface Reached {
  times: number;
  readonly from: Instant;
  since: Instant;
  until: Instant | undefined;
}

interface Known {
  readonly budget: BudgetPolicy;
  readonly counts: (policy: string | undefined) => boolean;
  readonly periods: Paid[];
  readonly reached: Map<string, Reached>;
}

export class BudgetLedger {
  readonly #span: { readonly from: Instant; readonly to: Instant; readonly zone: ScenarioZone };
  readonly #known: readonly Known[];

  constructor(
    { budgets = [], fleets }: Pick<PolicySet, 'budgets' | 'fleets'>,
    span: { readonly from: Instant; readonly to: Instant; readonly zone: ScenarioZone },
  ) {
    this.#span = span;
    this.#known = budgets
      .filter(({ mode }) => mode !== 'pause')
      .map((budget) => ({ budget, counts: createPolicyFilter(budget, fleets), periods: [], reached: new Map() }));
  }

  /** As the market tells them, in the order of their instants. */
  charge({ at, amount }: { readonly at: Instant; readonly amount: Micros }, policy: string): void {
    for (const known of this.#known) {
      // Whom a `select` means hangs on the VM as it is at a look: that the planner alone can count.
      if (known.budget.scope.select !== undefined || !known.counts(policy)) continue;
      periodOf(known, at).spent += amount;
    }
  }

  /** What a plan says of them. */
  note({ at, budgets = [] }: Pick<Plan, 'at' | 'budgets'>): void {
    for (const summary of budgets) {
      const known = this.#known.find(({ budget }) => budget.name === summary.budget);
      if (known === undefined) continue;
      const period = periodOf(known, at);
      if (known.budget.scope.select !== undefined) {
        period.spent = summary.spent;
        period.seenAt = at;
      }
      for (const step of summary.steps)
        noteStep(known.reached, keyOfStep(step), step.isHeld ? step.since : undefined, at);
    }
  }

  read(): readonly BudgetCourse[] {
    const { from, to } = this.#span;
    return this.#known.map(({ budget, periods, reached }) => ({
      budget: budget.name,
      limit: budget.limit,
      per: budget.per,
      periods: periods.map(({ spent, seenAt, ...period }) => ({
        ...period,
        name: this.#nameOf(budget, period),
        spent,
        seenAt,
        isWhole: period.from >= from && period.to <= to,
      })),
      steps: budget.steps.map((step): StepCourse => {
        const { times = 0, from: first, until } = reached.get(keyOfStep(step)) ?? {};
        return { ...step, times, from: first, until };
      }),
    }));
  }

  /** `2026-11`, or a day; the scenario's clock may be another one than the budget's. */
  #nameOf({ per, timezone }: BudgetPolicy, { from, to }: BudgetPeriod): string {
    if (per === 'month') return new Date(from + (to - from) / 2).toISOString().slice(0, 7);
    if (timezone === this.#span.zone.name) return this.#span.zone.dayAt(from).date;
    return `${new Date(from).toISOString().slice(0, 16)}Z`;
  }
}

function periodOf({ budget, periods }: Known, at: Instant): Paid {
  const last = periods.at(-1);
  if (last !== undefined && at >= last.from && at < last.to) return last;
  const { from, to } = budget.periodAt(at);
  const known = periods.find((period) => period.from === from);
  if (known !== undefined) return known;
  const begun: Paid = { from, to, spent: 0n, seenAt: undefined };
  periods.push(begun);
  return begun;
}

/** `since`: undefined while it doesn't hold. One that is reached anew in another period is reached once more. */
function noteStep(reached: Map<string, Reached>, key: string, since: Instant | undefined, at: Instant): void {
  const known = reached.get(key);
  if (since === undefined) {
    if (known !== undefined) known.until ??= at;
  } else if (known === undefined) reached.set(key, { times: 1, from: since, since, until: undefined });
  else if (known.since !== since) {
    known.times += 1;
    known.since = since;
    known.until = undefined;
  }
}
