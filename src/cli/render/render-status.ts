// `purser status` as a person reads it. Shows what build-status-report.ts found, and decides nothing.
import { MOST_SKEW_MILLIS } from '../../core/gates.js';
import { formatUsdc } from '../../core/money.js';
import type { Instant, Millis } from '../../core/types.js';
import { describeRunway } from './describe-runway.js';
import { formatAgo, formatInstant, formatNear, formatSpan } from './format-instant.js';
import { renderBudgets } from './render-budgets.js';
import { paint } from './paint.js';
import { describeSavingsBriefly } from './describe-savings.js';
import { isStopping } from './needs-you.js';
import { countOf, joinPieces, oneLine, wrapSentence, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { renderCharges } from './render-charges.js';
import { renderTable } from './render-table.js';
import type { Column } from './render-table.js';
import type { PolicyRow, StatusReport } from './status-report.js';
import { padToWidth, widthOf } from './text-width.js';

/** So many lines of coming charges; the rest is one sum. */
const MOST_CHARGES = 12;

function largest(values: readonly (Millis | undefined)[]): Millis | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.reduce<Millis | undefined>(
    (most, value) => (most === undefined || Math.abs(value) > Math.abs(most) ? value : most),
    undefined,
  );
}

/** The sandbox's clock can't be read: its API is gone with it, and nobody knows how late it is. */
function isWithoutClock({ problems }: StatusReport): boolean {
  return problems.some(({ code }) => code === 'clock-unreachable');
}

function describeLastLook(status: StatusReport, now: Instant): string {
  const { lastLookAt } = status;
  if (lastLookAt === undefined) return 'no look yet';
  if (isWithoutClock(status)) return `last look at ${formatInstant(lastLookAt, now)}`;
  return `last look ${formatAgo(Math.min(lastLookAt, now), now)}`;
}

function renderHead(status: StatusReport, facts: RenderFacts): string {
  const { now } = facts;
  const pieces = [
    status.upSince === undefined ? 'Purser is not running' : `Purser up ${formatSpan(now - status.upSince)}`,
    status.installation === undefined ? 'no installation yet' : `installation ${status.installation}`,
    countOf(status.workers, 'worker'),
    describeLastLook(status, now),
  ];
  if (status.nextTickAt !== undefined && !isWithoutClock(status))
    pieces.push(`next tick ${formatAgo(Math.max(status.nextTickAt, now), now)}`);
  return joinPieces(withCommas(pieces), ' ', facts.width);
}

function withCommas(pieces: readonly string[]): string[] {
  return pieces.map((piece, index) => (index === pieces.length - 1 ? piece : `${piece},`));
}

function formatSkew(skewMillis: Millis): string {
  const size = Math.abs(skewMillis);
  // Below a twentieth of a second there is no sign to tell.
  return `clock ${skewMillis <= -50 ? '-' : '+'}${size < 120_000 ? `${(size / 1000).toFixed(1)} s` : formatSpan(size)}`;
}

/** Where AOF is off, that has a sentence of its own. */
function describeAppendOnly(redis: StatusReport['redis']): string[] {
  if (redis === undefined) return ['no store yet'];
  if (redis.appendOnly === false) return [];
  return [redis.appendOnly === undefined ? 'Redis AOF not told' : 'Redis AOF on'];
}

