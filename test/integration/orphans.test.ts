// `kind: orphans` over HTTP: what serves nobody is found and told, and deleted where the policy acts and names it. The books of
// each product judge.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ALPHABET } from '../../src/core/names.js';
import type { RunningCloudSandbox, RunningSandbox } from '../../src/sim/sandbox-server.js';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { HOUR, MINUTE, openCloudRig, openRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let rig: Rig<RunningSandbox | RunningCloudSandbox>;
let driver: MemoryDriver;
let opened = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterEach(() => rig.close());
afterAll(() => redis.close());

async function openCloud(world: Record<string, unknown>): Promise<Rig<RunningCloudSandbox>> {
  opened += 1;
  const cloud = await openCloudRig({ redis, installation: `r${ALPHABET.charAt(opened)}`, world });
  rig = cloud;
  driver = createMemoryDriver(cloud);
  return cloud;
}

async function openMarket(world: Record<string, unknown>): Promise<Rig> {
  opened += 1;
  const market = await openRig({ redis, installation: `r${ALPHABET.charAt(opened)}`, world });
  rig = market;
  driver = createMemoryDriver(market);
  return market;
}

const tidy = (more: string) => ['kind: orphans', 'name: tidy', 'mode: act', 'minAge: 1h', more].join('\n');

describe('orphans on the cloud', () => {
  const world = {
    storages: [
      { name: 'ci-cache', country: 'FR', volumeGb: 50, createdAt: '2026-11-10T06:20:00Z' },
      { name: 'archive', country: 'FR', volumeGb: 50 },
    ],
    publicIps: [{ name: 'ci-ip', country: 'FR' }],
  };

  it('are deleted before their own boundary once they served nobody for long enough, if `select` names them', async () => {
    const cloud = await openCloud(world);
    const startedAt = rig.clock.now();
    await rig.publish(tidy('select: orphan.name.startsWith("ci-")'));
    await driver.advanceBy(10 * MINUTE);
    expect((await driver.readPlan()).orphans).toMatchObject([{ policy: 'tidy', parts: 2 }]);
    expect((await driver.readPlan()).holds.map(({ reason }) => reason.code)).toEqual(['too-young', 'too-young']);
    await driver.advanceBy(3 * HOUR);
    const books = cloud.sandbox.books();
    expect(books.leftovers.map(({ name }) => name)).toEqual(['archive']);
    expect(books.deletes.map(({ name }) => name).sort()).toEqual(['ci-cache', 'ci-ip']);
    for (const { resourceId, at, goneAt } of books.deletes) {
      const paidUntil = Date.parse(books.charges.findLast((charge) => charge.resourceId === resourceId)!.to);
      expect(Date.parse(at) - startedAt).toBeGreaterThanOrEqual(HOUR);
      expect(paidUntil - Date.parse(goneAt!)).toBeGreaterThan(0);
      expect(paidUntil - Date.parse(at)).toBeLessThanOrEqual(5 * MINUTE);
    }
  });

  it('of others are not touched without `select`, nor while the policy observes', async () => {
    const cloud = await openCloud(world);
    await rig.publish(tidy('billing: {deleteAt: now}'));
    await driver.advanceBy(3 * HOUR);
    expect((await driver.readPlan()).orphans).toMatchObject([{ parts: 0 }]);
    await rig.publish(tidy('select: orphan.kind != "vm"').replace('act', 'observe'));
    await driver.advanceBy(3 * HOUR);
    expect((await driver.readPlan()).orphans).toMatchObject([{ parts: 3, mode: 'observe' }]);
    expect(cloud.sandbox.books().deletes).toEqual([]);
  });
});

describe('ended VMs of the marketplace that lock their reserve', () => {
  it('have their records deleted once `select` names them, and those that run are left alone', async () => {
    const market = await openMarket({ vms: [{ name: 'old-1' }, { name: 'old-2' }, { name: 'other' }] });
    await rig.publish(tidy('select: orphan.kind == "vm" && orphan.name.startsWith("old-")'));
    await driver.advanceBy(10 * MINUTE);
    const [first, , other] = market.sandbox.books().vms;
    market.sandbox.terminate({ id: first!.id });
    market.sandbox.terminate({ id: other!.id });
    await driver.advanceBy(30 * MINUTE);
    expect((await driver.readPlan()).orphans).toMatchObject([{ vms: 1 }]);
    expect(market.sandbox.books().vms.filter(({ deleteCalledAt }) => deleteCalledAt !== null)).toEqual([]);
    await driver.advanceBy(2 * HOUR);
    const called = market.sandbox.books().vms.filter(({ deleteCalledAt }) => deleteCalledAt !== null);
    expect(called.map(({ name }) => name)).toEqual(['old-1']);
    expect((await driver.readBooks()).claims).toEqual([]);
    const ledger = await rig.engine.store.readLedger('main', 0, Number.MAX_SAFE_INTEGER);
    expect(ledger.map(({ event }) => event)).toContain('record-removed');
    expect(driver.takeErrors()).toEqual([]);
  });
});
