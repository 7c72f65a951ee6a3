// What a test expects of budgets, and what the plan says of them. Reads both; the comparison is judge-plan.ts's.
import type { BudgetSummary } from '../../core/budgets/budget-summary.js';
import type { DocumentPath } from '../problems.js';
import { stepActions, type BudgetExpectation } from '../schemas/test-budgets.js';
import type { Value, Wish, WishedFact } from './field-values.js';
import { readMoney, type TestReader } from './test-reader.js';

const MONEY = ['spent', 'reserved', 'forecast', 'expected', 'wished'] as const;
const COUNTS = ['notRenewed', 'notBought'] as const;
const HELD = 'held.';

/** In one order, each once. */
function showSteps(steps: readonly string[]): { readonly kind: 'text'; readonly text: string } {
  const told = stepActions.filter((action) => steps.includes(action));
  return { kind: 'text', text: told.length === 0 ? 'none' : told.join(', ') };
}

function readBudget(reader: TestReader, here: DocumentPath, policy: string, said: BudgetExpectation): WishedFact[] {
  const facts: WishedFact[] = [];
  const note = (path: DocumentPath, field: string, wish: Wish): void => {
    facts.push({ path, of: 'budget', policy, field, wish });
  };
  for (const field of MONEY) {
    const value = said[field];
    if (value !== undefined) note([...here, field], field, { kind: 'money', micros: readMoney(value) });
  }
  if (said.steps !== undefined) note([...here, 'steps'], 'steps', showSteps([said.steps].flat()));
  for (const [fleet, number] of Object.entries(said.held ?? {})) {
    const path = [...here, 'held', fleet];
    reader.policy(path, fleet, 'fleets', 'key');
    note(path, `${HELD}${fleet}`, { kind: 'number', number });
  }
  for (const field of COUNTS) {
    const number = said[field];
    if (number !== undefined) note([...here, field], field, { kind: 'number', number });
  }
  return facts;
}

/** `path` leads to the mapping by budget. */
export function readBudgetFacts(
  reader: TestReader,
  path: DocumentPath,
  expected: Readonly<Record<string, BudgetExpectation>> = {},
): readonly WishedFact[] {
  return Object.entries(expected).flatMap(([policy, said]) => {
    const here = [...path, policy];
    reader.policy(here, policy, 'budgets', 'key');
    return readBudget(reader, here, policy, said);
  });
}

/** undefined: the plan says nothing of it. */
export function readBudgetValue(budget: BudgetSummary | undefined, field: string): Value | undefined {
  if (budget === undefined) return undefined;
  if (field === 'steps') return showSteps(budget.steps.flatMap((step) => (step.isHeld ? [step.do] : [])));
  if (field.startsWith(HELD)) {
    const held = budget.held.find(({ policy }) => `${HELD}${policy}` === field);
    return held === undefined ? undefined : { kind: 'number', number: held.most };
  }
  const money = MONEY.find((known) => known === field);
  if (money !== undefined) return { kind: 'money', micros: budget[money] };
  const count = COUNTS.find((known) => known === field);
  return count === undefined ? undefined : { kind: 'number', number: budget[count] };
}
