// The only place where adapters are built and joined: configuration in, engine out. No decisions here.
import { randomInt } from 'node:crypto';
import { pino, type Logger } from 'pino';
import { openAll, type Opened } from './compose/opened.js';
import { createVariantMemory } from './compose/variant-memory.js';
import { readAccountKey } from './config/account-key.js';
import type { AccountConfig, Config } from './config/load-config.js';
import { openLocalHandles } from './config/local-handles.js';
import { readSecret } from './config/read-secret.js';
import { prepareStateDir } from './config/state-dir.js';
import { PurserError } from './core/errors.js';
import { ALPHABET } from './core/names.js';
import type { ApiClientOptions } from './fluence/api-client.js';
import { createCpuCloud } from './fluence/cloud/cpu-cloud.js';
import { createMarketplaceCloud } from './fluence/marketplace/marketplace-cloud.js';
import type { VariantMemory } from './fluence/marketplace/variants.js';
import { defaultTimeouts } from './fluence/send-request.js';
import { createCompiler, type PolicyContext } from './policy/policies-in-force.js';
import type { Clock } from './ports/clock.js';
import type { Cloud } from './ports/cloud.js';
import type { JobHandler } from './ports/queue.js';
import type { Store } from './ports/store.js';
import type { Traffic } from './ports/traffic.js';
import { openEmbeddedRedis } from './queue/embedded-redis.js';
import { createJobQueue } from './queue/job-queue.js';
import { startWorker, type JobReport, type JobWorker } from './queue/job-worker.js';
import { createRedisStore } from './queue/redis-store.js';
import { openStoreMemory } from './queue/store-memory.js';
import { createVirtualClock } from './queue/virtual-clock.js';
import type { Engine, EngineAccount } from './scheduler/engine.js';
import { createSystemClock } from './scheduler/system-clock.js';
import { createTraffic } from './scheduler/traffic.js';
import { createHttpProbe } from './signals/http-probe.js';
import { probeAll } from './signals/probe-all.js';
import { followSandboxClock } from './sim/follow-sandbox-clock.js';
import { readVersion } from './version.js';

const MOST_PROBE_BYTES = 65_536;
const PARALLEL_PROBES = 32;
/** A retry never waits longer in virtual time, where a real second may be an hour. */
const LONGEST_VIRTUAL_RETRY_MILLIS = 100;

/** Everything a process of Purser runs on. `close` ends all of it, in order. */
export interface Composition extends Engine {
  readonly config: Config;
  readonly log: Logger;
  readonly redisUrl: string;
  /** Why times are those of this machine: the sandbox whose clock was asked for doesn't answer. */
  readonly clockProblem: string | undefined;
  close(): Promise<void>;
}

export interface ComposeOptions {
  /** Where keys are looked up; default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** An account whose mode nobody said acts: for `apply`, which shows the plan and asks. Else it observes. */
  readonly actsWhereUntold?: boolean;
  /** The command speaks for itself: only errors are logged, unless the person asked for more than the default. */
  readonly isQuiet?: boolean;
  /** Works without an installation: for commands that only look. */
  readonly isUnnamedAllowed?: boolean;
  /** Goes by the clock of this machine where the sandbox's can't be asked: for what must work when the API is down. */
  readonly doesWithoutClock?: boolean;
  /** Takes each line of the log, JSON, instead of stderr. */
  readonly takeLog?: (line: string) => void;
  /** Says a sentence to the person at the terminal. */
  readonly tell?: (text: string) => void;
}

/** Logs go to stderr, unless a command takes them; keys are never among the fields, and redacted should one slip in. */
function createLog(config: Pick<Config, 'logLevel'>, takeLog?: (line: string) => void): Logger {
  const redact = ['key', '*.key', 'headers.authorization', 'headers["x-api-key"]'];
  const stream = takeLog === undefined ? pino.destination({ fd: 2, sync: true }) : { write: takeLog };
  return pino({ level: config.logLevel, base: null, redact }, stream);
}

export function describePolicyContext(config: Config): PolicyContext {
  return {
    accounts: config.accounts.map((account) => account.name),
    products: Object.fromEntries(config.accounts.map(({ name, product }) => [name, product])),
    installation: config.hasInstallation ? config.installation : undefined,
    protect: config.protect.map((expression) => expression.text),
  };
}

export interface CloudParts {
  /** Where keys are looked up; default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Manners that all processes keep. Absent: this process goes by itself. */
  readonly traffic?: Traffic | undefined;
  readonly variantMemory?: VariantMemory | undefined;
  /** Default: what suits a network. */
  readonly timeouts?: ApiClientOptions['timeouts'];
  readonly pause?: ApiClientOptions['pause'];
}

/** The cloud of one account, of whichever product it is. */
export function createCloud(account: AccountConfig, clock: Clock, parts: CloudParts = {}): Cloud {
  const { env = process.env, timeouts = defaultTimeouts, traffic, variantMemory, pause } = parts;
  const options = {
    account: account.name,
    baseUrl: account.url,
    readKey: () => readAccountKey(account, env),
    clock,
    timeouts,
    userAgent: `purser/${readVersion()}`,
    concurrency: account.concurrency,
    traffic,
    ...(pause === undefined ? {} : { pause }),
  };
  if (account.product === 'cloud') return createCpuCloud(options);
  return createMarketplaceCloud({ ...options, variant: account.variant, variantMemory });
}

