// Carries what a believed listing shows into the claims: first seen, up, charged, missing, gone. It parks and dooms nothing.
import type { Claim, Intent } from '../books.js';
import { isOver } from '../ended-vms.js';
import { addLaunch, type LaunchOrder } from '../launch-times.js';
import { describeEnd, ENDED_FOR, ENDED_LOOKS, isEnded, isRunning } from '../lifecycle.js';
import { findUnused, formatUsdc, sumMicros } from '../money.js';
import { formatDuration } from '../duration.js';
import { findFleet } from '../ownership.js';
import { keepLast } from '../statistics.js';
import type { Millis, Vm } from '../types.js';
import { canonicalId } from '../vm-id.js';
import { hasLookedLately, judgeStillRunning, reckonDeleted, reckonDoomed } from './reckon-doomed.js';
import { describePeriods } from './count-periods.js';
import { explainPaid } from './explain-paid.js';
import { isSameParts, reckonParts } from './reckon-parts.js';
import { ANSWERED_WITH_ANOTHER, failPurchase, findStrangersPurchase } from './reckon-purchases.js';
import {
  about,
  dropClaim,
  noteLeftParts,
  SAMPLES_KEPT,
  setClaim,
  setIntent,
  tell,
  type Reckoning,
} from './reckoning.js';

/** A VM without a known end counts until it was absent from so many complete looks over this time. */
const MISSING_FOR: Millis = 10 * 60_000;
const MISSING_LOOKS = 3;

function reckonCharge(reckoning: Reckoning, claim: Claim, vm: Pick<Vm, 'id' | 'name'>): void {
  const charges = reckoning.charged.get(canonicalId(vm.id));
  if (charges === undefined) return;
  const before = claim.paidUntil;
  const money = sumMicros(charges.map(({ amount }) => amount));
  if (before === undefined || claim.state === 'member') {
    const text = `${vm.name} paid for its ${describePeriods(before === undefined, charges.length)}`;
    tell(reckoning, 'charged', text, { ...about(claim), money });
    return;
  }
  const begun = charges.some(({ use }) => use === 'missed');
  if (begun) {
    const text = `${vm.name} was charged ${formatUsdc(money)} again although its deletion had begun`;
    tell(reckoning, 'missed-boundary', text, { ...about(claim), money });
    return;
  }
  const surplus = charges.find(({ use }) => use === 'parked');
  const why = surplus === undefined ? undefined : explainPaid(reckoning, claim, surplus.at);
  const ordinary =
    claim.state === 'parked'
      ? `${vm.name} is parked and was charged again`
      : `${vm.name} was charged again before its deletion began`;
  const text = why === undefined ? ordinary : `${ordinary}: ${why}`;
  tell(reckoning, 'charged', text, { ...about(claim), ...(why === undefined ? {} : { why }), money });
}

/** A second look at the same instant tells nothing new. */
function countEndedLook({ now, snapshot }: Reckoning, { endedLooks }: Claim): number {
  const isAnother = now > (snapshot.books.notes.lastCompleteLook?.at ?? Number.NEGATIVE_INFINITY);
  return endedLooks === undefined ? 1 : Math.min(ENDED_LOOKS, endedLooks + (isAnother ? 1 : 0));
}

/** Told at the first look that is believed, of a member with what is paid and lost; and when it wasn't true. */
function tellEnd(reckoning: Reckoning, claim: Claim, vm: Vm): void {
  if (isEnded(vm.status) === (claim.endedLooks !== undefined) || claim.origin === 'reaped') return;
  if (!isEnded(vm.status)) {
    tell(reckoning, 'note', `${vm.name} was shown as ended and is ${vm.statusText} after all`, about(claim));
    return;
  }
  const money = claim.state === 'member' ? findUnused(claim, claim.endedSince ?? reckoning.now) : undefined;
  tell(reckoning, 'terminated', `${vm.name}: ${describeEnd(vm)}`, { ...about(claim), money });
}

