// Changes the books by hand: under the lease that a reconcile of the account holds, so that no plan is being written down
// meanwhile. Waits a while for a reconcile to end; decides nothing.
import { setTimeout as pause } from 'node:timers/promises';
import type { Composition } from '../compose.js';
import type { Change, LedgerEntry } from '../core/books.js';
import { PurserError } from '../core/errors.js';
import type { Millis } from '../core/types.js';
import type { GenerationRecord, Lease } from '../ports/store.js';
import { reconcileLease } from '../scheduler/engine.js';
import type { CommandContext } from './command.js';

const LEASE_MILLIS: Millis = 15_000;
const RENEW_MILLIS: Millis = 4_000;
/** A reconcile of a large account takes seconds. */
const WAIT_MILLIS: Millis = 20_000;
const POLL_MILLIS: Millis = 200;

async function awaitLease(context: CommandContext, { store }: Composition, account: string): Promise<Lease> {
  const startedAt = performance.now();
  for (;;) {
    const lease = await store.acquireLease(reconcileLease(account), `pid-${process.pid}`, LEASE_MILLIS);
    if (lease !== undefined) return lease;
    if (performance.now() - startedAt > WAIT_MILLIS) {
      throw new PurserError(
        'lease-lost',
        `Account "${account}" has been reconciled by another process for ${WAIT_MILLIS / 1000} s; nothing was changed.`,
      );
    }
    context.progress(`Waiting until the reconcile of ${account} has ended ...`);
    await pause(POLL_MILLIS, undefined, { signal: context.signal });
  }
}

/** Runs while no reconcile of the account does. Throws `lease-lost` when there is no end to reconciles. */
export async function holdReconcile<T>(
  context: CommandContext,
  engine: Composition,
  account: string,
  run: (lease: Lease) => Promise<T>,
): Promise<T> {
  const { store } = engine;
  const lease = await awaitLease(context, engine, account);
  context.progress('');
  // A renewal that fails is noticed by the commit, which the store then refuses.
  const renewal = setInterval(() => void store.renewLease(lease).catch(() => undefined), RENEW_MILLIS);
  try {
    return await run(lease);
  } finally {
    clearInterval(renewal);
    await store.releaseLease(lease).catch(() => undefined);
  }
}

/** Writes all changes or says why not; returns those whose `expect` didn't hold. Throws `lease-lost`, `generation-changed`. */
export async function commitByHand(
  engine: Composition,
  lease: Lease,
  written: {
    readonly account: string;
    readonly record: GenerationRecord | undefined;
    readonly changes: readonly Change[];
    readonly ledger: readonly LedgerEntry[];
  },
): Promise<readonly Change[]> {
  const { record, ...commit } = written;
  const { refused, failed } = await engine.store.commit(lease, { ...commit, generation: record?.number ?? 0 });
  if (refused === undefined) return failed;
  const why = refused === 'lease-lost' ? 'the reconcile lease was lost' : 'other policies were applied meanwhile';
  throw new PurserError(refused, `Nothing was changed in account "${commit.account}": ${why}.`);
}
