// A whole Purser against a whole sandbox, for tests: private Redis, virtual time that both share, production engine and
// handlers. It starts and steps things and asks the books; it holds no rule of either side.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeEngine, createCloud, describePolicyContext, type Composition } from '../../src/compose.js';
import { loadConfig, type AccountConfig } from '../../src/config/load-config.js';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { requireValid } from '../../src/policy/policies-in-force.js';
import type { PolicySet } from '../../src/core/policy-types.js';
import type { GenerationRecord, Store } from '../../src/ports/store.js';
import type { Clock } from '../../src/ports/clock.js';
import { createVirtualClock, type VirtualClock } from '../../src/queue/virtual-clock.js';
import type { EngineAccount } from '../../src/scheduler/engine.js';
import type { WatchedFiles } from '../../src/scheduler/policy-watcher.js';
import { createTraffic } from '../../src/scheduler/traffic.js';
import { publishPolicies } from '../../src/scheduler/publish.js';
import type { BookedVm, MarketBooks } from '../../src/sim/marketplace/market-books.js';
import {
  startCloudSandbox,
  startSandbox,
  type RunningCloudSandbox,
  type RunningSandbox,
} from '../../src/sim/sandbox-server.js';
import { readCloudWorld, readWorld } from '../../src/sim/world.js';
import { findMiscounted } from './charge-judge.js';
import type { TestRedis } from './store-redis.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const ACCOUNT = 'main';
const START = '2026-11-20T06:00:00Z';
/** Calls that get no answer: long enough for a busy machine, short enough for a test. */
const CALL_MILLIS = 1_500;

export interface RigOptions {
  readonly redis: TestRedis;
  /** Two characters, its own for each rig of a Redis. */
  readonly installation: string;
  readonly world?: Record<string, unknown>;
  readonly seed?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether closing it compares what was counted as charged with the sandbox's books; only false where a test says why. */
  readonly judgesCharges?: boolean;
}

export interface Rig<Sandbox extends RunningSandbox | RunningCloudSandbox = RunningSandbox> {
  readonly sandbox: Sandbox;
  /** Stepped by the test; the sandbox goes by it too. */
  readonly clock: VirtualClock;
  readonly engine: Composition;
  /** For other processes of the same installation. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder of its own. */
  readonly folder: string;
  publish(policies: string): Promise<GenerationRecord>;
  check(policies: string): WatchedFiles & { readonly set: PolicySet };
  /** Another engine of the same installation, as another process would have; closed with the rig. */
  compose(): Promise<Composition>;
  close(): Promise<void>;
}

/** A fleet of the sandbox's smallest machines in France. */
export function describeFleet(name: string, replicas: number, more = ''): string {
  return [
    'kind: fleet',
    `name: ${name}`,
    'mode: act',
    `replicas: ${replicas}`,
    'where: {countries: [FR], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.80/day}',
    'vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}',
    ...(more === '' ? [] : [more]),
  ].join('\n');
}

/** Time-outs that a test can wait for; everything else is what compose.ts builds. */
function shortenTimeouts(engine: Composition): Composition {
  const accounts = new Map<string, EngineAccount>();
  for (const settings of engine.config.accounts)
    accounts.set(settings.name, shorten(engine.store, engine.clock, settings));
  return {
    ...engine,
    accounts,
    async close() {
      await Promise.all([...accounts.values()].map(({ cloud }) => cloud.close()));
      await engine.close();
    },
  };
}

function shorten(store: Store, clock: Clock, settings: AccountConfig): EngineAccount {
  const traffic = createTraffic({ ...settings, account: settings.name, store, clock });
  const cloud = createCloud(settings, clock, {
    timeouts: { connectMillis: CALL_MILLIS, callMillis: CALL_MILLIS, listingMillis: CALL_MILLIS },
    traffic,
    // What is asked again after a pause is tried by test/fluence; here it only takes time.
    pause: () => Promise.resolve(),
  });
  return { settings, cloud, traffic };
}

