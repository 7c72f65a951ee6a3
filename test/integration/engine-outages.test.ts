import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startJobWorker } from '../../src/compose.js';
import { PurserError } from '../../src/core/errors.js';
import { startPolicyWatcher } from '../../src/scheduler/policy-watcher.js';
import { startScheduler } from '../../src/scheduler/scheduler.js';
import { createHandlers } from '../../workers/registry.js';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { describeFleet, HOUR, listKept, MINUTE, openRig, type Rig } from './engine-rig.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let rig: Rig;
let driver: MemoryDriver;

beforeEach(async () => {
  redis = await openTestRedis();
  rig = await openRig({ redis, installation: 'ab', world: { vms: [{ name: 'database', country: 'FR' }] } });
  driver = createMemoryDriver(rig);
});
afterEach(async () => {
  await rig.close();
  await redis.close();
});

async function buy(replicas: number): Promise<void> {
  await rig.publish(describeFleet('web', replicas));
  await driver.advanceBy(10 * MINUTE);
  expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(replicas);
}

/** Everything that Redis knew is gone, the queue's jobs included. */
async function emptyRedis(): Promise<void> {
  const direct = new Redis({ path: redis.redis.socket });
  await direct.flushall();
  await direct.quit();
  driver.queue.clear();
  await rig.clock.set(rig.clock.now() + 1_000);
}

describe('a Redis that was emptied', () => {
  it('makes Purser recover: members are counted by their names, nothing is deleted, nothing bought in their place', async () => {
    await buy(3);
    await rig.publish(describeFleet('web', 2));
    await driver.advanceBy(HOUR);
    await emptyRedis();
    await rig.publish(describeFleet('web', 2));
    await driver.advanceBy(3 * 24 * HOUR);
    const books = rig.sandbox.books();
    expect(books.totals.created).toBe(3);
    expect(books.deletes).toEqual([]);
    const codes = (await driver.readPlan()).holds.map((hold) => hold.reason.code);
    expect(codes).toEqual(expect.arrayContaining(['recovering', 'known-by-name']));
  });

  it('buys what is missing beside them, and nothing for a create that is still on its way', async () => {
    await buy(1);
    const effect = { kind: 'late-create', after: '4m', then: 'drop' } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method: 'POST', path: '/vms/v3' }, effect }] });
    await rig.publish(describeFleet('web', 2));
    await driver.look();
    expect(rig.sandbox.books().calls['POST /vms/v3']!.count).toBe(2);
    await emptyRedis();
    await rig.publish(describeFleet('web', 2));
    await driver.advanceBy(40 * MINUTE);
    expect(rig.sandbox.books().totals.created).toBe(2);
    await rig.publish(describeFleet('web', 3));
    await driver.advanceBy(10 * MINUTE);
    expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(3);
    expect(rig.sandbox.books().deletes).toEqual([]);
  });

  it('buys nothing again for a first purchase whose answer was lost with the store', async () => {
    const effect = { kind: 'late-create', after: '4m', then: 'drop' } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method: 'POST', path: '/vms/v3' }, effect }] });
    await rig.publish(describeFleet('web', 2));
    await driver.look();
    expect(rig.sandbox.books().calls['POST /vms/v3']!.count).toBe(1);
    await emptyRedis();
    await rig.publish(describeFleet('web', 2));
    await driver.advanceBy(40 * MINUTE);
    expect(rig.sandbox.books().totals.created).toBe(2);
  });

  it('is told by the worker what was bought while it was emptied: members, and nothing bought again', async () => {
    const rule = { match: { method: 'POST', path: '/vms/v3' }, delayMillis: 400, effect: { kind: 'pass' } } as const;
    rig.sandbox.faults.add({ rules: [rule] });
    await rig.publish(describeFleet('web', 2));
    const looking = driver.look();
    await eventually('the purchase is on its way', () => rig.sandbox.faults.rules[0]!.hits === 1);
    const direct = new Redis({ path: redis.redis.socket });
    await direct.flushall();
    await direct.quit();
    await rig.clock.set(rig.clock.now() + 1_000);
    await looking;
    await rig.publish(describeFleet('web', 2));
    await driver.advanceBy(40 * MINUTE);
    expect(rig.sandbox.books().totals.created).toBe(2);
    const { claims, notes } = await driver.readBooks();
    expect(claims.map(({ origin, state }) => [origin, state])).toEqual([
      ['bought', 'member'],
      ['bought', 'member'],
    ]);
    expect(notes.recovering).toBeUndefined();
  });

  it('is given its policies back by the process that watches them', async () => {
    await buy(1);
    const told: string[] = [];
    const check = () => Promise.resolve(rig.check(describeFleet('web', 1)));
    const watcher = await startPolicyWatcher(rig.engine, check, 'up', (text) => told.push(text));
    try {
      await emptyRedis();
      const record = await eventually('the policies are back', () => rig.engine.store.readGeneration());
      expect(record.hash).toBe(rig.check(describeFleet('web', 1)).hash);
      await eventually('it is told', () => told.at(-1)?.includes('had lost its policies'));
    } finally {
      await watcher.stop();
    }
  });

  it('gets back what was in force, not what lies in the files of a process that only followed', async () => {
    await buy(1);
    const inForce = (await rig.engine.store.readGeneration())!;
    let files = () => Promise.resolve(rig.check(describeFleet('web', 9)));
    const watcher = await startPolicyWatcher(
      rig.engine,
      () => files(),
      'up',
      () => undefined,
    );
    try {
      files = () => Promise.reject(new PurserError('policy-unreadable', 'The folder is gone.'));
      await eventually('it saw that the files are gone', () => watcher.problem() !== undefined);
      await emptyRedis();
      const record = await eventually('the policies are back', () => rig.engine.store.readGeneration());
      expect(record.hash).toBe(inForce.hash);
      expect(record.documents).toEqual(inForce.documents);
    } finally {
      await watcher.stop();
    }
  });
});

