// Whether the key is that of the account that the books are about. A key that was replaced may be another account's, whose list
// lacks all our VMs and looks complete: it shows one that we know before anything is reckoned or done with it.
import { formatMinute } from '../instant.js';
import type { Reckoning } from './reckoning.js';

/** Returns whether the listing may be reckoned with. Waiting doesn't help: only the account's own key ends the doubt. */
export function reckonKey(reckoning: Reckoning): boolean {
  const { keyMark, inventory } = reckoning.snapshot;
  const { keyMark: proven } = reckoning.notes;
  if (keyMark === undefined || inventory.state !== 'complete') return true;
  const known = [...reckoning.claims.values()].filter(({ seenAt }) => seenAt !== undefined);
  const isShown = known.some(({ vmId }) => reckoning.vmById.has(vmId));
  // Without a VM that we know there is nothing to be lost, and nothing that a key could show.
  if (keyMark === proven || isShown || known.length === 0 || proven === undefined) {
    if (keyMark !== proven || reckoning.notes.keyDoubt !== undefined)
      reckoning.notes = { ...reckoning.notes, keyMark, keyDoubt: undefined };
    return true;
  }
  const since = reckoning.notes.keyDoubt?.since ?? reckoning.now;
  const text =
    `the API key was replaced (seen ${formatMinute(since)}), and the new one shows none of the ${known.length} VMs that we know: ` +
    'it may be of another account. Nothing is bought or deleted until it shows one; put the right key back, or confirm this one: purser doctor --recover';
  reckoning.notes = { ...reckoning.notes, keyDoubt: { since, text } };
  return false;
}
