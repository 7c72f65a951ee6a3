// The words and figures above the charts: what was played, the verdict, all followers beside each other, where the gap comes from,
// and what each policy cost. It shows a report and reckons nothing new.
import { formatUsdc, sumMicros } from '../../../core/money.js';
import type { Product } from '../../../core/types.js';
import type { BacktestReport, DayCost, Gap, Outcome } from '../../../compose/backtests.js';
import { formatDuration } from '../../../core/duration.js';
import { countOf } from '../phrase.js';
import { describeComparison, describeRatio, GAP_WORDS, renderVerdict } from '../render-simulation.js';
import { labelBase, labelOther, type ComparedSimulation } from '../compared-sides.js';
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

export function renderVerdictText(report: BacktestReport, compared: ComparedSimulation | undefined): Markup {
  const { missedBoundaries, takenBack } = report.purser;
  return markup`<p class="verdict"><strong>${renderVerdict(report)}</strong></p>
${compared !== undefined && markup`<p>${describeComparison(report, compared)}</p>`}
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

export function renderFollowers(report: BacktestReport, compared: ComparedSimulation | undefined): Markup {
  const { baselines, lowerBound } = report;
  const rows = [
    rowOf(compared === undefined ? 'Purser' : `Purser ${labelBase(compared)}`, report.purser, report),
    ...(compared === undefined
      ? []
      : [rowOf(`Purser ${labelOther(compared)}`, compared.report.purser, compared.report)]),
    rowOf('immediate', baselines.immediate, report),
    rowOf('lastMinutes', baselines.lastMinutes, report),
    rowOf('neverDelete', baselines.neverDelete, report),
    boundRow('lower bound', lowerBound),
    ...(compared === undefined || compared.report.lowerBound.total === lowerBound.total
      ? []
      : [boundRow(`lower bound ${labelOther(compared)}`, compared.report.lowerBound)]),
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

function wholeOf({ purser, lowerBound }: BacktestReport): bigint {
  return purser.total - lowerBound.total;
}

export function renderGap(report: BacktestReport, compared: ComparedSimulation | undefined): Markup {
  const sides = [report, ...(compared === undefined ? [] : [compared.report])];
  const parts = (Object.keys(GAP_WORDS) as (keyof Gap)[]).filter((key) => sides.some(({ gap }) => gap[key] !== 0n));
  if (parts.length === 0)
    return markup`<h2>Gap to the lower bound</h2>
<p>There is none: nobody could have paid less.</p>`;
  const told = compared === undefined ? '' : ` ${labelBase(compared)}`;
  const other =
    compared === undefined
      ? ''
      : ` ${capitalise(labelOther(compared))} it paid ${describeWhole(wholeOf(compared.report))}.`;
  const columns =
    compared === undefined
      ? [figure('Paid for it')]
      : [figure(capitalise(labelBase(compared))), figure(capitalise(labelOther(compared)))];
  return markup`<h2>Gap to the lower bound</h2>
<p>Purser${told} paid ${describeWhole(wholeOf(report))}.${other} The parts add up to it exactly; a negative one is what something saved.</p>
<div class="whole">${renderDataTable({
    caption: 'Where the gap comes from (USDC)',
    columns: [{ title: 'Cause' }, ...columns],
    rows: [
      ['all of it', ...sides.map((side) => formatUsdc(wholeOf(side)))],
      ...parts.map((key) => [GAP_WORDS[key], ...sides.map(({ gap }) => formatUsdc(gap[key]))]),
    ],
  })}</div>`;
}

function capitalise(text: string): string {
  return text.replace(/^./, (letter) => letter.toUpperCase());
}

function renderDays({ purser, local }: BacktestReport, compared: ComparedSimulation | undefined): Markup {
  const sides = [purser, ...(compared === undefined ? [] : [compared.report.purser])];
  const keyOf = ({ date, policy }: DayCost): string => `${date} ${policy}`;
  const maps = sides.map(({ byDay }) => new Map(byDay.map((cost) => [keyOf(cost), cost])));
  const inOrder = sides.flatMap(({ byDay }) => byDay).sort((a, b) => a.day - b.day || (a.policy < b.policy ? -1 : 1));
  const costs = [...new Map(inOrder.map((cost) => [keyOf(cost), cost])).values()];
  const shown = costs.slice(0, MOST_DAY_ROWS);
  const count =
    shown.length < costs.length ? `the first ${shown.length} of ${costs.length} rows` : countOf(costs.length, 'row');
  const labels = compared === undefined ? [''] : [` ${labelBase(compared)}`, ` ${labelOther(compared)}`];
  const onDay = (day: DayCost): readonly (DayCost | undefined)[] => maps.map((map) => map.get(keyOf(day)));
  return renderTableUnder(`Table: cost by day and policy, ${count}`, {
    caption: `What Purser paid on each day (${local.zone}), by the boundary or purchase that it was due at (USDC)`,
    columns: [
      { title: 'Day' },
      { title: 'Policy' },
      ...labels.map((label) => figure(`Paid${label}`)),
      ...labels.map((label) => figure(`Periods${label}`)),
    ],
    rows: shown.map((day) => [
      day.date,
      day.policy,
      ...onDay(day).map((cost) => formatUsdc(cost?.cost ?? 0n)),
      ...onDay(day).map((cost) => `${cost?.periods ?? 0}`),
    ]),
  });
}

export function renderPolicies(report: BacktestReport, compared: ComparedSimulation | undefined): Markup {
  const { purser } = report;
  const before = compared?.report.purser.byPolicy;
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
    columns: [
      { title: 'Policy' },
      ...(compared === undefined
        ? [figure('Paid')]
        : [figure(`Paid ${labelBase(compared)}`), figure(`Paid ${labelOther(compared)}`)]),
    ],
    rows: [all, ...rows],
  })}</div>
${renderDays(report, compared)}`;
}
