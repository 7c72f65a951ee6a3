// `purser simulate` as a person reads it: what Purser would have paid, what others would have, what could not be had cheaper, and
// where the difference comes from. It shows a report and reckons nothing new.
import { DAY_MILLIS, formatUsdc, sumMicros } from '../../core/money.js';
import type { Micros, Millis } from '../../core/types.js';
import {
  describeShortage,
  formatVmMinutes,
  isConsiderablyShort,
  listHeld,
  type BacktestReport,
  type DayCost,
  type Gap,
  type Outcome,
} from '../../compose/backtests.js';
import { formatDateTime, formatSpan } from './format-instant.js';
import { countOf, joinPieces, wrapSentence } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';
import { ratioOf } from './simulation-to-json.js';

type Facts = Pick<RenderFacts, 'width' | 'colours'>;

/** Beyond so many days there is a row a month. */
const MOST_DAYS = 45;
const MOST_POLICIES = 6;
/** Causes of a shortage in the first sentence. */
const MOST_HELD = 3;

export const GAP_WORDS: Readonly<Record<keyof Gap, string>> = {
  launch: 'launches that take time',
  readiness: 'being ready when a window opens (readyBy: start)',
  lookAhead: 'what nobody could know, and keepIfWantedWithin',
  price: 'prices that move',
  rails: 'rails',
  provider: 'failed launches and VMs that the provider ended',
  budget: 'what budgets held back',
  unserved: 'what was wanted and not to be had (no offer, no room, no money)',
};

export interface OlderSimulation {
  readonly file: string;
  readonly report: BacktestReport;
}

export function describeRatio(paid: Micros, to: Micros): string {
  const ratio = ratioOf(paid, to);
  return ratio === undefined ? '-' : ratio.toFixed(3);
}

/** Who had less than was wanted is not praised for having paid less: what was lacking, and why, comes first. */
function describeHeld(purser: Outcome): string {
  if (!isConsiderablyShort(purser)) return '';
  const held = listHeld(purser);
  const told = held.slice(0, MOST_HELD).map(describeShortage).join('; ');
  const more = held.length > MOST_HELD ? `; and ${held.length - MOST_HELD} more (below)` : '';
  return `Not all that is wanted was there, ${formatVmMinutes(purser.shortfall.vmMillis)} short: ${told}${more}. `;
}

export function renderVerdict({ purser, baselines, lowerBound }: BacktestReport): string {
  const held = describeHeld(purser);
  const whose = held === '' ? 'any follower could pay' : 'all that is wanted could cost';
  const least = `${describeRatio(purser.total, lowerBound.total)} times the least that ${whose}`;
  const difference = purser.total - baselines.immediate.total;
  const cron =
    difference === 0n
      ? 'as much as a cron job that creates and deletes at once'
      : `${formatUsdc(difference < 0n ? -difference : difference)} ${difference < 0n ? 'less' : 'more'} than a cron job that creates and deletes at once`;
  const paid = `Purser would have paid ${formatUsdc(purser.total)} for ${countOf(purser.periods, 'period')}`;
  return `${held}${paid}: ${least}, and ${cron}${describeLack(purser, baselines.immediate)}.`;
}

/** Who paid less and had less: a fair reader of the sums must know. */
function describeLack(purser: Outcome, cron: Outcome): string {
  const own = purser.shortfall.vmMillis;
  const other = cron.shortfall.vmMillis;
  if (purser.total > cron.total && other > own)
    return `, which was cheaper while it was short of VMs: ${describeLacking(other)}, Purser ${describeLacking(own)}`;
  if (purser.total < cron.total && own > other)
    return `, but was short of more VMs meanwhile: ${describeLacking(own)}, the cron job ${describeLacking(other)}`;
  return '';
}

function describeLacking(millis: Millis): string {
  return millis === 0 ? 'none' : formatVmMinutes(millis);
}

