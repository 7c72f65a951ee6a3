// What VMs are called now, or were last: the VMs of one purchase are charged first under one name, before each bears its own.
// Reads; judges nothing.
import type { VmTally } from '../core/tallies.js';
import type { Instant } from '../core/types.js';
import type { Store } from '../ports/store.js';
import type { Look } from '../scheduler/look.js';

/** Ids that no look names, of tallies that share their name with another VM. */
function listAlike(tallies: readonly VmTally[], names: ReadonlyMap<string, string>): ReadonlySet<string> {
  const idsOf = new Map<string, Set<string>>();
  for (const { vmId, vmName } of tallies) idsOf.set(vmName, (idsOf.get(vmName) ?? new Set()).add(vmId));
  const alike = [...idsOf.values()].flatMap((ids) => (ids.size > 1 ? [...ids] : []));
  return new Set(alike.filter((id) => !names.has(id)));
}

/** By id. The ledger is asked only where what is gone shares its name. Throws `redis-*`. */
export async function nameVms(
  store: Pick<Store, 'readLedger'>,
  account: string,
  tallies: readonly VmTally[],
  look: Look | undefined,
  until: Instant,
): Promise<ReadonlyMap<string, string>> {
  const { books, inventory } = look?.reckoned ?? {};
  const names = new Map(books?.claims.map(({ vmId, vmName }) => [vmId, vmName]));
  for (const { id, name } of inventory?.vms ?? []) names.set(id, name);
  const alike = listAlike(tallies, names);
  if (alike.size === 0) return names;
  for (const { vmId, vmName } of await store.readLedger(account, 0, until))
    if (vmId !== undefined && vmName !== undefined && alike.has(vmId)) names.set(vmId, vmName);
  return names;
}
