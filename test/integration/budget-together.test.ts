// One budget over three accounts, many fleets that want more than it allows, three worker processes on a real Redis that reconcile
// all accounts at once: together they buy what fits, and not one VM more. The sandboxes' own books judge.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeEngine, describePolicyContext, type Composition } from '../../src/compose.js';
import { loadConfig } from '../../src/config/load-config.js';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { requireValid } from '../../src/policy/policies-in-force.js';
import { createVirtualClock, type VirtualClock } from '../../src/queue/virtual-clock.js';
import { publishPolicies } from '../../src/scheduler/publish.js';
import { readPlanNote } from '../../src/scheduler/plan-note.js';
import { startSandbox } from '../../src/sim/sandbox-server.js';
import { readWorld } from '../../src/sim/world.js';
import { childProgram } from './child-programs.js';
import { describeFleet, MINUTE } from './engine-rig.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

const START = '2026-11-20T06:00:00Z';
const WORKER = childProgram('worker');
const NAMES = ['one', 'two', 'three'] as const;
const PRICE = 306_980n;
/** Charged when bought, and at its boundary of ten days more until the month ends. */
const CHARGES = 11n;
const LIMIT = 25_000_000n;

let redis: TestRedis;
let engine: Composition;
let clock: VirtualClock;
let sandboxes: readonly Awaited<ReturnType<typeof startSandbox>>[];
let folder: string;
const workers: ChildProcess[] = [];
let asked = 0;

async function startWorkerProcess(env: Readonly<Record<string, string>>): Promise<void> {
  const worker = fork(WORKER, [], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  workers.push(worker);
  await once(worker, 'message', { signal: AbortSignal.timeout(60_000) });
}

beforeAll(async () => {
  redis = await openTestRedis();
  folder = mkdtempSync(join(redis.stateDir, 'budget-'));
  clock = await createVirtualClock({ url: redis.url, installation: 'bt' });
  await clock.set(Date.parse(START));
  sandboxes = await Promise.all(
    NAMES.map((_, seed) => startSandbox({ world: readWorld({ start: START }), seed, clock })),
  );
  const accounts = NAMES.map((name, index) => {
    writeFileSync(join(folder, `${name}.key`), sandboxes[index]!.key, { mode: 0o600 });
    return `  ${name}: {product: marketplace, url: "${sandboxes[index]!.url}", keyFile: ${name}.key, mode: act, rate: 1000}`;
  });
  writeFileSync(join(folder, 'purser.yaml'), `accounts:\n${accounts.join('\n')}\n`);
  const env = {
    PURSER_STATE_DIR: folder,
    PURSER_REDIS_URL: redis.url,
    PURSER_INSTALLATION: 'bt',
    PURSER_CLOCK: 'virtual',
    PURSER_LOG_LEVEL: 'silent',
  };
  engine = await composeEngine(loadConfig({ env, cwd: folder }));
  await Promise.all([startWorkerProcess(env), startWorkerProcess(env), startWorkerProcess(env)]);
});
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await engine.close();
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  await clock.close();
  rmSync(folder, { recursive: true, force: true });
  await redis.close();
});

async function publish(limit: string): Promise<void> {
  const fleets = NAMES.flatMap((account) =>
    ['a', 'b'].map((letter) => describeFleet(`${account}-${letter}`, 5, `account: ${account}`)),
  );
  const budget = ['kind: budget', 'name: team', `limit: ${limit}`, 'timezone: UTC'].join('\n');
  const documents = [{ path: 'policies/test.yaml', text: [...fleets, budget].join('\n---\n') }];
  const context = { ...describePolicyContext(engine.config), defaultAccount: undefined, now: clock.now() };
  const checked = checkPolicies(documents, context);
  requireValid(checked);
  await publishPolicies(engine, { hash: checked.hash, policyHashes: checked.policyHashes, documents }, 'test');
}

async function isQuiet(): Promise<boolean> {
  const { waiting, active } = await engine.queue.counts();
  if (waiting + active > 0) return false;
  await pause(5);
  const again = await engine.queue.counts();
  return again.waiting + again.active === 0;
}

/** All accounts are asked for twice at the same time, and all that comes of it is carried out. */
async function roundOfAll(): Promise<void> {
  await clock.set(clock.now() + MINUTE / 2);
  const jobs = [...NAMES, ...NAMES].map((account) => {
    asked += 1;
    const data = { kind: 'reconcile', account, cause: 'test', afterLook: Number.MAX_SAFE_INTEGER } as const;
    return { id: `round-${asked}`, data, urgent: true };
  });
  await engine.queue.add(jobs);
  await eventually('the queue is quiet', isQuiet, 60_000);
}

function countBought(): readonly number[] {
  return sandboxes.map((sandbox) => sandbox.books().totals.created);
}

function total(): number {
  return countBought().reduce((sum, count) => sum + count, 0);
}

async function readBudget(account: string) {
  return (await readPlanNote(engine.store, account))?.budgets?.[0];
}

describe('a budget over three accounts, reconciled by three processes at once', () => {
  it('lets as many be bought as its limit pays until the end of the month, and not one more', async () => {
    await publish('25/month');
    for (let turn = 0; turn < 8; turn += 1) await roundOfAll();
    const fitting = Number(LIMIT / (PRICE * CHARGES));
    expect(fitting).toBe(7);
    expect(total()).toBe(fitting);
    // Every account says the same of it, and nobody that it is passed.
    for (const account of NAMES) {
      const budget = (await readBudget(account))!;
      expect(budget.expected).toBe(PRICE * CHARGES * BigInt(fitting));
      expect(budget.spent + budget.reserved).toBe(PRICE * BigInt(fitting));
      expect(budget.passesAt).toBeUndefined();
      expect(budget.notBought).toBeGreaterThan(0);
    }
  });

  it('goes on by what was charged once the limit is raised', async () => {
    await publish('32/month');
    for (let turn = 0; turn < 6; turn += 1) await roundOfAll();
    expect(total()).toBe(Number(32_000_000n / (PRICE * CHARGES)));
    expect((await readBudget('one'))!.spent).toBe(PRICE * BigInt(total()));
  });
});
