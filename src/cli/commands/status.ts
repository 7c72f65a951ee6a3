// `purser status`: what runs, what it will cost, and what needs you. Reads what processes left in the store, and looks itself
// when nobody has lately. Changes nothing.
import { composeEngine, type Composition } from '../../compose.js';
import type { Config } from '../../config/load-config.js';
import { openLocalHandles } from '../../config/local-handles.js';
import { PurserError } from '../../core/errors.js';
import { DAY_MILLIS } from '../../core/money.js';
import type { Plan } from '../../core/plan-types.js';
import { reckonRunway } from '../../core/runway.js';
import { checkRedis } from '../../compose/tools.js';
import type { GenerationRecord } from '../../ports/store.js';
import { readTroubleNote, type TroubleNote } from '../../scheduler/api-watch.js';
import { noteKeys } from '../../scheduler/engine.js';
import { listProcesses } from '../../scheduler/heartbeat.js';
import { readPlanNote } from '../../scheduler/plan-note.js';
import type { Look } from '../../scheduler/look.js';
import { findNextReconcile } from '../../scheduler/scheduler.js';
import { describeServiceDoubt } from '../../scheduler/service-doubt.js';
import { createSystemClock } from '../../scheduler/system-clock.js';
import { readWake } from '../../scheduler/tick.js';
import type { CommandContext, CommandModule } from '../command.js';
import { compareFiles, type FileComparison } from '../compare-files.js';
import { describeFiles } from '../describe-files.js';
import { judgeWeek } from '../fleet-savings.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { buildStatusReport } from '../render/build-status-report.js';
import { judgeCharges } from '../render/describe-charge.js';
import { readMoney } from '../read-money.js';
import { readPaidByPolicy, readSeen } from '../read-paid.js';
import { renderStatus } from '../render/render-status.js';
import type { AccountHealth, AccountRunway, Need, StatusProblem, StatusSources } from '../render/status-report.js';
import { statusToJson } from '../render/status-to-json.js';
import { hasStore } from '../with-engine.js';

/** A plan that is older than this many ticks is nobody's present word. */
const FRESH_TICKS = 3;

interface HealthNote {
  readonly at: number;
  readonly latencyMillis?: number;
  readonly skewMillis?: number;
}

async function readPlans(engine: Composition, now: number): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  for (const { settings } of engine.accounts.values()) {
    const plan = await readPlanNote(engine.store, settings.name);
    if (plan !== undefined && now - plan.at <= FRESH_TICKS * settings.tickMillis) plans.push(plan);
  }
  return plans;
}

/** Looks now, with the generation in force; an API that can't be asked is a problem to tell, not a failure of status. */
async function lookNow(
  context: CommandContext,
  engine: Composition,
  problems: StatusProblem[],
): Promise<readonly Look[]> {
  const present = await engine.store.readGeneration();
  if (present === undefined) return [];
  try {
    const chosen = { set: engine.compile(present), record: present, publishable: undefined };
    const onMissing = (account: string, { code, message }: PurserError): void =>
      void problems.push({ code, account, text: message, since: undefined, remedy: 'purser doctor' });
    return await lookAtAccounts(context, engine, chosen, { onMissing });
  } catch (error) {
    const code = error instanceof PurserError ? error.code : 'internal';
    problems.push({ code, text: (error as Error).message, since: undefined, remedy: 'purser doctor' });
    return [];
  }
}

function tellFiles(comparison: FileComparison, engine: Composition, inForce: number | undefined): readonly Need[] {
  const advice = describeFiles(comparison, inForce);
  const [account] = engine.accounts.keys();
  if (advice === undefined) return [];
  return [{ account: account!, policy: undefined, vms: [], code: 'files-not-in-force', ...advice }];
}

