// Remembers since when what serves nobody was seen so: parts attached to nothing, VMs that ended and lock their reserve. The
// API tells when a thing was made, not since when nobody uses it; a disk between two VMs must not count as old.
import { isEnded } from '../lifecycle.js';
import type { Reckoning } from './reckoning.js';

/** Of a listing that was believed. Where leftovers aren't told, what was seen of them stands. */
export function reckonIdle(reckoning: Reckoning): void {
  const { inventory } = reckoning.snapshot;
  const known = new Map((reckoning.notes.idleSince ?? []).map(({ id, since }) => [id, since]));
  const ended = inventory.vms.filter((vm) => isEnded(vm.status)).map(({ id }) => id);
  const free = inventory.leftovers?.map(({ id }) => id) ?? [...known.keys()].filter((id) => !reckoning.vmById.has(id));
  const ids = [...new Set([...ended, ...free])];
  const idleSince = ids.map((id) => ({ id, since: known.get(id) ?? reckoning.now }));
  if (ids.length === known.size && ids.every((id) => known.has(id))) return;
  reckoning.notes = { ...reckoning.notes, idleSince: ids.length === 0 ? undefined : idleSince };
}
