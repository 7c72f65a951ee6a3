// What became of budgets in a backtest, as sentences and JSON: the most that a period of each was charged, and which steps were
// reached when. Every budget is told, also one that never held anything back. It shows a report and reckons nothing new.
import { formatUsdc } from '../../core/money.js';
import type { BudgetCourse, BudgetPaid } from '../../compose/backtests.js';
import { formatDateTime, toIso, toOptionalIso } from './format-instant.js';
import { countOf } from './phrase.js';
import { formatShare } from './render-budgets.js';

type Step = BudgetCourse['steps'][number];

/** The first of those in which the most was paid; undefined: nothing was ever looked at. */
function findDearest({ periods }: BudgetCourse): BudgetPaid | undefined {
  return periods.reduce<BudgetPaid | undefined>(
    (most, each) => (most === undefined || each.spent > most.spent ? each : most),
    undefined,
  );
}

/** `2026-11`, with what a reader must know of the figure. */
export function describePeriod({ name, isWhole, seenAt }: BudgetPaid): string {
  const part = isWhole ? '' : ' (as much of it as the span holds)';
  const seen = seenAt === undefined ? '' : `, by the last look at ${formatDateTime(seenAt)}`;
  return `${name}${part}${seen}`;
}

/** `80% of expected (notify) from Sun 2026-11-22 10:00Z`. */
function describeStepCourse({ atPercent, of, do: action, times, from, until }: Step): string {
  const name = `${atPercent}% of ${of} (${action})`;
  if (from === undefined) return `${name} never`;
  const end = until === undefined ? '' : ` until ${formatDateTime(until)}`;
  if (times === 1) return `${name} from ${formatDateTime(from)}${end}`;
  const last = until === undefined ? ', holding at the end' : `, the last time${end}`;
  return `${name} ${times} times, first ${formatDateTime(from)}${last}`;
}

/** `Budget team: 69.377480 of 80.000000 a month (86.7 %) in 2026-11; 80% of expected (notify) from ...`. */
export function describeBudgetCourse(course: BudgetCourse, side?: string): string {
  const { budget, limit, per, periods, steps } = course;
  const dearest = findDearest(course);
  const spent = dearest?.spent ?? 0n;
  const share = `${formatUsdc(spent)} of ${formatUsdc(limit)} a ${per} (${formatShare(spent, limit)})`;
  const which = dearest === undefined ? '' : ` in ${describePeriod(dearest)}`;
  const most = periods.length > 1 ? `, the most of ${countOf(periods.length, per)}` : '';
  return [
    `Budget ${budget}${side === undefined ? '' : ` ${side}`}: ${share}${which}${most}`,
    ...steps.map(describeStepCourse),
  ].join('; ');
}

/** Of a limit, cut to two digits. */
function toPercent(spent: bigint, limit: bigint): number {
  return Number((spent * 10_000n) / limit) / 100;
}

export function budgetCoursesToJson(courses: readonly BudgetCourse[]) {
  return courses.map((course) => {
    const { budget, limit, per, periods, steps } = course;
    const toPeriod = ({ name, from, to, spent, isWhole, seenAt }: BudgetPaid) => ({
      period: name,
      from: toIso(from),
      to: toIso(to),
      spent: formatUsdc(spent),
      percent: toPercent(spent, limit),
      isWhole,
      seenAt: toOptionalIso(seenAt),
    });
    const dearest = findDearest(course);
    return {
      budget,
      limit: formatUsdc(limit),
      per,
      most: dearest && toPeriod(dearest),
      periods: periods.map(toPeriod),
      steps: steps.map(({ atPercent, of, do: action, times, from, until }) => ({
        at: `${atPercent}%`,
        of,
        do: action,
        times,
        from: toOptionalIso(from),
        until: toOptionalIso(until),
      })),
    };
  });
}