function renderHealth(status: StatusReport, facts: RenderFacts): string[] {
  const latency = largest(status.accounts.map((account) => account.latencyMillis));
  const skew = largest(status.accounts.map((account) => account.skewMillis));
  const isDown = status.accounts.some((account) => account.apiDown !== undefined);
  // What is wrong has a sentence of its own; this is the rest.
  const pieces = [
    ...(status.frozen === undefined ? ['not frozen'] : []),
    ...(isDown || isWithoutClock(status)
      ? []
      : [latency === undefined ? 'API not asked yet' : `API ${formatSpan(latency)}`]),
    ...(skew === undefined || isWithoutClock(status) || Math.abs(skew) > MOST_SKEW_MILLIS ? [] : [formatSkew(skew)]),
    ...(status.generation === undefined ? [] : [`policies generation ${status.generation}`]),
    ...describeAppendOnly(status.redis),
  ];
  const stopped = new Set(status.needsYou.filter(isStopping).map(({ account }) => account));
  const wrong = [
    ...renderFrozen(status, facts),
    ...renderProblemLines(status, facts),
    ...[...stopped].flatMap((account) => renderAlarm(describeStopped(account), undefined, facts)),
  ];
  const isWell = wrong.length === 0;
  const rest = joinPieces([isWell ? 'OK:' : 'Otherwise:', ...withCommas(pieces)], ' ', facts.width).split('\n');
  if (!isWell) return [paint('NOT OK', 'alarm', facts.colours), ...wrong, ...(pieces.length === 0 ? [] : rest)];
  return [paint(rest[0]!, 'added', facts.colours), ...rest.slice(1)];
}

function describeStopped(account: string): string {
  return `nothing is bought or deleted in ${account}: see NEEDS YOU`;
}

function renderAlarm(text: string, remedy: string | undefined, facts: RenderFacts): string[] {
  const [first = '', ...more] = wrapText(oneLine(text), facts.width, 2, 2);
  const beneath = remedy === undefined ? [] : [`    ${remedy}`];
  return [`${paint('!', 'alarm', facts.colours)} ${first}`, ...more, ...beneath];
}

function describeSince(instant: Instant | undefined, now: Instant): string {
  return instant === undefined ? '' : ` (since ${formatNear(instant, now, now)}, ${formatSpan(now - instant)})`;
}

function renderFrozen(status: StatusReport, facts: RenderFacts): string[] {
  if (status.frozen === undefined) return [];
  const why = status.frozen.why === '' ? '' : `: ${status.frozen.why}`;
  return renderAlarm(`frozen${why}${describeSince(status.frozen.since, facts.now)}`, 'purser thaw', facts);
}

function renderProblemLines(status: StatusReport, facts: RenderFacts): string[] {
  return status.problems.flatMap((problem) =>
    renderAlarm(problem.text + describeSince(problem.since, facts.now), problem.remedy, facts),
  );
}

function describeNext(row: PolicyRow, now: Instant): string {
  if (row.next === undefined) return '-';
  return row.next.at === undefined ? row.next.text : `${formatInstant(row.next.at, now)} ${row.next.text}`;
}

const PARKED_LEGEND = 'Parked VMs are among those that run: not wanted, but paid for until their boundary.';

function renderPolicyRows(status: StatusReport, facts: RenderFacts): string {
  if (status.policies.length === 0) return 'No policies and no VMs.';
  const several = new Set(status.policies.map((row) => row.account)).size > 1;
  const columns: Column[] = [
    ...(several ? [{ title: 'ACCOUNT' }] : []),
    { title: 'POLICY' },
    { title: 'MODE' },
    { title: 'WANTED', align: 'right' },
    { title: 'RUNNING', align: 'right' },
    { title: 'PARKED', align: 'right' },
    { title: 'PER DAY', align: 'right' },
    { title: 'NEXT CHANGE', shrinks: true },
  ];
  const rows = status.policies.map((row) => [
    ...(several ? [row.account] : []),
    row.policy,
    row.mode ?? '-',
    String(row.wanted ?? '-'),
    String(row.running),
    String(row.parked ?? '-'),
    formatUsdc(row.perDay),
    describeNext(row, facts.now),
  ]);
  const table = renderTable(columns, rows, facts);
  const savings = renderSavings(status, facts);
  const hasParked = status.policies.some(({ parked }) => parked !== undefined && parked > 0);
  return [table, ...(hasParked ? [PARKED_LEGEND] : []), ...savings].join('\n');
}

