import { spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildQueuePrefix, chooseBackOff } from '../../src/queue/job-options.js';
import { createJobQueue } from '../../src/queue/job-queue.js';
import { startWorker, type JobReport, type JobWorker } from '../../src/queue/job-worker.js';
import type { JobData, JobHandler, JobQueue } from '../../src/ports/queue.js';
import { createSystemClock } from '../../src/scheduler/system-clock.js';
import { childProgram } from './child-programs.js';
import { eventually, openTestRedis, silentLog, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let queue: JobQueue;
let installation: string;
let installations = 0;
const workers: JobWorker[] = [];
const CHILD = childProgram('queue-worker-child');

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  await redis.close();
});
beforeEach(() => {
  installations += 1;
  installation = `i${installations}`;
  queue = createJobQueue({ url: redis.url, installation });
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
  await queue.close();
});

interface Running {
  readonly worker: JobWorker;
  readonly reports: JobReport[];
}

function start(handler: JobHandler, more: { concurrency?: number; graceMillis?: number } = {}): Running {
  const reports: JobReport[] = [];
  const worker = startWorker({
    url: redis.url,
    installation,
    handler,
    concurrency: 1,
    clock: createSystemClock(),
    log: silentLog,
    onJob: (report) => reports.push(report),
    ...more,
  });
  workers.push(worker);
  return { worker, reports };
}

function probe(account: string): JobData {
  return { kind: 'probe', account };
}

function job(id: string, data: JobData = probe(id)) {
  return { id, data };
}

const done: JobHandler = (data) => Promise.resolve({ result: 'done', text: data.account });

