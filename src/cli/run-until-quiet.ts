// Reconciles each account and waits until everything that came of it is done: no job waits or runs, and no intent is planned
// or being called for. Where other processes keep the queue busy, that is enough. The reconcile runs in this process, since
// another one (an `up` to which nobody said that the account acts) would only observe.
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../scheduler/engine.js';
import { createTickMemory, runTick, type TickMemory } from '../scheduler/tick.js';
import type { CommandContext } from './command.js';

const POLL_MILLIS = 100;
const LONGEST_MILLIS = 10 * 60_000;
/** A queue that is busy for longer may be kept so by others, as by the probes of an `up`. */
const OWN_WORK_MILLIS = 10_000;
/** A quiet queue may be one between a job and the reconcile that it asks for. */
const QUIET_POLLS = 3;

async function isQueueEmpty({ queue }: Engine): Promise<boolean> {
  const { waiting, active, delayed } = await queue.counts();
  return waiting + active + delayed === 0;
}

async function hasOpenIntents({ store }: Engine, accounts: readonly string[]): Promise<boolean> {
  for (const account of accounts) {
    const { intents } = await store.readBooks(account);
    if (intents.some((intent) => intent.state === 'planned' || intent.state === 'calling')) return true;
  }
  return false;
}

/** Waits for its turn where another process reconciles: that one may have read what was there before the asking. */
async function reconcileHere(engine: Engine, context: CommandContext, account: string, memory: TickMemory) {
  for (let waited = 0; waited < LONGEST_MILLIS && !context.signal.aborted; waited += POLL_MILLIS) {
    const { isBusy } = await runTick(engine, account, memory);
    if (isBusy !== true) return;
    await pause(POLL_MILLIS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

async function runRound(
  engine: Engine,
  context: CommandContext,
  accounts: readonly string[],
  memory: TickMemory,
): Promise<void> {
  context.progress('Working ...');
  for (const account of accounts) await reconcileHere(engine, context, account, memory);
  const startedAt = engine.clock.monotonicMillis();
  const spent = (): number => engine.clock.monotonicMillis() - startedAt;
  let quiet = 0;
  while (quiet < QUIET_POLLS && !context.signal.aborted && spent() < LONGEST_MILLIS) {
    const isDone = (await isQueueEmpty(engine)) || spent() > OWN_WORK_MILLIS;
    quiet = isDone && !(await hasOpenIntents(engine, accounts)) ? quiet + 1 : 0;
    context.progress('Working ...');
    await pause(POLL_MILLIS, undefined, { signal: context.signal }).catch(() => undefined);
  }
  context.progress('');
}

/** Carries out all that is due in these accounts, and all that follows from it at once. Throws what observing throws. */
export async function runUntilQuiet(
  engine: Engine,
  context: CommandContext,
  accounts: readonly string[],
): Promise<void> {
  const memory = createTickMemory(engine);
  await runRound(engine, context, accounts, memory);
  // What was bought is listed by now: one more look gives it its name.
  await runRound(engine, context, accounts, memory);
}
