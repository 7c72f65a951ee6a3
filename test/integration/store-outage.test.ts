import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRedis } from '../../src/queue/check-redis.js';
import { describeRedis, openConnection } from '../../src/queue/connection.js';
import { createJobQueue } from '../../src/queue/job-queue.js';
import { startWorker } from '../../src/queue/job-worker.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import { createSystemClock } from '../../src/scheduler/system-clock.js';
import { makeClaim, makeEntry, makeIntent, NOW } from '../queue/books-samples.js';
import { eventually, openTestRedis, silentLog, type TestRedis } from './store-redis.js';

describe('a Redis that is killed', () => {
  let redis: TestRedis;
  beforeEach(async () => {
    redis = await openTestRedis();
  });
  afterEach(async () => {
    await redis.close();
  });

  it('comes back with everything in the store, and leases and gates still stand', async () => {
    const store = createRedisStore({ url: redis.url, installation: 'ab' });
    await store.readBirth(NOW);
    const lease = (await store.acquireLease('account:main', 'test', 120_000))!;
    const changes = [
      { kind: 'claim', claim: makeClaim('0x1', { state: 'parked' }), expect: 'absent' },
      { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' },
    ] as const;
    await store.commit(lease, { account: 'main', generation: 0, changes, ledger: [makeEntry(NOW)] });
    const call = { account: 'main', intent: 'k3f9x2', generation: 0, leaseMillis: 120_000, now: NOW, doom: ['0x1'] };
    expect(await store.beginCall({ ...call, attempt: 'first' })).toMatchObject({ granted: true, doomed: ['0x1'] });
    const before = await store.readBooks('main');

    const killed = redis.redis.pid;
    process.kill(killed, 'SIGKILL');
    await eventually('it was started again', () => redis.redis.pid !== killed);
    expect(await store.readBooks('main')).toEqual(before);
    expect(await store.beginCall({ ...call, attempt: 'second' })).toMatchObject({ granted: false, why: 'in-flight' });
    expect(await store.acquireLease('account:main', 'other', 1_000)).toBeUndefined();
    expect(await store.renewLease(lease)).toBe(true);
    expect(await store.readLedger('main', 0, NOW)).toEqual([makeEntry(NOW)]);
    await store.close();
  });

  it('lets workers go on by themselves: every job is done, and only open ones may run twice', async () => {
    const queue = createJobQueue({ url: redis.url, installation: 'ab' });
    const finished = new Map<string, number>();
    const worker = startWorker({
      url: redis.url,
      installation: 'ab',
      concurrency: 5,
      clock: createSystemClock(),
      log: silentLog,
      handler: async (data) => Promise.resolve({ result: 'done', text: data.account }),
      onJob: ({ id }) => finished.set(id, (finished.get(id) ?? 0) + 1),
    });
    const ids = Array.from({ length: 2_000 }, (_, index) => `job${index}`);
    await queue.add(ids.map((id) => ({ id, data: { kind: 'probe', account: id } })));
    await eventually('it is at work', () => finished.size > 100);
    process.kill(redis.redis.pid, 'SIGKILL');
    await eventually('all jobs are done', () => finished.size === ids.length, 30_000);
    await queue.add([{ id: 'afterwards', data: { kind: 'probe', account: 'main' } }]);
    await eventually('new jobs too', () => finished.has('afterwards'));
    // A job whose end Redis never heard of runs again; those are at most the ones that were open.
    expect([...finished.values()].filter((runs) => runs > 1).length).toBeLessThanOrEqual(5);
    // Emptied under the worker's hands: nothing is left, and new work is found all the same.
    const direct = new Redis({ path: redis.redis.socket });
    await direct.flushall();
    await direct.quit();
    await queue.add([{ id: 'after-the-flood', data: { kind: 'probe', account: 'main' } }]);
    await eventually('work after it was emptied', () => finished.has('after-the-flood'));
    await worker.close();
    await queue.close();
  });
});

describe('a Redis that is not there', () => {
  const url = 'unix:///nonexistent/purser.sock';

  it('makes every command fail with one clear code within seconds', async () => {
    const store = createRedisStore({ url, installation: 'ab' });
    const queue = createJobQueue({ url, installation: 'ab' });
    const startedAt = performance.now();
    const expected = { name: 'PurserError', code: 'redis-unreachable' };
    await Promise.all([
      expect(store.readBooks('main')).rejects.toMatchObject(expected),
      expect(store.readTraffic('main')).rejects.toMatchObject(expected),
      expect(queue.counts()).rejects.toMatchObject(expected),
      expect(queue.add([{ id: 'a', data: { kind: 'probe', account: 'main' } }])).rejects.toMatchObject(expected),
      expect(checkRedis(url)).resolves.toMatchObject({ reachable: false, version: undefined }),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await Promise.all([store.close(), queue.close()]);
    await expect(store.readNote('any')).rejects.toMatchObject(expected);
  });

  it('does not keep a worker from ending', async () => {
    const worker = startWorker({
      url,
      installation: 'ab',
      concurrency: 1,
      clock: createSystemClock(),
      log: silentLog,
      handler: () => Promise.resolve({ result: 'done', text: '' }),
    });
    const startedAt = performance.now();
    await worker.close();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('is named without its password, and an address of another form is refused', () => {
    expect(describeRedis('rediss://user:secret@redis.example:6379/0')).toBe('rediss://redis.example:6379/0');
    expect(() => openConnection('http://user:secret@host', 'command')).toThrow(
      expect.objectContaining({ code: 'option-invalid', message: expect.not.stringContaining('secret') }),
    );
  });
});
