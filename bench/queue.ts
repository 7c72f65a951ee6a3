// No-op actions through our queue, store and worker code against bare BullMQ with the same options, on one private Redis. An
// action here is what every deploy, delete and rename passes: job, intent read, gate, outcome written. What it leaves out is the
// API call itself with its rate token, and the look that an outcome wakes.
import { Queue, Worker } from 'bullmq';
import type { Intent } from '../src/core/books.js';
import { buildIntentId, ALPHABET } from '../src/core/names.js';
import type { JobData, JobHandler } from '../src/ports/queue.js';
import type { Store } from '../src/ports/store.js';
import { closeConnection, openConnection } from '../src/queue/connection.js';
import { choosePriority, queueOptions, workerOptions } from '../src/queue/job-options.js';
import { createJobQueue } from '../src/queue/job-queue.js';
import { startWorker } from '../src/queue/job-worker.js';
import { createRedisStore } from '../src/queue/redis-store.js';
import { createSystemClock } from '../src/scheduler/system-clock.js';
import { judgeAtLeast, takeTurns, type BenchRow } from './measure.js';
import { silentLog, withStage } from './stage.js';

const LIMIT = 0.5;
const JOBS = 5_000;
/** As many jobs of one round trip as ours. */
const BULK = 500;
const CONCURRENCY = 50;
const ROUNDS = 7;
const ACCOUNT = 'main';
const LEASE_MILLIS = 60_000;
const clock = createSystemClock();

/** Resolves once it was called so often. */
function countDown(times: number): { readonly done: Promise<void>; readonly tick: () => void } {
  let left = times;
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { done, tick: () => void ((left -= 1) === 0 && finish()) };
}

/** Keys of their own for each run: no run finds what another left. */
function nameRun(run: number): string {
  return `${ALPHABET[10 + Math.floor(run / 32)]}${ALPHABET[run % 32]}`;
}

function buildIntents(installation: string): readonly Intent[] {
  return Array.from({ length: JOBS }, (_, index) => {
    const body = [32 ** 3, 32 ** 2, 32, 1].map((unit) => ALPHABET[Math.floor(index / unit) % 32]).join('');
    return {
      id: buildIntentId(body, installation),
      kind: 'rename',
      account: ACCOUNT,
      policy: 'web',
      generation: 1,
      createdAt: clock.now(),
      state: 'planned',
      calledAt: undefined,
      closedAt: undefined,
      error: undefined,
      reckoned: false,
      emptyLooks: 0,
      rename: { targets: [] },
    };
  });
}

/** The intents written down, as a reconcile does before it enqueues them. */
async function prepareStore(store: Store, intents: readonly Intent[]): Promise<void> {
  await store.readBirth(clock.now());
  await store.publishGeneration(
    { hash: 'bench', publishedAt: clock.now(), documents: [], policies: {}, by: 'bench' },
    0,
  );
  const lease = await store.acquireLease('bench', 'bench', LEASE_MILLIS);
  const changes = intents.map((intent) => ({ kind: 'intent', intent, expect: 'absent' }) as const);
  await store.commit(lease!, { account: ACCOUNT, generation: 1, changes, ledger: [] });
}

/** The steps that all actions share; throws where one of them says no. */
function buildHandler(store: Store, tick: () => void): JobHandler {
  return async (data, { attempt }) => {
    if (!('intent' in data)) throw new Error(`a job without an intent: ${data.kind}`);
    const intent = await store.readIntent(data.account, data.intent);
    if (intent === undefined) throw new Error(`the intent ${data.intent} is lost`);
    const { generation } = intent;
    const facts = { account: ACCOUNT, intent: intent.id, generation, attempt, leaseMillis: LEASE_MILLIS, doom: [] };
    const permit = await store.beginCall({ ...facts, now: clock.now() });
    if (!permit.granted) throw new Error(`the gate is closed: ${permit.why}`);
    const now = clock.now();
    const closed: Intent = { ...intent, state: 'done', calledAt: now, closedAt: now };
    const outcome = { account: ACCOUNT, attempt, intent: closed, claims: [], undoom: [], ledger: [] };
    const { written } = await store.finishCall(outcome);
    if (!written) throw new Error(`the outcome of ${intent.id} was not written`);
    tick();
    return { result: 'done', text: 'done' };
  };
}

function toJob({ id, kind, account, generation }: Intent): { id: string; data: JobData } {
  return { id, data: { kind, account, intent: id, generation } };
}

/** Actions a second, from enqueueing the first until the last outcome is written. */
async function runOurs(url: string, installation: string): Promise<number> {
  const store = createRedisStore({ url, installation });
  const queue = createJobQueue({ url, installation });
  const intents = buildIntents(installation);
  await prepareStore(store, intents);
  const { done, tick } = countDown(JOBS);
  const handler = buildHandler(store, tick);
  const worker = startWorker({ url, installation, handler, concurrency: CONCURRENCY, clock, log: silentLog });
  await worker.ready();
  const startedAt = performance.now();
  await queue.add(intents.map(toJob));
  await done;
  const seconds = (performance.now() - startedAt) / 1000;
  await worker.close();
  await queue.close();
  await store.close();
  return JOBS / seconds;
}

/** The same jobs, and a processor that does nothing. */
async function runBare(url: string, prefix: string): Promise<number> {
  const connections = [openConnection(url, 'command'), openConnection(url, 'worker')] as const;
  const queue = new Queue<JobData>('bare', { ...queueOptions, connection: connections[0], prefix });
  const { done, tick } = countDown(JOBS);
  const processJob = (): Promise<string> => {
    tick();
    return Promise.resolve('done');
  };
  const options = { ...workerOptions, connection: connections[1], prefix, concurrency: CONCURRENCY };
  const worker = new Worker<JobData, string>('bare', processJob, options);
  await Promise.all([worker.waitUntilReady(), queue.waitUntilReady()]);
  const jobs = buildIntents(prefix)
    .map(toJob)
    .map(({ id, data }) => ({
      name: data.kind,
      data,
      opts: { jobId: `job-${id}`, priority: choosePriority(data, false) },
    }));
  const startedAt = performance.now();
  for (let first = 0; first < jobs.length; first += BULK) await queue.addBulk(jobs.slice(first, first + BULK));
  await done;
  const seconds = (performance.now() - startedAt) / 1000;
  await worker.close();
  await queue.close();
  for (const connection of connections) await closeConnection(connection);
  return JOBS / seconds;
}

export async function benchQueue(): Promise<readonly BenchRow[]> {
  return withStage(async ({ redisUrl }) => {
    let run = 0;
    const taken = await takeTurns(
      { ours: () => runOurs(redisUrl, nameRun(run++)), bare: () => runBare(redisUrl, nameRun(run++)) },
      ROUNDS,
    );
    const detail =
      `ours ${taken.ours.toFixed(0)} a second, BullMQ ${taken.bare.toFixed(0)} a second; ${ROUNDS} rounds of ` +
      `${JOBS.toLocaleString('en-US')} jobs, concurrency ${CONCURRENCY}, one process; ours also reads the intent, passes the ` +
      'gate and writes the outcome; no API call, no rate token, no look woken';
    return [judgeAtLeast('no-op actions / bare BullMQ', taken.ours / taken.bare, LIMIT, detail)];
  });
}