/** Since when and why the looks of `up` fail; else what the newest plan says, which may be one that this command made. */
function judgeApi(plan: Plan | undefined, trouble: TroubleNote | undefined): AccountHealth['apiDown'] {
  const isOver = plan?.seen.state === 'complete' && trouble !== undefined && plan.seen.at > trouble.at;
  if (trouble !== undefined && !isOver) return { since: trouble.since, code: trouble.code, text: trouble.text };
  if (plan === undefined || plan.seen.state === 'complete') return undefined;
  const why = plan.holds.find((hold) => hold.policy === undefined && hold.reason.code === 'untrusted-inventory');
  const text = why?.reason.text ?? 'the list of VMs could not be read';
  return { since: undefined, code: 'api-unreachable', text };
}

async function readHealth(engine: Composition, plans: readonly Plan[]): Promise<readonly AccountHealth[]> {
  return Promise.all(
    [...engine.accounts.values()].map(async ({ settings, cloud, traffic }) => {
      const text = await engine.store.readNote(noteKeys.health(settings.name));
      const note = text === undefined ? undefined : (JSON.parse(text) as HealthNote);
      const plan = plans.find((known) => known.account === settings.name);
      const trouble = await readTroubleNote(engine.store, settings.name);
      return {
        account: settings.name,
        mode: settings.mode,
        isModeTold: engine.config.accounts.find(({ name }) => name === settings.name)?.isModeTold ?? true,
        lastLookAt: plan?.seen.at ?? note?.at,
        latencyMillis: cloud.lastLatencyMillis() ?? note?.latencyMillis,
        skewMillis: cloud.skewMillis() ?? note?.skewMillis,
        serviceDoubt: describeServiceDoubt(await traffic.read()),
        apiDown: judgeApi(plan, trouble),
      };
    }),
  );
}

/** Only products that tell a balance; one that can't be read now is no problem of its own. */
async function readRunways(engine: Composition, plans: readonly Plan[]): Promise<readonly AccountRunway[]> {
  const read = plans.map(async (plan): Promise<readonly AccountRunway[]> => {
    const account = engine.accounts.get(plan.account)!;
    const balance = await readMoney(account);
    if (balance === undefined) return [];
    const { periodMillis } = account.settings;
    return [{ account: plan.account, runway: reckonRunway(balance, judgeCharges(plan), periodMillis), periodMillis }];
  });
  return (await Promise.all(read)).flat();
}

/** As `spend --from 24h` reads it. */
async function readLastDay(
  { accounts, store }: Composition,
  looks: readonly Look[],
  now: number,
): Promise<StatusSources['paid']> {
  const read = [...accounts.keys()].map(async (account) => {
    const look = looks.find(({ plan }) => plan.account === account && plan.seen.state !== 'failed');
    const { seen } = await readSeen(store, account, look);
    return readPaidByPolicy(store, account, seen, { from: now - DAY_MILLIS, to: now });
  });
  return (await Promise.all(read)).flat();
}

async function readNextTick(engine: Composition, now: number): Promise<number | undefined> {
  const nexts = await Promise.all(
    [...engine.accounts.values()].map(async ({ settings }) => {
      const wake = readWake(await engine.store.readNote(noteKeys.wake(settings.name)));
      return findNextReconcile(now, settings.tickMillis, wake);
    }),
  );
  return nexts.length === 0 ? undefined : Math.min(...nexts);
}

/** Where the sandbox's clock can't be asked the present is when somebody looked last. */
async function readNow(
  { clock, clockProblem, accounts, store }: Composition,
  problems: StatusProblem[],
): Promise<number> {
  if (clockProblem === undefined) return clock.now();
  problems.push({
    code: 'clock-unreachable',
    text: `${clockProblem} Times are those of the last look.`,
    since: undefined,
    remedy: 'purser sandbox',
  });
  const keys = [...accounts.keys()].flatMap((account) => [noteKeys.health(account), noteKeys.trouble(account)]);
  const notes = await Promise.all(keys.map((key) => store.readNote(key)));
  const looks = notes.flatMap((text) =>
    text === undefined || text === '' ? [] : [(JSON.parse(text) as HealthNote).at],
  );
  return looks.length === 0 ? clock.now() : Math.max(...looks);
}

