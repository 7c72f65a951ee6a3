// VM ids are told apart by letter case on no product: 0x and hex digits on the marketplace, UUIDs on the cloud. People and
// listings may spell one id in several ways. Calls keep the spelling that the API gave; whatever compares ids asks here.
import type { Books } from './books.js';
import type { Inventory } from './types.js';

const ID = /^(0x[0-9a-f]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** The spelling under which ids are compared: lower case. A name, and any other text, stays as it is. */
export function canonicalId(text: string): string {
  // Nearly all are in lower case as they come; every look asks of every VM.
  const lower = text.toLowerCase();
  return lower !== text && ID.test(text) ? lower : text;
}

/** Whether both are the same id, or the same name. */
export function isSameId(one: string, other: string): boolean {
  return one === other || canonicalId(one) === canonicalId(other);
}

/**
 * The listing with every VM that has a claim under the claim's spelling of its id: a service that answers a purchase in one
 * letter case and lists in another shows no stranger.
 */
export function spellAsInBooks(inventory: Inventory, { claims }: Pick<Books, 'claims'>): Inventory {
  if (claims.length === 0) return inventory;
  const known = new Set(claims.map(({ vmId }) => vmId));
  if (inventory.vms.every(({ id }) => known.has(id))) return inventory;
  const spelling = new Map(claims.map(({ vmId }) => [vmId.toLowerCase(), vmId]));
  const vms = inventory.vms.map((vm) => {
    const id = known.has(vm.id) ? vm.id : (spelling.get(vm.id.toLowerCase()) ?? vm.id);
    return id === vm.id ? vm : { ...vm, id };
  });
  return { ...inventory, vms };
}