/** By the order, since that is what the next one is looked up by; what nobody remembers ordering is of where it stands. */
function noteLaunch(reckoning: Reckoning, claim: Claim, vm: Vm, tookMillis: Millis): void {
  const launchMillis = keepLast([...reckoning.notes.launchMillis, tookMillis], SAMPLES_KEPT);
  reckoning.notes = { ...reckoning.notes, launchMillis };
  const order = reckoning.intents.get(claim.intent ?? '')?.deploy?.offer ?? readOrder(vm);
  if (order === undefined) return;
  reckoning.notes = { ...reckoning.notes, launches: addLaunch(reckoning.notes.launches ?? [], order, tookMillis) };
}

function readOrder({ configuration, place, clusterId }: Vm): LaunchOrder | undefined {
  if (configuration === undefined || place === undefined) return undefined;
  return { configuration, country: place.country, ...(clusterId === undefined ? {} : { clusterId }) };
}

function reckonListed(reckoning: Reckoning, claim: Claim, vm: Vm): void {
  const { now } = reckoning;
  const isUp = isRunning(vm.status);
  const isFirstUp = isUp && claim.activeAt === undefined;
  reckonCharge(reckoning, claim, vm);
  if (claim.state === 'doomed') reckonDoomed(reckoning, claim, vm);
  else tellEnd(reckoning, claim, vm);
  if (isFirstUp && claim.origin === 'bought') {
    const took = now - claim.claimedAt;
    const isMeasured = hasLookedLately(reckoning);
    if (isMeasured) noteLaunch(reckoning, claim, vm, took);
    // An unmeasured time is an upper bound, and is told as one.
    tell(
      reckoning,
      'active',
      `${vm.name} is up ${isMeasured ? 'after' : 'within'} ${formatDuration(took)}`,
      about(claim),
    );
  }
  const seen: Seen = {
    vmName: vm.name,
    price: vm.price ?? claim.price,
    paidUntil: vm.paidUntil ?? claim.paidUntil,
    seenAt: claim.seenAt ?? now,
    activeAt: claim.activeAt ?? (isUp ? now : undefined),
    endedSince: isEnded(vm.status) ? (claim.endedSince ?? now) : undefined,
    endedLooks: isEnded(vm.status) ? countEndedLook(reckoning, claim) : undefined,
    missing: undefined,
    ...reckonParts(reckoning, claim, vm),
  };
  const state = judgeStillRunning(reckoning, claim, vm);
  if (state !== undefined) {
    const next = { ...claim, ...seen, state, stateSince: now, deletion: undefined };
    if (state === 'member') tell(reckoning, 'taken-back', `${vm.name} was taken for ended and runs`, about(claim));
    setClaim(reckoning, state === 'member' ? { ...next, unwanted: undefined, railExempt: false } : next);
    return;
  }
  if (isSame(claim, seen)) return;
  setClaim(reckoning, { ...claim, ...seen });
}

type Seen = Pick<
  Claim,
  | 'vmName'
  | 'price'
  | 'paidUntil'
  | 'seenAt'
  | 'activeAt'
  | 'endedSince'
  | 'endedLooks'
  | 'missing'
  | 'parts'
  | 'vmCreatedAt'
>;

function isSame(a: Seen, b: Seen): boolean {
  return (
    a.vmName === b.vmName &&
    a.paidUntil === b.paidUntil &&
    a.seenAt === b.seenAt &&
    a.activeAt === b.activeAt &&
    a.endedSince === b.endedSince &&
    a.endedLooks === b.endedLooks &&
    a.missing === b.missing &&
    a.price?.amount === b.price?.amount &&
    isSameParts(a, b)
  );
}

/** The last VM of a purchase that left the list before any of them ever ran. */
function failWhatNeverRan(reckoning: Reckoning, claim: Claim): void {
  const intent = reckoning.intents.get(claim.intent ?? '');
  if (intent?.state !== 'done' || intent.reckoned || claim.activeAt !== undefined) return;
  if ([...reckoning.claims.values()].some((other) => other.intent === intent.id)) return;
  const what = claim.seenAt === undefined ? 'never turned up in' : 'left';
  failPurchase(reckoning, intent, `bought, but it ${what} the list before it ever ran`);
}

