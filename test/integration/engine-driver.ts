// Steps a rig's time as production would live through it: a reconcile at each instant, somebody carries out what comes of it,
// and the time goes on only when all is quiet: by ticks while something is under way, else to the next instant named.
import { setTimeout as pause } from 'node:timers/promises';
import { createHandlers } from '../../workers/registry.js';
import type { Books } from '../../src/core/books.js';
import { isOpenIntent } from '../../src/core/ownership.js';
import type { Plan } from '../../src/core/plan-types.js';
import type { JobQueue } from '../../src/ports/queue.js';
import type { RunningCloudSandbox, RunningSandbox } from '../../src/sim/sandbox-server.js';
import { noteKeys, reconcileLease, type Engine } from '../../src/scheduler/engine.js';
import { readPlanNote } from '../../src/scheduler/plan-note.js';
import { readWake } from '../../src/scheduler/tick.js';
import { ACCOUNT, HOUR, type Rig } from './engine-rig.js';
import { createMemoryQueue, type MemoryQueue } from './memory-queue.js';
import { eventually } from './store-redis.js';

type AnyRig = Rig<RunningSandbox | RunningCloudSandbox>;

export interface Driver {
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
    notes.leftParts !== undefined ||
    notes.inventoryDoubt !== undefined ||
    notes.clockDoubt !== undefined
  );
}

/** The scheduler reads the instants that plans named this often. */
const SCHEDULER_POLL = 1_000;
let asked = 0;

/** A reconcile of the account, as the scheduler asks for it. */
export async function askForReconcile(queue: JobQueue): Promise<void> {
  asked += 1;
  // No earlier look serves it: each must run.
  const data = { kind: 'reconcile', account: ACCOUNT, cause: 'test', afterLook: Number.MAX_SAFE_INTEGER } as const;
  await queue.add([{ id: `reconcile-test-${process.pid}-${asked}`, data, urgent: true }]);
}

/** `look`: asks for a reconcile, or waits for somebody else's, and for all that comes of it. */
function createDriver(rig: AnyRig, engine: Engine, look: () => Promise<void>): Driver {
  const { tickMillis } = engine.accounts.get(ACCOUNT)!.settings;
  const { clock, sandbox } = rig;
  const slotAfter = (instant: number): number => (Math.floor(instant / tickMillis) + 1) * tickMillis;

  async function findNext(): Promise<number> {
    const now = clock.now();
    const wake = readWake(await engine.store.readNote(noteKeys.wake(ACCOUNT))) ?? now;
    const isCalm = !isBusy(await engine.store.readBooks(ACCOUNT));
    // What happens in the market is seen by the next tick.
    const slot = isCalm ? slotAfter(Math.min(now + HOUR, sandbox.nextEventAt() ?? Infinity) - 1) : slotAfter(now);
    return wake > now ? Math.min(slot, Math.max(wake, now + SCHEDULER_POLL)) : slot;
  }
  async function advanceTo(instant: number): Promise<void> {
    await look();
    while (clock.now() < instant) {
      await clock.set(Math.min(instant, await findNext()));
      await look();
    }
  }
  return {
    look,
    advanceTo,
    advanceBy: (millis) => advanceTo(clock.now() + millis),
    async tick(times = 1) {
      for (let done = 0; done < times; done += 1) {
        await clock.set(slotAfter(clock.now()));
        await look();
      }
    },
    readBooks: () => engine.store.readBooks(ACCOUNT),
    readPlan: async () => (await readPlanNote(engine.store, ACCOUNT))!,
  };
}

export interface MemoryDriver extends Driver {
  readonly queue: MemoryQueue;
  /** What handlers threw since the last call. */
  takeErrors(): readonly unknown[];
}

/** Carries everything out in this process, without BullMQ. `workers`: the engine that they run on. */
export function createMemoryDriver(rig: AnyRig, workers: Engine = rig.engine): MemoryDriver {
  const queue = createMemoryQueue(rig.clock);
  const handler = createHandlers({ ...workers, queue });
  let errors: unknown[] = [];
  const driver = createDriver(rig, rig.engine, async () => {
    await askForReconcile(queue);
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

async function awaitQuiet(queue: JobQueue): Promise<void> {
  const ask = async (): Promise<boolean> => {
    if (!(await isQuiet(queue))) return false;
    // Between a job that ends and the one that it asked for there may be a moment.
    await pause(5);
    return isQuiet(queue);
  };
  await eventually('the queue is quiet', ask, 30_000);
}

/** Leaves the work to workers that run already, here or in other processes. Jobs that wait for a retry are left to wait. */
export function createQueueDriver(rig: AnyRig): Driver {
  const { engine } = rig;
  return createDriver(rig, engine, async () => {
    await askForReconcile(engine.queue);
    await awaitQuiet(engine.queue);
  });
}

/** Leaves the asking to schedulers that run already. */
export function createFollowingDriver(rig: AnyRig): Driver {
  const { engine } = rig;
  return createDriver(rig, engine, async () => {
    const hasLooked = async (): Promise<boolean> => (await readPlanNote(engine.store, ACCOUNT))?.at === rig.clock.now();
    await eventually('a scheduler asked and a worker looked', hasLooked, 30_000);
    await awaitQuiet(engine.queue);
  });
}

/** The lease of a process that was killed lapses by itself; production waits for it with the next tick. */
export async function awaitLease({ engine: { store } }: AnyRig): Promise<void> {
  const ask = async (): Promise<boolean> => {
    const lease = await store.acquireLease(reconcileLease(ACCOUNT), 'test', 1_000);
    if (lease !== undefined) await store.releaseLease(lease);
    return lease !== undefined;
  };
  await eventually('the reconcile lease is free', ask, 25_000);
}
