// The queue port over BullMQ. It only puts work that is due now into the queue; workers take it out (job-worker.ts).
import { Queue } from 'bullmq';
import { PurserError } from '../core/errors.js';
import type { JobData, JobQueue } from '../ports/queue.js';
import { callRedis, closeConnection, openConnection, type Log } from './connection.js';
import { buildQueuePrefix, choosePriority, KEEP_COMPLETED_MILLIS, QUEUE_NAME, queueOptions } from './job-options.js';

/** Jobs of one round trip. */
const BULK = 500;
const SWEEP_MILLIS = 15_000;
const SWEEP_LIMIT = 1_000;

export interface JobQueueOptions {
  readonly url: string;
  readonly installation: string;
  readonly log?: Log;
}

/** BullMQ refuses ids that are integers or hold a colon, so ours get a prefix and colons go. */
function toJobId(id: string): string {
  if (id === '') throw new PurserError('internal', 'A job needs an id.');
  return `job-${id.replaceAll('%', '%25').replaceAll(':', '%3A')}`;
}

export function createJobQueue({ url, installation, log }: JobQueueOptions): JobQueue {
  const connection = openConnection(url, 'command', log);
  const queue = new Queue<JobData>(QUEUE_NAME, { ...queueOptions, connection, prefix: buildQueuePrefix(installation) });
  // Lost connections are told by openConnection already.
  queue.on('error', (error) => log?.debug({ err: error }, 'queue'));
  let sweptAt = 0;

  /**
   * BullMQ drops old finished jobs only when another job finishes the same way. Failed ones were left by an earlier version:
   * their ids would block their intents.
   */
  async function sweep(): Promise<void> {
    if (performance.now() - sweptAt < SWEEP_MILLIS && sweptAt !== 0) return;
    sweptAt = performance.now();
    await queue.clean(0, SWEEP_LIMIT, 'failed');
    await queue.clean(KEEP_COMPLETED_MILLIS, SWEEP_LIMIT, 'completed');
  }

  return {
    async add(jobs) {
      const prepared = jobs.map(({ id, data, urgent, delayMillis }) => ({
        name: data.kind,
        data,
        opts: { jobId: toJobId(id), priority: choosePriority(data, urgent === true), delay: delayMillis ?? 0 },
      }));
      await callRedis(connection, url, async () => {
        await sweep();
        for (let first = 0; first < prepared.length; first += BULK) {
          await queue.addBulk(prepared.slice(first, first + BULK));
        }
      });
    },
    async counts() {
      const counts = await callRedis(connection, url, () =>
        queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed'),
      );
      const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
      return { waiting: waiting + prioritized, active, delayed, failed };
    },
    async close() {
      await queue.close().catch((error: unknown) => log?.debug({ err: error }, 'queue'));
      await closeConnection(connection);
    },
  };
}
