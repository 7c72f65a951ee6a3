import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule, FaultEffect } from '../../src/sim/faults.js';
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
afterAll(async () => {
  await redis.close();
});

/** A fleet `web` of so many running members, in a rig of its own that is closed after the test. */
async function open(replicas: number): Promise<void> {
  opened += 1;
  rig = await openRig({ redis, installation: `f${'0123456789abcdefghjkmnpqrstvwxyz'.charAt(opened)}` });
  driver = createMemoryDriver(rig);
  await rig.publish(describeFleet('web', replicas));
  await driver.advanceBy(10 * MINUTE);
  expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(replicas);
}

async function withFleet(replicas: number, run: () => Promise<void>): Promise<void> {
  await open(replicas);
  try {
    await run();
  } finally {
    await rig.close();
  }
}

function breakCalls(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  effect: FaultEffect,
  more: Partial<FaultRule> = {},
): void {
  rig.sandbox.faults.add({ rules: [{ match: { method, path: '/vms/v3' }, effect, ...more }] });
}

async function readCodes(): Promise<readonly string[]> {
  return [...new Set((await driver.readPlan()).holds.map((hold) => hold.reason.code))];
}

async function readEvents(): Promise<readonly string[]> {
  const entries = await rig.engine.store.readLedger('main', 0, Number.MAX_SAFE_INTEGER);
  return entries.map((entry) => entry.event);
}

function countCreated(): number {
  return rig.sandbox.books().totals.created;
}

/** Until the fleet is at rest: enough for a create in doubt to be settled and one to be bought in its place. */
const SETTLED = 40 * MINUTE;

describe('a create whose answer is lost', () => {
  const lost: readonly (readonly [string, FaultEffect])[] = [
    ['the connection is cut after the effect', { kind: 'lose-answer' }],
    ['it is never answered after the effect', { kind: 'hang', afterEffect: true }],
    ['it is answered with 500 after the effect', { kind: 'answer', status: 500, afterEffect: true }],
    [
      'it is answered with HTML after the effect',
      { kind: 'answer', status: 200, body: '<html>ok</html>', afterEffect: true },
    ],
    ['half of the answer arrives', { kind: 'cut-body', cutConnection: true }],
    ['it takes effect three minutes later', { kind: 'late-create', after: '3m', then: 'drop' }],
    ['it takes effect nine minutes later', { kind: 'late-create', after: '9m', status: 504 }],
  ];
  it.each(lost)('is not sent again: %s', (_name, effect) =>
    withFleet(0, async () => {
      breakCalls('POST', effect);
      await rig.publish(describeFleet('web', 2));
      await driver.advanceBy(SETTLED);
      expect(countCreated()).toBe(2);
      expect(listKept(rig.sandbox.books(), 'web').map((vm) => vm.status)).toEqual(['active', 'active']);
      expect(await readEvents()).toEqual(expect.arrayContaining(['buy-unknown', 'bought']));
      expect((await driver.readBooks()).claims.map((claim) => claim.state)).toEqual(['member', 'member']);
      expect(rig.sandbox.books().deletes).toEqual([]);
    }),
  );

  const nothing: readonly (readonly [string, FaultEffect])[] = [
    ['the connection is cut before the effect', { kind: 'drop' }],
    ['it is never answered', { kind: 'hang' }],
    ['503 and a time to wait', { kind: 'answer', status: 503, retryAfter: 1 }],
  ];
  it.each(nothing)('is bought anew when it can not turn up any more, not before: %s', (_name, effect) =>
    withFleet(0, async () => {
      const startedAt = rig.clock.now();
      breakCalls('POST', effect);
      await rig.publish(describeFleet('web', 2));
      await driver.advanceBy(8 * MINUTE);
      expect(countCreated()).toBe(0);
      expect((await driver.readPlan()).fleets).toMatchObject([{ wanted: 2, launching: 2 }]);
      await driver.advanceBy(SETTLED);
      expect(countCreated()).toBe(2);
      expect(Date.parse(rig.sandbox.books().creates[0]!.at) - startedAt).toBeGreaterThanOrEqual(10 * MINUTE);
      expect(await readEvents()).toEqual(expect.arrayContaining(['buy-unknown', 'buy-lapsed', 'bought']));
    }),
  );

  it('costs one period when it takes effect later than anybody waits, and no second one', () =>
    withFleet(0, async () => {
      breakCalls('POST', { kind: 'late-create', after: '30m', then: 'drop' });
      await rig.publish(describeFleet('web', 2));
      await driver.advanceBy(26 * HOUR);
      const books = rig.sandbox.books();
      expect(books.totals.created).toBe(4);
      expect(listKept(books, 'web')).toHaveLength(2);
      expect(books.deletes).toHaveLength(2);
      expect(books.deletes.map(({ vmId }) => listRenewals(books, vmId))).toEqual([[], []]);
      expect(await readEvents()).toContain('late-create');
      // Paid for, so they stay until their boundary: somebody may want them again.
      for (const { vmId, at } of books.deletes) {
        const { activeAt } = books.vms.find((vm) => vm.id === vmId)!;
        expect(Date.parse(at) - Date.parse(activeAt!)).toBeGreaterThan(23 * HOUR);
      }
    }));
});

