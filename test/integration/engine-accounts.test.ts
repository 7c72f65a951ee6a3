// One fleet over two accounts of different products, over HTTP: its own sandbox, key, rate and rails for each.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHandlers } from '../../workers/registry.js';
import { lookAtAccounts } from '../../src/cli/look-at-accounts.js';
import { composeEngine, describePolicyContext, type Composition } from '../../src/compose.js';
import { loadConfig } from '../../src/config/load-config.js';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { requireValid } from '../../src/policy/policies-in-force.js';
import { createVirtualClock, type VirtualClock } from '../../src/queue/virtual-clock.js';
import { readPlanNote } from '../../src/scheduler/plan-note.js';
import { publishPolicies } from '../../src/scheduler/publish.js';
import { startCloudSandbox, startSandbox } from '../../src/sim/sandbox-server.js';
import { readCloudWorld, readWorld } from '../../src/sim/world.js';
import { MINUTE } from './engine-rig.js';
import { createMemoryQueue, type MemoryQueue } from './memory-queue.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const START = '2026-11-20T06:00:00Z';
const NAMES = ['daily', 'hourly'] as const;

let redis: TestRedis;
let opened = 0;
let engine: Composition;
let clock: VirtualClock;
let queue: MemoryQueue;
let sandboxes: readonly [Awaited<ReturnType<typeof startSandbox>>, Awaited<ReturnType<typeof startCloudSandbox>>];
let folder: string;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());
afterEach(async () => {
  await engine.close();
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  await clock.close();
  rmSync(folder, { recursive: true, force: true });
});

function describeFleet(replicas: number, maxPrice: string): string {
  return [
    'kind: fleet',
    'name: web',
    `account: [${NAMES.join(', ')}]`,
    `replicas: ${replicas}`,
    `where: {countries: [FR], minimum: {vcpu: 2, ramGb: 4, storageGb: 25}, maxPrice: ${maxPrice}}`,
    'vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}',
  ].join('\n');
}

async function publish(policies: string): Promise<void> {
  const documents = [{ path: 'policies/test.yaml', text: policies }];
  const context = { ...describePolicyContext(engine.config), defaultAccount: undefined, now: clock.now() };
  const checked = checkPolicies(documents, context);
  requireValid(checked);
  const { hash, policyHashes } = checked;
  await publishPolicies(engine, { hash, policyHashes, documents }, 'test');
}

async function open(policies: string): Promise<void> {
  opened += 1;
  const installation = `n${opened}`;
  folder = mkdtempSync(join(redis.stateDir, 'accounts-'));
  clock = await createVirtualClock({ url: redis.url, installation });
  await clock.set(Date.parse(START));
  sandboxes = [
    await startSandbox({ world: readWorld({ start: START }), seed: 1, clock }),
    await startCloudSandbox({ world: readCloudWorld({ start: START }), seed: 1, clock }),
  ];
  for (const [index, name] of NAMES.entries())
    writeFileSync(join(folder, `${name}.key`), sandboxes[index]!.key, { mode: 0o600 });
  const account = (index: 0 | 1, product: string): string =>
    `  ${NAMES[index]}: {product: ${product}, url: "${sandboxes[index].url}", keyFile: ${NAMES[index]}.key, mode: act, rate: 1000}`;
  const config = `accounts:\n${account(0, 'marketplace')}\n${account(1, 'cloud')}\n`;
  writeFileSync(join(folder, 'purser.yaml'), config);
  const env = {
    PURSER_STATE_DIR: folder,
    PURSER_REDIS_URL: redis.url,
    PURSER_INSTALLATION: installation,
    PURSER_CLOCK: 'virtual',
    PURSER_LOG_LEVEL: 'silent',
  };
  engine = await composeEngine(loadConfig({ env, cwd: folder }));
  queue = createMemoryQueue(clock);
  await publish(policies);
}

/** A tick of both, and all that comes of it. */
async function tick(times = 1, stepMillis = MINUTE / 2): Promise<void> {
  const handler = createHandlers({ ...engine, queue });
  for (let done = 0; done < times; done += 1) {
    await clock.set(clock.now() + stepMillis);
    const jobs = NAMES.map((name) => ({
      id: `tick-${name}-${clock.now()}`,
      data: { kind: 'reconcile', account: name, cause: 'tick' } as const,
    }));
    await queue.add(jobs);
    expect(await queue.run(handler)).toEqual([]);
  }
}

async function countMembers(): Promise<readonly number[]> {
  const books = await Promise.all(NAMES.map((name) => engine.store.readBooks(name)));
  return books.map(({ claims }) => claims.filter(({ state }) => state === 'member').length);
}