/**
 * It ended by itself, and there is no record to delete: it is replaced at once, and what it left behind goes. Its claim stays as
 * long as a record does elsewhere, since the list may be wrong: what runs after all is still ours. `vm`: undefined where it has
 * left the list since.
 */
function reckonOver(reckoning: Reckoning, claim: Claim, vm: Vm | undefined): void {
  const endedSince = claim.endedSince ?? reckoning.now;
  const endedLooks = countEndedLook(reckoning, claim);
  if (claim.endedLooks === undefined && vm !== undefined) {
    tell(reckoning, 'terminated', `${claim.vmName} has ended without our doing: it is ${vm.statusText}`, {
      ...about(claim),
      money: claim.state === 'member' ? findUnused(claim, endedSince) : undefined,
    });
  }
  const hasStood = reckoning.now - endedSince >= ENDED_FOR && endedLooks >= ENDED_LOOKS;
  if (hasStood || claim.origin === 'reaped') {
    dropClaim(reckoning, claim);
    failWhatNeverRan(reckoning, claim);
    return;
  }
  const hasLeft = noteLeftParts(reckoning, claim);
  if (claim.endedLooks === endedLooks && claim.endedSince === endedSince && !hasLeft) return;
  setClaim(reckoning, { ...claim, endedSince, endedLooks, missing: undefined, ...(hasLeft ? { parts: [] } : {}) });
}

function reckonAbsent(reckoning: Reckoning, claim: Claim): void {
  const { startedAt } = reckoning.snapshot.inventory;
  // By what its ended record tells.
  reckonCharge(reckoning, claim, { id: claim.vmId, name: claim.vmName });
  if (claim.state === 'doomed') {
    reckonDeleted(reckoning, claim);
    return;
  }
  if (startedAt < claim.claimedAt) return;
  const over = reckoning.endedById.get(claim.vmId);
  if (over !== undefined || isOver(claim, reckoning.snapshot, undefined)) {
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
  failWhatNeverRan(reckoning, claim);
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

/**
 * A purchase was answered with the id of a VM that isn't of it: it is left alone for good, and the purchase waits for what bears
 * its name. Told, since only the service can say how that came to be.
 */
function disown(reckoning: Reckoning, claim: Claim, vm: Vm, intent: Intent): void {
  const text = `the purchase ${intent.id} of ${intent.policy} was answered with ${vm.name} (${vm.id}), which is not of it: left alone`;
  tell(reckoning, 'note', text, { ...about(claim), vmName: vm.name });
  dropClaim(reckoning, claim);
  if (intent.state !== 'done') return;
  const deploy = { ...intent.deploy!, vmIds: intent.deploy!.vmIds.filter((vmId) => vmId !== vm.id) };
  const error = { code: ANSWERED_WITH_ANOTHER, text };
  setIntent(reckoning, {
    ...intent,
    state: 'unknown',
    closedAt: undefined,
    reckoned: false,
    emptyLooks: 0,
    error,
    deploy,
  });
}

/** Reckons every claim with a listing that was found trustworthy. */
export function reckonClaims(reckoning: Reckoning): void {
  for (const known of [...reckoning.claims.values()]) {
    const claim = followRename(reckoning, known);
    const vm = reckoning.vmById.get(claim.vmId);
    const stranger = vm === undefined ? undefined : findStrangersPurchase(reckoning, claim, vm);
    if (vm === undefined) reckonAbsent(reckoning, claim);
    else if (stranger !== undefined) disown(reckoning, claim, vm, stranger);
    else reckonListed(reckoning, claim, vm);
    // A foreign VM that a reap wanted and that is no longer due is of nobody again (see commit building).
    // An orphan had ended before it was claimed.
    const isOver = vm !== undefined && isEnded(vm.status) && claim.unwanted !== 'orphan';
    if (isOver && claim.origin === 'reaped' && claim.state === 'parked') {
      dropClaim(reckoning, reckoning.claims.get(claim.vmId)!);
    }
  }
}
