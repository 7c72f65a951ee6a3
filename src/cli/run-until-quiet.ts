// Enqueues one reconcile per account and waits until everything that came of it is done: no job waits or runs, and no intent
// is planned or being called for. Where other processes keep the queue busy, a look that began after the asking is enough.
import { setTimeout as pause } from 'node:timers/promises';
import type { Composition } from '../compose.js';
import type { Instant } from '../core/types.js';
import { noteKeys } from '../scheduler/engine.js';
import type { CommandContext } from './command.js';

const POLL_MILLIS = 100;
const LONGEST_MILLIS = 10 * 60_000;
/** A queue that is busy for longer may be kept so by others, as by the probes of an `up`. */
const OWN_WORK_MILLIS = 10_000;
/** A quiet queue may be one between a job and the reconcile that it asks for. */
const QUIET_POLLS = 3;

async function isQueueEmpty({ queue }: Composition): Promise<boolean> {
  const { waiting, active, delayed } = await queue.counts();
  return waiting + active + delayed === 0;
}

async function hasOpenIntents({ accounts, store }: Composition): Promise<boolean> {
  for (const account of accounts.keys()) {
    const { intents } = await store.readBooks(account);
    if (intents.some((intent) => intent.state === 'planned' || intent.state === 'calling')) return true;
  }
  return false;
}

/** Whether every account was looked at since then, by whomever. */
async function isLookedAtSince({ accounts, store }: Composition, askedAt: Instant): Promise<boolean> {
  for (const account of accounts.keys()) {
    const health = await store.readNote(noteKeys.health(account));
    if (health === undefined || (JSON.parse(health) as { at: Instant }).at < askedAt) return false;
  }
  return true;
}

async function runRound(engine: Composition, context: CommandContext, round: number): Promise<void> {
  const askedAt = engine.clock.now();
  const stamp = `${process.pid}-${engine.clock.monotonicMillis().toFixed(0)}-${round}`;
  await engine.queue.add(
    [...engine.accounts.keys()].map((account) => ({
      id: `reconcile-${account}-asked-${stamp}`,
      data: { kind: 'reconcile' as const, account, cause: 'apply' },
      urgent: true,
    })),
  );
  const startedAt = engine.clock.monotonicMillis();
  const spent = (): number => engine.clock.monotonicMillis() - startedAt;
  let quiet = 0;
  while (quiet < QUIET_POLLS && !context.signal.aborted && spent() < LONGEST_MILLIS) {
    const isDone =
      (await isQueueEmpty(engine)) || (spent() > OWN_WORK_MILLIS && (await isLookedAtSince(engine, askedAt)));
    quiet = isDone && !(await hasOpenIntents(engine)) ? quiet + 1 : 0;
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