describe('a Redis that is away', () => {
  async function startAll(): Promise<() => Promise<void>> {
    const worker = startJobWorker(rig.engine, createHandlers(rig.engine));
    const scheduler = startScheduler(rig.engine);
    await worker.ready();
    return async () => {
      await scheduler.stop();
      await worker.close();
    };
  }
  /** The virtual time stands in Redis too: it is set again until it could be. */
  const stepTo = (instant: number) =>
    eventually('the time could be set', () =>
      rig.clock.set(instant).then(
        () => true,
        () => false,
      ),
    );
  async function liveOn(minutes: number): Promise<void> {
    for (let tick = 0; tick < 2 * minutes; tick += 1) {
      await stepTo(rig.clock.now() + MINUTE / 2);
      await eventually('all is quiet', () =>
        rig.engine.queue.counts().then(
          ({ waiting, active }) => waiting + active === 0,
          () => false,
        ),
      );
    }
  }

  it('is waited for: what was begun goes on when it is back, and nothing is done twice', async () => {
    await buy(1);
    await rig.publish(describeFleet('web', 3));
    const stop = await startAll();
    try {
      const killed = redis.redis.pid;
      await stepTo(rig.clock.now() + MINUTE / 2);
      process.kill(killed, 'SIGKILL');
      await eventually('it was started again', () => redis.redis.pid !== killed);
      await liveOn(20);
      const books = rig.sandbox.books();
      expect(books.totals.created).toBe(3);
      expect(listKept(books, 'web').map((vm) => vm.status)).toEqual(['active', 'active', 'active']);
    } finally {
      await stop();
    }
  });

  it('may be away for some seconds in the middle of purchases', async () => {
    await buy(1);
    const stop = await startAll();
    try {
      // Slow answers, so that Redis goes while the purchase is on its way and its outcome can't be written down at first.
      const rule = { match: { method: 'POST', path: '/vms/v3' }, delayMillis: 400, effect: { kind: 'pass' } } as const;
      rig.sandbox.faults.add({ rules: [rule] });
      await rig.publish(describeFleet('web', 3));
      await stepTo(rig.clock.now() + MINUTE / 2);
      // A look that began before the policies were published has its next one a while after this instant: time goes on.
      await eventually('the purchase is on its way', async () => {
        if (rig.sandbox.faults.rules[0]!.hits === 1) return true;
        await stepTo(rig.clock.now() + 1_000);
        return false;
      });
      const killed = redis.redis.pid;
      process.kill(killed, 'SIGKILL');
      await eventually('it was bought', () => rig.sandbox.books().totals.created === 3);
      await eventually('Redis is back', () => redis.redis.pid !== killed);
      await liveOn(20);
      expect(rig.sandbox.books().totals.created).toBe(3);
      const { claims, intents } = await rig.engine.store.readBooks('main');
      expect(claims.map((claim) => claim.state)).toEqual(['member', 'member', 'member']);
      expect(intents.filter((intent) => intent.kind === 'deploy').map((intent) => intent.state)).toEqual([
        'done',
        'done',
      ]);
    } finally {
      await stop();
    }
  });
});
