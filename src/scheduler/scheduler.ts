// The scheduler: enqueues a reconcile per account at each tick and at each instant that a plan named. Several may run at
// once: the job's id carries the instant, so the queue takes one. It plans nothing itself.
import type { AccountSettings } from '../core/policy-types.js';
import type { Instant, Millis } from '../core/types.js';
import type { Engine } from './engine.js';
import { noteKeys } from './engine.js';
import { readWake } from './tick.js';

/** How often the named instants are read again; a plan may name an earlier one at any time. */
const POLL_MILLIS: Millis = 1_000;

export interface Scheduler {
  /** Resolves when the loop has ended. */
  stop(): Promise<void>;
}

/** The scheduler without its loop, for drivers that step the time themselves. */
export interface SchedulerRounds {
  /** Enqueues what fell due since the last round; returns the next instant at which something will. */
  run(): Promise<Instant>;
}

/** The next reconcile of an account after `now`: the tick's next slot, or the named instant if that comes first. */
export function findNextReconcile(now: Instant, tickMillis: Millis, wakeAt: Instant | undefined): Instant {
  const slot = (Math.floor(now / tickMillis) + 1) * tickMillis;
  return wakeAt !== undefined && wakeAt > now && wakeAt < slot ? wakeAt : slot;
}

async function enqueueReconcile(engine: Engine, account: string, at: Instant, cause: string): Promise<void> {
  await engine.queue.add([
    { id: `reconcile-${account}-${at}`, data: { kind: 'reconcile', account, cause }, urgent: true },
  ]);
}

interface Watched {
  readonly settings: AccountSettings;
  /** Reconciles up to this instant were enqueued. */
  enqueuedFor: Instant;
}

/** Enqueues what fell due since the last round. A long sleep (a laptop's lid) gives one reconcile, not all that were slept through. */
async function runRound(engine: Engine, watched: readonly Watched[]): Promise<Instant> {
  const now = engine.clock.now();
  let next = Number.POSITIVE_INFINITY;
  for (const account of watched) {
    const { name, tickMillis } = account.settings;
    const wakeAt = readWake(await engine.store.readNote(noteKeys.wake(name)));
    const slot = Math.floor(now / tickMillis) * tickMillis;
    // The wall clock was set back: what was enqueued lies ahead, and waiting for that could take years.
    if (account.enqueuedFor > now) account.enqueuedFor = 0;
    const isWoken = wakeAt !== undefined && wakeAt <= now && wakeAt > account.enqueuedFor;
    const due = Math.max(slot, isWoken ? wakeAt : slot);
    if (due > account.enqueuedFor) {
      await enqueueReconcile(engine, name, due, isWoken && due === wakeAt ? 'wake' : 'tick');
      account.enqueuedFor = due;
    }
    next = Math.min(next, findNextReconcile(now, tickMillis, wakeAt));
  }
  return next;
}

export function createSchedulerRounds(engine: Engine): SchedulerRounds {
  const watched: Watched[] = [...engine.accounts.values()].map(({ settings }) => ({ settings, enqueuedFor: 0 }));
  return { run: () => runRound(engine, watched) };
}

/** Runs until stopped. Redis being away is survived: the round is tried again. */
export function startScheduler(engine: Engine): Scheduler {
  const abort = new AbortController();
  const rounds = createSchedulerRounds(engine);
  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      let next: Instant;
      try {
        next = await rounds.run();
      } catch (error) {
        engine.log.warn({ err: error }, 'The scheduler could not reach its store; it goes on when it is back');
        next = engine.clock.now() + POLL_MILLIS;
      }
      await engine.clock.waitUntil(Math.min(next, engine.clock.now() + POLL_MILLIS), abort.signal);
    }
  };
  const running = run();
  return {
    async stop() {
      abort.abort();
      await running;
    },
  };
}
