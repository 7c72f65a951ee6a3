// The words and figures above the charts: what was played, the verdict, all followers beside each other, where the gap comes from,
// and what each policy cost. It shows a report and reckons nothing new.
import { formatUsdc, sumMicros } from '../../../core/money.js';
import type { Product } from '../../../core/types.js';
import type { BacktestReport, DayCost, Gap, Outcome } from '../../../compose/backtests.js';
import { formatDuration } from '../../../core/duration.js';
import { countOf } from '../phrase.js';
import {
  describeComparison,
  describeRatio,
  GAP_WORDS,
  renderVerdict,
  type OlderSimulation,
} from '../render-simulation.js';
import { renderDataTable, renderTableUnder } from './data-table.js';
import { markup, type Markup } from './markup.js';
import { toIsoMinute, toMinutes } from './page-instant.js';

const PRODUCTS: Readonly<Record<Product, string>> = { marketplace: 'the marketplace', cloud: 'the cloud' };
const MOST_DAY_ROWS = 2000;

function figure(title: string): { readonly title: string; readonly isFigure: true } {
  return { title, isFigure: true };
}

export function renderPlayed(report: BacktestReport, product: Product | undefined): Markup {
  const { from, to, local, policies, scenario } = report;
  const names = policies.map(({ name, kind }) => (kind === 'fleet' ? name : `${name} (${kind})`));
  const inZone = local.zone === 'UTC' ? '' : `, which is ${local.from} to ${local.to} in ${local.zone}`;
  return markup`<h1>${scenario}</h1>
<dl class="played"><dt>Played</dt><dd>${toIsoMinute(from)} to ${toIsoMinute(to)} (${formatDuration(to - from)})${inZone}, in virtual time${product !== undefined && `, on ${PRODUCTS[product]}`}</dd>
<dt>Policies</dt><dd>${names.join(', ')}</dd></dl>`;
}

export function renderVerdictText(report: BacktestReport, older: OlderSimulation | undefined): Markup {
  const { missedBoundaries, takenBack } = report.purser;
  return markup`<p class="verdict"><strong>${renderVerdict(report)}</strong></p>
${older !== undefined && markup`<p>${describeComparison(report, older)}</p>`}
<p>Boundaries missed: ${missedBoundaries}. Taken back instead of bought: ${takenBack}.</p>`;
}

function rowOf(name: string, outcome: Outcome, { lowerBound }: BacktestReport): readonly string[] {
  return [
    name,
    formatUsdc(outcome.total),
    describeRatio(outcome.total, lowerBound.total),
    `${outcome.periods}`,
    `${outcome.deploys}`,
    `${outcome.deletes}`,
    formatUsdc(outcome.wasted),
    toMinutes(outcome.shortfall.vmMillis),
    toMinutes(outcome.shortfall.longestMillis),
  ];
}

function boundRow(name: string, { total, periods }: BacktestReport['lowerBound']): readonly string[] {
  return [name, formatUsdc(total), '1.000', `${periods}`, '-', '-', '-', '-', '-'];
}

export function renderFollowers(report: BacktestReport, older: OlderSimulation | undefined): Markup {
  const { baselines, lowerBound } = report;
  const rows = [
    rowOf('Purser', report.purser, report),
    ...(older === undefined ? [] : [rowOf(`Purser with ${older.file}`, older.report.purser, older.report)]),
    rowOf('immediate', baselines.immediate, report),
    rowOf('lastMinutes', baselines.lastMinutes, report),
    rowOf('neverDelete', baselines.neverDelete, report),
    boundRow('lower bound', lowerBound),
    ...(older === undefined || older.report.lowerBound.total === lowerBound.total
      ? []
      : [boundRow(`lower bound with ${older.file}`, older.report.lowerBound)]),
  ];
  return markup`<h2>Followers of the same demand</h2>
<p>immediate creates and deletes at once, as a cron job would; lastMinutes deletes what is surplus in the last minutes before its boundary; neverDelete keeps what it bought. The lower bound is the least that any follower could have paid${lowerBound.isRelaxed && ', reckoned coarsely: the true one may be higher'}.</p>
<div class="whole">${renderDataTable({
    caption: 'All followers on the same scenario with the same luck (USDC, minutes)',
    columns: [
      { title: 'Follower' },
      figure('Paid'),
      figure('To the bound'),
      figure('Periods'),
      figure('Bought'),
      figure('Deleted'),
      figure('Wasted'),
      figure('Short, VM-minutes'),
      figure('Longest, minutes'),
    ],
    rows,
  })}</div>`;
}

function describeWhole(whole: bigint): string {
  if (whole === 0n) return 'as much as the lower bound';
  if (whole > 0n) return `${formatUsdc(whole)} more than the lower bound`;
  return `${formatUsdc(-whole)} less than the lower bound, which serves all that is wanted`;
}

export function renderGap({ purser, lowerBound, gap }: BacktestReport): Markup {
  const whole = purser.total - lowerBound.total;
  const parts = (Object.keys(GAP_WORDS) as (keyof Gap)[]).filter((key) => gap[key] !== 0n);
  if (parts.length === 0)
    return markup`<h2>Gap to the lower bound</h2>
<p>There is none: nobody could have paid less.</p>`;
  return markup`<h2>Gap to the lower bound</h2>
<p>Purser paid ${describeWhole(whole)}. The parts add up to it exactly; a negative one is what something saved.</p>
<div class="whole">${renderDataTable({
    caption: 'Where the gap comes from (USDC)',
    columns: [{ title: 'Cause' }, figure('Paid for it')],
    rows: [['all of it', formatUsdc(whole)], ...parts.map((key) => [GAP_WORDS[key], formatUsdc(gap[key])])],
  })}</div>`;
}

function renderDays(costs: readonly DayCost[], zone: string): Markup {
  const shown = costs.slice(0, MOST_DAY_ROWS);
  const count =
    shown.length < costs.length ? `the first ${shown.length} of ${costs.length} rows` : countOf(costs.length, 'row');
  return renderTableUnder(`Table: cost by day and policy, ${count}`, {
    caption: `What Purser paid on each day (${zone}), by the boundary or purchase that it was due at (USDC)`,
    columns: [{ title: 'Day' }, { title: 'Policy' }, figure('Paid'), figure('Periods')],
    rows: shown.map(({ date, policy, cost, periods }) => [date, policy, formatUsdc(cost), `${periods}`]),
  });
}

export function renderPolicies({ purser, local }: BacktestReport, older: OlderSimulation | undefined): Markup {
  const before = older?.report.purser.byPolicy;
  const names = [...new Set([...purser.byPolicy.keys(), ...(before?.keys() ?? [])])];
  const amounts = (byPolicy: ReadonlyMap<string, bigint>, name: string): string => formatUsdc(byPolicy.get(name) ?? 0n);
  const total = (byPolicy: ReadonlyMap<string, bigint>): string => formatUsdc(sumMicros(byPolicy.values()));
  const rows = names.map((name) => [
    name,
    amounts(purser.byPolicy, name),
    ...(before === undefined ? [] : [amounts(before, name)]),
  ]);
  const all = ['all', total(purser.byPolicy), ...(before === undefined ? [] : [total(before)])];
  return markup`<h2>Cost by policy</h2>
<div class="whole">${renderDataTable({
    caption: 'What Purser paid for each policy (USDC)',
    columns: [{ title: 'Policy' }, figure('Paid'), ...(older === undefined ? [] : [figure(`Paid with ${older.file}`)])],
    rows: [all, ...rows],
  })}</div>
${renderDays(purser.byDay, local.zone)}`;
}
