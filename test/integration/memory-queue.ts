// The queue port in memory, for tests that need no second process: the same rules (urgent first, an id that is kept is not
// added twice, a thrown error is tried again), carried out by `run` in the order in which they fell due.
import type { Clock } from '../../src/ports/clock.js';
import type { JobData, JobHandler, JobQueue } from '../../src/ports/queue.js';
import { choosePriority, chooseBackOff, KEEP_COMPLETED_MILLIS } from '../../src/queue/job-options.js';

interface KeptJob {
  readonly id: string;
  readonly data: JobData;
  readonly priority: number;
  dueAt: number;
  failures: number;
}

export interface MemoryQueue extends JobQueue {
  /** Carries out what is due, and what that adds, one after the other. Returns what was thrown. */
  run(handler: JobHandler): Promise<readonly unknown[]>;
  /** Everything is forgotten, as by a Redis that was emptied. */
  clear(): void;
}

/** A job that throws more often than this in one run waits for the next one. */
const MOST_ATTEMPTS = 30;

export function createMemoryQueue(clock: Clock): MemoryQueue {
  const waiting = new Map<string, KeptJob>();
  const finished = new Map<string, number>();
  let attempts = 0;
  const take = (): KeptJob | undefined => {
    const due = [...waiting.values()].filter((job) => job.dueAt <= clock.now());
    return due.reduce<KeptJob | undefined>(
      (first, job) => (first === undefined || job.priority < first.priority ? job : first),
      undefined,
    );
  };
  return {
    add(jobs) {
      for (const { id, data, urgent = false, delayMillis = 0 } of jobs) {
        const blockedUntil = (finished.get(id) ?? -KEEP_COMPLETED_MILLIS) + KEEP_COMPLETED_MILLIS;
        if (waiting.has(id) || clock.now() < blockedUntil) continue;
        const dueAt = clock.now() + delayMillis;
        waiting.set(id, { id, data, priority: choosePriority(data, urgent), dueAt, failures: 0 });
      }
      return Promise.resolve();
    },
    async run(handler) {
      const thrown: unknown[] = [];
      for (let job = take(); job !== undefined; job = take()) {
        attempts += 1;
        try {
          const outcome = await handler(job.data, {
            signal: new AbortController().signal,
            attempt: `attempt-${attempts}`,
          });
          if (outcome.result === 'retry') job.dueAt = clock.now() + Math.max(1, outcome.afterMillis);
          else {
            waiting.delete(job.id);
            finished.set(job.id, clock.now());
          }
        } catch (error) {
          thrown.push(error);
          job.failures += 1;
          if (job.failures < MOST_ATTEMPTS) job.dueAt = clock.now() + chooseBackOff(job.failures);
          else waiting.delete(job.id);
        }
      }
      return thrown;
    },
    counts: () => Promise.resolve({ waiting: waiting.size, active: 0, delayed: 0, failed: 0 }),
    clear() {
      waiting.clear();
      finished.clear();
    },
    close: () => Promise.resolve(),
  };
}
