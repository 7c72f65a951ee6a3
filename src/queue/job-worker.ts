// Takes jobs out of the queue and gives them to a handler. It decides only when a job runs again: a `retry` outcome is no
// failure, a thrown error is tried again with back-off, and a job of a dead worker goes to another.
import { randomUUID } from 'node:crypto';
import { DelayedError, Worker, type Job } from 'bullmq';
import { PurserError } from '../core/errors.js';
import type { Millis } from '../core/types.js';
import type { Clock } from '../ports/clock.js';
import type { JobData, JobHandler, JobOutcome } from '../ports/queue.js';
import { closeConnection, openConnection, type Log } from './connection.js';
import { buildQueuePrefix, QUEUE_NAME, workerOptions } from './job-options.js';

/** What became of one run of a job. error: the handler threw; the job is tried again unless it was its last attempt. */
export interface JobReport {
  readonly kind: JobData['kind'];
  readonly account: string;
  /** The id it was added under (the intent's). */
  readonly id: string;
  readonly result: JobOutcome['result'] | 'error' | 'released';
  readonly text: string;
  readonly millis: Millis;
}

export interface JobWorkerOptions {
  readonly url: string;
  readonly installation: string;
  readonly handler: JobHandler;
  readonly concurrency: number;
  /** Measures runs; must really pass, also beside a virtual wall clock. */
  readonly clock: Pick<Clock, 'monotonicMillis'>;
  readonly log: Log;
  readonly onJob?: (report: JobReport) => void;
  /** How long close() lets running handlers go on before it aborts their signal. */
  readonly graceMillis?: Millis;
  /** No retry waits longer; for runs in virtual time, where a real minute is a virtual day. */
  readonly longestRetryMillis?: Millis;
}

export interface JobWorker {
  /** Resolves once it takes jobs. */
  ready(): Promise<void>;
  /** How many handlers run now. */
  running(): number;
  /** Takes no more jobs and ends within 8 s; what still runs then is left to other workers. */
  close(): Promise<void>;
}

/** In the worst case 0.7 (stop fetching) + 3 + 2 + 1.5 + 0.5 s: below 8 s, so that the process has time for its own end. */
const PAUSE_MILLIS: Millis = 700;
const GRACE_MILLIS: Millis = 3_000;
const ABORTED_MILLIS: Millis = 2_000;
const END_MILLIS: Millis = 1_500;
/** Released jobs wait a moment, so that the closing worker doesn't take them back. */
const RELEASE_MILLIS: Millis = 100;

function fromJobId(jobId: string | undefined): string {
  return decodeURIComponent((jobId ?? '').replace(/^job-/, ''));
}

/** Whether `work` ended within the bound. */
async function endsWithin(work: Promise<unknown>, boundMillis: Millis): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<false>((resolve) => (timer = setTimeout(resolve, boundMillis, false)));
  const ended = await Promise.race([work.then(() => true), bound]);
  clearTimeout(timer);
  return ended;
}

/** What a worker's runs share. */
interface Runs {
  readonly options: JobWorkerOptions;
  readonly running: Set<Promise<unknown>>;
  readonly abort: AbortController;
  isClosing: boolean;
}

interface RunResult {
  readonly result: JobReport['result'];
  readonly text: string;
  readonly delay?: Millis;
  readonly error?: unknown;
}

/** Ends this run of the job without counting it; another worker may have taken it over by now, which is fine. */
async function moveToDelayed(
  { options }: Runs,
  job: Job<JobData>,
  token: string | undefined,
  wait: { readonly spent: Millis; readonly millis: Millis },
): Promise<never> {
  const bounded = Math.min(wait.millis, options.longestRetryMillis ?? Infinity);
  // BullMQ counts by the wall clock, whatever clock we run by: when it gave us the job, and the time since.
  const now = (job.processedOn ?? job.timestamp) + wait.spent;
  await job.moveToDelayed(Math.round(now + bounded), token).catch((error: unknown) => {
    const text = 'The job could not be put back; its lock has lapsed or Redis is gone';
    options.log.warn({ err: error, job: job.id }, text);
  });
  throw new DelayedError();
}

