// Disks and addresses that somebody took from a VM of ours while that was there, or attached elsewhere after its end: they may
// hold what a person wants, and are remembered, since a list may lack for a while what is there. It only remembers:
// what an ended VM left, and the rule of orphans, ask it.
import { isEnded } from '../lifecycle.js';
import { readPartName } from '../part-names.js';
import { mapHolders } from '../parts.js';
import { keepLast } from '../statistics.js';
import type { Part, Vm } from '../types.js';
import type { Reckoning } from './reckoning.js';

/** Of those that were taken last. */
const MOST_REMEMBERED = 1000;

/** `vm`: whose it was. `wasAttached`: a look showed it there, so that only a hand can have taken it. */
export function noteTaken(
  reckoning: Reckoning,
  partId: string,
  vm: { readonly vmId: string; readonly vmName: string },
  wasAttached = true,
): void {
  const { takenParts = {} } = reckoning.notes;
  const known = takenParts[partId];
  if (known !== undefined && (known.wasAttached || !wasAttached)) return;
  const { vmId, vmName } = vm;
  const { [partId]: _, ...others } = takenParts;
  const all = [...Object.entries(others), [partId, { vmId, vmName, wasAttached }] as const];
  reckoning.notes = { ...reckoning.notes, takenParts: Object.fromEntries(keepLast(all, MOST_REMEMBERED)) };
}

/** A VM that failed keeps its parts until it is terminated; one that is going may have let go of them. */
function isThere({ status }: Vm): boolean {
  return status === 'failed' || !isEnded(status);
}

/** The VM of ours that a free part was made for and that is there, by the books before this look or by its name. */
function findOwner(
  { snapshot, vmById }: Reckoning,
  byName: ReadonlyMap<string, Vm>,
  part: Part,
): { readonly vm: Vm; readonly wasAttached: boolean } | undefined {
  const claim = snapshot.books.claims.find(({ parts }) => parts?.some(({ id }) => id === part.id) === true);
  const holder = claim === undefined || claim.state === 'doomed' ? undefined : vmById.get(claim.vmId);
  if (holder !== undefined && isThere(holder)) return { vm: holder, wasAttached: true };
  const vmName = part.name === undefined ? undefined : readPartName(part.name)?.vmName;
  const vm = vmName === undefined ? undefined : byName.get(vmName);
  return vm === undefined ? undefined : { vm, wasAttached: false };
}

/** What is free while its VM is there, and what a look before this one didn't know as free. */
function noteFree(reckoning: Reckoning, leftovers: readonly Part[]): void {
  const known = new Set((reckoning.snapshot.books.notes.idleSince ?? []).map(({ id }) => id));
  const fresh = leftovers.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return;
  const doomed = new Set(
    [...reckoning.claims.values()].flatMap(({ vmId, state }) => (state === 'doomed' ? [vmId] : [])),
  );
  const there = [...reckoning.vmById.values()].filter((vm) => isThere(vm) && !doomed.has(vm.id));
  const byName = new Map(there.map((vm) => [vm.name, vm]));
  for (const part of fresh) {
    const owner = findOwner(reckoning, byName, part);
    if (owner === undefined) continue;
    noteTaken(reckoning, part.id, { vmId: owner.vm.id, vmName: owner.vm.name }, owner.wasAttached);
  }
}

/** Of a believed listing. What went back to its VM is its own again. */
export function reckonTaken(reckoning: Reckoning): void {
  const { leftovers } = reckoning.snapshot.inventory;
  // Where leftovers aren't told, what is known of them stands.
  if (leftovers === undefined) return;
  noteFree(reckoning, leftovers);
  const { takenParts } = reckoning.notes;
  if (takenParts === undefined) return;
  const holderOf = mapHolders(reckoning.vmById.values());
  const kept = Object.entries(takenParts).filter(([id, { vmId }]) => holderOf.get(id)?.id !== vmId);
  if (kept.length === Object.keys(takenParts).length) return;
  reckoning.notes = { ...reckoning.notes, takenParts: kept.length === 0 ? undefined : Object.fromEntries(kept) };
}
