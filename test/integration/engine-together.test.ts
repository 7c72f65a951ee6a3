import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startScheduler } from '../../src/scheduler/scheduler.js';
import { childProgram } from './child-programs.js';
import { createFollowingDriver, createQueueDriver } from './engine-driver.js';
import { findViolations } from './engine-judge.js';
import { DAY, describeFleet, HOUR, listKept, MINUTE, openRig, type Rig } from './engine-rig.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

const WORKER = childProgram('worker');
/** Grows and shrinks at other hours each day, so that boundaries come while nobody wants their VMs. */
const SCHEDULE = [
  'schedule:',
  '  timezone: Europe/Paris',
  '  windows:',
  '    - {name: morning, from: "0 9 * * FRI", to: "0 11 * * FRI", replicas: 5}',
  '    - {name: evening, from: "0 15 * * SAT", to: "0 20 * * SAT", replicas: 4}',
].join('\n');

let redis: TestRedis;
let rig: Rig;
const workers: ChildProcess[] = [];

async function startWorkerProcess(): Promise<void> {
  const worker = fork(WORKER, [], {
    env: { ...process.env, ...rig.env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  workers.push(worker);
  await once(worker, 'message', { signal: AbortSignal.timeout(40_000) });
}

beforeAll(async () => {
  redis = await openTestRedis();
  rig = await openRig({ redis, installation: 'ab', world: { vms: [{ name: 'web', country: 'FR' }] } });
  await Promise.all([startWorkerProcess(), startWorkerProcess(), startWorkerProcess()]);
});
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await rig.close();
  await redis.close();
});

describe('three workers and two schedulers', () => {
  it('do nothing twice and forget nothing in two days of a fleet that grows and shrinks', async () => {
    const policies = [describeFleet('web', 1, SCHEDULE), describeFleet('api', 2)].join('\n---\n');
    await rig.publish(policies);
    const since = rig.clock.now();
    const wishes = [{ since, set: rig.check(policies).set }];
    const schedulers = [startScheduler(await rig.compose()), startScheduler(await rig.compose())];
    const driver = createFollowingDriver(rig);
    try {
      await driver.advanceTo(since + 2 * DAY + 9 * HOUR);
    } finally {
      for (const scheduler of schedulers) await scheduler.stop();
    }
    const books = rig.sandbox.books();
    expect(findViolations(books, { wishes, maxPrice: 0.8 })).toEqual([]);
    expect([listKept(books, 'web').length, listKept(books, 'api').length]).toEqual([1, 2]);
    expect(books.deletes.length).toBeGreaterThan(5);
    expect(books.calls['POST /vms/v3']!.count).toBe(books.creates.length);
  });

  it('take over from one another when one is told to end', async () => {
    const [first] = workers;
    const ended = once(first!, 'exit', { signal: AbortSignal.timeout(10_000) });
    first!.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const driver = createQueueDriver(rig);
    await rig.publish(describeFleet('api', 3));
    await driver.advanceBy(20 * MINUTE);
    await eventually('three of api', () => listKept(rig.sandbox.books(), 'api').length === 3);
  });
});