function drawBody(): string {
  return Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

function openAccounts(
  config: Config,
  clock: Clock,
  store: Store,
  log: Logger,
  options: ComposeOptions,
): ReadonlyMap<string, EngineAccount> {
  const { env } = options;
  return new Map(
    config.accounts.map((account) => {
      const traffic = createTraffic({ ...account, account: account.name, store, clock });
      const variantMemory = createVariantMemory(store, account, log);
      const cloud = createCloud(account, clock, { env, traffic, variantMemory });
      const mode = !account.isModeTold && options.actsWhereUntold === true ? 'act' : account.mode;
      return [account.name, { settings: { ...account, mode }, cloud, traffic }];
    }),
  );
}

function requireInstallation(config: Config): void {
  if (config.hasInstallation) return;
  throw new PurserError(
    'config-invalid',
    `${config.path} names no installation: run \`purser init\`, which writes one (two characters that stand in the name of every VM).`,
  );
}

interface OpenedClock {
  readonly clock: Clock;
  readonly problem?: string;
  readonly closeClock: () => Promise<void>;
}

async function openSandboxClock(url: string, doesWithout: boolean): Promise<OpenedClock> {
  try {
    const clock = await followSandboxClock(url);
    return { clock, closeClock: () => Promise.resolve(clock.close()) };
  } catch (error) {
    if (!doesWithout || !(error instanceof PurserError)) throw error;
    return { clock: createSystemClock(), problem: error.message, closeClock: () => Promise.resolve() };
  }
}

async function openClock(config: Config, url: string, log: Logger, doesWithout: boolean): Promise<OpenedClock> {
  if (config.clock === 'virtual') {
    const clock = await createVirtualClock({ url, installation: config.installation, log });
    return { clock, closeClock: () => clock.close() };
  }
  if (config.clock === 'sandbox') return openSandboxClock(config.accounts[0]!.url, doesWithout);
  return { clock: createSystemClock(), closeClock: () => Promise.resolve() };
}

async function openParts(config: Config, options: ComposeOptions, log: Logger, opened: Opened): Promise<Composition> {
  const { installation } = config;
  const given = config.readRedisUrl();
  if (given === undefined) prepareStateDir(config.stateDir);
  const embedded = given === undefined ? await openEmbeddedRedis({ stateDir: config.stateDir, log }) : undefined;
  if (embedded !== undefined) opened.keep(embedded, (part) => part.close());
  const url = given ?? embedded!.url;
  const store = opened.keep(createRedisStore({ url, installation, log }), (part) => part.close());
  const queue = opened.keep(createJobQueue({ url, installation, log }), (part) => part.close());
  const openedClock = await openClock(config, url, log, options.doesWithoutClock === true);
  const { clock, problem } = opened.keep(openedClock, (part) => part.closeClock());
  const accounts = opened.keep(openAccounts(config, clock, store, log, options), async (parts) => {
    await Promise.all([...parts.values()].map(({ cloud }) => cloud.close()));
  });
  const wished = { clock, maxBodyBytes: MOST_PROBE_BYTES, proxyUrl: config.signalProxy };
  const probe = opened.keep(createHttpProbe(wished), (part) => part.close());
  return {
    config,
    log,
    redisUrl: url,
    clockProblem: problem,
    store,
    queue,
    clock,
    accounts,
    handles: openLocalHandles(config.stateDir, config.isFrozen),
    memory: openStoreMemory({ stateDir: config.stateDir, installation }),
    compile: createCompiler(describePolicyContext(config)),
    askSignals: (questions, abort) => probeAll(probe, questions, { parallel: PARALLEL_PROBES, abort }),
    readSecret: (source) => readSecret(source, options.env),
    drawBody,
    tell: options.tell,
    close: () => opened.closeAll(),
  };
}

/**
 * Builds the engine. Starts or joins the private Redis when no address is set. Throws `config-*`, `redis-*` and, with a
 * sandbox's clock, `api-unreachable`; what was opened until then is closed again.
 */
export async function composeEngine(config: Config, options: ComposeOptions = {}): Promise<Composition> {
  if (options.isUnnamedAllowed !== true) requireInstallation(config);
  const isTooLoud = options.isQuiet === true && (config.logLevel === 'info' || config.logLevel === 'warn');
  const log = createLog(isTooLoud ? { logLevel: 'error' } : config, options.takeLog);
  return openAll((opened) => openParts(config, options, log, opened));
}

/** Starts taking jobs in this process. The handlers come from workers/, which src never imports. */
export function startJobWorker(
  engine: Composition,
  handler: JobHandler,
  onJob?: (report: JobReport) => void,
): JobWorker {
  return startWorker({
    url: engine.redisUrl,
    installation: engine.config.installation,
    handler,
    concurrency: engine.config.workerConcurrency,
    clock: engine.clock,
    log: engine.log,
    ...(onJob === undefined ? {} : { onJob }),
    ...(engine.clock.isStepped === true ? { longestRetryMillis: LONGEST_VIRTUAL_RETRY_MILLIS } : {}),
  });
}
