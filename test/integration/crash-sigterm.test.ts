import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childProgram } from './child-programs.js';
import { askForReconcile, createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { describeFleet, HOUR, listKept, listRenewals, MINUTE, openRig, type Rig } from './engine-rig.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

const WORKER = childProgram('worker');
/** What users are promised. */
const LONGEST_END = 10_000;

let redis: TestRedis;
let rig: Rig;
let driver: MemoryDriver;
let worker: ChildProcess;

beforeEach(async () => {
  redis = await openTestRedis();
  rig = await openRig({ redis, installation: 'ab' });
  driver = createMemoryDriver(rig);
  worker = fork(WORKER, [], {
    env: { ...process.env, ...rig.env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(worker, 'message', { signal: AbortSignal.timeout(40_000) });
});
afterEach(async () => {
  worker.kill('SIGKILL');
  await rig.close();
  await redis.close();
});

/** Asks the process to end; returns how it did. */
async function endWorker(): Promise<{ code: number | null; millis: number }> {
  const startedAt = performance.now();
  const ended = once(worker, 'exit', { signal: AbortSignal.timeout(2 * LONGEST_END) });
  worker.kill('SIGTERM');
  const [code] = (await ended) as [number | null];
  return { code, millis: performance.now() - startedAt };
}

async function awaitCall(route: string): Promise<void> {
  await eventually('the call has arrived', () => rig.sandbox.books().calls[route]?.count === 1);
}

describe('a worker that is told to end', () => {
  it('ends at once when it has nothing to do', async () => {
    const { code, millis } = await endWorker();
    expect(code).toBe(0);
    expect(millis).toBeLessThan(5_000);
  });

  it('leaves a purchase without an answer unknown; it is settled by what the list shows', async () => {
    await rig.publish(describeFleet('web', 2));
    const effect = { kind: 'hang', afterEffect: true } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method: 'POST', path: '/vms/v3' }, effect }] });
    await askForReconcile(rig.engine.queue);
    await awaitCall('POST /vms/v3');
    const { code, millis } = await endWorker();
    expect(code).toBe(0);
    expect(millis).toBeLessThan(LONGEST_END);
    const { intents } = await driver.readBooks();
    expect(intents.filter((intent) => intent.kind === 'deploy').map((intent) => intent.state)).toEqual(['unknown']);

    await driver.advanceBy(30 * MINUTE);
    const books = rig.sandbox.books();
    expect(books.totals.created).toBe(2);
    expect(listKept(books, 'web').map((vm) => vm.status)).toEqual(['active', 'active']);
    expect((await driver.readBooks()).claims).toHaveLength(2);
  });

  it('leaves a deletion without an answer to the next worker, who sees it through before the boundary', async () => {
    await rig.publish(describeFleet('web', 2));
    await driver.advanceBy(10 * MINUTE);
    await rig.publish(describeFleet('web', 1));
    const boundary = Math.min(...rig.sandbox.books().vms.map((vm) => Date.parse(vm.nextBillingAt!)));
    await driver.advanceTo(boundary - 5 * MINUTE);
    await rig.clock.set((await driver.readPlan()).nextDeadlineAt! + 2_000);
    rig.sandbox.faults.add({ rules: [{ match: { method: 'DELETE', path: '/vms/v3' }, effect: { kind: 'hang' } }] });
    await askForReconcile(rig.engine.queue);
    await awaitCall('DELETE /vms/v3');
    expect((await endWorker()).millis).toBeLessThan(LONGEST_END);

    await driver.advanceBy(HOUR);
    const books = rig.sandbox.books();
    expect(books.deletes).toHaveLength(1);
    expect(Date.parse(books.deletes[0]!.goneAt!)).toBeLessThan(boundary);
    expect(listRenewals(books, books.deletes[0]!.vmId)).toEqual([]);
  });

  it('ends in time although Redis is gone', async () => {
    const effect = { kind: 'hang' } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method: 'GET', path: '/vms/v3' }, effect }] });
    await rig.publish(describeFleet('web', 2));
    await askForReconcile(rig.engine.queue);
    await awaitCall('GET /vms/v3');
    // Closing the last owner stops the private Redis; the worker only uses its address.
    await redis.redis.close();
    const { code, millis } = await endWorker();
    expect(code).toBe(0);
    expect(millis).toBeLessThan(LONGEST_END);
  });
});