describe('the job queue', () => {
  it('takes any id, integers and colons included, and each only once while it is kept', async () => {
    await queue.add([job('42'), job('a:b%c'), job('42', probe('again'))]);
    await queue.add([job('42')]);
    expect(await queue.counts()).toEqual({ waiting: 2, active: 0, delayed: 0, failed: 0 });
    const { reports } = start(done);
    await eventually('both jobs', () => reports.length === 2);
    expect(reports.map(({ id, text }) => [id, text])).toEqual([
      ['42', '42'],
      ['a:b%c', 'a:b%c'],
    ]);
    await eventually('they are put away', async () => (await queue.counts()).active === 0);
    await queue.add([job('42')]);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('gives out what is urgent first, then what finds out what is urgent', async () => {
    const intent = { account: 'main', generation: 1 };
    await queue.add([
      job('probe'),
      job('deploy', { kind: 'deploy', intent: 'deploy', ...intent }),
      job('reconcile', { kind: 'reconcile', account: 'main', cause: 'tick' }),
      { id: 'delete', data: { kind: 'delete', intent: 'delete', ...intent }, urgent: true },
    ]);
    const { reports } = start(done);
    await eventually('all jobs', () => reports.length === 4);
    expect(reports.map(({ id }) => id)).toEqual(['delete', 'reconcile', 'deploy', 'probe']);
  });

  it('runs thousands of jobs, each exactly once, over two workers', async () => {
    const ids = Array.from({ length: 3_000 }, (_, index) => `job${index}`);
    await queue.add(ids.map((id) => job(id)));
    const first = start(done, { concurrency: 20 });
    const second = start(done, { concurrency: 20 });
    await eventually('all jobs', () => first.reports.length + second.reports.length >= ids.length, 30_000);
    const seen = [...first.reports, ...second.reports].map(({ id }) => id);
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });
});

describe('the job worker', () => {
  it('runs a job again after a retry, without counting it as failed', async () => {
    let runs = 0;
    const attempts = new Set<string>();
    const { reports } = start((_data, { attempt }) => {
      runs += 1;
      attempts.add(attempt);
      const again = { result: 'retry', afterMillis: 20, text: 'not yet' } as const;
      return Promise.resolve(runs <= 40 ? again : { result: 'done', text: 'at last' });
    });
    await queue.add([job('patient')]);
    await eventually('the job is done', () => reports.at(-1)?.result === 'done', 20_000);
    expect(reports.map(({ result }) => result)).toEqual([...Array<string>(40).fill('retry'), 'done']);
    expect(attempts.size).toBe(41);
    expect((await queue.counts()).failed).toBe(0);
  });

  it('tries a job again when its handler throws, and tells', async () => {
    let runs = 0;
    const { reports } = start(() => {
      runs += 1;
      if (runs < 3) throw new Error(`broken ${runs}`);
      return Promise.resolve({ result: 'done', text: 'mended' });
    });
    await queue.add([job('fragile')]);
    await eventually('the job is done', () => reports.length === 3);
    expect(reports.map(({ result, text }) => [result, text])).toEqual([
      ['error', 'broken 1'],
      ['error', 'broken 2'],
      ['done', 'mended'],
    ]);
  });

  it('backs off up to fifteen seconds', () => {
    expect([1, 2, 3, 6, 30].map((attempts) => chooseBackOff(attempts))).toEqual([500, 1_000, 2_000, 15_000, 15_000]);
  });

  it('aborts what still runs after the grace, puts it back, and ends within ten seconds', async () => {
    const { worker, reports } = start(
      (_data, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('told to stop')))),
      { graceMillis: 50 },
    );
    await queue.add([job('long')]);
    await eventually('it runs', () => worker.running() === 1);
    const startedAt = performance.now();
    await worker.close();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(reports).toMatchObject([{ id: 'long', result: 'released', text: 'told to stop' }]);
    const next = start(done);
    await eventually('another worker does it', () => next.reports.length === 1, 3_000);
  });

  it('ends within ten seconds though a handler never returns, and leaves its job to others', async () => {
    const { worker } = start(() => new Promise(() => undefined));
    await queue.add([job('stuck')]);
    await eventually('it runs', () => worker.running() === 1);
    const startedAt = performance.now();
    await worker.close();
    expect(performance.now() - startedAt).toBeLessThan(8_500);
    const next = start(done);
    await eventually('another worker does it', () => next.reports.length === 1, 8_000);
  });

  it('does the jobs of a killed worker process', async () => {
    const child = spawn(process.execPath, [CHILD, redis.url, installation], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const started: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => started.push(...text.trim().split('\n')));
      await queue.add([job('hang-1'), job('hang-2'), job('quick')]);
      await eventually('the child runs all three', () => started.length === 3, 20_000);
      const { reports } = start(done, { concurrency: 4 });
      child.kill('SIGKILL');
      // How soon hangs on the lock and on how often stalled jobs are looked for (job-options.test.ts), and on the machine.
      const isDone = (id: string): boolean => reports.some((report) => report.id === id);
      await eventually('its jobs are done', () => isDone('hang-1') && isDone('hang-2'), 60_000);
      // The quick one is done again only if its end had not been written down yet.
      const others = reports.map(({ id }) => id).filter((id) => id !== 'quick');
      expect(others.toSorted()).toEqual(['hang-1', 'hang-2']);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('ids of failed jobs', () => {
  /** A job that failed for good so long ago, as BullMQ leaves it. */
  async function leaveFailed(id: string, millisAgo: number): Promise<void> {
    const direct = new Redis({ path: redis.redis.socket });
    const keys = `${buildQueuePrefix(installation)}:purser`;
    const finishedOn = Date.now() - millisAgo;
    await direct.hset(`${keys}:job-${id}`, {
      name: 'probe',
      data: '{}',
      opts: '{}',
      timestamp: finishedOn,
      finishedOn,
    });
    await direct.zadd(`${keys}:failed`, finishedOn, `job-${id}`);
    await direct.quit();
  }

  it('block no job of the same id', async () => {
    await leaveFailed('just-now', 10);
    await queue.add([job('just-now')]);
    expect(await queue.counts()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
  });
});
