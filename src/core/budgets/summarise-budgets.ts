// The lines of a plan about its budgets, what is to be remembered of them, and what is to be told. Derived; decides nothing.
import { findStepAt } from '../demand.js';
import { encodeJson } from '../json.js';
import { HOUR_MILLIS } from '../money.js';
import type { Draft, PlanContext } from '../plan-context.js';
import type { Plan } from '../plan-types.js';
import type { Instant, Micros } from '../types.js';
import type { Admission } from './admit-purchases.js';
import type { BudgetNotes } from './budget-notes.js';
import type { BudgetSummary } from './budget-summary.js';
import type { BudgetView } from './judge-budgets.js';
import type { Ceilings } from './reckon-course.js';

/** As near as this is told when a limit will be passed: the rest of a month in so many halves. */
const HALVINGS = 12;

/** When what is charged passes the limit, were all renewed that is wanted. A budget that acts lets nothing be bought beyond it. */
function findPassing(view: BudgetView, now: Instant, settled: Micros, ceilings: Ceilings): Instant | undefined {
  const { budget, period, course } = view;
  const buysNothing = budget.mode === 'act';
  const passes = (until: Instant): boolean => settled + course.totalUntil(ceilings, until, buysNothing) > budget.limit;
  if (!passes(period.to)) return undefined;
  let [before, after] = [now, period.to];
  for (let turn = 0; turn < HALVINGS; turn += 1) {
    const middle = Math.floor((before + after) / 2);
    if (passes(middle)) after = middle;
    else before = middle;
  }
  return after;
}

function listHeld({ course, ceilings }: BudgetView, now: Instant): BudgetSummary['held'] {
  return course.fleets.flatMap(({ fleet }) => {
    const most = ceilings.get(fleet.name);
    const wanted = course.peakOf(fleet.name);
    if (most === undefined || most >= wanted) return [];
    return [{ policy: fleet.name, most, wanted, wantedNow: findStepAt(fleet.demand, now).wanted }];
  });
}

function summarise(context: PlanContext, draft: Draft, view: BudgetView, admission: Admission): BudgetSummary {
  const { budget, period, spent, countedSince, steps, wished } = view;
  const { reserved, forecast, expected, notBought, ceilings } = admission.readFigures(view);
  const notRenewed = draft.unwanted.filter(
    ({ reason, budget: by }) => reason.code === 'budget-hard' && by === budget.name,
  );
  const from = notRenewed.flatMap(({ boundary }) => boundary ?? []);
  return {
    budget: budget.name,
    mode: budget.mode,
    limit: budget.limit,
    per: budget.per,
    timezone: budget.timezone,
    from: period.from,
    to: period.to,
    spent,
    countedSince,
    reserved,
    forecast,
    expected,
    wished,
    steps,
    hard: budget.hard,
    passesAt:
      view.passedSince ??
      (expected > budget.limit || budget.hard ? findPassing(view, context.now, spent + reserved, ceilings) : undefined),
    held: listHeld(view, context.now),
    notRenewed: notRenewed.length,
    ...(from.length === 0 ? {} : { notRenewedFrom: Math.min(...from) }),
    ...(view.staying === undefined ? {} : { staying: view.staying }),
    notBought,
  };
}

function holdsBack({ held, notBought, notRenewed, steps }: BudgetSummary): boolean {
  const isStopped = steps.some((step) => step.isHeld && step.do !== 'notify');
  return held.length > 0 || notBought > 0 || notRenewed > 0 || isStopped;
}

/** The plan's own fields about budgets; empty where there are none, and none are remembered. */
export function summariseBudgets(
  context: PlanContext,
  draft: Draft,
  views: readonly BudgetView[],
  admission: Admission,
): Pick<Plan, 'budgets' | 'budgetNotes' | 'budgetNews'> {
  const remembered = context.books.notes.budgets;
  if (views.length === 0 && remembered === undefined) return {};
  const notes: BudgetNotes = Object.fromEntries(views.map(({ budget, note }) => [budget.name, note]));
  const news = views.flatMap(({ budget, news: texts }) => texts.map((text) => ({ budget: budget.name, text })));
  for (const { period } of views) draft.wakeAt.push(period.to);
  const summaries = views.map((view) => summarise(context, draft, view, admission));
  // What was not charged makes room with time: who is held waits for that, not for the period's end.
  if (summaries.some(holdsBack)) draft.wakeAt.push(context.now + HOUR_MILLIS);
  return {
    ...(views.length === 0 ? {} : { budgets: summaries }),
    ...(encodeJson(notes) === encodeJson(remembered ?? {}) ? {} : { budgetNotes: notes }),
    ...(news.length === 0 ? {} : { budgetNews: news }),
  };
}
