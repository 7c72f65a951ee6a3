// Carries what a believed listing shows into the claims: first seen, up, charged, missing, gone. It parks and dooms nothing.
import type { Claim } from '../books.js';
import { isEnded, isRunning } from '../lifecycle.js';
import { findUnused, formatUsdc } from '../money.js';
import { formatDuration } from '../duration.js';
import { findFleet } from '../ownership.js';
import { keepLast } from '../statistics.js';
import type { Instant, Millis, Vm } from '../types.js';
import { about, dropClaim, setClaim, tell, type Reckoning } from './reckoning.js';

/** A VM without a known end counts until it was absent from so many complete looks over this time. */
const MISSING_FOR: Millis = 10 * 60_000;
const MISSING_LOOKS = 3;
const SAMPLES_KEPT = 200;
/** A VM that was first seen up longer than this after the look before came up at a time that nobody knows. */
const LAUNCH_LOOK_GAP: Millis = 5 * 60_000;

/** A deletion that was called for in this period and surely failed: the charge that follows was missed, not chosen. */
function hasFailedDeletion(reckoning: Reckoning, claim: Claim): boolean {
  const period = claim.price?.periodMillis ?? 0;
  return [...reckoning.intents.values()].some(
    (intent) =>
      reckoning.now - intent.createdAt < period &&
      intent.delete?.targets.some((target) => target.vmId === claim.vmId && target.outcome?.result === 'failed') ===
        true,
  );
}

function reckonCharge(reckoning: Reckoning, claim: Claim, vm: Vm): void {
  const before = claim.paidUntil;
  if (vm.paidUntil === undefined || vm.price === undefined) return;
  if (before !== undefined && vm.paidUntil <= before) return;
  const money = vm.price.amount;
  if (before === undefined || claim.state === 'member') {
    tell(reckoning, 'charged', `${vm.name} paid for its ${before === undefined ? 'first' : 'next'} period`, {
      ...about(claim),
      money,
    });
    return;
  }
  const begun = claim.state === 'doomed' || hasFailedDeletion(reckoning, claim);
  const text = begun
    ? `${vm.name} was charged ${formatUsdc(money)} again although its deletion had begun`
    : `${vm.name} is parked and was charged again`;
  tell(reckoning, begun ? 'missed-boundary' : 'charged', text, { ...about(claim), money });
}

/** After a look that was not believed, or a long time without one, nobody knows since when a VM is up. */
function isLaunchMeasured({ snapshot, now }: Reckoning): boolean {
  const { endedDoubt, inventoryDoubt, lastCompleteLook } = snapshot.books.notes;
  if (endedDoubt !== undefined || inventoryDoubt !== undefined) return false;
  return lastCompleteLook !== undefined && now - lastCompleteLook.at <= LAUNCH_LOOK_GAP;
}

function reckonListed(reckoning: Reckoning, claim: Claim, vm: Vm): void {
  const { now } = reckoning;
  const isUp = isRunning(vm.status);
  const isFirstUp = isUp && claim.activeAt === undefined;
  reckonCharge(reckoning, claim, vm);
  if (isFirstUp && claim.origin === 'bought') {
    const took = now - claim.claimedAt;
    const isMeasured = isLaunchMeasured(reckoning);
    if (isMeasured) {
      const launchMillis = keepLast([...reckoning.notes.launchMillis, took], SAMPLES_KEPT);
      reckoning.notes = { ...reckoning.notes, launchMillis };
    }
    // An unmeasured time is an upper bound, and is told as one.
    tell(
      reckoning,
      'active',
      `${vm.name} is up ${isMeasured ? 'after' : 'within'} ${formatDuration(took)}`,
      about(claim),
    );
  }
  const seen = {
    vmName: vm.name,
    price: vm.price ?? claim.price,
    paidUntil: vm.paidUntil ?? claim.paidUntil,
    seenAt: claim.seenAt ?? now,
    activeAt: claim.activeAt ?? (isUp ? now : undefined),
    endedSince: isEnded(vm.status) ? (claim.endedSince ?? now) : undefined,
    missing: undefined,
  };
  if (isPaidAnew(reckoning, claim, vm)) {
    // Paid again and running: parked until the next deadline, where everything is asked anew (DESIGN "The billing clock").
    setClaim(reckoning, { ...claim, ...seen, state: 'parked', stateSince: now, deletion: undefined });
    return;
  }
  if (isSame(claim, seen)) return;
  setClaim(reckoning, { ...claim, ...seen });
}

/** How long after its call a deletion may still land; a boundary that moved within that time says nothing yet. */
const LANDING_MILLIS: Millis = 60_000;