/** The engine of these variables, with short time-outs. */
export async function composeTestEngine(env: Readonly<Record<string, string>>): Promise<Composition> {
  return shortenTimeouts(await composeEngine(loadConfig({ env, cwd: env['PURSER_STATE_DIR']! }), { env }));
}

/** With a marketplace. */
export function openRig(options: RigOptions): Promise<Rig> {
  const { world = {}, seed = 1 } = options;
  return openRigWith(options, (clock) => startSandbox({ world: readWorld({ start: START, ...world }), seed, clock }));
}

/** With a cloud. */
export function openCloudRig(options: RigOptions): Promise<Rig<RunningCloudSandbox>> {
  const { world = {}, seed = 1, env = {} } = options;
  return openRigWith({ ...options, env: { FLUENCE_PRODUCT: 'cloud', ...env } }, (clock) =>
    startCloudSandbox({ world: readCloudWorld({ start: START, ...world }), seed, clock }),
  );
}

async function openRigWith<Sandbox extends RunningSandbox | RunningCloudSandbox>(
  { redis, installation, env: more = {}, judgesCharges = true }: RigOptions,
  start: (clock: VirtualClock) => Promise<Sandbox>,
): Promise<Rig<Sandbox>> {
  const folder = mkdtempSync(join(redis.stateDir, 'rig-'));
  const clock = await createVirtualClock({ url: redis.url, installation });
  await clock.set(Date.parse(START));
  const sandbox = await start(clock);
  writeFileSync(join(folder, 'key'), sandbox.key, { mode: 0o600 });
  const env = {
    PURSER_STATE_DIR: folder,
    PURSER_REDIS_URL: redis.url,
    PURSER_INSTALLATION: installation,
    PURSER_CLOCK: 'virtual',
    PURSER_ACCOUNT_MODE: 'act',
    PURSER_ACCOUNT_RATE: '1000',
    PURSER_LOG_LEVEL: 'silent',
    FLUENCE_API_URL: sandbox.url,
    FLUENCE_API_KEY_FILE: join(folder, 'key'),
    ...more,
  };
  const engines: Composition[] = [];
  const compose = async (): Promise<Composition> => {
    const composed = await composeTestEngine(env);
    engines.push(composed);
    return composed;
  };
  const engine = await compose();
  const check: Rig['check'] = (policies) => {
    const documents = [{ path: 'policies/test.yaml', text: policies }];
    const context = { ...describePolicyContext(engine.config), defaultAccount: ACCOUNT, now: clock.now() };
    const checked = checkPolicies(documents, context);
    const set = requireValid(checked);
    return {
      set,
      hash: checked.hash,
      filesHash: checked.hash,
      policyHashes: checked.policyHashes,
      documents,
    };
  };
  return {
    sandbox,
    clock,
    engine,
    env,
    folder,
    check,
    compose,
    publish: async (policies) => (await publishPolicies(engine, check(policies), 'test')).record,
    async close() {
      // A test may have taken its Redis away.
      const isThere = existsSync(redis.redis.socket);
      const miscounted = judgesCharges && isThere ? await findMiscounted(engine.store, ACCOUNT, sandbox.books()) : [];
      await Promise.all(engines.map((composed) => composed.close()));
      await sandbox.close();
      await clock.close();
      rmSync(folder, { recursive: true, force: true });
      if (miscounted.length > 0) throw new Error(`miscounted: ${miscounted.join('\n')}`);
    },
  };
}

/** VMs of a fleet that were bought and neither ended nor are being deleted. */
export function listKept(books: MarketBooks, fleet: string): readonly BookedVm[] {
  return books.vms.filter(
    (vm) => !vm.foreign && vm.names[0]!.startsWith(`${fleet}-`) && vm.endedAt === null && vm.deleteCalledAt === null,
  );
}

/** When the boundaries were at which a VM was charged, first payment excluded. */
export function listRenewals(books: MarketBooks, vmId: string): readonly string[] {
  return books.charges
    .filter((charge) => charge.vmId === vmId)
    .map((charge) => charge.at)
    .slice(1);
}