/** Of policies that this process can't read nothing is said here; whatever plans them says why. */
function readSavings(
  engine: Composition,
  generation: GenerationRecord | undefined,
  now: number,
  plans: StatusSources['plans'],
): StatusSources['savings'] {
  if (generation === undefined) return [];
  try {
    return judgeWeek(engine.config, engine.compile(generation).fleets, now, plans);
  } catch (error) {
    if (error instanceof PurserError) return [];
    throw error;
  }
}

async function gather(context: CommandContext, engine: Composition): Promise<StatusSources> {
  const problems: StatusProblem[] = [];
  const now = await readNow(engine, problems);
  const noted = await readPlans(engine, now);
  const looks = noted.length === engine.accounts.size ? [] : await lookNow(context, engine, problems);
  const plans = noted.length === engine.accounts.size ? noted : looks.map(({ plan }) => plan);
  const processes = await listProcesses(engine.store);
  const ledgers = await Promise.all(
    [...engine.accounts.keys()].map((account) => engine.store.readLedger(account, now - DAY_MILLIS, now)),
  );
  const handles = await Promise.all([...engine.accounts.keys()].map((account) => engine.store.readHandles(account)));
  const redis = await checkRedis(engine.redisUrl);
  const frozenHere = engine.handles.readFrozenBy();
  const generation = await engine.store.readGeneration();
  const files = await compareFiles(engine.config, { cwd: context.cwd, now, present: generation });
  return {
    at: now,
    installation: engine.config.hasInstallation ? engine.config.installation : undefined,
    processes,
    nextTickAt: processes.some(({ role }) => role !== 'worker') ? await readNextTick(engine, now) : undefined,
    frozen: handles[0]?.freeze ?? (frozenHere === undefined ? undefined : { since: undefined, why: frozenHere }),
    accounts: await readHealth(engine, plans),
    generation: generation?.number,
    hasFiles: files.state !== 'none',
    redis: { appendOnly: redis.appendonly, evictionPolicy: redis.maxmemoryPolicy },
    plans,
    ledger: ledgers.flat(),
    paid: await readLastDay(engine, looks, now),
    problems,
    runways: await readRunways(engine, plans),
    needs: tellFiles(files, engine, generation?.number),
    savings: readSavings(engine, generation, now, plans),
  };
}

/** Before the first `up` or `apply` nothing is kept anywhere, and nothing is started to find that out. */
async function gatherWithoutStore({ cwd }: CommandContext, config: Config): Promise<StatusSources> {
  // The sandbox may be stopped: nothing here hangs on the hour.
  const now = createSystemClock().now();
  const frozenHere = openLocalHandles(config.stateDir, config.isFrozen).readFrozenBy();
  const files = await compareFiles(config, { cwd, now, present: undefined });
  return {
    at: now,
    installation: config.hasInstallation ? config.installation : undefined,
    processes: [],
    nextTickAt: undefined,
    frozen: frozenHere === undefined ? undefined : { since: undefined, why: frozenHere },
    accounts: [],
    generation: undefined,
    hasFiles: files.state !== 'none',
    redis: undefined,
    plans: [],
    ledger: [],
    paid: [],
    problems: [],
    runways: [],
    needs: [],
    savings: [],
  };
}

async function gatherFromStore(context: CommandContext, config: Config): Promise<StatusSources> {
  const engine = await composeEngine(config, { isQuiet: true, isUnnamedAllowed: true, doesWithoutClock: true });
  try {
    return await gather(context, engine);
  } finally {
    await engine.close();
  }
}

export const command: CommandModule = {
  example:
    'purser status                                 # exit code 0 whenever it could tell, also if something needs you\n' +
    "purser status --json | jq -e '.needsYou == []'  # 1 if something does",
  async run(context) {
    const config = context.config();
    const sources = await (hasStore(config) ? gatherFromStore : gatherWithoutStore)(context, config);
    const report = buildStatusReport(sources);
    if (context.json) context.printJson(statusToJson(report));
    else context.print(renderStatus(report, { ...context.facts, now: report.at }));
    return 0;
  },
};
