import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CloudError } from '../../src/ports/cloud.js';
import type { EngineAccount } from '../../src/scheduler/engine.js';
import { readTroubleNote } from '../../src/scheduler/api-watch.js';
import type { FaultEffect } from '../../src/sim/faults.js';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { describeFleet, HOUR, listKept, listRenewals, MINUTE, openRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let opened = 0;
let rig: Rig;
let driver: MemoryDriver;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterEach(async () => {
  await rig.close();
});
afterAll(async () => {
  await redis.close();
});

async function open(replicas: number, world: Record<string, unknown> = {}): Promise<void> {
  opened += 1;
  rig = await openRig({ redis, world, installation: `r${'0123456789abcdefghjkmnpqrstvwxyz'.charAt(opened)}` });
  driver = createMemoryDriver(rig);
  await rig.publish(describeFleet('web', replicas));
  await driver.advanceBy(10 * MINUTE);
}

function findFirstBoundary(): number {
  return Math.min(...listKept(rig.sandbox.books(), 'web').map((vm) => Date.parse(vm.nextBillingAt!)));
}

function countCalls(route: string): number {
  return rig.sandbox.books().calls[route]?.count ?? 0;
}

async function findHold(code: string) {
  return (await driver.readPlan()).holds.find((hold) => hold.reason.code === code);
}

function breakDeletes(effect: FaultEffect, count = 1): void {
  rig.sandbox.faults.add({ rules: [{ match: { method: 'DELETE', path: '/vms/v3' }, effect, count }] });
}

describe('a purchase that is refused', () => {
  it('backs off after 422, gives up after five attempts, and goes on when the offers change', async () => {
    await open(0);
    const effect = { kind: 'answer', status: 422, body: { error: 'No suitable offer found' } } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method: 'POST', path: '/vms/v3' }, effect, count: 0 }] });
    await rig.publish(describeFleet('web', 2));
    await driver.tick(2);
    expect(await findHold('backing-off')).toMatchObject({ policy: 'web' });
    expect((await findHold('backing-off'))?.reason.text).toContain('No suitable offer found');
    await driver.advanceBy(3 * HOUR);
    expect(countCalls('POST /vms/v3')).toBe(5);
    expect(await findHold('gave-up')).toMatchObject({ policy: 'web' });
    expect(rig.sandbox.books().totals.created).toBe(0);

    rig.sandbox.faults.clear();
    await driver.advanceBy(HOUR);
    expect(countCalls('POST /vms/v3')).toBe(5);
    rig.sandbox.moveOffers({
      country: 'FR',
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      price: 310_000n,
      capacity: 9,
    });
    await driver.advanceBy(HOUR);
    expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(2);
  });

  it('waits for money after 402, says what it waits for, and tries again every quarter of an hour', async () => {
    await open(0, { balance: '1' });
    await rig.publish(describeFleet('web', 2));
    await driver.tick(2);
    expect((await findHold('no-balance'))?.reason.text).toContain('Insufficient balance');
    await driver.advanceBy(44 * MINUTE);
    expect(countCalls('POST /vms/v3')).toBe(3);
    rig.sandbox.deposit(10_000_000n);
    await driver.advanceBy(20 * MINUTE);
    expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(2);
    expect(await findHold('no-balance')).toBeUndefined();
  });

  it('calls for nothing with a wrong key, leaves word of it, and goes on when the key is right', async () => {
    await open(1);
    writeFileSync(join(rig.folder, 'key'), 'some-other-key', { mode: 0o600 });
    await rig.publish(describeFleet('web', 2));
    await driver.tick(3);
    expect(await readTroubleNote(rig.engine.store, 'main')).toMatchObject({ code: 'api-key-refused' });
    expect(rig.sandbox.books().totals.created).toBe(1);
    writeFileSync(join(rig.folder, 'key'), `${rig.sandbox.key}\n`, { mode: 0o600 });
    await driver.advanceBy(20 * MINUTE);
    expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(2);
    expect(await readTroubleNote(rig.engine.store, 'main')).toBeUndefined();
  });
});

/** The plan is made with the images as they were read at first; who reads them again while they are lost, fails. */
function loseImages({ engine }: Rig, areLost: () => boolean): ReadonlyMap<string, EngineAccount> {
  const account = engine.accounts.get('main')!;
  let reads = 0;
  const listImages = async () => {
    if (areLost() && (reads += 1) > 1) throw new CloudError('api-unreachable', 'no images', { effect: 'none' });
    return account.cloud.listImages();
  };
  const cloud = new Proxy(account.cloud, {
    get: (target, name): unknown => (name === 'listImages' ? listImages : Reflect.get(target, name)),
  });
  return new Map([['main', { ...account, cloud }]]);
}

