// The shipped policies, unchanged, on each form of the marketplace's API that was ever documented. The sandbox's books judge.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { HOUR, MINUTE, openRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const SHIPPED = ['keep-web-in-france', 'office-hours', 'build-farm', 'reap-idle-ci'];
const policies = SHIPPED.map((name) => readFileSync(`policies/${name}.yaml`, 'utf8')).join('\n---\n');

let redis: TestRedis;
let rig: Rig;
let driver: MemoryDriver;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterEach(() => rig.close());
afterAll(() => redis.close());

async function open(variant: string, installation: string): Promise<void> {
  // The oldest form tells neither boundaries nor sums: nothing of it can be counted.
  const judgesCharges = variant !== 'oldest';
  rig = await openRig({ redis, installation, judgesCharges, world: { variant, balance: '500' } });
  driver = createMemoryDriver(rig);
  await rig.publish(policies);
}

const countRunning = (): readonly number[] =>
  ['web-', 'office-', 'farm-'].map(
    (prefix) =>
      rig.sandbox.books().vms.filter(({ name, status }) => name.startsWith(prefix) && status === 'active').length,
  );

/** Friday 06:00Z to Saturday 09:30Z: the office opens and closes, and the surplus comes to its boundary. */
async function playAWeekdayAndTheNight(): Promise<void> {
  await driver.advanceBy(3 * HOUR);
  expect(countRunning()).toEqual([4, 10, 4]);
  expect((await driver.readPlan()).refused).toEqual([]);
  await driver.advanceBy(24 * HOUR + 30 * MINUTE);
  expect(driver.takeErrors()).toEqual([]);
}

/** Charges of a VM after the first, had although its deletion was called for. */
function listLateCharges() {
  const { vms, charges } = rig.sandbox.books();
  const called = new Map(vms.map(({ id, deleteCalledAt }) => [id, deleteCalledAt]));
  return charges.filter(({ vmId, at }) => (called.get(vmId) ?? at) < at);
}

describe('the shipped policies, unchanged', () => {
  it.each([
    ['v3', 'm3'],
    ['v2', 'm2'],
  ])('hold on the marketplace of form %s: what nobody wants is gone before its boundary', async (variant, name) => {
    await open(variant, name);
    await playAWeekdayAndTheNight();
    expect(countRunning()).toEqual([4, 2, 4]);
    expect(rig.sandbox.books().totals).toMatchObject({ created: 18, deleted: 8, charges: 28 });
    expect(listLateCharges()).toEqual([]);
  });

  it('delete nothing where the oldest form tells no boundary, and say so of each VM', async () => {
    await open('oldest', 'm1');
    await playAWeekdayAndTheNight();
    expect(countRunning()).toEqual([4, 10, 4]);
    expect(rig.sandbox.books().totals).toMatchObject({ created: 18, deleted: 0 });
    const { holds, actions } = await driver.readPlan();
    expect(actions).toEqual([]);
    expect(holds.map(({ reason }) => reason.code)).toEqual(Array.from({ length: 18 }, () => 'boundary-unknown'));
  });
});
