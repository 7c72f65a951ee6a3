import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { describeFleet, listKept, MINUTE, openRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let opened = 0;
let rig: Rig;
let driver: MemoryDriver;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterEach(() => rig.close());
afterAll(() => redis.close());

async function open(policies: string): Promise<void> {
  opened += 1;
  rig = await openRig({ redis, installation: `m${opened}` });
  driver = createMemoryDriver(rig);
  await rig.publish(policies);
  await driver.advanceBy(10 * MINUTE);
}

/** Counts the requests that are sent while `run` runs, by route. */
async function countRequests(run: () => Promise<void>): Promise<Readonly<Record<string, number>>> {
  const before = rig.sandbox.books().calls;
  await run();
  const sent = Object.entries(rig.sandbox.books().calls).map(
    ([route, { count }]) => [route, count - (before[route]?.count ?? 0)] as const,
  );
  return Object.fromEntries(sent.filter(([, count]) => count > 0));
}

const reap =
  'kind: reap\nname: idle\nmode: act\nselect: vm.name.startsWith("ci-")\nidle: {all: [{http: {url: "http://{vm.publicIp}/"}}]}';

function describeFleets(replicas: number): string {
  const fleets = ['one', 'two', 'three', 'four'].map((name) => describeFleet(name, replicas));
  return [...fleets, reap].join('\n---\n');
}

describe('reads of a tick', () => {
  it('are one listing for all policies where nothing is to be bought', async () => {
    await open(describeFleets(1));
    expect(await countRequests(() => driver.look())).toEqual({ 'GET /vms/v3': 1 });
  });

  it('are each asked once, however many fleets want to buy', async () => {
    await open(describeFleets(1));
    await rig.publish(describeFleets(2));
    const sent = await countRequests(() => driver.tick());
    expect(sent['POST /vms/v3']).toBe(4);
    expect(sent['POST /marketplace/offers']).toBe(1);
    expect(sent['GET /ssh_keys']).toBe(1);
    // Known from the first purchases, an hour long to the plan and a minute to the workers.
    expect(sent['GET /vms/v3/default_images'] ?? 0).toBeLessThanOrEqual(1);
    // The tick, and one look for each purchase and each naming that was answered.
    expect(sent['GET /vms/v3']).toBeLessThanOrEqual(1 + 4 + 4);
  });
});

describe('a service that fails again and again', () => {
  it('is named in the hold of the account, with its own words, and nothing is bought until it answers', async () => {
    await open(describeFleet('web', 1));
    const broken = { kind: 'answer', status: 503, body: { error: 'down for repair' } } as const;
    rig.sandbox.faults.add({ rules: [{ effect: broken, count: 0 }] });
    await rig.publish(describeFleet('web', 2));
    await driver.tick(3);
    const [hold] = (await driver.readPlan()).holds.filter(({ policy, vm }) => policy === undefined && vm === undefined);
    expect(hold).toMatchObject({ reason: { code: 'untrusted-inventory' } });
    expect(hold!.reason.text).toContain('times in a row since');
    expect(hold!.reason.text).toContain('down for repair');
    expect(hold!.reason.text).toContain('next try');
    const sent = await countRequests(() => driver.tick());
    // With the circuit open the look is the one request that tries.
    expect(sent).toEqual({ 'GET /vms/v3': 1 });
    rig.sandbox.faults.clear();
    await driver.tick(2);
    expect(listKept(rig.sandbox.books(), 'web')).toHaveLength(2);
  });

  it('that asks to be left alone is left alone by looks and workers alike', async () => {
    await open(describeFleet('web', 1));
    const busy = { kind: 'answer', status: 429, retryAfter: 60 } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method: 'GET', path: '/vms/v3' }, effect: busy }] });
    await driver.tick();
    const [hold] = (await driver.readPlan()).holds.filter(({ policy, vm }) => policy === undefined && vm === undefined);
    expect(hold!.reason.text).toContain('asked to be left alone until');
    await driver.tick();
    expect((await driver.readPlan()).holds.some(({ reason }) => reason.text.includes('left alone'))).toBe(false);
  });
});
