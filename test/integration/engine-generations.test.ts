import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/cli/policy-choice.js';
import { ALPHABET } from '../../src/core/names.js';
import { startPolicyWatcher, type PolicyWatcher } from '../../src/scheduler/policy-watcher.js';
import { createTickMemory, runTick } from '../../src/scheduler/tick.js';
import { createHandlers } from '../../workers/registry.js';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { ACCOUNT, DAY, describeFleet, HOUR, listKept, MINUTE, openRig, type Rig } from './engine-rig.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let opened = 0;
let rig: Rig;
let driver: MemoryDriver;

beforeAll(async () => {
  redis = await openTestRedis();
});
beforeEach(async () => {
  opened += 1;
  rig = await openRig({ redis, installation: `g${ALPHABET.charAt(opened)}` });
  driver = createMemoryDriver(rig);
});
afterEach(async () => {
  await rig.close();
});
afterAll(async () => {
  await redis.close();
});

async function buy(replicas: number): Promise<void> {
  await rig.publish(describeFleet('web', replicas));
  await driver.advanceBy(10 * MINUTE);
}

/** Plans and enqueues, and leaves the work undone. */
async function planOnly(): Promise<void> {
  const engine = { ...rig.engine, queue: driver.queue };
  await runTick(engine, ACCOUNT, createTickMemory(engine));
}

async function readStates(kind: 'deploy' | 'delete'): Promise<readonly string[]> {
  const { intents } = await driver.readBooks();
  return intents.filter((intent) => intent.kind === kind).map((intent) => intent.state);
}

function findFirstBoundary(): number {
  return Math.min(...listKept(rig.sandbox.books(), 'web').map((vm) => Date.parse(vm.nextBillingAt!)));
}

describe('work that was planned under an older generation', () => {
  it('is refused by workers: nothing is bought for it', async () => {
    await rig.publish(describeFleet('web', 2));
    await planOnly();
    expect(await readStates('deploy')).toEqual(['planned']);
    await rig.publish(describeFleet('web', 0));
    expect(await driver.queue.run(createHandlers({ ...rig.engine, queue: driver.queue }))).toEqual([]);
    expect(await readStates('deploy')).toEqual(['refused']);
    await driver.advanceBy(HOUR);
    expect(rig.sandbox.books().totals.created).toBe(0);
  });

  it('is refused by workers: nothing is deleted for it', async () => {
    await buy(2);
    await rig.publish(describeFleet('web', 1));
    const boundary = findFirstBoundary();
    await driver.advanceTo(boundary - 5 * MINUTE);
    await rig.clock.set((await driver.readPlan()).nextDeadlineAt! + 2_000);
    await planOnly();
    expect(await readStates('delete')).toEqual(['planned']);
    await rig.publish(describeFleet('web', 2));
    await driver.advanceTo(boundary + HOUR);
    expect(await readStates('delete')).toEqual(['refused']);
    expect(rig.sandbox.books().deletes).toEqual([]);
    expect((await driver.readBooks()).claims.map((claim) => claim.state)).toEqual(['member', 'member']);
  });
});

describe('members whose policy is gone', () => {
  it('are never deleted, are told with their cost, and come back with it', async () => {
    await buy(2);
    await rig.publish(describeFleet('other', 0));
    await driver.advanceBy(3 * DAY);
    expect(rig.sandbox.books().deletes).toEqual([]);
    const { others } = await driver.readPlan();
    expect(others).toMatchObject([
      { kind: 'unclaimed', policy: 'web', price: { amount: 306_980n } },
      { kind: 'unclaimed', policy: 'web' },
    ]);
    await rig.publish(describeFleet('web', 2));
    await driver.advanceBy(DAY);
    expect(rig.sandbox.books().totals).toMatchObject({ created: 2, deleted: 0 });
    expect((await driver.readPlan()).fleets).toMatchObject([{ policy: 'web', running: 2 }]);
  });

  it('follow a policy that names it as its former name; nothing is bought or deleted for a rename', async () => {
    await buy(2);
    await rig.publish(describeFleet('site', 2, 'formerly: [web]'));
    await driver.advanceBy(2 * DAY);
    expect(rig.sandbox.books().totals).toMatchObject({ created: 2, deleted: 0 });
    expect((await driver.readBooks()).claims.map((claim) => claim.policy)).toEqual(['site', 'site']);
    await rig.publish(describeFleet('site', 3, 'formerly: [web]'));
    await driver.advanceBy(10 * MINUTE);
    expect(listKept(rig.sandbox.books(), 'site')).toHaveLength(1);
    await rig.publish(describeFleet('site', 1, 'formerly: [web]'));
    await driver.advanceBy(DAY);
    const books = rig.sandbox.books();
    expect(books.deletes).toHaveLength(2);
    expect(listKept(books, 'site').length + listKept(books, 'web').length).toBe(1);
  });
});

describe('policy files that can not be used while Purser runs', () => {
  let watcher: PolicyWatcher;
  let folder: string;
  const told: string[] = [];

  const write = (text: string) => writeFileSync(join(folder, 'web.yaml'), text);
  const readNumber = async () => (await rig.engine.store.readGeneration())?.number;
  const awaitProblem = (part: RegExp) => eventually('the problem is told', () => part.test(watcher.problem() ?? ''));

  beforeEach(async () => {
    told.length = 0;
    folder = join(rig.folder, 'policies');
    mkdirSync(folder);
    write(describeFleet('web', 1));
    const check = async () => {
      const present = await rig.engine.store.readGeneration();
      return checkFiles(rig.engine.config, ['policies'], { cwd: rig.folder, now: rig.clock.now(), present });
    };
    watcher = await startPolicyWatcher(rig.engine, check, 'up', (text) => told.push(text));
  });
  afterEach(async () => {
    await watcher.stop();
  });

  it.each([
    ['vanished', () => rmSync(folder, { recursive: true }), /does not exist/],
    ['is empty', () => rmSync(join(folder, 'web.yaml')), /holds no policies/],
    ['holds broken YAML', () => write('kind: fleet\nname: [web'), /web\.yaml:\d+:\d+/],
    ['holds a fleet without a price', () => write('kind: fleet\nname: web\nreplicas: 3'), /web\.yaml:\d+:\d+/],
    ['holds a file that is far too large', () => write(`# ${'x'.repeat(2_000_000)}`), /larger than/],
  ] as const)('leave the last good generation in force: the folder %s', async (_name, spoil, said) => {
    expect(await readNumber()).toBe(1);
    await driver.advanceBy(10 * MINUTE);
    spoil();
    await awaitProblem(said);
    expect(told.at(-1)).toContain('The last good generation stays in force.');
    expect(await readNumber()).toBe(1);
    await driver.advanceBy(2 * DAY);
    expect(rig.sandbox.books().totals).toMatchObject({ created: 1, deleted: 0 });
    expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(1);

    mkdirSync(folder, { recursive: true });
    write(describeFleet('web', 2));
    await eventually('the mended files are in force', async () => (await readNumber()) === 2);
    await driver.advanceBy(10 * MINUTE);
    expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(2);
  });
});
