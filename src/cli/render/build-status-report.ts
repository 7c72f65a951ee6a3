// Puts a status report together from what the command gathered. Pure: judges what is wrong, fetches nothing.
import type { LedgerEntry } from '../../core/books.js';
import { isWaste } from '../../core/charge-records.js';
import { MOST_SKEW_MILLIS } from '../../core/gates.js';
import { sumMicros } from '../../core/money.js';
import { RUNWAY_TOLD } from '../../core/runway.js';
import { sumTallies } from '../../core/spend-rows.js';
import type { Plan } from '../../core/plan-types.js';
import type { Micros } from '../../core/types.js';
import { formatSpan } from './format-instant.js';
import { describeRunway } from './describe-runway.js';
import { mergeBudgets } from './render-budgets.js';
import { groupCharges } from './charge-groups.js';
import { findNeeds } from './needs-you.js';
import { buildPolicyRows } from './policy-rows.js';
import type {
  AccountHealth,
  LastDay,
  LiveProcess,
  Need,
  StatusProblem,
  StatusReport,
  StatusSources,
} from './status-report.js';

/** Entries without a VM are about a batch or an account and count once. */
function countEvents(ledger: readonly LedgerEntry[], event: LedgerEntry['event']): number {
  return ledger.filter((entry) => entry.event === event).length;
}

function sumEvents(ledger: readonly LedgerEntry[], events: readonly LedgerEntry['event'][]): Micros {
  return sumMicros(ledger.filter((entry) => events.includes(entry.event)).map((entry) => entry.money ?? 0n));
}

/** What was left of paid periods when members ended without our doing. */
export function sumCutShort(ledger: readonly LedgerEntry[]): Micros {
  return sumEvents(ledger, ['terminated', 'gone']);
}

/** Bought, and not listed yet with what it was charged: `paid` lacks it until the next look. */
function countUnseenCharges(ledger: readonly LedgerEntry[]): number {
  const settled = new Set(
    ledger
      .filter(({ event, part }) => part === undefined && (event === 'charged' || event === 'gone'))
      .map(({ vmId }) => vmId),
  );
  return ledger.filter(({ event, vmId }) => event === 'bought' && vmId !== undefined && !settled.has(vmId)).length;
}

function reckonLastDay({ ledger, paid }: StatusSources): LastDay {
  const { sums, total } = sumTallies(paid);
  return {
    bought: countEvents(ledger, 'bought'),
    takenBack: countEvents(ledger, 'taken-back'),
    deleted: countEvents(ledger, 'deleted'),
    recordsRemoved: countEvents(ledger, 'record-removed'),
    missedBoundaries: countEvents(ledger, 'missed-boundary'),
    paid: total,
    unseenCharges: countUnseenCharges(ledger),
    forNothing: sumMicros(paid.flatMap(({ use, amount }) => (isWaste(use) ? [amount] : []))),
    foreign: sums.foreign,
    cutShort: sumCutShort(ledger),
  };
}

function isRunning(role: 'scheduler' | 'worker', process: LiveProcess): boolean {
  return process.role === role || process.role === 'up';
}

function findAccountProblems({ account, apiDown, serviceDoubt, skewMillis }: AccountHealth): StatusProblem[] {
  const problems: StatusProblem[] = [];
  // An outage is told once, by what the look met.
  if (serviceDoubt !== undefined && apiDown === undefined) {
    const { code, text } = serviceDoubt;
    problems.push({ code, account, text: `${account}: ${text}`, since: undefined, remedy: 'purser doctor' });
  }
  if (apiDown !== undefined) {
    const { code } = apiDown;
    const what = code.startsWith('api-key')
      ? `the API key of ${account} does not work`
      : `the API of ${account} is down`;
    const text = `${what}: ${apiDown.text}`;
    problems.push({ code, account, text, since: apiDown.since, remedy: 'purser doctor' });
  }
  if (skewMillis !== undefined && Math.abs(skewMillis) > MOST_SKEW_MILLIS) {
    const text = `the clocks of ${account} and of this machine differ by ${formatSpan(Math.abs(skewMillis))}`;
    const remedy = 'set the clock of this machine';
    problems.push({ code: 'clocks-differ', account, text, since: undefined, remedy });
  }
  return problems;
}

