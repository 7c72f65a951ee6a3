// Steps a rig's time as production would live through it: a reconcile at each instant, somebody carries out what comes of it,
// and the time goes on only when all is quiet: by ticks while something is under way, else to the next instant named.
import { setTimeout as pause } from 'node:timers/promises';
import { createHandlers } from '../../workers/registry.js';
import type { Books } from '../../src/core/books.js';
import { isOpenIntent } from '../../src/core/ownership.js';
import type { Plan } from '../../src/core/plan-types.js';
import type { JobQueue } from '../../src/ports/queue.js';
import { noteKeys, reconcileLease, type Engine } from '../../src/scheduler/engine.js';
import { readPlanNote } from '../../src/scheduler/plan-note.js';
import { readWake } from '../../src/scheduler/tick.js';
import { ACCOUNT, HOUR, type Rig } from './engine-rig.js';
import { createMemoryQueue, type MemoryQueue } from './memory-queue.js';
import { eventually } from './store-redis.js';

export interface Driver {
  /** The scheduler's part: a reconcile is asked for. */
  enqueue(): Promise<void>;
  /** A reconcile, and all that comes of it. */
  look(): Promise<void>;
  advanceTo(instant: number): Promise<void>;
  advanceBy(millis: number): Promise<void>;
  /** So many ticks of the account, one after the other. */
  tick(times?: number): Promise<void>;
  readBooks(): Promise<Books>;
  /** What the last reconcile left for `status`. */
  readPlan(): Promise<Plan>;
}

/** Something is under way that a look might settle; otherwise nothing changes before the next named instant. */
function isBusy({ intents, claims, notes }: Books): boolean {
  return (
    intents.some(isOpenIntent) ||
    claims.some((claim) => claim.state === 'doomed' || claim.missing !== undefined) ||
    notes.lastCompleteLook === undefined ||
    (notes.recovering !== undefined && notes.recovering.looks < 3) ||
    notes.inventoryDoubt !== undefined ||
    notes.clockDoubt !== undefined
  );
}

export function createDriver(rig: Rig, engine: Engine, drain: () => Promise<void>): Driver {
  let looks = 0;
  const { tickMillis } = engine.accounts.get(ACCOUNT)!.settings;
  const { clock, sandbox } = rig;

  async function enqueue(): Promise<void> {
    looks += 1;
    const data = { kind: 'reconcile', account: ACCOUNT, cause: 'test' } as const;
    await engine.queue.add([{ id: `reconcile-test-${performance.now()}-${looks}`, data, urgent: true }]);
  }
  async function look(): Promise<void> {
    await enqueue();
    await drain();
  }
  async function findNext(): Promise<number> {
    const now = clock.now();
    const wake = readWake(await engine.store.readNote(noteKeys.wake(ACCOUNT)));
    const tickEnd = (Math.floor(now / tickMillis) + 1) * tickMillis;
    const longest = isBusy(await engine.store.readBooks(ACCOUNT)) ? tickEnd : now + HOUR;
    return Math.min(
      longest,
      ...([wake, sandbox.nextEventAt()].filter((at) => at !== undefined && at > now) as number[]),
    );
  }
  async function advanceTo(instant: number): Promise<void> {
    await look();
    while (clock.now() < instant) {
      await clock.set(Math.min(instant, await findNext()));
      await look();
    }
  }
  return {
    enqueue,
    look,
    advanceTo,
    advanceBy: (millis) => advanceTo(clock.now() + millis),
    async tick(times = 1) {
      for (let done = 0; done < times; done += 1) {
        await clock.set((Math.floor(clock.now() / tickMillis) + 1) * tickMillis);
        await look();
      }
    },
    readBooks: () => engine.store.readBooks(ACCOUNT),
    async readPlan() {
      const plan = await readPlanNote(engine.store, ACCOUNT);
      if (plan === undefined) throw new Error('nobody has planned yet');
      return plan;
    },
  };
}

export interface MemoryDriver extends Driver {
  readonly queue: MemoryQueue;
  /** What handlers threw since the last call. */
  takeErrors(): readonly unknown[];
}

/** Carries everything out in this process, without BullMQ. */
export function createMemoryDriver(rig: Rig): MemoryDriver {
  const queue = createMemoryQueue(rig.clock);
  const engine = { ...rig.engine, queue };
  const handler = createHandlers(engine);
  let errors: unknown[] = [];
  const driver = createDriver(rig, engine, async () => {
    errors.push(...(await queue.run(handler)));
  });
  return {
    ...driver,
    queue,
    takeErrors() {
      const taken = errors;
      errors = [];
      return taken;
    },
  };
}

async function isQuiet(queue: JobQueue): Promise<boolean> {
  const { waiting, active } = await queue.counts();
  return waiting + active === 0;
}

/** Leaves the work to workers that run already, here or in other processes. Jobs that wait for a retry are left to wait. */
export function createQueueDriver(rig: Rig): Driver {
  const { queue } = rig.engine;
  return createDriver(rig, rig.engine, async () => {
    await eventually(
      'the queue is quiet',
      async () => {
        if (!(await isQuiet(queue))) return false;
        // Between a job that ends and the one that it asked for there may be a moment.
        await pause(5);
        return isQuiet(queue);
      },
      30_000,
    );
  });
}

/** The lease of a process that was killed lapses by itself; production waits for it with the next tick. */
export async function awaitLease({ engine: { store } }: Rig): Promise<void> {
  await eventually(
    'the reconcile lease is free',
    async () => {
      const lease = await store.acquireLease(reconcileLease(ACCOUNT), 'test', 1_000);
      if (lease !== undefined) await store.releaseLease(lease);
      return lease !== undefined;
    },
    25_000,
  );
}
