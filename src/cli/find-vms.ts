// Finds the VMs that a person means by an id or a name, in the listings of the accounts. Names may be borne by several.
import { PurserError } from '../core/errors.js';
import type { Inventory, Vm } from '../core/types.js';
import { isSameId } from '../core/vm-id.js';

export interface FoundVm {
  readonly account: string;
  readonly vm: Vm;
}

export interface Listing {
  readonly account: string;
  readonly inventory: Inventory;
}

function isMeant(vm: Vm, asked: string): boolean {
  return vm.name === asked || isSameId(vm.id, asked);
}

export function findVms(listings: readonly Listing[], asked: string): readonly FoundVm[] {
  return listings.flatMap(({ account, inventory }) =>
    inventory.vms.filter((vm) => isMeant(vm, asked)).map((vm) => ({ account, vm })),
  );
}

/** The one VM. Throws `vm-unknown` when there is none, or when the name is borne by several. */
export function findOneVm(listings: readonly Listing[], asked: string): FoundVm {
  const [only, ...others] = findVms(listings, asked);
  if (only === undefined) throw new PurserError('vm-unknown', `No account has a VM "${asked}", by id or by name.`);
  if (others.length === 0) return only;
  const ids = [only, ...others].map(({ vm }) => vm.id).join(', ');
  throw new PurserError(
    'vm-unknown',
    `${others.length + 1} VMs bear the name "${asked}": name one by its id (${ids}).`,
  );
}
