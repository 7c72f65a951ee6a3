// The handler of `reconcile` jobs: one tick of one account. All thinking is in src/scheduler/tick.ts and the core.
import type { JobHandler } from '../src/ports/queue.js';
import { createApiWatch, readTrouble, type ApiWatch } from '../src/scheduler/api-watch.js';
import type { Engine } from '../src/scheduler/engine.js';
import { hasLookedSince } from '../src/scheduler/look-count.js';
import { createTickMemory, runTick, type TickMemory, type TickResult } from '../src/scheduler/tick.js';

const BUSY_MILLIS = 1_000;

/** An API that can't be asked is told of and no failure of the job: a tick comes again by itself. */
async function lookAndTell(engine: Engine, name: string, memory: TickMemory, watch: ApiWatch): Promise<TickResult> {
  const settings = engine.accounts.get(name)?.settings;
  try {
    const result = await runTick(engine, name, memory);
    if (settings !== undefined && result.plan !== undefined) await watch.note(settings, result.trouble);
    return result;
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble === undefined || settings === undefined) throw error;
    engine.log.debug({ err: error, account: name }, 'The API could not be asked');
    await watch.note(settings, trouble);
    return { plan: undefined, why: trouble.text, trouble };
  }
}

export function createReconcileHandler(engine: Engine): JobHandler {
  const memories = new Map<string, TickMemory>();
  const watch = createApiWatch(engine);
  return async (data) => {
    // Many may ask at once (each deletion that ended does): the first look that begins after them serves all.
    const afterLook = data.kind === 'reconcile' ? data.afterLook : undefined;
    if (afterLook !== undefined && (await hasLookedSince(engine.store, data.account, afterLook)))
      return { result: 'done', text: 'a look has begun since' };
    let memory = memories.get(data.account);
    if (memory === undefined) memories.set(data.account, (memory = createTickMemory(engine)));
    const { plan, why, isBusy } = await lookAndTell(engine, data.account, memory, watch);
    // A tick comes again by itself; what was asked for must be seen by a look that begins after the asking.
    if (isBusy === true && afterLook !== undefined) return { result: 'retry', afterMillis: BUSY_MILLIS, text: why };
    if (plan === undefined) return { result: 'done', text: why };
    const { deploy, delete: deletions, hold } = plan.totals;
    return { result: 'done', text: `${deploy} to deploy, ${deletions} to delete, ${hold} held` };
  };
}
