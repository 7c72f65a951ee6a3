// Which listed VMs are none any more. It knows nothing of who owned them.
import type { Abilities } from './abilities.js';
import type { Inventory, Vm } from './types.js';

/** What is over for good and needs no deletion is no VM any more, though some lists show it for a day. */
export function setEndedApart(
  inventory: Inventory,
  { deletesEndedVms }: Abilities,
): { readonly inventory: Inventory; readonly ended: readonly Vm[] } {
  const isOver = (vm: Vm): boolean => !deletesEndedVms && vm.status === 'terminated';
  const ended = inventory.vms.filter(isOver);
  if (ended.length === 0) return { inventory, ended };
  return { inventory: { ...inventory, vms: inventory.vms.filter((vm) => !isOver(vm)) }, ended };
}
