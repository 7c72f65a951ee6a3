// Which VMs a lost store gets back: those whose name says that a fleet in force bought them. Pure; a name alone gives the right
// to nothing, so it is a person who carries this out.
import type { Books, Change, Notes } from '../../core/books.js';
import { RECOVERING_BUYS_AFTER } from '../../core/gates.js';
import { parseMemberName } from '../../core/names.js';
import { findFleet, isOpenIntent } from '../../core/ownership.js';
import type { AccountSettings, PolicySet } from '../../core/policy-types.js';
import type { Inventory, Vm } from '../../core/types.js';
import { servesAccount } from '../../core/peers.js';
import { buildAdoptedClaim } from '../adopted-claim.js';

export interface RecoveredVm {
  readonly vm: Vm;
  readonly policy: string;
}

export interface Recovery {
  readonly adopted: readonly RecoveredVm[];
  /** Named like ours, but by a fleet that is not in force: they stay nobody's. */
  readonly left: readonly RecoveredVm[];
  readonly changes: readonly Change[];
}

/** `inventory` must be complete. */
export function planRecovery(
  books: Books,
  inventory: Inventory,
  policies: PolicySet,
  settings: AccountSettings,
): Recovery {
  const now = inventory.finishedAt;
  const claimed = new Set(books.claims.map(({ vmId }) => vmId));
  const open = new Set(books.intents.filter(isOpenIntent).map(({ id }) => id));
  const fleets = policies.fleets.filter((fleet) => servesAccount(fleet, settings.name));
  const adopted: RecoveredVm[] = [];
  const left: RecoveredVm[] = [];
  const changes: Change[] = [];
  for (const vm of inventory.vms) {
    const named = parseMemberName(vm.name, settings.installation);
    // What an open create made is reckoned by its own intent.
    if (named === undefined || claimed.has(vm.id) || open.has(named.intent)) continue;
    const policy = findFleet(fleets, named.fleet)?.name;
    if (policy === undefined) {
      left.push({ vm, policy: named.fleet });
      continue;
    }
    adopted.push({ vm, policy });
    const adoption = { policy, generation: policies.generation, now, intent: named.intent };
    changes.push({ kind: 'claim', claim: buildAdoptedClaim(vm, adoption), expect: 'absent' });
  }
  const lastCompleteLook = { at: now, vms: inventory.vms.length };
  const { recovering } = books.notes;
  // What runs can be claimed at once; what was being bought when the store was lost may be listed minutes later.
  const buysFrom = recovering?.isLost === true ? recovering.since + RECOVERING_BUYS_AFTER : undefined;
  // A key that a person vouches for is believed by the next look.
  const key = { keyMark: undefined, keyDoubt: undefined };
  const notes: Notes = { ...books.notes, ...key, lastCompleteLook, recovering: undefined, buysFrom };
  return { adopted, left, changes: [...changes, { kind: 'notes', notes }] };
}
