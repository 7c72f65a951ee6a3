// Budgets for tests of the core, with calendar periods of UTC. Holds no expectations.
import type { BudgetPeriod, BudgetPolicy, BudgetScope, BudgetStep } from '../../../src/core/budgets/budget-policy.js';
import type { BudgetSummary } from '../../../src/core/budgets/budget-summary.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { Instant } from '../../../src/core/types.js';
import { DAY } from '../samples.js';

export function monthAt(at: Instant): BudgetPeriod {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { from: Date.UTC(year, month, 1), to: Date.UTC(year, month + 1, 1) };
}

export function dayAt(at: Instant): BudgetPeriod {
  const from = Math.floor(at / DAY) * DAY;
  return { from, to: from + DAY };
}

export function makeBudget(
  over: Partial<Omit<BudgetPolicy, 'scope'>> & { readonly scope?: Partial<BudgetScope> } = {},
): BudgetPolicy {
  return {
    kind: 'budget',
    name: 'team',
    mode: 'act',
    description: undefined,
    limit: 100_000_000n,
    per: 'month',
    timezone: 'UTC',
    periodAt: monthAt,
    steps: [],
    hard: false,
    resume: 'auto',
    ...over,
    scope: { accounts: undefined, policies: undefined, select: undefined, selectText: undefined, ...over.scope },
  };
}

export function step(atPercent: number, of: BudgetStep['of'], action: BudgetStep['do']): BudgetStep {
  return { atPercent, of, do: action };
}

/** The plan's line about a budget. */
export function budgetOf(plan: Plan, name = 'team'): BudgetSummary {
  const found = plan.budgets?.find(({ budget }) => budget === name);
  if (found === undefined) throw new Error(`the plan has no budget ${name}`);
  return found;
}