function findProblems(sources: StatusSources): StatusProblem[] {
  const problems: StatusProblem[] = [];
  const tell = (code: string, text: string, remedy: string): void => {
    problems.push({ code, text, since: undefined, remedy });
  };
  if (sources.generation === undefined)
    tell('no-policies', 'no policies are in force', sources.hasFiles ? 'purser apply' : 'purser init');
  if (!sources.processes.some((process) => isRunning('scheduler', process))) {
    const text = 'no scheduler runs: nothing is bought, and nothing deleted before its boundary';
    tell('no-scheduler', text, 'purser up');
  } else if (!sources.processes.some((process) => isRunning('worker', process)))
    tell('no-worker', 'no worker runs: what is planned is not carried out', 'purser worker');
  problems.push(...sources.accounts.flatMap(findAccountProblems));
  if (sources.redis?.appendOnly === false) {
    const text = 'Redis AOF is off: a restart of Redis loses the books';
    tell('redis-unfit', text, 'set appendonly yes in Redis');
  }
  const evictionPolicy = sources.redis?.evictionPolicy;
  if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction') {
    const text = `Redis may throw books away (maxmemory-policy ${evictionPolicy})`;
    tell('redis-unfit', text, 'set maxmemory-policy noeviction in Redis');
  }
  // What `up` met is told already; that this command met it too is no other problem.
  const isTold = problems.some(({ code }) => code.startsWith('api-'));
  return [...problems, ...sources.problems.filter(({ code }) => !isTold || !code.startsWith('api-'))];
}

/** A plan of before, as freeze and mode are now: what was frozen then is not, and an account acts or doesn't as it is run. */
function applyPresent(plan: Plan, sources: StatusSources): Plan {
  const holds = sources.frozen === undefined ? plan.holds.filter(({ reason }) => reason.code !== 'frozen') : plan.holds;
  const isScheduled = sources.processes.some((process) => isRunning('scheduler', process));
  const account = sources.accounts.find((known) => known.account === plan.account);
  // A scheduler's own word counts while one runs: its environment may say what this process' doesn't.
  return { ...plan, holds, mode: isScheduled ? plan.mode : (account?.mode ?? plan.mode) };
}

function findModeNeeds(plans: readonly Plan[], { accounts, generation }: StatusSources): Need[] {
  if (generation === undefined) return [];
  return accounts.flatMap(({ account, isModeTold, mode }) => {
    if (isModeTold || (plans.find((plan) => plan.account === account)?.mode ?? mode) === 'act') return [];
    const text = `${account} only observes, because nobody said its mode: \`purser up\` buys and deletes nothing`;
    const remedy = `mode: act below accounts.${account} in purser.yaml`;
    return [{ account, policy: undefined, vms: [], code: 'observing', text, remedy }];
  });
}

/** Money that ends within three days: which charge fails first, and when. */
function findRunwayNeeds({ runways, at: now }: StatusSources): Need[] {
  return runways.flatMap(({ account, runway, periodMillis }) => {
    if (runway.kind !== 'ends' || runway.at - now > RUNWAY_TOLD) return [];
    const vms = [...new Set(runway.charges.map(({ vm }) => vm.name))];
    const text = `${account}: ${describeRunway(runway, periodMillis, now)}`;
    return [{ account, policy: undefined, vms, code: 'balance-ends', text, remedy: 'purser spend' }];
  });
}

/** That an account's list is not believed while its API is down is no second thing to see to. */
function dropOutages(needs: readonly Need[], { accounts }: StatusSources): readonly Need[] {
  const down = new Set(accounts.flatMap(({ account, apiDown }) => (apiDown === undefined ? [] : [account])));
  const isEcho = ({ account, code, vms }: Need): boolean =>
    down.has(account) && vms.length === 0 && (code === 'untrusted-inventory' || code === 'api-failing');
  return needs.filter((need) => !isEcho(need));
}

export function buildStatusReport(sources: StatusSources): StatusReport {
  const { ledger, needs, ...gathered } = sources;
  const plans = sources.plans.map((plan) => applyPresent(plan, sources));
  const schedulers = sources.processes.filter((process) => isRunning('scheduler', process));
  const looks = sources.accounts.flatMap(({ lastLookAt }) => (lastLookAt === undefined ? [] : [lastLookAt]));
  return {
    ...gathered,
    upSince: schedulers.length === 0 ? undefined : Math.min(...schedulers.map((process) => process.startedAt)),
    workers: sources.processes.filter((process) => isRunning('worker', process)).length,
    lastLookAt: looks.length === 0 ? undefined : Math.min(...looks),
    problems: findProblems(sources),
    policies: buildPolicyRows(plans),
    budgets: mergeBudgets(plans),
    charges: groupCharges(plans),
    needsYou: [
      ...findModeNeeds(plans, sources),
      ...needs,
      ...findRunwayNeeds(sources),
      ...dropOutages(findNeeds(plans, ledger, sources.at), sources),
    ],
    lastDay: reckonLastDay(sources),
  };
}
