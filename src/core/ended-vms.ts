// Which listed VMs are none any more. Of who owned them it knows only what a claim tells.
import { readAbilities, type Abilities } from './abilities.js';
import type { Claim } from './books.js';
import type { Snapshot } from './plan-types.js';
import type { Inventory, Vm } from './types.js';

/** What is over for good and needs no deletion is no VM any more, though some lists show it for a day. */
export function setEndedApart(
  inventory: Inventory,
  { deletesEndedVms }: Abilities,
): { readonly inventory: Inventory; readonly ended: readonly Vm[] } {
  const hasGone = (vm: Vm): boolean => !deletesEndedVms && vm.status === 'terminated';
  const ended = inventory.vms.filter(hasGone);
  if (ended.length === 0) return { inventory, ended };
  return { inventory: { ...inventory, vms: inventory.vms.filter((vm) => !hasGone(vm)) }, ended };
}

/** Its VM was listed as over and isn't listed as running since: the claim is kept for a while, and counts for nothing. */
export function isOver(claim: Claim, snapshot: Pick<Snapshot, 'abilities' | 'product'>, vm: Vm | undefined): boolean {
  if (vm !== undefined || claim.endedLooks === undefined || claim.state === 'doomed') return false;
  return !readAbilities(snapshot).deletesEndedVms;
}
