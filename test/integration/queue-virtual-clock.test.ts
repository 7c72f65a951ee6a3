import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../../src/queue/virtual-clock.js';
import { NOW } from '../queue/books-samples.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
const clocks: VirtualClock[] = [];

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  await Promise.all(clocks.map((clock) => clock.close()));
  await redis.close();
});

async function open(installation: string): Promise<VirtualClock> {
  const clock = await createVirtualClock({ url: redis.url, installation });
  clocks.push(clock);
  return clock;
}

describe('a virtual clock', () => {
  it('stands until it is stepped, and then shows the same time everywhere', async () => {
    const driver = await open('ab');
    const follower = await open('ab');
    expect(driver.now()).toBe(0);
    await driver.set(NOW);
    expect(driver.now()).toBe(NOW);
    await follower.sync();
    expect(follower.now()).toBe(NOW);
    expect((await open('ab')).now()).toBe(NOW);
    expect((await open('zz')).now()).toBe(0);
  });

  it('lets waits end when it was stepped that far, not before, and when they are aborted', async () => {
    const driver = await open('cd');
    const follower = await open('cd');
    await driver.set(NOW);
    await follower.sync();
    const ended: string[] = [];
    const abort = new AbortController();
    const near = follower.waitUntil(NOW + 10).then(() => ended.push('near'));
    const far = follower.waitUntil(NOW + 20).then(() => ended.push('far'));
    const aborted = follower.waitUntil(NOW + 30, abort.signal).then(() => ended.push('aborted'));
    await driver.set(NOW + 9);
    await eventually('the follower heard of it', () => follower.now() === NOW + 9);
    expect(ended).toEqual([]);
    await driver.set(NOW + 15);
    await near;
    await follower.waitUntil(NOW + 15);
    expect(ended).toEqual(['near']);
    abort.abort();
    await aborted;
    await driver.set(NOW + 25);
    await far;
    expect(ended).toEqual(['near', 'aborted', 'far']);
  });

  it('can be set back, as wall clocks can, and is right again after Redis was killed', async () => {
    const driver = await open('ef');
    const follower = await open('ef');
    await driver.set(NOW);
    await driver.set(NOW - 5);
    await eventually('the follower heard of it', () => follower.now() === NOW - 5);
    const waiting = follower.waitUntil(NOW + 1);
    process.kill(redis.redis.pid, 'SIGKILL');
    await eventually('the driver can step again', () =>
      driver.set(NOW + 1).then(
        () => true,
        () => false,
      ),
    );
    await waiting;
    expect(follower.now()).toBe(NOW + 1);
  });
});
