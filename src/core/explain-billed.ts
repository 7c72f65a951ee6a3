// Why more was billed for a thing than Purser counted, as far as the ledger tells. It corrects no figure, and where nothing is known
// it says so.
import type { LedgerEntry } from './books.js';
import type { BilledDifference } from './compare-billed.js';
import { DAY_MILLIS, HOUR_MILLIS } from './money.js';
import type { Instant } from './types.js';
import { isSameId } from './vm-id.js';

/**
 * before-counting: part of that day had passed before Purser counted at all. while-removed: Purser knew it and had begun to remove
 * it; what is charged then and gone at the next look nobody sees.
 */
export type BilledReason = 'before-counting' | 'while-removed' | 'unknown';

const REMOVALS: ReadonlySet<LedgerEntry['event']> = new Set<LedgerEntry['event']>([
  'delete-called',
  'doomed',
  'deleted',
  'part-removed',
]);

/** `ledger`: from `countedSince` on. */
export function explainBilled(
  { day, id, vmId = id, billed, counted }: BilledDifference,
  ledger: readonly LedgerEntry[],
  countedSince: Instant,
): BilledReason {
  if (billed <= counted) return 'unknown';
  const own = ledger.filter((entry) => entry.vmId !== undefined && isSameId(entry.vmId, vmId));
  const isBought = own.some(({ event, at }) => event === 'bought' && at >= countedSince);
  const isCountingLater = countedSince > day && countedSince < day + DAY_MILLIS;
  if (isCountingLater && !isBought) return 'before-counting';
  // A removal that began before midnight may still be charged after it.
  const isRemoved = own.some(
    ({ event, at }) => REMOVALS.has(event) && at >= day - HOUR_MILLIS && at < day + DAY_MILLIS,
  );
  return isRemoved ? 'while-removed' : 'unknown';
}
