// All that BullMQ is told about our jobs and workers, as data in one place; bench compares with bare BullMQ by these.
import type { JobsOptions, QueueOptions, WorkerOptions } from 'bullmq';
import type { Millis } from '../core/types.js';
import type { JobData } from '../ports/queue.js';
import { buildPrefix } from './store-keys.js';

export const QUEUE_NAME = 'purser';

/** How long the id of a finished job blocks another of the same id. */
export const KEEP_COMPLETED_MILLIS: Millis = 180_000;

/** A job whose handler throws is tried so often before it is left to the next reconcile: about six minutes. */
const MOST_ATTEMPTS = 30;
const FIRST_BACK_OFF_MILLIS: Millis = 500;
const LONGEST_BACK_OFF_MILLIS: Millis = 15_000;

const jobOptions = {
  attempts: MOST_ATTEMPTS,
  backoff: { type: 'custom' },
  removeOnComplete: { age: KEEP_COMPLETED_MILLIS / 1000, count: 5_000 },
  // The next look must be able to enqueue its intent again; what went wrong is logged.
  removeOnFail: true,
  stackTraceLimit: 1,
  keepLogs: 0,
} satisfies JobsOptions;

/** Lower is sooner; 0 (urgent: a deadline is near) before all others. A reconcile finds what is urgent, so it comes next. */
const priorities: Readonly<Record<JobData['kind'], number>> = {
  reconcile: 1,
  delete: 2,
  'remove-parts': 2,
  deploy: 2,
  rename: 3,
  ports: 3,
  key: 3,
  probe: 4,
};

export function choosePriority(data: JobData, urgent: boolean): number {
  return urgent ? 0 : priorities[data.kind];
}

export const queueOptions = {
  defaultJobOptions: jobOptions,
  streams: { events: { maxLen: 1_000 } },
} satisfies Partial<QueueOptions>;

/** Keys of one installation's queue; braces as in the store's keys. */
export function buildQueuePrefix(installation: string): string {
  return `${buildPrefix(installation)}queue`;
}

export const workerOptions = {
  // A killed worker's jobs start again when their lock has lapsed and the next check has seen it: within five seconds.
  lockDuration: 3_000,
  lockRenewTime: 1_000,
  stalledInterval: 1_000,
  // A stall says that a worker died, nothing about the job: the gate before each call keeps things from happening twice.
  maxStalledCount: 1_000,
  // After a lost connection; BullMQ's default would let workers idle for 15 s when Redis is back.
  runRetryDelay: 500,
  drainDelay: 5,
  settings: { backoffStrategy: chooseBackOff },
} satisfies Partial<WorkerOptions>;

/** 0.5, 1, 2, 4 ... 15 s. */
export function chooseBackOff(attemptsMade: number): Millis {
  return Math.min(FIRST_BACK_OFF_MILLIS * 2 ** Math.min(Math.max(attemptsMade - 1, 0), 10), LONGEST_BACK_OFF_MILLIS);
}
