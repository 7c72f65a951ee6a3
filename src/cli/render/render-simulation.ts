// `purser simulate` as a person reads it: what Purser would have paid, what others would have, what could not be had cheaper, and
// where the difference comes from. It shows a report and reckons nothing new.
import { formatUsdc } from '../../core/money.js';
import type { Micros, Millis } from '../../core/types.js';
import {
  describeShortage,
  formatVmMinutes,
  isConsiderablyShort,
  listHeld,
  type BacktestReport,
  type Gap,
  type Outcome,
} from '../../compose/backtests.js';
import { describeBudgetCourse } from './budget-courses.js';
import { labelBase, labelOther, phraseBase, type ComparedSimulation } from './compared-sides.js';
import { formatDateTime, formatSpan } from './format-instant.js';
import { countOf, joinPieces, wrapSentence, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';
import { renderDays, renderPolicies } from './simulation-days.js';
import { ratioOf } from './simulation-to-json.js';

type Facts = Pick<RenderFacts, 'width' | 'colours'>;

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
export function describeComparison({ purser, demandMark }: BacktestReport, compared: ComparedSimulation): string {
  const { file, report } = compared;
  const more = report.purser.total - purser.total;
  const difference =
    more === 0n
      ? 'the same'
      : `${formatUsdc(more < 0n ? -more : more)} ${more < 0n ? 'less' : 'more'} than ${phraseBase(compared)}`;
  const paid = `With ${file} Purser would have paid ${formatUsdc(report.purser.total)}: ${difference}.`;
  const demand =
    report.demandMark === demandMark
      ? ''
      : ' The demand differs, so the sums are not for the same thing: each is measured by a lower bound of its own.';
  return `${describeHeld(report.purser).replace(/^Not all/, `With ${file} not all`)}${paid}${demand}`;
}

function renderFollowers(report: BacktestReport, compared: ComparedSimulation | undefined, facts: Facts): string {
  const { lowerBound, baselines } = report;
  const bound = lowerBound.total;
  const rows = [
    rowOf(compared === undefined ? 'Purser' : `Purser ${labelBase(compared)}`, report.purser, bound),
    ...(compared === undefined
      ? []
      : [rowOf(`Purser ${labelOther(compared)}`, compared.report.purser, compared.report.lowerBound.total)]),
    rowOf('immediate', baselines.immediate, bound),
    rowOf('lastMinutes', baselines.lastMinutes, bound),
    rowOf('neverDelete', baselines.neverDelete, bound),
    boundRow('lower bound', lowerBound),
    ...(compared === undefined || compared.report.lowerBound.total === bound
      ? []
      : [boundRow(`lower bound ${labelOther(compared)}`, compared.report.lowerBound)]),
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

/** `what`: whose gap, where there are two. */
function renderGap({ purser, lowerBound, gap }: BacktestReport, facts: Facts, whose = ''): string {
  const what = `Gap to the lower bound${whose}`;
  const whole = purser.total - lowerBound.total;
  const parts = (Object.keys(GAP_WORDS) as (keyof Gap)[])
    .filter((key) => gap[key] !== 0n)
    .map((key) => `${formatUsdc(gap[key])} ${GAP_WORDS[key]}`);
  if (parts.length === 0) return `${what}: none.`;
  return joinPieces(
    [
      `${what}${whose === '' ? '' : ':'} ${formatUsdc(whole)}:`,
      ...parts.map((part, index) => part + (index < parts.length - 1 ? ',' : '')),
    ],
    ' ',
    facts.width,
  );
}

/** What the clock of the scenario's zone shows, and the same in UTC where that differs. */
function describeSpan({ from, to, local }: BacktestReport): string {
  const utc = `${formatDateTime(from)} to ${formatDateTime(to)}`;
  if (local.zone === 'UTC') return utc;
  const show = (text: string): string => formatDateTime(Date.parse(`${text}Z`)).replace('Z', '');
  return `${show(local.from)} to ${show(local.to)} ${local.zone} (${utc})`;
}

function renderCounts({ purser, lowerBound }: BacktestReport): string {
  return (
    `Boundaries missed: ${purser.missedBoundaries}.  Taken back instead of bought: ${purser.takenBack}.  ` +
    `Looks: ${purser.looks}.  Lower bound by ${lowerBound.method}.`
  );
}

function renderGaps(report: BacktestReport, compared: ComparedSimulation | undefined, facts: Facts): readonly string[] {
  if (compared === undefined) return [renderGap(report, facts)];
  return [
    renderGap(report, facts, ` ${labelBase(compared)}`),
    renderGap(compared.report, facts, ` ${labelOther(compared)}`),
  ];
}

/** One line a budget and side; which side is said where there are two. */
function renderBudgets(report: BacktestReport, compared: ComparedSimulation | undefined, facts: Facts): string {
  const lines =
    compared === undefined
      ? report.budgets.map((course) => describeBudgetCourse(course))
      : [
          ...report.budgets.map((course) => describeBudgetCourse(course, labelBase(compared))),
          ...compared.report.budgets.map((course) => describeBudgetCourse(course, labelOther(compared))),
        ];
  return lines.map((line) => wrapText(line, facts.width, 0, 2).join('\n')).join('\n');
}

export function renderSimulation(report: BacktestReport, facts: Facts, compared?: ComparedSimulation): string {
  const { from, to } = report;
  const head = wrapSentence(`${report.scenario}   ${describeSpan(report)}, ${formatSpan(to - from)}`, facts.width);
  const paragraphs = [
    head,
    wrapSentence(renderVerdict(report), facts.width),
    ...(compared === undefined ? [] : [wrapSentence(describeComparison(report, compared), facts.width)]),
    renderFollowers(report, compared, facts),
    [...renderGaps(report, compared, facts), wrapSentence(renderCounts(report), facts.width)].join('\n'),
    renderBudgets(report, compared, facts),
    renderPolicies(report, compared, facts),
    renderDays(report, compared, facts),
    report.notes.map((note) => wrapSentence(`Note: ${note}.`, facts.width)).join('\n'),
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}
