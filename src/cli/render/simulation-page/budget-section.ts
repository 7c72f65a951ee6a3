// What became of budgets: of each the period in which most was paid and when its steps were reached, and beneath them a table of
// every period. It shows a report and reckons nothing new.
import { formatUsdc } from '../../../core/money.js';
import type { BacktestReport, BudgetCourse } from '../../../compose/backtests.js';
import { describeBudgetCourse, describePeriod } from '../budget-courses.js';
import { countOf } from '../phrase.js';
import { formatShare } from '../render-budgets.js';
import { labelBase, labelOther, type ComparedSimulation } from '../compared-sides.js';
import { renderTableUnder } from './data-table.js';
import { markup, type Markup } from './markup.js';

const MOST_ROWS = 2000;

interface Side {
  /** Where there are two of them. */
  readonly label: string | undefined;
  readonly course: BudgetCourse;
}

function nameOf({ label, course }: Side): string {
  return label === undefined ? course.budget : `${course.budget} ${label}`;
}

function renderPeriods(sides: readonly Side[]): Markup | undefined {
  const rows = sides.flatMap((side) =>
    side.course.periods.map((period) => [
      describePeriod(period),
      nameOf(side),
      formatUsdc(period.spent),
      formatShare(period.spent, side.course.limit),
    ]),
  );
  if (rows.length <= sides.length) return undefined;
  const shown = rows.slice(0, MOST_ROWS);
  const count =
    shown.length < rows.length ? `the first ${shown.length} of ${rows.length} rows` : countOf(rows.length, 'row');
  return renderTableUnder(`Table: each period of each budget, ${count}`, {
    caption: 'What was charged in each period of a budget (USDC)',
    columns: [
      { title: 'Period' },
      { title: 'Budget' },
      { title: 'Paid', isFigure: true },
      { title: 'Of the limit', isFigure: true },
    ],
    rows: shown,
  });
}

/** Nothing where there are no budgets. */
export function renderBudgetSection(
  { budgets }: BacktestReport,
  compared: ComparedSimulation | undefined,
): Markup | undefined {
  const own = compared === undefined ? undefined : labelBase(compared);
  const others = compared === undefined ? [] : compared.report.budgets;
  const sides: readonly Side[] = [
    ...budgets.map((course) => ({ label: own, course })),
    ...others.map((course) => ({ label: compared && labelOther(compared), course })),
  ];
  if (sides.length === 0) return undefined;
  return markup`<section><h2>Budgets</h2>
<ul class="notes">${sides.map(({ label, course }) => markup`<li>${describeBudgetCourse(course, label)}</li>`)}</ul>
${renderPeriods(sides)}</section>`;
}
