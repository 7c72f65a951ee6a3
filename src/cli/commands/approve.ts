// `purser approve PLAN`: allows the deletions that a rail refused, or lets go of a budget's step, by the id that the newest plan
// printed. Deletions: what it names, at these prices, and each VM until its own boundary (approvals.ts). Plans nothing anew.
import type { Composition } from '../../compose.js';
import { listApproved } from '../../core/approvals.js';
import type { ApprovedTarget } from '../../core/books.js';
import { PurserError } from '../../core/errors.js';
import type { Plan, Refusal } from '../../core/plan-types.js';
import type { Instant } from '../../core/types.js';
import type { BudgetSummary, StepSummary } from '../../core/budgets/budget-summary.js';
import { askReconcile } from '../../scheduler/ask-reconcile.js';
import { readPlanNote } from '../../scheduler/plan-note.js';
import { buildNote } from '../build-note.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import type { CommandContext, CommandModule } from '../command.js';
import { formatDateTime, toIso } from '../render/format-instant.js';
import { mergeBudgets } from '../render/render-budgets.js';
import { countOf, listNames } from '../render/phrase.js';
import { withEngine } from '../with-engine.js';

interface Approvable {
  readonly plan: Plan;
  readonly refusal: Refusal;
}

/** Six digits, an approval's has ten. */
const PLAN_ID = /^plan-[0-9a-f]{6}$/;

async function listPlans(context: CommandContext, { store, config }: Composition): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  for (const { name } of chooseAccounts(config, context.options)) {
    const plan = await readPlanNote(store, name);
    if (plan !== undefined) plans.push(plan);
  }
  return plans;
}

function listApprovable(plans: readonly Plan[]): readonly Approvable[] {
  return plans.flatMap((plan) =>
    plan.refused.flatMap((refusal) => (refusal.approve === undefined ? [] : [{ plan, refusal }])),
  );
}

interface WaitingStep {
  readonly budget: BudgetSummary;
  readonly step: StepSummary;
}

function listWaiting(plans: readonly Plan[]): readonly WaitingStep[] {
  return mergeBudgets(plans).flatMap((budget) =>
    budget.steps.flatMap((step) => (step.isHeld && step.approve !== undefined ? [{ budget, step }] : [])),
  );
}

function describeApprovable(approvable: readonly Approvable[], waiting: readonly WaitingStep[]): string {
  if (approvable.length === 0 && waiting.length === 0) {
    return 'Nothing waits for an approval now; `purser up` or `purser apply` must have planned it first.';
  }
  const lines = approvable.map(
    ({ plan, refusal }) =>
      `  purser approve ${refusal.approve}   ${refusal.policy}: ${refusal.text} (plan of ${formatDateTime(plan.at)})`,
  );
  for (const { budget, step } of waiting)
    lines.push(
      `  purser approve ${step.approve}   budget ${budget.budget}: ${step.atPercent}% of ${step.of} reached: ${step.do}`,
    );
  return `What can be approved now:\n${lines.join('\n')}`;
}

/** A plan's id stands beneath every plan, and looks like an approval's. */
function refuseUnknown(asked: string, plans: readonly Plan[], approvable: readonly Approvable[]): PurserError {
  const isPlan = PLAN_ID.test(asked) || plans.some(({ id }) => id === asked);
  const what = isPlan
    ? `${asked} is the id of a plan, and a whole plan is not approved: what is approved are the deletions of one policy that a rail refused, by the id in the plan's "Refused by a rail".`
    : `The newest plan holds no refusal ${asked}.`;
  return new PurserError('approval-unknown', `${what} ${describeApprovable(approvable, listWaiting(plans))}`);
}

/** `Fri 19:15Z`, or from the first to the last of the boundaries. */
function describeLapse(targets: readonly ApprovedTarget[]): string {
  const first = targets.reduce((earliest, { until }) => Math.min(earliest, until), Number.POSITIVE_INFINITY);
  const last = lapsesAt(targets);
  if (targets.length === 1) return `until its boundary, ${formatDateTime(first)}`;
  if (first === last) return `until their boundary, ${formatDateTime(first)}`;
  return `for each until its own boundary, the first ${formatDateTime(first)}, the last ${formatDateTime(last)}`;
}

function lapsesAt(targets: readonly ApprovedTarget[]): Instant {
  return targets.reduce((latest, { until }) => Math.max(latest, until), 0);
}

/** A step of a budget that waits for a person: it is let go in every account that the budget counts. */
async function approveStep(
  context: CommandContext,
  engine: Composition,
  plans: readonly Plan[],
  { budget, step }: WaitingStep,
): Promise<number> {
  const at = engine.clock.now();
  const { budget: policy, to: until } = budget;
  const hash = step.approve!;
  const what = `${step.atPercent}% of ${step.of}: ${step.do} of budget ${policy}`;
  const sharing = plans.filter(({ budgets = [] }) => budgets.some((each) => each.budget === policy));
  for (const { account } of sharing) {
    await engine.store.addApproval(account, { hash, policy, at, until });
    const text = `${what} approved by hand (${hash}), until ${toIso(until)}`;
    await engine.store.appendLedger(account, [buildNote(account, at, text, { policy })]);
    await askReconcile(engine, account, 'approved');
  }
  if (context.json) context.printJson({ approved: hash, budget: policy, step: what, until: toIso(until) });
  else
    context.print(
      `Approved: ${what}.\nIt holds no more, and not again before ${formatDateTime(until)}. The next look goes by it.`,
    );
  return 0;
}

async function approve(context: CommandContext, engine: Composition): Promise<number> {
  const asked = context.operands[0]!;
  const plans = await listPlans(context, engine);
  const waiting = listWaiting(plans).find(({ step }) => step.approve === asked);
  if (waiting !== undefined) return approveStep(context, engine, plans, waiting);
  const approvable = listApprovable(plans);
  const chosen = approvable.find(({ refusal }) => refusal.approve === asked);
  if (chosen === undefined) throw refuseUnknown(asked, plans, approvable);
  const { policy, account, policyHash = '', targets } = chosen.refusal;
  const at = engine.clock.now();
  const approved = listApproved(targets, at);
  const until = lapsesAt(approved);
  await engine.store.addApproval(account, { hash: asked, policy, at, until, policyHash, targets: approved });
  const what = `${countOf(targets.length, 'deletion')} of ${policy}`;
  const text = `${what} approved by hand (${asked}), until ${toIso(until)}`;
  await engine.store.appendLedger(account, [buildNote(account, at, text, { policy })]);
  await askReconcile(engine, account, 'approved');
  if (context.json) {
    const vms = approved.map((target, position) => ({
      id: target.vmId,
      name: targets[position]!.name,
      until: toIso(target.until),
    }));
    context.printJson({ approved: asked, account, policy, vms, until: toIso(until) });
    return 0;
  }
  context.print(`Approved: ${what} (${listNames(targets.map(({ name }) => name))}).`);
  context.print(
    `It holds for these VMs alone, at these prices and while ${policy} stands as it is, ${describeLapse(approved)}. ` +
      'The next look carries it out.',
  );
  return 0;
}

export const command: CommandModule = {
  operands: '<plan>',
  options: [accountOption],
  example:
    'purser approve plan-6f2c910b3a   # ten digits: the id below "Refused by a rail", not that of the plan itself',
  run: (context) => withEngine(context, (engine) => approve(context, engine)),
};
