// Remembers since when what serves nobody was seen so: parts attached to nothing, VMs that ended and lock their reserve. The
// API tells when a thing was made, not since when nobody uses it; a disk between two VMs must not count as old.
import { ENDED_LOOKS, isEnded } from '../lifecycle.js';
import type { Idle } from '../part-books.js';
import type { Reckoning } from './reckoning.js';
import { reckonRemoved } from './reckon-removed.js';

/** Of a listing that was believed. Where leftovers aren't told, what was seen of them stands. */
export function reckonIdle(reckoning: Reckoning): void {
  const { inventory } = reckoning.snapshot;
  const known = new Map((reckoning.notes.idleSince ?? []).map((idle) => [idle.id, idle]));
  const ended = inventory.vms.filter((vm) => isEnded(vm.status)).map(({ id }) => id);
  // What has `looks` was a VM, and is told by every listing: one that left it is over, else the notes would grow for ever.
  const parts = [...known.values()].filter(({ id, looks }) => looks === undefined && !reckoning.vmById.has(id));
  const free = (inventory.leftovers ?? parts).map(({ id }) => id);
  if (inventory.leftovers !== undefined) reckonRemoved(reckoning, new Set(free));
  const ids = [...new Set([...ended, ...free])];
  const isVm = new Set(ended);
  // A second look at the same instant tells nothing new.
  const isAnother = reckoning.now > (reckoning.snapshot.books.notes.lastCompleteLook?.at ?? Number.NEGATIVE_INFINITY);
  const idleSince = ids.map((id): Idle => {
    const before = known.get(id);
    if (!isVm.has(id)) return before ?? { id, since: reckoning.now };
    const looks = Math.min(ENDED_LOOKS, (before?.looks ?? 0) + (isAnother || before === undefined ? 1 : 0));
    return before?.looks === looks ? before : { id, since: before?.since ?? reckoning.now, looks };
  });
  if (ids.length === known.size && idleSince.every((idle) => known.get(idle.id) === idle)) return;
  reckoning.notes = { ...reckoning.notes, idleSince: ids.length === 0 ? undefined : idleSince };
}