describe('a listing that can not be believed', () => {
  const spoilt: readonly (readonly [string, FaultEffect])[] = [
    ['HTML instead of JSON', { kind: 'answer', status: 200, body: '<html><body>Maintenance</body></html>' }],
    ['500', { kind: 'answer', status: 500 }],
    ['503 and a time to wait', { kind: 'answer', status: 503, retryAfter: 60 }],
    ['an answer that ends in the middle', { kind: 'cut-body' }],
    ['a connection that is cut in the middle', { kind: 'cut-body', cutConnection: true }],
    ['no connection at all', { kind: 'drop' }],
    ['half of the VMs', { kind: 'partial-list', share: 0.5 }],
    ['no VM', { kind: 'partial-list', share: 0 }],
  ];
  it.each(spoilt)('lets nothing be bought or deleted, and is told: %s', (_name, effect) =>
    withFleet(4, async () => {
      // Two are surplus and one is to be bought.
      await rig.publish([describeFleet('web', 2), describeFleet('api', 1)].join('\n---\n'));
      breakCalls('GET', effect, { count: 0 });
      await driver.tick(10);
      expect(await readCodes()).toContain('untrusted-inventory');
      expect(countCreated()).toBe(4);
      expect(rig.sandbox.books().deletes).toEqual([]);
      expect((await driver.readBooks()).claims.map((claim) => claim.state)).toEqual(Array(4).fill('member'));

      rig.sandbox.faults.clear();
      await driver.advanceBy(25 * HOUR);
      const books = rig.sandbox.books();
      expect(books.totals.created).toBe(5);
      expect(books.deletes).toHaveLength(2);
      expect(books.deletes.map(({ vmId }) => listRenewals(books, vmId))).toEqual([[], []]);
      expect([listKept(books, 'web').length, listKept(books, 'api').length]).toEqual([2, 1]);
    }),
  );

  it('does not keep deletions from landing when the API is down for an hour before their deadline', () =>
    withFleet(2, async () => {
      await rig.publish(describeFleet('web', 1));
      const boundary = Math.min(...rig.sandbox.books().vms.map((vm) => Date.parse(vm.nextBillingAt!)));
      await driver.advanceTo(boundary - HOUR);
      breakCalls('GET', { kind: 'drop' }, { count: 0 });
      await driver.advanceTo(boundary - 3 * MINUTE);
      expect(await readCodes()).toContain('untrusted-inventory');
      rig.sandbox.faults.clear();
      await driver.advanceTo(boundary + MINUTE);
      const books = rig.sandbox.books();
      expect(books.deletes).toHaveLength(1);
      expect(Date.parse(books.deletes[0]!.goneAt!)).toBeLessThan(boundary);
    }));
});

describe('a clock that is nine hours off', () => {
  it.each([9 * HOUR, -9 * HOUR])(
    'lets nothing be bought or deleted until three looks agree (%i ms)',
    (dateSkewMillis) =>
      withFleet(2, async () => {
        await rig.publish(describeFleet('web', 1));
        const boundary = Math.min(...rig.sandbox.books().vms.map((vm) => Date.parse(vm.nextBillingAt!)));
        await driver.advanceTo(boundary - HOUR);
        rig.sandbox.faults.add({ dateSkewMillis });
        // The difference is a median of the last answers, so that one odd answer stops nothing.
        await driver.tick(6);
        await driver.advanceTo(boundary + HOUR);
        expect(await readCodes()).toContain('untrusted-clock');
        expect(rig.sandbox.books().deletes).toEqual([]);
        await rig.publish(describeFleet('web', 3));
        await driver.tick(5);
        expect(countCreated()).toBe(2);
        rig.sandbox.faults.clear();
        await driver.tick(10);
        expect(countCreated()).toBe(3);
        expect(await readCodes()).not.toContain('untrusted-clock');
      }),
  );
});
