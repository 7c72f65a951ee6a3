// Budgets as people read them in `plan` and `status`, and as JSON: one block a budget, however many accounts it counts.
import type { BudgetSummary, StepSummary } from '../../core/budgets/budget-summary.js';
import { formatUsdc } from '../../core/money.js';
import type { Plan } from '../../core/plan-types.js';
import type { Instant, Micros } from '../../core/types.js';
import { formatInstant, toIso, toOptionalIso } from './format-instant.js';
import { paint } from './paint.js';
import { countOf, joinPieces, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';

/** Every budget once: the newest plan's word, with what each account holds of its own. */
export function mergeBudgets(plans: readonly Pick<Plan, 'at' | 'budgets'>[]): readonly BudgetSummary[] {
  const merged = new Map<string, BudgetSummary>();
  for (const { budgets = [] } of plans.toSorted((a, b) => b.at - a.at)) {
    for (const budget of budgets) {
      const known = merged.get(budget.budget);
      const { notRenewed, notRenewedFrom, notBought } = budget;
      if (known === undefined) merged.set(budget.budget, budget);
      else
        merged.set(budget.budget, {
          ...known,
          notRenewed: known.notRenewed + notRenewed,
          ...earlier(known.notRenewedFrom, notRenewedFrom),
          notBought: known.notBought + notBought,
        });
    }
  }
  return [...merged.values()];
}

function earlier(a: Instant | undefined, b: Instant | undefined): Pick<BudgetSummary, 'notRenewedFrom'> {
  const told = [a, b].flatMap((at) => at ?? []);
  return told.length === 0 ? {} : { notRenewedFrom: Math.min(...told) };
}

/** `93.8 %`, cut: a limit that isn't passed never shows as 100. */
export function formatShare(figure: Micros, limit: Micros): string {
  const tenths = (figure * 1000n) / limit;
  return `${tenths / 10n}.${tenths % 10n} %`;
}

function describeEffect({ do: action, of }: StepSummary, { held, to }: BudgetSummary, now: Instant): string {
  if (action === 'notify') return 'you are told';
  if (action === 'stop-buying') return 'nothing is bought';
  if (action === 'stop-growth')
    return of === 'expected' ? 'nothing beyond what was foreseen then' : 'nothing beyond what fleets had then';
  return held.length === 0
    ? `nobody is let go: above floors no charge before ${formatInstant(to, now)} can be spared`
    : 'fleets shrink towards their floors at boundaries, lowest priority first';
}

/** A figure of what is expected is that without what the step itself holds back: else it would end by its own success. */
function describeHeldStep(step: StepSummary, budget: BudgetSummary, now: Instant): string {
  const { atPercent, of, do: action, figure, approve } = step;
  const resume = approve === undefined ? '' : `; it holds until purser approve ${approve}`;
  const share = formatShare(figure, budget.limit);
  const isOver = figure * 100n >= budget.limit * BigInt(atPercent);
  const stands = isOver ? `: ${share}` : ` before: now ${share}`;
  const without = of === 'expected' && action !== 'notify' ? ' without this step' : '';
  return `${atPercent}% of ${of} reached${stands}${without}; ${action} (${describeEffect(step, budget, now)})${resume}`;
}

/** What becomes of the limit, if nothing changes. */
export function describePassing(budget: BudgetSummary, now: Instant): string | undefined {
  const { passesAt, spent, reserved, limit, hard, mode } = budget;
  if (passesAt === undefined) return undefined;
  if (spent > limit) {
    const since = passesAt < now ? ` since ${formatInstant(passesAt, now)} or before` : '';
    return `is passed by ${formatUsdc(spent - limit)}${since}`;
  }
  if (spent + reserved > limit) return 'is passed as soon as what was bought is charged';
  const isHeld = hard && mode === 'act';
  return `${isHeld ? 'would' : 'will'} be passed about ${formatInstant(passesAt, now)}${isHeld ? ', were all renewed' : ''}`;
}

function describeHeld({ policy, most, wanted, wantedNow = wanted }: BudgetSummary['held'][number]): string {
  if (wantedNow === wanted) return `${policy} held to ${most} of ${wanted} wanted`;
  // Nothing of it is held back yet.
  if (wantedNow <= most)
    return `${policy} will be held to ${most} when it wants more (now ${wantedNow}, up to ${wanted})`;
  return `${policy} held to ${most} of ${wantedNow} wanted now (up to ${wanted} later)`;
}

function describeFigures(budget: BudgetSummary, now: Instant): string[] {
  const { spent, reserved, forecast, wished, expected, countedSince, limit } = budget;
  return [
    `spent ${formatUsdc(spent)}`,
    ...(reserved === 0n ? [] : [`reserved ${formatUsdc(reserved)}`]),
    `still to come ${formatUsdc(forecast)}`,
    ...(wished > expected ? [`with nothing held back ${formatUsdc(wished)} (${formatShare(wished, limit)})`] : []),
    ...(countedSince === undefined ? [] : [`counted since ${formatInstant(countedSince, now)}`]),
  ];
}

function describeStaying({ staying }: BudgetSummary): readonly string[] {
  if (staying === undefined) return [];
  const { vms, because, expected } = staying;
  const why = because === 'rail' ? 'a rail refused their deletion' : 'all is frozen';
  return [
    `${countOf(vms, 'member')} to be let go will be charged on, since ${why}: without that ${formatUsdc(expected)} would be expected`,
  ];
}

function describeNotRenewed({ notRenewed, notRenewedFrom }: BudgetSummary, now: Instant): string {
  const first = notRenewedFrom === undefined ? '' : ` (from ${formatInstant(notRenewedFrom, now)})`;
  return `${countOf(notRenewed, 'member')} not renewed${first}`;
}

function renderBudget(budget: BudgetSummary, facts: RenderFacts): string[] {
  const { now, colours } = facts;
  const { budget: name, expected, limit, per, to, mode, steps, held, notBought, notRenewed } = budget;
  const share = `expected ${formatUsdc(expected)} of ${formatUsdc(limit)} a ${per} (${formatShare(expected, limit)})`;
  const title = [share, `until ${formatInstant(to, now)}`, ...(mode === 'observe' ? ['observes only'] : [])];
  const head = joinPieces([`Budget ${name}`, ...title], '   ', facts.width);
  const alarm = (text: string): string[] => {
    const [first = '', ...more] = wrapText(text, facts.width, 4, 4);
    return [`  ${paint('!', 'alarm', colours)} ${first}`, ...more];
  };
  const passing = describePassing(budget, now);
  const then = budget.hard
    ? "what would pass it is not renewed, even below floors, and what can't be let go is paid first"
    : 'it is soft, so what is wanted is renewed all the same';
  const kept = [
    ...held.map(describeHeld),
    ...(notBought === 0 ? [] : [`${countOf(notBought, 'purchase')} held back`]),
    ...(notRenewed === 0 ? [] : [describeNotRenewed(budget, now)]),
  ];
  const verb = mode === 'observe' ? 'would be: ' : '';
  return [
    head.replace(`Budget ${name}`, paint(`Budget ${name}`, 'strong', colours)),
    `  ${joinPieces(describeFigures(budget, now), ', ', facts.width)}`,
    ...steps.filter(({ isHeld }) => isHeld).flatMap((step) => alarm(describeHeldStep(step, budget, now))),
    ...(kept.length === 0 ? [] : wrapText(`  ~ ${verb}${kept.join(', ')}`, facts.width, 0, 4)),
    ...describeStaying(budget).flatMap(alarm),
    ...(passing === undefined ? [] : alarm(`its limit of ${formatUsdc(limit)} ${passing}: ${then}`)),
  ];
}

/** undefined where there are none. */
export function renderBudgets(budgets: readonly BudgetSummary[], facts: RenderFacts): string | undefined {
  if (budgets.length === 0) return undefined;
  return budgets.flatMap((budget) => renderBudget(budget, facts)).join('\n');
}

export function budgetsToJson(budgets: readonly BudgetSummary[]) {
  return budgets.map(({ steps, staying, ...budget }) => ({
    ...budget,
    staying: staying && { ...staying, expected: formatUsdc(staying.expected) },
    limit: formatUsdc(budget.limit),
    from: toIso(budget.from),
    to: toIso(budget.to),
    spent: formatUsdc(budget.spent),
    countedSince: toOptionalIso(budget.countedSince),
    reserved: formatUsdc(budget.reserved),
    forecast: formatUsdc(budget.forecast),
    expected: formatUsdc(budget.expected),
    wished: formatUsdc(budget.wished),
    passesAt: toOptionalIso(budget.passesAt),
    steps: steps.map(({ atPercent, of, do: action, figure, isHeld, since, approve }) => ({
      at: `${atPercent}%`,
      of,
      do: action,
      figure: formatUsdc(figure),
      held: isHeld,
      since: toOptionalIso(since),
      approve,
    })),
  }));
}