function describeShort(millis: number): string {
  return millis === 0 ? '-' : formatMinutes(millis);
}

function formatMinutes(millis: Millis): string {
  const minutes = millis / 60_000;
  return minutes >= 100 ? `${Math.round(minutes)} min` : `${minutes.toFixed(1)} min`;
}

function rowOf(name: string, outcome: Outcome, bound: Micros): readonly string[] {
  return [
    name,
    formatUsdc(outcome.total),
    describeRatio(outcome.total, bound),
    `${outcome.periods}`,
    `${outcome.deploys}`,
    `${outcome.deletes}`,
    formatUsdc(outcome.wasted),
    describeShort(outcome.shortfall.vmMillis),
    describeShort(outcome.shortfall.longestMillis),
  ];
}

function boundRow(name: string, { total, periods }: BacktestReport['lowerBound']): readonly string[] {
  return [name, formatUsdc(total), '1.000', `${periods}`, '', '', '', '', ''];
}

/** What the other version of the policies would have paid, and what makes the two hard to compare. */
export function describeComparison({ purser, demandMark }: BacktestReport, { file, report }: OlderSimulation): string {
  const more = report.purser.total - purser.total;
  const difference =
    more === 0n ? 'the same' : `${formatUsdc(more < 0n ? -more : more)} ${more < 0n ? 'less' : 'more'} than without it`;
  const paid = `With ${file} Purser would have paid ${formatUsdc(report.purser.total)}: ${difference}.`;
  const demand =
    report.demandMark === demandMark
      ? ''
      : ' The demand differs, so the sums are not for the same thing: each is measured by a lower bound of its own.';
  return `${describeHeld(report.purser).replace(/^Not all/, `With ${file} not all`)}${paid}${demand}`;
}

function renderFollowers(report: BacktestReport, older: OlderSimulation | undefined, facts: Facts): string {
  const { lowerBound, baselines } = report;
  const bound = lowerBound.total;
  const rows = [
    rowOf('Purser', report.purser, bound),
    ...(older === undefined ? [] : [rowOf(`with ${older.file}`, older.report.purser, older.report.lowerBound.total)]),
    rowOf('immediate', baselines.immediate, bound),
    rowOf('lastMinutes', baselines.lastMinutes, bound),
    rowOf('neverDelete', baselines.neverDelete, bound),
    boundRow('lower bound', lowerBound),
    ...(older === undefined || older.report.lowerBound.total === bound
      ? []
      : [boundRow(`lower bound with ${older.file}`, older.report.lowerBound)]),
  ];
  return renderTable(
    [
      { title: 'FOLLOWER', shrinks: true },
      { title: 'PAID', align: 'right' },
      { title: 'TO BOUND', align: 'right' },
      { title: 'PERIODS', align: 'right', yields: 3 },
      { title: 'BOUGHT', align: 'right', yields: 2 },
      { title: 'DELETED', align: 'right', yields: 2 },
      { title: 'WASTED', align: 'right' },
      { title: 'VMS SHORT', align: 'right' },
      { title: 'LONGEST', align: 'right', yields: 1 },
    ],
    rows,
    facts,
  );
}

function renderGap({ purser, lowerBound, gap }: BacktestReport, facts: Facts): string {
  const whole = purser.total - lowerBound.total;
  const parts = (Object.keys(GAP_WORDS) as (keyof Gap)[])
    .filter((key) => gap[key] !== 0n)
    .map((key) => `${formatUsdc(gap[key])} ${GAP_WORDS[key]}`);
  if (parts.length === 0) return 'Gap to the lower bound: none.';
  return joinPieces(
    [
      `Gap to the lower bound ${formatUsdc(whole)}:`,
      ...parts.map((part, index) => part + (index < parts.length - 1 ? ',' : '')),
    ],
    ' ',
    facts.width,
  );
}

function readMonth({ date }: DayCost): string {
  return date.slice(0, 7);
}

