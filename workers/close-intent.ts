// Writing down what came of an intent, and waking a reconcile that sees it. Retried while Redis is away, because an outcome
// that is lost costs a look over ten minutes. What can't be written over what others wrote is told, never dropped.
import { setTimeout as pause } from 'node:timers/promises';
import type { Claim, Intent, LedgerEntry } from '../src/core/books.js';
import { PurserError } from '../src/core/errors.js';
import type { Millis } from '../src/core/types.js';
import type { JobOutcome } from '../src/ports/queue.js';
import type { Store } from '../src/ports/store.js';
import { askReconcile } from '../src/scheduler/ask-reconcile.js';
import type { Engine } from '../src/scheduler/engine.js';

export interface Closing {
  readonly intent: Intent;
  readonly claims?: readonly Claim[];
  readonly undoom?: readonly string[];
  readonly ledger: readonly LedgerEntry[];
}

/** What the store says of an outcome: whether it was written, and the state that the intent has. */
type Closed = Awaited<ReturnType<Store['finishCall']>>;

const TRIES = 6;
const AGAIN_MILLIS: Millis = 500;

/** Until the store has answered; `redis-unreachable` when it stays away, and the intent is settled by what the API shows. */
async function writeOutcome(engine: Engine, attempt: string, closing: Closing): Promise<Closed> {
  const { intent, claims = [], undoom = [], ledger } = closing;
  for (let tried = 1; ; tried += 1) {
    try {
      return await engine.store.finishCall({ account: intent.account, attempt, intent, claims, undoom, ledger });
    } catch (error) {
      const isAway = error instanceof PurserError && error.code === 'redis-unreachable';
      if (!isAway || tried === TRIES) throw error;
      await pause(250 * 2 ** tried);
    }
  }
}

/** What was done is told, although the intent is another attempt's by now, or closed. The store tells of purchases itself. */
async function tellUnwritten(engine: Engine, { intent, ledger }: Closing, state: Closed['state']): Promise<void> {
  const fields = { account: intent.account, intent: intent.id, outcome: intent.state, state: state ?? 'absent' };
  engine.log.warn(fields, 'An outcome came too late to be written; the next look settles it');
  if (intent.kind !== 'deploy' && ledger.length > 0) await engine.store.appendLedger(intent.account, ledger);
}

/**
 * Writes the outcome and asks for a look at once. Throws `redis-unreachable` when Redis stays away. Not written: another attempt
 * has the intent, it is closed, or the store was set back (`planned` again: the caller asks the gate anew).
 */
export async function closeIntent(engine: Engine, attempt: string, closing: Closing): Promise<Closed> {
  const { intent } = closing;
  const closed = await writeOutcome(engine, attempt, closing);
  if (!closed.written && closed.state !== 'planned') await tellUnwritten(engine, closing, closed.state);
  await askReconcile(engine, intent.account, `after ${intent.kind}`, `after-${intent.id}-${intent.state}`);
  return closed;
}

/** A store that was set back says `planned` after the call: only a job that runs again can say what is done. */
export function toOutcome(closed: Closed, text: string): JobOutcome {
  if (closed.written || closed.state !== 'planned') return { result: 'done', text };
  return { result: 'retry', afterMillis: AGAIN_MILLIS, text: 'the store has forgotten the call: asking anew' };
}

/** A ledger line about an intent. */
export function describeOutcome(
  intent: Intent,
  at: number,
  event: LedgerEntry['event'],
  text: string,
  vm?: { readonly vmId: string; readonly vmName: string },
): LedgerEntry {
  return {
    at,
    account: intent.account,
    policy: intent.policy,
    vmId: vm?.vmId,
    vmName: vm?.vmName,
    intent: intent.id,
    event,
    text,
    money: undefined,
  };
}
