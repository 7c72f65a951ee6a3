// Carries what a believed listing shows into the intents: creates whose answer was lost are settled by what turns up, late
// ones are adopted, what nobody carries out any more is closed. The API has no idempotency key, so the names do that work
// (DESIGN "Acting once").
import type { Claim, Intent } from '../books.js';
import { parseMemberName } from '../names.js';
import { formatDuration } from '../duration.js';
import { formatUsdc, DAY_MILLIS } from '../money.js';
import { isOpenIntent } from '../ownership.js';
import { percentileOf } from '../statistics.js';
import type { Instant, Millis, Vm } from '../types.js';
import { foldDeploy, isYoungEnough } from './reckon-purchases.js';
import { about, setClaim, setIntent, tell, type Reckoning } from './reckoning.js';

const SHORTEST_SETTLE: Millis = 10 * 60_000;
/** Twice the time for which one attempt holds an intent: nobody waits for this call any more. */
const LONGEST_CALL: Millis = 2 * 60_000;
const LOOKS_TO_LAPSE = 3;
const KEEP_CLOSED: Millis = 30 * DAY_MILLIS;

/** How long a create whose answer was lost may still take effect: 10 min, at least twice the p99 of launches. */
export function createSettleMillis(launchMillis: readonly Millis[]): Millis {
  return Math.max(SHORTEST_SETTLE, 2 * (percentileOf(launchMillis, 99) ?? 0));
}

/**
 * When a VM whose purchase was never answered began to launch: a create may take effect long after its call, and such a VM is
 * not stuck because its call is old.
 */
function findLaunchStart({ now }: Reckoning, intent: Intent, vm: Vm): Instant {
  return Math.min(now, Math.max(intent.calledAt ?? intent.createdAt, vm.createdAt ?? now));
}

function claimFor(reckoning: Reckoning, intent: Intent, vm: Vm, origin: Claim['origin']): Claim {
  return {
    vmId: vm.id,
    vmName: vm.name,
    policy: intent.policy,
    origin,
    intent: intent.id,
    claimedAt: findLaunchStart(reckoning, intent, vm),
    generation: intent.generation,
    price: vm.price ?? intent.deploy?.offer.price,
    paidUntil: undefined,
    seenAt: undefined,
    activeAt: undefined,
    state: 'member',
    stateSince: reckoning.now,
    unwanted: undefined,
    railExempt: false,
    deletion: undefined,
    missing: undefined,
  };
}

/**
 * The VMs that a purchase still lacks. A name alone gives no right: what stood before the purchase, or comes on top of all
 * that it was answered with, bears its name by somebody's hand; it counts (known by name) and is never deleted.
 */
function chooseLacking(reckoning: Reckoning, intent: Intent, vms: readonly Vm[]): readonly Vm[] {
  const { count, vmIds } = intent.deploy!;
  const own = [...reckoning.claims.values()].filter((claim) => claim.intent === intent.id).length;
  const had = intent.state === 'done' ? Math.max(own, vmIds.length) : own;
  const young = vms.filter((vm) => isYoungEnough(vm, intent));
  return young.slice(0, Math.max(0, count - had));
}

function adoptSeen(reckoning: Reckoning, intent: Intent, seen: readonly Vm[]): void {
  const isLate = intent.state !== 'unknown' && intent.state !== 'planned';
  const vms = chooseLacking(reckoning, intent, seen);
  // Its VMs prove a call that the store has forgotten (the last second of its file was lost): it is not sent again.
  if (intent.state === 'planned' && vms.length > 0) {
    setIntent(reckoning, { ...intent, state: 'unknown', calledAt: intent.createdAt });
  }
  for (const vm of vms) {
    const claim = claimFor(reckoning, intent, vm, isLate ? 'late' : 'bought');
    setClaim(reckoning, claim);
    const cost = vm.price === undefined ? '' : ` (${formatUsdc(vm.price.amount)} a period)`;
    if (isLate)
      tell(reckoning, 'late-create', `${vm.name} turned up after its purchase was given up${cost}; adopted`, {
        ...about(claim),
        money: vm.price?.amount,
      });
    else
      tell(reckoning, 'bought', `bought ${vm.name}, although the answer to its purchase was lost${cost}`, about(claim));
  }
}

/** VMs that bear an intent's name and that nobody claims, by intent. */
function groupUnclaimed(reckoning: Reckoning): Map<string, Vm[]> {
  const groups = new Map<string, Vm[]>();
  for (const vm of reckoning.vmById.values()) {
    if (reckoning.claims.has(vm.id)) continue;
    const intent = parseMemberName(vm.name, reckoning.settings.installation)?.intent;
    if (intent === undefined || !reckoning.intents.has(intent)) continue;
    groups.set(intent, [...(groups.get(intent) ?? []), vm]);
  }
  return groups;
}

