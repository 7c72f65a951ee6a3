// What a backtest paid by policy and by day, as tables; of a comparison one column a side. It shows a report and reckons nothing
// but sums and differences.
import { DAY_MILLIS, formatUsdc, sumMicros } from '../../core/money.js';
import type { Micros } from '../../core/types.js';
import type { BacktestReport, DayCost, Outcome } from '../../compose/backtests.js';
import { titleBase, titleOther, type ComparedSimulation } from './compared-sides.js';
import { formatDateTime } from './format-instant.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';

type Facts = Pick<RenderFacts, 'width' | 'colours'>;

/** Beyond so many days there is a row a month. */
const MOST_DAYS = 45;
const MOST_POLICIES = 6;

function readMonth({ date }: DayCost): string {
  return date.slice(0, 7);
}

function readDay({ date }: DayCost): string {
  return formatDateTime(Date.parse(date)).slice(0, 14);
}

function formatSum(costs: readonly DayCost[]): string {
  return costs.length === 0 ? '-' : formatUsdc(sumCosts(costs));
}

function sumCosts(costs: readonly DayCost[]): Micros {
  return sumMicros(costs.map(({ cost }) => cost));
}

function countPeriods(costs: readonly DayCost[]): string {
  return `${costs.reduce((sum, { periods }) => sum + periods, 0)}`;
}

interface Rows {
  readonly title: string;
  /** By what stands in the first column, in the order of time. */
  readonly byLabel: ReadonlyMap<string, readonly DayCost[]>;
}

function groupDays({ from, to }: BacktestReport, costs: readonly DayCost[]): Rows {
  const isLong = to - from > MOST_DAYS * DAY_MILLIS;
  const label = isLong ? readMonth : readDay;
  const byLabel = new Map<string, DayCost[]>();
  for (const cost of costs) {
    const known = byLabel.get(label(cost));
    if (known === undefined) byLabel.set(label(cost), [cost]);
    else known.push(cost);
  }
  return { title: isLong ? 'MONTH' : 'DAY', byLabel };
}

function renderOwnDays(report: BacktestReport, facts: Facts): string {
  const { purser } = report;
  const policies = [...purser.byPolicy.keys()];
  const shown = policies.length > MOST_POLICIES ? [] : policies;
  const { title, byLabel } = groupDays(report, purser.byDay);
  return renderTable(
    [
      { title },
      ...shown.map((policy) => ({ title: policy, align: 'right' as const, yields: 1 })),
      ...(shown.length === 1 ? [] : [{ title: 'ALL', align: 'right' as const }]),
      { title: 'PERIODS', align: 'right' },
    ],
    [...byLabel].map(([name, costs]) => [
      name,
      ...shown.map((wanted) => formatSum(costs.filter(({ policy }) => policy === wanted))),
      ...(shown.length === 1 ? [] : [formatSum(costs)]),
      countPeriods(costs),
    ]),
    facts,
  );
}

function formatMore(more: Micros): string {
  return more === 0n ? '-' : `${more > 0n ? '+' : ''}${formatUsdc(more)}`;
}

/** Days on which only one side paid are there, too. */
function renderBothDays(report: BacktestReport, compared: ComparedSimulation, facts: Facts): string {
  const other = compared.report.purser.byDay;
  const inOrder = [...report.purser.byDay, ...other].sort((a, b) => a.day - b.day);
  const { title, byLabel } = groupDays(report, inOrder);
  const others = new Set(other);
  return renderTable(
    [
      { title },
      { title: titleBase(compared), align: 'right', shrinks: true },
      { title: titleOther(compared), align: 'right', shrinks: true },
      { title: 'DIFFERENCE', align: 'right' },
      { title: 'PERIODS', align: 'right', yields: 1 },
    ],
    [...byLabel].map(([name, costs]) => {
      const [theirs, own] = [costs.filter((cost) => others.has(cost)), costs.filter((cost) => !others.has(cost))];
      const periods = `${countPeriods(own)}, ${countPeriods(theirs)}`;
      return [name, formatSum(own), formatSum(theirs), formatMore(sumCosts(theirs) - sumCosts(own)), periods];
    }),
    facts,
  );
}

export function renderDays(report: BacktestReport, compared: ComparedSimulation | undefined, facts: Facts): string {
  return compared === undefined ? renderOwnDays(report, facts) : renderBothDays(report, compared, facts);
}

export function renderPolicies(
  { purser }: BacktestReport,
  compared: ComparedSimulation | undefined,
  facts: Facts,
): string {
  const names = [...new Set([...purser.byPolicy.keys(), ...(compared?.report.purser.byPolicy.keys() ?? [])])];
  const cost = ({ byPolicy }: Outcome, name: string): string => formatUsdc(byPolicy.get(name) ?? 0n);
  return renderTable(
    compared === undefined
      ? [{ title: 'POLICY' }, { title: 'PAID', align: 'right' }]
      : [
          { title: 'POLICY' },
          { title: titleBase(compared), align: 'right', shrinks: true },
          { title: titleOther(compared), align: 'right', shrinks: true },
        ],
    names.map((name) => [
      name,
      cost(purser, name),
      ...(compared === undefined ? [] : [cost(compared.report.purser, name)]),
    ]),
    facts,
  );
}
