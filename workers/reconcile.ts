// The handler of `reconcile` jobs: one tick of one account. All thinking is in src/scheduler/tick.ts and the core.
import type { JobHandler } from '../src/ports/queue.js';
import type { Engine } from '../src/scheduler/engine.js';
import { createTickMemory, runTick, type TickMemory } from '../src/scheduler/tick.js';

const BUSY_MILLIS = 1_000;

export function createReconcileHandler(engine: Engine): JobHandler {
  const memories = new Map<string, TickMemory>();
  return async (data) => {
    let memory = memories.get(data.account);
    if (memory === undefined) memories.set(data.account, (memory = createTickMemory(engine)));
    const { plan, why, isBusy } = await runTick(engine, data.account, memory);
    // A tick comes again by itself; what was asked for must be seen by a look that begins after the asking.
    const isAsked = data.kind === 'reconcile' && data.cause !== 'tick' && data.cause !== 'wake';
    if (isBusy === true && isAsked) return { result: 'retry', afterMillis: BUSY_MILLIS, text: why };
    if (plan === undefined) return { result: 'done', text: why };
    const { deploy, delete: deletions, hold } = plan.totals;
    return { result: 'done', text: `${deploy} to deploy, ${deletions} to delete, ${hold} held` };
  };
}
