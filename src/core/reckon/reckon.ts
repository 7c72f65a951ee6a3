// Reckons a look into the books: trust first, then intents, then claims. Pure. The planner plans on the books that come out,
// the commit writes the changes; a preview (`plan`) throws the changes away.
import { listChargeRecords, putMeters } from '../apply-commit.js';
import { readAbilities } from '../abilities.js';
import type { Books, Change, LedgerEntry } from '../books.js';
import type { Snapshot } from '../plan-types.js';
import type { AccountSettings, PolicySet } from '../policy-types.js';
import { setEndedApart } from '../ended-vms.js';
import { servesAccount } from '../peers.js';
import { spellAsInBooks } from '../vm-id.js';
import { reckonBillingClock } from './reckon-billing-clock.js';
import { reckonCharges } from './reckon-charges.js';
import { reckonClaims } from './reckon-claims.js';
import { reckonIntents } from './reckon-intents.js';
import { reckonKeys } from './reckon-keys.js';
import { reckonEnded } from './reckon-ended.js';
import { reckonForPeers } from './reckon-for-peers.js';
import { reckonIdle } from './reckon-idle.js';
import { reckonKey } from './reckon-key.js';
import { reckonLeftParts } from './reckon-parts.js';
import { reckonClock, reckonInventory, reckonRecovery } from './reckon-trust.js';
import { reckonTaken } from './reckon-taken.js';
import type { Reckoning } from './reckoning.js';

export interface Reckoned {
  /** The snapshot with the books as they are after the changes. */
  readonly snapshot: Snapshot;
  readonly changes: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
}

/** Never committed before: the store was just born. */
function isNewBooks(books: Books): boolean {
  return books.notes.lastCompleteLook === undefined && books.notes.recovering === undefined;
}

/** Merges the changes of one key into one, so that each expects what the store holds before all of them. */
function mergeChanges(changes: readonly Change[]): readonly Change[] {
  const merged = new Map<string, Change>();
  for (const change of changes) {
    const key =
      change.kind === 'claim'
        ? `claim/${change.claim.vmId}`
        : change.kind === 'unclaim'
          ? `claim/${change.vmId}`
          : change.kind === 'intent'
            ? `intent/${change.intent.id}`
            : change.kind === 'forget-intent'
              ? `intent/${change.id}`
              : change.kind === 'meter'
                ? `meter/${change.id}`
                : 'notes';
    const before = merged.get(key);
    if (before !== undefined && 'expect' in before && 'expect' in change) {
      const { expect } = before;
      if (change.kind === 'claim' && (before.kind === 'claim' || before.kind === 'unclaim'))
        merged.set(key, { ...change, expect: before.expect });
      else if (change.kind === 'unclaim' && expect !== 'absent' && before.kind === 'claim')
        merged.set(key, { ...change, expect: before.expect as typeof change.expect });
      else if (change.kind === 'intent' && before.kind === 'intent')
        merged.set(key, { ...change, expect: before.expect });
      else merged.delete(key);
    } else merged.set(key, change);
  }
  return [...merged.values()];
}

/** One look into the books. The same snapshot reckoned twice is two looks. */
export function reckonSnapshot(observed: Snapshot, policies: PolicySet, settings: AccountSettings): Reckoned {
  const { books } = observed;
  const { inventory, ended } = setEndedApart(spellAsInBooks(observed.inventory, books), readAbilities(observed));
  const snapshot: Snapshot = { ...observed, inventory };
  const reckoning: Reckoning = {
    snapshot,
    settings,
    policies: { ...policies, fleets: policies.fleets.filter((fleet) => servesAccount(fleet, settings.name)) },
    now: snapshot.at,
    vmById: new Map(inventory.vms.map((vm) => [vm.id, vm])),
    endedById: new Map(ended.map((vm) => [vm.id, vm])),
    claims: new Map(books.claims.map((claim) => [claim.vmId, claim])),
    intents: new Map(books.intents.map((intent) => [intent.id, intent])),
    meters: new Map((books.meters ?? []).map((meter) => [meter.id, meter])),
    charged: new Map(),
    notes: books.notes,
    changes: [],
    ledger: [],
  };
  const isNew = isNewBooks(books);
  reckonClock(reckoning);
  const isBelieved = reckonKey(reckoning) && reckonInventory(reckoning) && reckonEnded(reckoning);
  reckonIntents(reckoning, isBelieved);
  reckonKeys(reckoning);
  if (isBelieved) {
    reckonBillingClock(reckoning);
    reckonCharges(reckoning);
    reckonClaims(reckoning);
    reckonLeftParts(reckoning);
    reckonTaken(reckoning);
    reckonIdle(reckoning);
    reckonForPeers(reckoning);
    reckonRecovery(reckoning, isNew);
  }
  if (reckoning.notes !== books.notes) reckoning.changes.push({ kind: 'notes', notes: reckoning.notes });
  const { meters: _, ...others } = books;
  const next: Books = {
    ...others,
    claims: [...reckoning.claims.values()],
    intents: [...reckoning.intents.values()],
    notes: reckoning.notes,
    ...putMeters(reckoning.meters),
  };
  const { changes, ledger } = reckoning;
  const charged = policies.budgets === undefined ? {} : { charged: listChargeRecords(changes), ended };
  return { snapshot: { ...snapshot, books: next, ...charged }, changes: mergeChanges(changes), ledger };
}