async function runHandler({ options, abort }: Runs, job: Job<JobData>): Promise<RunResult> {
  try {
    const outcome = await options.handler(job.data, { signal: abort.signal, attempt: randomUUID() });
    return outcome.result === 'retry' ? { ...outcome, delay: outcome.afterMillis } : outcome;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // Being told to stop is no failure of the job.
    if (abort.signal.aborted) return { result: 'released', text, delay: RELEASE_MILLIS };
    return { result: 'error', text, error };
  }
}

async function processJob(runs: Runs, job: Job<JobData>, token?: string): Promise<string> {
  const { clock, log, onJob } = runs.options;
  if (runs.isClosing) return moveToDelayed(runs, job, token, { spent: 0, millis: RELEASE_MILLIS });
  const startedAt = clock.monotonicMillis();
  const run = runHandler(runs, job);
  runs.running.add(run);
  const { result, text, delay, error } = await run.finally(() => runs.running.delete(run));
  const id = fromJobId(job.id);
  const millis = clock.monotonicMillis() - startedAt;
  if (result === 'error') {
    const fields = { err: error, job: id, kind: job.data.kind, attempts: job.attemptsMade + 1 };
    // That an API is away is told once, by the looks; each job would tell it again at each attempt.
    if (error instanceof PurserError && error.code.startsWith('api-')) log.debug(fields, 'A job failed');
    else log.error(fields, 'A job failed');
  }
  onJob?.({ kind: job.data.kind, account: job.data.account, id, result, text, millis });
  if (result === 'error') throw error instanceof Error ? error : new Error(text);
  if (delay !== undefined) return moveToDelayed(runs, job, token, { spent: millis, millis: delay });
  return text;
}

function listenTo(worker: Worker<JobData, string>, log: Log): void {
  let told = '';
  worker.on('error', (error) => {
    // During an outage the same comes every two seconds.
    if (error.message === told) log.debug({ err: error }, 'Worker');
    else log.warn({ err: error }, 'The worker met an error; it goes on');
    told = error.message;
  });
  worker.on('stalled', (jobId) => log.warn({ job: fromJobId(jobId) }, 'A job of a worker that is gone starts again'));
}

/** Takes no more jobs, lets running ones end, aborts them, and leaves what still runs to other workers. */
async function shutDown(runs: Runs, worker: Worker<JobData, string>): Promise<void> {
  const { running, abort, options } = runs;
  await endsWithin(worker.pause(true), PAUSE_MILLIS);
  if (!(await endsWithin(Promise.allSettled(running), options.graceMillis ?? GRACE_MILLIS))) {
    abort.abort(new Error('The worker is closing'));
    await endsWithin(Promise.allSettled(running), ABORTED_MILLIS);
  }
  const ended = worker.close(running.size > 0).catch((error: unknown) => options.log.debug({ err: error }, 'worker'));
  // A handler that never returns would keep BullMQ's own connection, and with it this process.
  if (!(await endsWithin(ended, END_MILLIS))) void worker.disconnect().catch(() => undefined);
}

/** Starts taking jobs; `ready` says when. */
export function startWorker(options: JobWorkerOptions): JobWorker {
  const runs: Runs = { options, running: new Set(), abort: new AbortController(), isClosing: false };
  const connection = openConnection(options.url, 'worker', options.log);
  const worker = new Worker<JobData, string>(QUEUE_NAME, (job, token) => processJob(runs, job, token), {
    ...workerOptions,
    connection,
    prefix: buildQueuePrefix(options.installation),
    concurrency: options.concurrency,
  });
  listenTo(worker, options.log);
  let closing: Promise<void> | undefined;
  return {
    async ready() {
      await worker.waitUntilReady();
    },
    running: () => runs.running.size,
    close() {
      runs.isClosing = true;
      closing ??= shutDown(runs, worker).then(() => closeConnection(connection));
      return closing;
    },
  };
}
