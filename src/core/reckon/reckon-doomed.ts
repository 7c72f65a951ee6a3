// Carries what a believed listing shows into the claims of doomed VMs: how long their deletion took, and whether it took effect
// at all. It calls for nothing again; that is the planner's (rules/retry-deletions.ts).
import type { Claim } from '../books.js';
import { formatDuration } from '../duration.js';
import { isRecordOnly, LANDING_MILLIS, readLastCall } from '../last-call.js';
import { isEnded, isRunning } from '../lifecycle.js';
import { keepLast } from '../statistics.js';
import type { Instant, Millis, Vm } from '../types.js';
import { about, dropClaim, SAMPLES_KEPT, tell, type Reckoning } from './reckoning.js';

/** What is first seen longer than this after the look before happened at a time that nobody knows. */
const LOOK_GAP: Millis = 5 * 60_000;

/** After a look that was not believed, or a long time without one, nobody knows when that happened which this look shows. */
export function hasLookedLately({ snapshot, now }: Reckoning): boolean {
  const { endedDoubt, inventoryDoubt, lastCompleteLook } = snapshot.books.notes;
  if (endedDoubt !== undefined || inventoryDoubt !== undefined) return false;
  return lastCompleteLook !== undefined && now - lastCompleteLook.at <= LOOK_GAP;
}

function measureDeletion(reckoning: Reckoning, calledAt: Instant): void {
  if (!hasLookedLately(reckoning)) return;
  const took = Math.max(0, reckoning.now - calledAt);
  const deletionMillis = keepLast([...reckoning.notes.deletionMillis, took], SAMPLES_KEPT);
  reckoning.notes = { ...reckoning.notes, deletionMillis };
}

/** A doomed VM that is listed: measured when it first shows as ended, which may be long before its record leaves the list. */
export function reckonDoomed(reckoning: Reckoning, claim: Claim, vm: Vm): void {
  const calledAt = claim.deletion?.calledAt ?? claim.stateSince;
  if (isRecordOnly(claim) || !isEnded(vm.status) || claim.endedSince !== undefined) return;
  if (reckoning.snapshot.inventory.startedAt >= calledAt) measureDeletion(reckoning, calledAt);
}

/** A doomed VM that is absent. Only a listing that began after the call says anything about it. */
export function reckonDeleted(reckoning: Reckoning, claim: Claim): void {
  const calledAt = claim.deletion?.calledAt ?? claim.stateSince;
  if (reckoning.snapshot.inventory.startedAt < calledAt) return;
  if (isRecordOnly(claim)) {
    tell(reckoning, 'record-removed', `the record of ${claim.vmName} is gone, its reserve is free`, about(claim));
    dropClaim(reckoning, claim);
    return;
  }
  if (claim.endedSince === undefined) measureDeletion(reckoning, calledAt);
  const goneAt = claim.endedSince ?? reckoning.now;
  const took = Math.max(0, goneAt - calledAt);
  const before = claim.paidUntil === undefined ? undefined : claim.paidUntil - goneAt;
  const when = before === undefined || before < 0 ? '' : `, ${formatDuration(before)} before its boundary`;
  tell(reckoning, 'deleted', `${claim.vmName} is gone ${formatDuration(took)} after the call${when}`, {
    ...about(claim),
    money: claim.price?.amount,
  });
  dropClaim(reckoning, claim);
}

/** What becomes of a doomed VM that runs although its deletion should have landed; undefined while it may still land. */
export function judgeStillRunning(reckoning: Reckoning, claim: Claim, vm: Vm): 'member' | 'parked' | undefined {
  if (claim.state !== 'doomed' || !isRunning(vm.status)) return undefined;
  const { isOpen, calledAt, boundary } = readLastCall(claim, reckoning.intents);
  if (reckoning.snapshot.inventory.startedAt - calledAt <= LANDING_MILLIS) return undefined;
  // Nobody wanted it gone: it was taken for ended.
  if (isRecordOnly(claim)) return isOpen ? undefined : claim.origin === 'reaped' ? 'parked' : 'member';
  // Its deletion took no effect and the next period is paid: parked until the next deadline, where everything is asked anew
  // (DESIGN "The billing clock").
  const meant = boundary ?? claim.paidUntil;
  return meant !== undefined && vm.paidUntil !== undefined && vm.paidUntil > meant ? 'parked' : undefined;
}
