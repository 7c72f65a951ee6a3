// What was paid in a span, for every command that tells it: the store's sums, and what this command's own look shows and nobody
// has written down yet. One source, so that no two commands tell two figures. Writes nothing.
import { listChargeRecords } from '../core/apply-commit.js';
import type { Notes } from '../core/books.js';
import type { ChargeRecord } from '../core/charge-records.js';
import { joinTallies, tallyByPolicy, tallyByVm, type PolicyTally, type VmTally } from '../core/tallies.js';
import type { Instant } from '../core/types.js';
import type { Store } from '../ports/store.js';
import type { Look } from '../scheduler/look.js';

export interface Span {
  readonly from: Instant;
  /** Left out. */
  readonly to: Instant;
}

/** A look that a scheduler has written down since is in the sums already. */
function isUnwritten({ observed }: Look, { lastCompleteLook }: Notes): boolean {
  return lastCompleteLook?.at === observed.books.notes.lastCompleteLook?.at;
}

/** What this command alone knows; nothing where it didn't look. Throws `redis-*`. */
export async function readSeen(
  store: Pick<Store, 'readBooks'>,
  account: string,
  look: Look | undefined,
): Promise<{ readonly notes: Notes; readonly seen: readonly ChargeRecord[] }> {
  const { notes } = await store.readBooks(account);
  return { notes, seen: look !== undefined && isUnwritten(look, notes) ? listChargeRecords(look.changes) : [] };
}

/** To the quarter-hour. Throws `redis-*`. */
export async function readPaidByPolicy(
  store: Pick<Store, 'readPolicyTallies'>,
  account: string,
  seen: readonly ChargeRecord[],
  { from, to }: Span,
): Promise<readonly PolicyTally[]> {
  const stored = await store.readPolicyTallies(account, from, to);
  return seen.length === 0 ? stored : joinTallies([...stored, ...tallyByPolicy(seen, from, to)]);
}

/** In whole days of UTC. Throws `redis-*`. */
export async function readPaidByVm(
  store: Pick<Store, 'readVmTallies'>,
  account: string,
  seen: readonly ChargeRecord[],
  { from, to }: Span,
): Promise<readonly VmTally[]> {
  const stored = await store.readVmTallies(account, from, to);
  return seen.length === 0 ? stored : joinTallies([...stored, ...tallyByVm(seen, from, to)]);
}