function readDay({ date }: DayCost): string {
  return formatDateTime(Date.parse(date)).slice(0, 14);
}

/** What the clock of the scenario's zone shows, and the same in UTC where that differs. */
function describeSpan({ from, to, local }: BacktestReport): string {
  const utc = `${formatDateTime(from)} to ${formatDateTime(to)}`;
  if (local.zone === 'UTC') return utc;
  const show = (text: string): string => formatDateTime(Date.parse(`${text}Z`)).replace('Z', '');
  return `${show(local.from)} to ${show(local.to)} ${local.zone} (${utc})`;
}

function renderDays({ purser, from, to }: BacktestReport, facts: Facts): string {
  const isLong = to - from > MOST_DAYS * DAY_MILLIS;
  const label = isLong ? readMonth : readDay;
  const policies = [...purser.byPolicy.keys()];
  const shown = policies.length > MOST_POLICIES ? [] : policies;
  const rows = new Map<string, DayCost[]>();
  for (const cost of purser.byDay) {
    const known = rows.get(label(cost));
    if (known === undefined) rows.set(label(cost), [cost]);
    else known.push(cost);
  }
  const sumOf = (costs: readonly DayCost[], policy?: string): string => {
    const own = policy === undefined ? costs : costs.filter((cost) => cost.policy === policy);
    return own.length === 0 ? '-' : formatUsdc(sumMicros(own.map(({ cost }) => cost)));
  };
  return renderTable(
    [
      { title: isLong ? 'MONTH' : 'DAY' },
      ...shown.map((policy) => ({ title: policy, align: 'right' as const, yields: 1 })),
      ...(shown.length === 1 ? [] : [{ title: 'ALL', align: 'right' as const }]),
      { title: 'PERIODS', align: 'right' },
    ],
    [...rows].map(([name, costs]) => [
      name,
      ...shown.map((policy) => sumOf(costs, policy)),
      ...(shown.length === 1 ? [] : [sumOf(costs)]),
      `${costs.reduce((sum, { periods }) => sum + periods, 0)}`,
    ]),
    facts,
  );
}

function renderPolicies({ purser }: BacktestReport, older: OlderSimulation | undefined, facts: Facts): string {
  const names = [...new Set([...purser.byPolicy.keys(), ...(older?.report.purser.byPolicy.keys() ?? [])])];
  const cost = ({ byPolicy }: Outcome, name: string): string => formatUsdc(byPolicy.get(name) ?? 0n);
  return renderTable(
    [
      { title: 'POLICY' },
      { title: 'PAID', align: 'right' },
      ...(older === undefined ? [] : [{ title: `WITH ${older.file}`, align: 'right' as const }]),
    ],
    names.map((name) => [name, cost(purser, name), ...(older === undefined ? [] : [cost(older.report.purser, name)])]),
    facts,
  );
}

function renderCounts({ purser, lowerBound }: BacktestReport): string {
  return (
    `Boundaries missed: ${purser.missedBoundaries}.  Taken back instead of bought: ${purser.takenBack}.  ` +
    `Looks: ${purser.looks}.  Lower bound by ${lowerBound.method}.`
  );
}

export function renderSimulation(report: BacktestReport, facts: Facts, older?: OlderSimulation): string {
  const { from, to } = report;
  const head = wrapSentence(`${report.scenario}   ${describeSpan(report)}, ${formatSpan(to - from)}`, facts.width);
  const paragraphs = [
    head,
    wrapSentence(renderVerdict(report), facts.width),
    ...(older === undefined ? [] : [wrapSentence(describeComparison(report, older), facts.width)]),
    renderFollowers(report, older, facts),
    [renderGap(report, facts), wrapSentence(renderCounts(report), facts.width)].join('\n'),
    renderPolicies(report, older, facts),
    renderDays(report, facts),
    report.notes.map((note) => wrapSentence(`Note: ${note}.`, facts.width)).join('\n'),
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}