async function findCodes(account: string): Promise<readonly string[]> {
  return ((await readPlanNote(engine.store, account))?.holds ?? []).map(({ reason }) => reason.code);
}

describe('a fleet over an account by the day and one by the hour', () => {
  it('is bought whole, once, in the one that is cheaper, and stays so', async () => {
    await open(describeFleet(3, '5/day'));
    await tick(6);
    // In France 0.306980 a day against 0.019650 an hour, which is 0.471600 a day.
    expect(await countMembers()).toEqual([3, 0]);
    await tick(6);
    expect(await countMembers()).toEqual([3, 0]);
  });

  it('is planned as it will be bought, though no look was ever written down', async () => {
    await open(describeFleet(3, '5/day'));
    const record = (await engine.store.readGeneration())!;
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const looks = await lookAtAccounts(context, engine, { set: engine.compile(record), record });
    const bought = looks.map(({ plan }) => plan.actions.map((action) => action.kind === 'deploy' && action.count));
    expect(bought).toEqual([[3], []]);
    const holds = looks.flatMap(({ plan }) => plan.holds);
    expect(holds.map(({ account, reason }) => [account, reason.code])).toEqual([['hourly', 'bought-elsewhere']]);
  });

  it('is bought in the dearer one as far as the budget of the cheaper one pays no more, and is planned so beforehand', async () => {
    // One VM at 0.306980 until midnight, and its cap of two percent more.
    const budget = ['kind: budget', 'name: cap', 'scope: {accounts: [daily]}', 'limit: 0.32/day', 'timezone: UTC'];
    await open([describeFleet(3, '5/day'), budget.join('\n')].join('\n---\n'));
    const record = (await engine.store.readGeneration())!;
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const looks = await lookAtAccounts(context, engine, { set: engine.compile(record), record });
    const bought = looks.map(({ plan }) => plan.actions.map((action) => action.kind === 'deploy' && action.count));
    expect(bought).toEqual([[1], [2]]);
    await tick(3);
    expect(await countMembers()).toEqual([1, 2]);
    await tick(6);
    expect(await countMembers()).toEqual([1, 2]);
    expect(sandboxes[0].books().totals.created).toBe(1);
    expect(sandboxes[1].books().vms).toHaveLength(2);
  });

  it('buys nothing in place of members whose account can not be read, and grows in the other one', async () => {
    await open(describeFleet(2, '5/day'));
    await tick(6);
    const before = await countMembers();
    const full = before.indexOf(2) as 0 | 1;
    const other = full === 0 ? 1 : 0;
    sandboxes[full].faults.add({ rules: [{ effect: { kind: 'answer', status: 503 }, count: 0 }] });
    await tick(8);
    expect(await countMembers()).toEqual(before);
    await publish(describeFleet(3, '5/day'));
    await tick(6);
    expect((await countMembers())[other]).toBe(1);
    expect((await countMembers())[full]).toBe(2);
    sandboxes[full].faults.clear();
    await tick(6);
    expect((await countMembers()).reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it('buys nothing while one of them was never seen: it may have all that is wanted', async () => {
    await open(describeFleet(2, '5/day'));
    sandboxes[1].faults.add({ rules: [{ effect: { kind: 'drop' }, count: 0 }] });
    await tick(4);
    expect(await countMembers()).toEqual([0, 0]);
    expect(await findCodes(NAMES[0])).toContain('account-unread');
    sandboxes[1].faults.clear();
    await tick(6);
    expect((await countMembers()).reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('acts with no key that shows none of the VMs that we know, however long it stays, and goes on with the right one', async () => {
    await open(describeFleet(2, '5/day'));
    await tick(6);
    const before = await countMembers();
    const full = before.indexOf(2) as 0 | 1;
    const name = NAMES[full];
    const [path, body] = full === 0 ? ['/vms/v3', []] : ['/v2/vms', { items: [] }];
    // Another account: its key is good, and its list is empty.
    writeFileSync(join(folder, `${name}.key`), 'key-of-another-account', { mode: 0o600 });
    const effect = { kind: 'answer', status: 200, body } as const;
    sandboxes[full].faults.add({ rules: [{ match: { method: 'GET', path }, effect, count: 0 }] });
    await tick(5, 5 * MINUTE);
    expect(await findCodes(name)).toContain('key-replaced');
    expect(await countMembers()).toEqual(before);
    expect(sandboxes.map((sandbox) => sandbox.books().totals.created)).toEqual(full === 0 ? [2, 0] : [0, 2]);
    writeFileSync(join(folder, `${name}.key`), sandboxes[full].key, { mode: 0o600 });
    sandboxes[full].faults.clear();
    await tick(4);
    expect(await findCodes(name)).not.toContain('key-replaced');
    expect(await countMembers()).toEqual(before);
  });
});