/** A create that was begun and never answered: wait for it, count what turns up, and let it lapse after three empty looks. */
function settleUnknown(reckoning: Reckoning, intent: Intent): void {
  const { deploy, calledAt } = intent;
  if (deploy === undefined || intent.state !== 'unknown') return;
  const found = [...reckoning.claims.values()].filter((claim) => claim.intent === intent.id);
  const vmIds = found.map((claim) => claim.vmId);
  if (found.length >= deploy.count) {
    setIntent(reckoning, { ...intent, state: 'done', closedAt: reckoning.now, deploy: { ...deploy, vmIds } });
    return;
  }
  const begun = calledAt ?? intent.createdAt;
  if (reckoning.snapshot.inventory.startedAt <= begun) return;
  const emptyLooks = intent.emptyLooks + 1;
  const settle = createSettleMillis(reckoning.notes.launchMillis);
  if (emptyLooks < LOOKS_TO_LAPSE || reckoning.now - begun < settle) {
    setIntent(reckoning, { ...intent, emptyLooks });
    return;
  }
  const missing = deploy.count - found.length;
  tell(
    reckoning,
    'buy-lapsed',
    `${missing} of ${deploy.count} of ${intent.policy} never turned up in ${formatDuration(reckoning.now - begun)}; bought anew if still wanted`,
    { policy: intent.policy, intent: intent.id },
  );
  setIntent(reckoning, {
    ...intent,
    state: found.length === 0 ? 'lapsed' : 'done',
    closedAt: reckoning.now,
    emptyLooks,
    deploy: { ...deploy, vmIds },
  });
}

/** A create in `calling` for longer than any call lives: its worker is gone and its job too. */
function giveUpCalling(reckoning: Reckoning, intent: Intent): Intent {
  if (intent.state !== 'calling' || intent.deploy === undefined) return intent;
  if (reckoning.now - (intent.calledAt ?? intent.createdAt) < SHORTEST_SETTLE) return intent;
  const next: Intent = { ...intent, state: 'unknown' };
  setIntent(reckoning, next);
  return next;
}

/** A deletion or a new name that nobody carries out any more would keep its targets from being planned for again. */
function isAbandoned(intent: Intent, now: Instant): boolean {
  const age = now - (intent.calledAt ?? intent.createdAt);
  if (intent.state === 'unknown') return true;
  if (intent.state === 'calling') return age >= LONGEST_CALL;
  const boundaries = intent.delete?.targets.map((target) => target.boundary) ?? [];
  return age >= SHORTEST_SETTLE && boundaries.every((boundary) => boundary === undefined || boundary <= now);
}

/**
 * Closes what can't take effect any more: waiting intents of an older generation (workers refuse those), and abandoned
 * deletions and renames, which may be sent again without harm. A create is never closed here: it may have bought.
 */
function closeStale(reckoning: Reckoning, intent: Intent): Intent {
  const { now, policies } = reckoning;
  if (!isOpenIntent(intent)) return intent;
  const isOutdated = intent.state === 'planned' && intent.generation < policies.generation;
  if (!isOutdated && (intent.deploy !== undefined || !isAbandoned(intent, now))) return intent;
  const next: Intent = { ...intent, state: isOutdated ? 'refused' : 'lapsed', closedAt: now };
  setIntent(reckoning, next);
  return next;
}

/** Reckons the intents. `isBelieved`: the listing may be trusted, so that absence means something. */
export function reckonIntents(reckoning: Reckoning, isBelieved: boolean): void {
  const groups = isBelieved ? groupUnclaimed(reckoning) : new Map<string, Vm[]>();
  for (const known of [...reckoning.intents.values()]) {
    if (!isOpenIntent(known) && known.closedAt !== undefined && reckoning.now - known.closedAt > KEEP_CLOSED) {
      reckoning.intents.delete(known.id);
      reckoning.changes.push({ kind: 'forget-intent', id: known.id });
      continue;
    }
    const intent = closeStale(reckoning, giveUpCalling(reckoning, known));
    const seen = groups.get(intent.id);
    // While the call is open its answer is awaited: its whole count is pending anyway.
    if (seen !== undefined && intent.deploy !== undefined && intent.state !== 'calling')
      adoptSeen(reckoning, intent, seen);
    if (isBelieved) settleUnknown(reckoning, reckoning.intents.get(intent.id)!);
    const settled = reckoning.intents.get(intent.id)!;
    if (settled.deploy !== undefined && !settled.reckoned && !isOpenIntent(settled)) foldDeploy(reckoning, settled);
  }
}
