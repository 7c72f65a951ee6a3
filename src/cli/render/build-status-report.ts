// Puts a status report together from what the command gathered. Pure: judges what is wrong, fetches nothing.
import type { LedgerEntry } from '../../core/books.js';
import { sumMicros } from '../../core/money.js';
import type { Micros, Millis } from '../../core/types.js';
import { formatSpan } from './format-instant.js';
import { groupCharges } from './charge-groups.js';
import { findNeeds } from './needs-you.js';
import { buildPolicyRows } from './policy-rows.js';
import type { LastDay, LiveProcess, StatusProblem, StatusReport, StatusSources } from './status-report.js';

/** Beyond this, deletes and deploys stop (DESIGN, "Money and time"). */
const MOST_SKEW_MILLIS: Millis = 120_000;

/** Entries without a VM are about a batch or an account and count once. */
function countEvents(ledger: readonly LedgerEntry[], event: LedgerEntry['event']): number {
  return ledger.filter((entry) => entry.event === event).length;
}

function sumEvents(ledger: readonly LedgerEntry[], events: readonly LedgerEntry['event'][]): Micros {
  return sumMicros(ledger.filter((entry) => events.includes(entry.event)).map((entry) => entry.money ?? 0n));
}

function reckonLastDay(ledger: readonly LedgerEntry[]): LastDay {
  return {
    bought: countEvents(ledger, 'bought'),
    takenBack: countEvents(ledger, 'taken-back'),
    deleted: countEvents(ledger, 'deleted'),
    recordsRemoved: countEvents(ledger, 'record-removed'),
    missedBoundaries: countEvents(ledger, 'missed-boundary'),
    // A purchase is paid by its first charge, which has an entry of its own; so is a create that turned up late.
    paid: sumEvents(ledger, ['charged', 'missed-boundary']),
    forNothing: sumEvents(ledger, ['missed-boundary', 'late-create']),
  };
}

function isRunning(role: 'scheduler' | 'worker', process: LiveProcess): boolean {
  return process.role === role || process.role === 'up';
}

function findProblems(sources: StatusSources): StatusProblem[] {
  const problems: StatusProblem[] = [];
  const tell = (text: string, remedy?: string, since?: number): void => {
    problems.push({ text, since, remedy });
  };
  if (!sources.processes.some((process) => isRunning('scheduler', process)))
    tell('no scheduler runs: nothing is bought, and nothing deleted before its boundary', 'purser up');
  else if (!sources.processes.some((process) => isRunning('worker', process)))
    tell('no worker runs: what is planned is not carried out', 'purser worker');
  for (const { account, apiDown, skewMillis } of sources.accounts) {
    if (apiDown !== undefined) tell(`the API of ${account} is down: ${apiDown.text}`, 'purser doctor', apiDown.since);
    if (skewMillis !== undefined && Math.abs(skewMillis) > MOST_SKEW_MILLIS)
      tell(
        `the clocks of ${account} and of this machine differ by ${formatSpan(Math.abs(skewMillis))}`,
        'set the clock of this machine',
      );
  }
  if (sources.generation === undefined) tell('no policies are in force', 'purser apply');
  if (sources.redis.appendOnly === false)
    tell('Redis AOF is off: a restart of Redis loses the books', 'set appendonly yes in Redis');
  const { evictionPolicy } = sources.redis;
  if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction')
    tell(`Redis may throw books away (maxmemory-policy ${evictionPolicy})`, 'set maxmemory-policy noeviction in Redis');
  return [...problems, ...sources.problems];
}

export function buildStatusReport(sources: StatusSources): StatusReport {
  const { plans, ledger, ...gathered } = sources;
  const schedulers = sources.processes.filter((process) => isRunning('scheduler', process));
  const looks = sources.accounts.flatMap(({ lastLookAt }) => (lastLookAt === undefined ? [] : [lastLookAt]));
  return {
    ...gathered,
    upSince: schedulers.length === 0 ? undefined : Math.min(...schedulers.map((process) => process.startedAt)),
    workers: sources.processes.filter((process) => isRunning('worker', process)).length,
    lastLookAt: looks.length === 0 ? undefined : Math.min(...looks),
    problems: findProblems(sources),
    policies: buildPolicyRows(plans),
    charges: groupCharges(plans),
    needsYou: findNeeds(plans, ledger),
    lastDay: reckonLastDay(ledger),
  };
}
