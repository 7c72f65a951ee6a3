// Enqueues one reconcile per account and waits until everything that came of it is done: no job waits or runs, and no intent
// is planned or being called for. Bounded, so that a queue that other processes keep busy doesn't hold a person for ever.
import { setTimeout as pause } from 'node:timers/promises';
import type { Composition } from '../compose.js';
import type { CommandContext } from './command.js';

const POLL_MILLIS = 100;
const LONGEST_MILLIS = 10 * 60_000;
/** A quiet queue may be one between a job and the reconcile that it asks for. */
const QUIET_POLLS = 3;

async function isQuiet(engine: Composition): Promise<boolean> {
  const counts = await engine.queue.counts();
  if (counts.waiting + counts.active + counts.delayed > 0) return false;
  for (const account of engine.accounts.keys()) {
    const { intents } = await engine.store.readBooks(account);
    if (intents.some((intent) => intent.state === 'planned' || intent.state === 'calling')) return false;
  }
  return true;
}

async function runRound(engine: Composition, context: CommandContext, round: number): Promise<void> {
  const stamp = `${process.pid}-${engine.clock.monotonicMillis().toFixed(0)}-${round}`;
  await engine.queue.add(
    [...engine.accounts.keys()].map((account) => ({
      id: `reconcile-${account}-asked-${stamp}`,
      data: { kind: 'reconcile' as const, account, cause: 'apply' },
      urgent: true,
    })),
  );
  const startedAt = engine.clock.monotonicMillis();
  let quiet = 0;
  while (
    quiet < QUIET_POLLS &&
    !context.signal.aborted &&
    engine.clock.monotonicMillis() - startedAt < LONGEST_MILLIS
  ) {
    quiet = (await isQuiet(engine)) ? quiet + 1 : 0;
    context.progress('Working ...');
    await pause(POLL_MILLIS, undefined, { signal: context.signal }).catch(() => undefined);
  }
  context.progress('');
}

/** Carries out all that is due, and all that follows from it at once. */
export async function runUntilQuiet(engine: Composition, context: CommandContext): Promise<void> {
  await runRound(engine, context, 1);
  // What was bought is listed by now: one more look gives it its name.
  await runRound(engine, context, 2);
}
