// What the parts of a reckoning share: the snapshot, and the changes and ledger lines they produce. Holds no logic of its own.
import type { ChargeRecord, Meter } from '../charge-records.js';
import type { Change, Claim, Intent, LedgerEntry, Notes } from '../books.js';
import { listLeftBy } from '../parts.js';
import type { Snapshot } from '../plan-types.js';
import type { AccountSettings, PolicySet } from '../policy-types.js';
import type { Instant, Vm } from '../types.js';

/** Of each measured time. */
export const SAMPLES_KEPT = 200;

export interface Reckoning {
  readonly snapshot: Snapshot;
  readonly settings: AccountSettings;
  readonly policies: PolicySet;
  readonly now: Instant;
  /** Without those in `endedById`. */
  readonly vmById: ReadonlyMap<string, Vm>;
  /** Listed, but over for good: on a product where an ended VM costs nothing and leaves by itself. As good as absent. */
  readonly endedById: ReadonlyMap<string, Vm>;
  /** The books as they become; changed by the parts, in order. */
  readonly claims: Map<string, Claim>;
  readonly intents: Map<string, Intent>;
  readonly meters: Map<string, Meter>;
  /** What this look shows as charged, by the meter's id. */
  readonly charged: Map<string, readonly ChargeRecord[]>;
  notes: Notes;
  readonly changes: Change[];
  readonly ledger: LedgerEntry[];
}

/** Replaces a claim, noting the change against the state that the store must still hold. */
export function setClaim(reckoning: Reckoning, claim: Claim): void {
  const before = reckoning.claims.get(claim.vmId);
  reckoning.claims.set(claim.vmId, claim);
  reckoning.changes.push({ kind: 'claim', claim, expect: before?.state ?? 'absent' });
}

/** The VM is gone: what was made for it is to go after it, and is noted in the same commit. Returns whether there was any. */
export function noteLeftParts(reckoning: Reckoning, claim: Claim): boolean {
  const { notes, now, endedById, snapshot, settings } = reckoning;
  const { leftParts: known = [] } = notes;
  const seen = { now, known, vm: endedById.get(claim.vmId), leftovers: snapshot.inventory.leftovers ?? [] };
  const all = listLeftBy(claim, seen, settings.installation);
  // What somebody took from it before goes nowhere after it.
  const left = all.filter(({ id }) => notes.takenParts?.[id]?.wasAttached !== true);
  if (left.length > 0) reckoning.notes = { ...notes, leftParts: [...known, ...left] };
  return left.length > 0;
}

export function dropClaim(reckoning: Reckoning, claim: Claim): void {
  noteLeftParts(reckoning, claim);
  reckoning.claims.delete(claim.vmId);
  reckoning.changes.push({ kind: 'unclaim', vmId: claim.vmId, expect: claim.state });
}

export function setIntent(reckoning: Reckoning, intent: Intent): void {
  const before = reckoning.intents.get(intent.id);
  reckoning.intents.set(intent.id, intent);
  reckoning.changes.push({ kind: 'intent', intent, expect: before?.state ?? 'absent' });
}

export function tell(
  reckoning: Reckoning,
  event: LedgerEntry['event'],
  text: string,
  facts: Partial<Pick<LedgerEntry, 'policy' | 'vmId' | 'vmName' | 'part' | 'intent' | 'why' | 'money'>> = {},
): void {
  reckoning.ledger.push({
    at: reckoning.now,
    account: reckoning.settings.name,
    policy: facts.policy,
    vmId: facts.vmId,
    vmName: facts.vmName,
    ...(facts.part === undefined ? {} : { part: facts.part }),
    intent: facts.intent,
    event,
    text,
    ...(facts.why === undefined ? {} : { why: facts.why }),
    money: facts.money,
  });
}

/** The facts of a claim that go with every ledger line about it. */
export function about(claim: Claim): Pick<LedgerEntry, 'policy' | 'vmId' | 'vmName' | 'intent'> {
  return { policy: claim.policy, vmId: claim.vmId, vmName: claim.vmName, intent: claim.intent };
}
