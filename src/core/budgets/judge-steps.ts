// Which steps of a budget hold: one that was reached holds until its figure is two points below (`resume: auto`) or until a person
// approves. Judges figures that it is given; it reckons none and does nothing about them.
import { hashText } from '../hash.js';
import { encodeJson } from '../json.js';
import type { Instant, Micros } from '../types.js';
import type { BudgetPolicy, BudgetStep } from './budget-policy.js';
import type { BudgetNote, HeldStep } from './budget-notes.js';
import type { StepSummary } from './budget-summary.js';

/** So many points below its percentage a step ends. */
const POINTS_BELOW = 2;

/** What a step is: one that is edited is another one. */
export function keyOfStep({ atPercent, of, do: action }: BudgetStep): string {
  return `${atPercent}% ${of} ${action}`;
}

/**
 * The id that `purser approve` takes for a step that was reached in the period that began at `from`. Who agreed to one limit did not
 * agree to another, nor to what it counts or does now.
 */
export function hashStep(
  { name, limit, per, timezone, hard, scope }: BudgetPolicy,
  step: BudgetStep,
  from: Instant,
): string {
  const { accounts, policies, selectText } = scope;
  const meant = encodeJson([limit, per, timezone, hard, accounts ?? null, policies ?? null, selectText ?? null]);
  return `plan-${hashText(`${name}/${keyOfStep(step)}/${from}/${meant}`).slice(0, 10)}`;
}

export interface StepFacts {
  readonly now: Instant;
  /** The beginning of the present period. */
  readonly from: Instant;
  /** Of all accounts that the budget counts: one that held anywhere holds. */
  readonly notes: readonly (BudgetNote | undefined)[];
  /** Ids of approvals that stand. */
  readonly approved: ReadonlySet<string>;
  /** The look can't be believed: what held holds, and nothing else does. */
  readonly isBlind: boolean;
}

/** The first that began to hold in this period; else in one before. */
function findHeld(key: string, { notes, from }: StepFacts): HeldStep | undefined {
  const held = notes.flatMap((note) => note?.steps[key] ?? []);
  const ofNow = held.filter((each) => each.from === from);
  return (ofNow.length > 0 ? ofNow : held).reduce<HeldStep | undefined>(
    (first, each) => (first === undefined || each.since < first.since ? each : first),
    undefined,
  );
}

/** Exact: money against a whole percentage of the limit. */
function isAtLeast(figure: Micros, limit: Micros, percent: number): boolean {
  return figure * 100n >= limit * BigInt(percent);
}

/** `held`: to be remembered; undefined where it doesn't hold. */
export function judgeStep(
  budget: BudgetPolicy,
  step: BudgetStep,
  figure: Micros,
  facts: StepFacts,
): { readonly summary: StepSummary; readonly held: HeldStep | undefined } {
  const before = findHeld(keyOfStep(step), facts);
  const isAsked = budget.resume === 'approval' && step.do !== 'notify';
  const isReached = !facts.isBlind && isAtLeast(figure, budget.limit, step.atPercent);
  const isBelow = !facts.isBlind && figure * 100n <= budget.limit * BigInt(step.atPercent - POINTS_BELOW);
  const holds = (held: HeldStep): boolean => !isAsked || !facts.approved.has(hashStep(budget, step, held.from));
  // What a forecast of the period before said is no reason in this one: there it is judged anew.
  const isOfNow = before?.from === facts.from || facts.isBlind;
  const goesOn = isAsked || (isOfNow && !isBelow);
  const kept = before !== undefined && holds(before) && goesOn ? before : undefined;
  const fresh: HeldStep = { since: facts.now, from: facts.from };
  const held = kept ?? (isReached && holds(fresh) ? fresh : undefined);
  const approve = held !== undefined && isAsked ? hashStep(budget, step, held.from) : undefined;
  return { summary: { ...step, figure, isHeld: held !== undefined, since: held?.since, approve }, held };
}
