// What a test supposes of budgets -> what the store would have counted of their periods, and what the books remember of steps that
// hold. VMs that are given count as charged up to now: what was spent is what the test says, and nothing of it is counted again.
import type { BudgetNote, BudgetNotes, BudgetSpent } from '../../core/budgets/budget-notes.js';
import type { BudgetPolicy } from '../../core/budgets/budget-policy.js';
import { keyOfStep } from '../../core/budgets/judge-steps.js';
import type { Meter } from '../../core/charge-records.js';
import { HOUR_MILLIS } from '../../core/money.js';
import { canonicalId } from '../../core/vm-id.js';
import type { DocumentPath } from '../problems.js';
import type { HeldDocument } from '../schemas/test-budgets.js';
import type { GivenDocument } from '../schemas/test-given.js';
import type { GivenVm } from './given-vms.js';
import { readMoney, type TestReader } from './test-reader.js';

export interface GivenBudgets {
  /** By budget; of those with a `select` the books know it. */
  readonly spent: Readonly<Record<string, BudgetSpent>>;
  readonly notes: BudgetNotes;
  readonly meters: readonly Meter[];
}

/** Numbers of fleets that belong to a step; without it they would say nothing. */
function readFleets(
  reader: TestReader,
  path: DocumentPath,
  held: HeldDocument,
  { key, action }: { readonly key: 'had' | 'shrunk'; readonly action: HeldDocument['steps'][number] },
): Pick<BudgetNote, 'had' | 'shrunk'> {
  const fleets = held[key];
  if (fleets === undefined) return {};
  const here = [...path, key];
  if (!held.steps.includes(action))
    reader.tell(here, 'step-missing', `\`${key}\` is of ${action}.`, `Add ${action} to \`steps\`.`, 'key');
  for (const fleet of Object.keys(fleets)) reader.policy([...here, fleet], fleet, 'fleets', 'key');
  return { [key]: fleets };
}

function readHeld(reader: TestReader, path: DocumentPath, budget: BudgetPolicy, held: HeldDocument): BudgetNote {
  const since = reader.at - HOUR_MILLIS;
  for (const [index, action] of held.steps.entries()) {
    if (budget.steps.some((step) => step.do === action)) continue;
    const own = [...new Set(budget.steps.map((step) => step.do))].join(', ');
    const hint = own === '' ? 'It has no steps.' : `It has: ${own}.`;
    reader.tell([...path, 'steps', index], 'step-unknown', `\`${budget.name}\` has no step that does ${action}.`, hint);
  }
  const steps = budget.steps.filter((step) => held.steps.includes(step.do)).map(keyOfStep);
  const { from } = budget.periodAt(since);
  return {
    steps: Object.fromEntries(steps.map((key) => [key, { since, from }])),
    ...readFleets(reader, path, held, { key: 'had', action: 'stop-growth' }),
    ...readFleets(reader, path, held, { key: 'shrunk', action: 'shrink' }),
  };
}

function listMeters(vms: readonly GivenVm[]): readonly Meter[] {
  return vms.flatMap(({ vm: { id, paidUntil, spent } }) =>
    paidUntil === undefined ? [] : [{ id: canonicalId(id), kind: 'vm', paidUntil, spent, absentSince: undefined }],
  );
}

/** undefined: the policies hold no budget. */
export function readGivenBudgets(
  reader: TestReader,
  { spent: saidSpent = {}, held: saidHeld = {} }: GivenDocument,
  pathOf: (key: 'spent' | 'held') => DocumentPath,
  vms: readonly GivenVm[],
): GivenBudgets | undefined {
  for (const name of Object.keys(saidSpent)) reader.policy([...pathOf('spent'), name], name, 'budgets', 'key');
  for (const name of Object.keys(saidHeld)) reader.policy([...pathOf('held'), name], name, 'budgets', 'key');
  const { budgets = [] } = reader.policies;
  if (budgets.length === 0) return undefined;
  const spent: Record<string, BudgetSpent> = {};
  const notes: Record<string, BudgetNote> = {};
  for (const budget of budgets) {
    const { name, scope } = budget;
    const amount = readMoney(saidSpent[name] ?? 0);
    const held = saidHeld[name];
    const note = held === undefined ? undefined : readHeld(reader, [...pathOf('held'), name], budget, held);
    if (note !== undefined) notes[name] = note;
    if (scope.select === undefined) spent[name] = { spent: amount };
    else notes[name] = { steps: {}, ...note, counted: { from: budget.periodAt(reader.at).from, amount } };
  }
  return { spent, notes, meters: listMeters(vms) };
}
