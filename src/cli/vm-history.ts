// What the ledgers tell of one VM, also of one that is gone: who bought it and why, what became of it, who deleted it and why.
// Reads; judges nothing.
import type { LedgerEntry } from '../core/books.js';
import { PurserError } from '../core/errors.js';
import type { VmRef } from '../core/plan-types.js';
import type { Instant } from '../core/types.js';
import { isSameId } from '../core/vm-id.js';
import type { Store } from '../ports/store.js';

export interface VmHistory {
  readonly account: string;
  readonly ref: VmRef;
  /** Oldest first. */
  readonly entries: readonly LedgerEntry[];
}

/** Entries about the VM itself, and what was decided and answered about the purchase that made it. */
function listEntries(ledger: readonly LedgerEntry[], id: string): readonly LedgerEntry[] {
  const own = ledger.filter((entry) => entry.vmId !== undefined && isSameId(entry.vmId, id));
  const purchases = new Set(
    own.flatMap(({ event, intent }) => (event === 'bought' && intent !== undefined ? [intent] : [])),
  );
  return ledger.filter(
    (entry) => own.includes(entry) || (entry.vmId === undefined && purchases.has(entry.intent ?? '')),
  );
}

/** The last name that the ledger knows; what is asked by a name may bear another by now. */
function nameOf(entries: readonly LedgerEntry[]): string {
  return entries.findLast(({ vmName }) => vmName !== undefined)?.vmName ?? '';
}

/** Of a VM whose id is known. */
export async function readHistory(
  store: Pick<Store, 'readLedger'>,
  account: string,
  id: string,
  until: Instant,
): Promise<readonly LedgerEntry[]> {
  return listEntries(await store.readLedger(account, 0, until), id);
}

/**
 * A VM that no listing shows and no claim knows. undefined: no ledger knows it either. Throws `vm-unknown` when several bore
 * the name.
 */
export async function findGoneVm(
  store: Pick<Store, 'readLedger'>,
  accounts: Iterable<string>,
  asked: string,
  until: Instant,
): Promise<VmHistory | undefined> {
  const found: VmHistory[] = [];
  for (const account of accounts) {
    const ledger = await store.readLedger(account, 0, until);
    const ids = new Set(
      ledger.flatMap(({ vmId, vmName }) =>
        vmId !== undefined && (vmName === asked || isSameId(vmId, asked)) ? [vmId] : [],
      ),
    );
    for (const id of ids) {
      const entries = listEntries(ledger, id);
      found.push({ account, ref: { id, name: nameOf(entries) }, entries });
    }
  }
  const [only, ...others] = found;
  if (others.length === 0) return only;
  const ids = found.map(({ ref }) => (ref.name === asked ? ref.id : `${ref.id} (${ref.name} later)`)).join(', ');
  throw new PurserError('vm-unknown', `${found.length} VMs bore the name "${asked}": name one by its id (${ids}).`);
}
