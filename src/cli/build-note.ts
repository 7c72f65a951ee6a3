// A line of the ledger about something that a person did by hand.
import type { LedgerEntry } from '../core/books.js';
import type { Instant } from '../core/types.js';

/** `about`: the policy and the VM, where it is about one. */
export function buildNote(account: string, at: Instant, text: string, about: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    at,
    account,
    policy: undefined,
    vmId: undefined,
    vmName: undefined,
    intent: undefined,
    event: 'note',
    text,
    money: undefined,
    ...about,
  };
}
