// Whether the key is that of the account that the books are about. A key that was replaced may be another account's, whose list
// lacks all our VMs and looks complete: it shows one that we know before anything is reckoned or done with it.
import { formatMinute } from '../instant.js';
import type { Reckoning } from './reckoning.js';

/** A VM that we know, be it over, or a disk or address of one. Names prove nothing: another account of this installation bears them too. */
function isOursShown({ claims, vmById, endedById, notes, snapshot }: Reckoning): boolean {
  const vms = [...vmById.values()];
  if ([...claims.keys()].some((id) => vmById.has(id) || endedById.has(id))) return true;
  const shown = new Set(
    [...(snapshot.inventory.leftovers ?? []), ...vms.flatMap(({ parts = [] }) => parts)].map(({ id }) => id),
  );
  const parts = [...[...claims.values()].flatMap(({ parts: own = [] }) => own), ...(notes.leftParts ?? [])];
  return parts.some(({ id }) => shown.has(id));
}

/** VMs, what they left behind, or a purchase that may still turn up. What is being deleted is expected to be absent. */
function hasAnythingToLose({ claims, intents, notes }: Reckoning): boolean {
  if ((notes.leftParts ?? []).length > 0) return true;
  if ([...claims.values()].some(({ state, parts = [] }) => state !== 'doomed' || parts.length > 0)) return true;
  return [...intents.values()].some(
    ({ deploy, state }) => deploy !== undefined && (state === 'unknown' || state === 'calling'),
  );
}

/** Returns whether the listing may be reckoned with. Waiting doesn't help: only the account's own key ends the doubt. */
export function reckonKey(reckoning: Reckoning): boolean {
  const { keyMark, inventory } = reckoning.snapshot;
  const { keyMark: proven } = reckoning.notes;
  if (keyMark === undefined || inventory.state !== 'complete') return true;
  const isProven = keyMark === proven || isOursShown(reckoning);
  if (isProven || proven === undefined || !hasAnythingToLose(reckoning)) {
    // It may be another account's, and what was added to that one only seems to be there.
    if (!isProven && proven !== undefined) reckoning.notes = { ...reckoning.notes, addedKeys: undefined };
    if (keyMark !== proven || reckoning.notes.keyDoubt !== undefined)
      reckoning.notes = { ...reckoning.notes, keyMark, keyDoubt: undefined };
    return true;
  }
  const since = reckoning.notes.keyDoubt?.since ?? reckoning.now;
  const text =
    `the API key was replaced (seen ${formatMinute(since)}), and the new one shows nothing of what we know there: ` +
    'it may be of another account. Nothing is bought or deleted until it shows something; put the right key back, or confirm this one: purser doctor --recover';
  reckoning.notes = { ...reckoning.notes, keyDoubt: { since, text } };
  return false;
}