/** One line a fleet; `plan` and `calendar` say where and why. */
function renderSavings({ savings }: StatusReport, facts: RenderFacts): readonly string[] {
  const lines = savings.flatMap((each) =>
    wrapText(`${each.policy}: ${describeSavingsBriefly(each)}`, facts.width, 0, 2),
  );
  return lines.map((line) => paint(line, 'faint', facts.colours));
}

function renderComing(status: StatusReport, facts: RenderFacts): string | undefined {
  return renderCharges(status.charges, facts, {
    isFrozen: status.frozen !== undefined,
    isUp: status.upSince !== undefined,
    isSeveral: new Set(status.policies.map((row) => row.account)).size > 1,
    most: MOST_CHARGES,
  });
}

function renderRunways({ runways, at }: StatusReport, facts: RenderFacts): string | undefined {
  if (runways.length === 0) return undefined;
  const lines = runways.map(({ account, runway, periodMillis }) => {
    const whose = runways.length > 1 ? `${account}: ` : '';
    return wrapSentence(`${whose}${describeRunway(runway, periodMillis, at)}.`, facts.width);
  });
  return [paint('RUNWAY', 'strong', facts.colours), ...lines].join('\n');
}

function renderNeeds(status: StatusReport, facts: RenderFacts): string | undefined {
  if (status.needsYou.length === 0) return undefined;
  const wide = Math.max(...status.needsYou.map((need) => widthOf(need.text)));
  const lines = status.needsYou.flatMap((need) => {
    const fits = facts.width === undefined || wide + widthOf(need.remedy) + 6 <= facts.width;
    const mark = paint('!', 'alarm', facts.colours);
    if (fits && wide < 100) return [`${mark} ${padToWidth(need.text, wide)}    ${need.remedy}`];
    const [first = '', ...more] = wrapText(need.text, facts.width, 2, 2);
    return [`${mark} ${first}`, ...more, `    ${need.remedy}`];
  });
  return [paint('NEEDS YOU', 'strong', facts.colours), ...lines].join('\n');
}

function renderLastDay({ lastDay }: StatusReport, facts: RenderFacts): string {
  const unseen =
    lastDay.unseenCharges === 0 ? '' : ` (and ${countOf(lastDay.unseenCharges, 'VM')} not listed as paid yet)`;
  const pieces = [
    `${lastDay.bought} bought`,
    `${lastDay.takenBack} taken back`,
    ...(lastDay.deleted > 0 ? [`${lastDay.deleted} deleted`] : []),
    `${countOf(lastDay.recordsRemoved, 'record')} removed`,
    `${countOf(lastDay.missedBoundaries, 'boundary', 'boundaries')} missed`,
    `${formatUsdc(lastDay.paid)} paid${unseen}`,
    `${formatUsdc(lastDay.forNothing)} of it for nothing`,
    ...(lastDay.foreign > 0n ? [`${formatUsdc(lastDay.foreign)} for VMs of no policy`] : []),
    ...(lastDay.cutShort > 0n ? [`${formatUsdc(lastDay.cutShort)} lost with VMs that ended by themselves`] : []),
  ];
  const line = joinPieces(['LAST 24 H ', ...withCommas(pieces)], ' ', facts.width);
  return line.replace('LAST 24 H', paint('LAST 24 H', 'strong', facts.colours));
}

/** The whole answer of `purser status`, without a newline at the end. */
export function renderStatus(status: StatusReport, facts: RenderFacts): string {
  const sections = [
    [renderHead(status, facts), ...renderHealth(status, facts)].join('\n'),
    renderPolicyRows(status, facts),
    renderBudgets(status.budgets, facts),
    renderComing(status, facts),
    renderRunways(status, facts),
    renderNeeds(status, facts),
    renderLastDay(status, facts),
  ];
  return sections.filter((section) => section !== undefined).join('\n\n');
}
