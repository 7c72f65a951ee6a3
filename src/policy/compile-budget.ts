// A checked budget document -> the core's budget, and its content for hashing. Must only see documents without errors.
import type { BudgetPolicy, BudgetScope } from '../core/budgets/budget-policy.js';
import { parseUsdc } from '../core/money.js';
import { compilePeriod } from './calendar-period.js';
import { compileChecked } from './compile-reap.js';
import type { BudgetDocument } from './schemas/budget.js';
import { findZoneName, openZone } from './zone.js';

function compileSelect(text: string): Required<Pick<BudgetScope, 'select' | 'judgeKnown'>> {
  const expression = compileChecked(text);
  // Books hold neither: there these would be read as if they were known.
  const isOfListing = expression.reads.has('ports') || expression.reads.has('status');
  return {
    // A guard of money must not overlook what it can't judge.
    select: (vm, context) => expression.evaluate(vm, context).answer !== 'no',
    judgeKnown: (vm, context) => (isOfListing ? 'unknown' : expression.evaluate(vm, context).answer),
  };
}

/** `content`: all that the policy does, for its hash. */
export function compileBudget(document: BudgetDocument): { readonly policy: BudgetPolicy; readonly content: unknown } {
  const [amount = '', per = ''] = document.limit.split('/').map((part) => part.trim());
  const { accounts, policies, select } = document.scope ?? {};
  const settled = {
    kind: 'budget',
    mode: document.mode ?? 'act',
    limit: parseUsdc(amount) ?? 0n,
    per: per as BudgetPolicy['per'],
    timezone: findZoneName(document.timezone ?? 'UTC') ?? 'UTC',
    steps: (document.steps ?? []).map(({ at, of, do: action }) => ({
      atPercent: Number(at.slice(0, -1)),
      of,
      do: action,
    })),
    hard: document.hard ?? false,
    resume: document.resume ?? 'auto',
  } as const;
  const scope = { accounts, policies, selectText: select };
  const policy: BudgetPolicy = {
    ...settled,
    name: document.name,
    description: document.description,
    scope: { ...scope, ...(select === undefined ? { select } : compileSelect(select)) },
    periodAt: compilePeriod(openZone(settled.timezone), settled.per),
  };
  return { policy, content: { ...settled, limit: String(settled.limit), scope } };
}
