// Budgets against the fleets that they count, once all are compiled: one that could not even pay their floors is told, with what it
// will do then. By `maxPrice`, the only price that files know; what runs, and when a limit is passed, `plan` tells.
import type { BudgetPolicy } from '../core/budgets/budget-policy.js';
import { costOver, DAY_MILLIS, formatUsdc, sumMicros } from '../core/money.js';
import type { FleetPolicy } from '../core/policy-types.js';
import type { Micros } from '../core/types.js';
import type { KindDocument } from './check-names.js';
import { joinWords } from './placed-schema.js';
import { placeProblem } from './placed-yaml.js';
import type { Problem } from './problems.js';
import { readText } from './read-value.js';

const DAYS = { day: 1, week: 7, month: 30 } as const;

function isFleet(policy: { readonly kind: string }): policy is FleetPolicy {
  return policy.kind === 'fleet';
}

function isBudget(policy: { readonly kind: string }): policy is BudgetPolicy {
  return policy.kind === 'budget';
}

function counts({ scope }: BudgetPolicy, { name, account, accounts = [account] }: FleetPolicy): boolean {
  if (scope.select !== undefined) return false;
  const inAccounts = scope.accounts === undefined || accounts.some((each) => scope.accounts!.includes(each));
  return inAccounts && (scope.policies?.includes(name) ?? true);
}

/** What the floor may cost at the most in one period of the budget. */
function costOfFloor({ floor, where }: FleetPolicy, { per }: BudgetPolicy): Micros {
  return costOver(where.maxPrice, DAYS[per] * DAY_MILLIS) * BigInt(floor);
}

function describeOutcome({ hard, per }: BudgetPolicy): string {
  return hard
    ? `It is hard: at a boundary that would pass it nothing is renewed for the rest of the ${per}, floors or not.`
    : 'It is soft: what the floors keep is renewed past it.';
}

/** `compiled`: of documents without errors. */
export function checkBudgetSizes(
  documents: readonly KindDocument[],
  compiled: readonly { readonly policy: { readonly kind: string } }[],
): readonly Problem[] {
  const policies = compiled.map(({ policy }) => policy);
  const fleets = policies.filter(isFleet).filter(({ mode }) => mode === 'act');
  return policies.filter(isBudget).flatMap((budget) => {
    const kept = fleets.filter((fleet) => fleet.floor > 0 && counts(budget, fleet));
    const cost = sumMicros(kept.map((fleet) => costOfFloor(fleet, budget)));
    if (cost <= budget.limit) return [];
    const { document } = documents.find((each) => readText(each.document, ['name']) === budget.name)!;
    const names = joinWords(
      kept.map(({ name }) => name),
      'and',
    );
    const message =
      `At their maxPrice the floors of ${names} may cost ${formatUsdc(cost)} a ${budget.per}, ` +
      `more than the limit of ${formatUsdc(budget.limit)}. ${describeOutcome(budget)}`;
    const hint = 'Raise the limit, or lower floors; `purser plan` tells when it will be passed.';
    return [placeProblem(document, ['limit'], { code: 'warning-budget-small', message, hint })];
  });
}
