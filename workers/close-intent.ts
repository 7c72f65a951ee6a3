// Writing down what came of an intent, and waking a reconcile that sees it. Retried while Redis is away, because an outcome
// that is lost costs a look over ten minutes.
import { setTimeout as pause } from 'node:timers/promises';
import type { Claim, Intent, LedgerEntry } from '../src/core/books.js';
import { PurserError } from '../src/core/errors.js';
import type { Engine } from '../src/scheduler/engine.js';

export interface Closing {
  readonly intent: Intent;
  readonly claims?: readonly Claim[];
  readonly undoom?: readonly string[];
  readonly ledger: readonly LedgerEntry[];
}

const TRIES = 6;

/** Throws `redis-unreachable` when Redis stays away; the intent is then settled by what the API shows. */
export async function closeIntent(engine: Engine, attempt: string, closing: Closing): Promise<void> {
  const { intent, claims = [], undoom = [], ledger } = closing;
  for (let tried = 1; ; tried += 1) {
    try {
      await engine.store.finishCall({ account: intent.account, attempt, intent, claims, undoom, ledger });
      break;
    } catch (error) {
      const isAway = error instanceof PurserError && error.code === 'redis-unreachable';
      if (!isAway || tried === TRIES) throw error;
      await pause(250 * 2 ** tried);
    }
  }
  await engine.queue.add([
    {
      id: `reconcile-${intent.account}-after-${intent.id}-${intent.state}`,
      data: { kind: 'reconcile', account: intent.account, cause: `after ${intent.kind}` },
      urgent: true,
    },
  ]);
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