describe('a purchase that could not be made while it was wanted', () => {
  it('is not made any more when it could be', async () => {
    await open(0);
    const schedule = [
      'schedule:',
      '  timezone: UTC',
      '  windows:',
      '    - {name: morning, from: "0 7 * * *", to: "0 8 * * *", replicas: 2}',
    ].join('\n');
    await rig.publish(describeFleet('web', 0, schedule));
    let areImagesLost = false;
    driver = createMemoryDriver(rig, { ...rig.engine, accounts: loseImages(rig, () => areImagesLost) });
    await driver.advanceTo(Date.parse('2026-11-20T06:50:00Z'));
    areImagesLost = true;
    await driver.advanceTo(Date.parse('2026-11-20T08:30:00Z'));
    expect((await driver.readBooks()).intents.filter((intent) => intent.kind === 'deploy')).not.toEqual([]);
    areImagesLost = false;
    await driver.advanceBy(30 * MINUTE);
    expect(rig.sandbox.books().totals.created).toBe(0);
  });
});

describe('a deletion that is refused', () => {
  const refusals: readonly (readonly [string, FaultEffect, number])[] = [
    ['500', { kind: 'answer', status: 500 }, 2],
    ['500 after the effect', { kind: 'answer', status: 500, afterEffect: true }, 1],
    ['429 and a second to wait', { kind: 'answer', status: 429, retryAfter: 1 }, 1],
    ['503 and an hour to wait', { kind: 'answer', status: 503, retryAfter: 3600 }, 1],
    ['no answer', { kind: 'hang' }, 1],
    ['a lost answer', { kind: 'lose-answer' }, 1],
    ['409', { kind: 'answer', status: 409, body: { error: 'VM is busy' } }, 1],
    ['HTML', { kind: 'answer', status: 200, body: '<html></html>' }, 1],
  ];
  it.each(refusals)('is repeated until it lands before the boundary: %s', async (_name, effect, count) => {
    await open(2);
    await rig.publish(describeFleet('web', 1));
    const boundary = findFirstBoundary();
    await driver.advanceTo(boundary - 5 * MINUTE);
    breakDeletes(effect, count);
    await driver.advanceTo(boundary + HOUR);
    const books = rig.sandbox.books();
    expect(books.deletes).toHaveLength(1);
    expect(Date.parse(books.deletes[0]!.goneAt!)).toBeLessThan(boundary);
    expect(listRenewals(books, books.deletes[0]!.vmId)).toEqual([]);
    expect((await driver.readBooks()).claims.map((claim) => claim.state)).toEqual(['member']);
  });

  const notFound = { kind: 'answer', status: 404, body: { error: 'VM not found: 0x00' } } as const;
  it.each([1, 2, 3])(
    'is split when one id of a bulk call is unknown, and no id is given up for it (%i times 404)',
    async (times) => {
      await open(4, { billing: { regime: 'fixed' } });
      await rig.publish(describeFleet('web', 1));
      const boundary = findFirstBoundary();
      await driver.advanceTo(boundary - 5 * MINUTE);
      const callsBefore = countCalls('DELETE /vms/v3');
      breakDeletes(notFound, times);
      await driver.advanceTo(boundary + HOUR);
      const books = rig.sandbox.books();
      expect(countCalls('DELETE /vms/v3') - callsBefore).toBeGreaterThan(times);
      expect(books.deletes).toHaveLength(3);
      for (const { goneAt } of books.deletes) expect(Date.parse(goneAt!)).toBeLessThan(boundary);
      expect(listKept(books, 'web').map((vm) => listRenewals(books, vm.id).length)).toEqual([1]);
    },
  );

  it('is asked for every ten seconds, not in a loop, and past its boundary not before the next one', async () => {
    await open(2);
    await rig.publish(describeFleet('web', 1));
    const boundary = findFirstBoundary();
    await driver.advanceTo(boundary - 5 * MINUTE);
    breakDeletes({ kind: 'answer', status: 409, body: { error: 'VM is busy' } }, 0);
    await driver.advanceTo(boundary + 10 * MINUTE);
    expect(countCalls('DELETE /vms/v3')).toBeGreaterThan(5);
    expect(countCalls('DELETE /vms/v3')).toBeLessThan(30);
    rig.sandbox.faults.clear();
    await driver.advanceTo(boundary + 25 * HOUR);
    const books = rig.sandbox.books();
    expect(books.deletes).toHaveLength(1);
    expect(listRenewals(books, books.deletes[0]!.vmId)).toHaveLength(1);
    expect(Date.parse(books.deletes[0]!.at)).toBeGreaterThan(boundary + 23 * HOUR);
  });
});

describe('a VM that its provider ends', () => {
  it('is replaced at once, and its record is removed', async () => {
    await open(2);
    const [first] = listKept(rig.sandbox.books(), 'web');
    rig.sandbox.terminate({ id: first!.id });
    await driver.tick(1);
    await driver.advanceBy(8 * MINUTE);
    expect(listKept(rig.sandbox.books(), 'web').map((vm) => vm.status)).toEqual(['active', 'active']);
    await driver.advanceBy(4 * MINUTE);
    const books = rig.sandbox.books();
    expect(books.totals.created).toBe(3);
    expect(books.vms.find((vm) => vm.id === first!.id)).toMatchObject({ status: 'gone', reserved: '0.000000' });
  });
});