/** A doomed VM whose boundary moved although it runs: its deletion did not take effect, and the next period is paid. */
function isPaidAnew(reckoning: Reckoning, claim: Claim, vm: Vm): boolean {
  if (claim.state !== 'doomed' || !isRunning(vm.status)) return false;
  const { startedAt } = reckoning.snapshot.inventory;
  const calledAt = claim.deletion?.calledAt ?? claim.stateSince;
  const hasMoved = claim.paidUntil !== undefined && vm.paidUntil !== undefined && vm.paidUntil > claim.paidUntil;
  return hasMoved && startedAt - calledAt > LANDING_MILLIS;
}

type Seen = Pick<Claim, 'vmName' | 'price' | 'paidUntil' | 'seenAt' | 'activeAt' | 'endedSince' | 'missing'>;

function isSame(a: Seen, b: Seen): boolean {
  return (
    a.vmName === b.vmName &&
    a.paidUntil === b.paidUntil &&
    a.seenAt === b.seenAt &&
    a.activeAt === b.activeAt &&
    a.endedSince === b.endedSince &&
    a.missing === b.missing &&
    a.price?.amount === b.price?.amount
  );
}

function finishDeletion(reckoning: Reckoning, claim: Claim, calledAt: Instant): void {
  const took = Math.max(0, reckoning.now - calledAt);
  const isRecord = claim.unwanted === 'record-only';
  const money = claim.price?.amount;
  if (isRecord) {
    tell(reckoning, 'record-removed', `the record of ${claim.vmName} is gone, its reserve is free`, about(claim));
  } else {
    const deletionMillis = keepLast([...reckoning.notes.deletionMillis, took], SAMPLES_KEPT);
    reckoning.notes = { ...reckoning.notes, deletionMillis };
    const before = claim.paidUntil === undefined ? undefined : claim.paidUntil - reckoning.now;
    const when = before === undefined || before < 0 ? '' : `, ${formatDuration(before)} before its boundary`;
    tell(reckoning, 'deleted', `${claim.vmName} is gone ${formatDuration(took)} after the call${when}`, {
      ...about(claim),
      money,
    });
  }
  dropClaim(reckoning, claim);
}

/** It ended by itself, and there is no record to delete. */
function reckonOver(reckoning: Reckoning, claim: Claim, vm: Vm): void {
  const endedSince = claim.endedSince ?? reckoning.now;
  tell(reckoning, 'terminated', `${claim.vmName} has ended without our doing: it is ${vm.statusText}`, {
    ...about(claim),
    money: claim.state === 'member' ? findUnused(claim, endedSince) : undefined,
  });
  dropClaim(reckoning, claim);
}

function reckonAbsent(reckoning: Reckoning, claim: Claim): void {
  const { startedAt } = reckoning.snapshot.inventory;
  if (claim.state === 'doomed') {
    // Only a listing that began after the call says anything about it.
    const calledAt = claim.deletion?.calledAt ?? claim.stateSince;
    if (startedAt >= calledAt) finishDeletion(reckoning, claim, calledAt);
    return;
  }
  if (startedAt < claim.claimedAt) return;
  const over = reckoning.endedById.get(claim.vmId);
  if (over !== undefined) {
    reckonOver(reckoning, claim, over);
    return;
  }
  const missing = { since: claim.missing?.since ?? reckoning.now, looks: (claim.missing?.looks ?? 0) + 1 };
  if (missing.looks < MISSING_LOOKS || reckoning.now - missing.since < MISSING_FOR) {
    setClaim(reckoning, { ...claim, missing });
    return;
  }
  tell(
    reckoning,
    'gone',
    `${claim.vmName} left the list ${formatDuration(reckoning.now - missing.since)} ago without our doing; no longer counted`,
    { ...about(claim), money: claim.state === 'member' ? findUnused(claim, missing.since) : undefined },
  );
  dropClaim(reckoning, claim);
}

/** `formerly: [old]`: members of a name that no policy bears any more follow to the policy that names it. */
function followRename(reckoning: Reckoning, claim: Claim): Claim {
  if (claim.origin === 'reaped') return claim;
  const fleet = findFleet(reckoning.policies.fleets, claim.policy);
  if (fleet === undefined || fleet.name === claim.policy) return claim;
  const next = { ...claim, policy: fleet.name };
  tell(reckoning, 'moved', `${claim.vmName} moved from ${claim.policy} to ${next.policy} (formerly)`, about(next));
  setClaim(reckoning, next);
  return next;
}

/** Reckons every claim with a listing that was found trustworthy. */
export function reckonClaims(reckoning: Reckoning): void {
  for (const known of [...reckoning.claims.values()]) {
    const claim = followRename(reckoning, known);
    const vm = reckoning.vmById.get(claim.vmId);
    if (vm === undefined) reckonAbsent(reckoning, claim);
    else reckonListed(reckoning, claim, vm);
    // A foreign VM that a reap wanted and that is no longer due is of nobody again (see commit building).
    if (vm !== undefined && claim.origin === 'reaped' && claim.state === 'parked' && isEnded(vm.status)) {
      dropClaim(reckoning, reckoning.claims.get(claim.vmId)!);
    }
  }
}
