// Whose is each VM: joins the listing with the books and judges every VM by the life-cycle table. Ownership is decided by
// claims alone; a name only makes a VM count, it never gives the right to delete.
import { computeBaseLead, expectLandingMillis } from './billing-clock.js';
import type { Claim, Intent } from './books.js';
import { isOver } from './ended-vms.js';
import { findLaunchTimeout, readLaunches, type LaunchReader } from './launch-times.js';
import { judgeLifecycle, type Ownership, type PaidUntil } from './lifecycle.js';
import { findMismatch } from './mismatch.js';
import { parseMemberName } from './names.js';
import { expectPartsMillis, listLetGoBy, listOwnParts, readSavedPrice, readWholePrice } from './parts.js';
import type { Member } from './plan-context.js';
import type { OtherVm, Snapshot } from './plan-types.js';
import type { AccountSettings, FleetPolicy, PolicySet } from './policy-types.js';
import type { Instant, Millis, Vm } from './types.js';
import { canonicalId } from './vm-id.js';

export interface OwnershipView {
  readonly vmById: ReadonlyMap<string, Vm>;
  readonly members: ReadonlyMap<string, readonly Member[]>;
  /** The fleet of each member, listed or not. */
  readonly fleetOf: ReadonlyMap<string, string>;
  readonly pending: ReadonlyMap<string, number>;
  readonly foreign: readonly Vm[];
  readonly others: readonly OtherVm[];
}

/**
 * The fleet that answers for a name: the one that bears it, else the one that names it in `formerly`. Two that name it:
 * neither.
 */
export function findFleet(fleets: readonly FleetPolicy[], name: string): FleetPolicy | undefined {
  const bearer = fleets.find((fleet) => fleet.name === name);
  if (bearer !== undefined) return bearer;
  const heirs = fleets.filter((fleet) => fleet.formerly.includes(name));
  return heirs.length === 1 ? heirs[0] : undefined;
}

/** A member that was listed once and isn't now: it may be there, and be paid for. */
export function isUnseen({ row, vm, claim }: Pick<Member, 'row' | 'vm' | 'claim'>): boolean {
  return row.counts && vm === undefined && claim?.seenAt !== undefined;
}

/** Parked for what it is, not for what is wanted: it serves nobody, another is bought in its place. */
export function isReplaced({ state, unwanted }: Pick<Claim, 'state' | 'unwanted'>): boolean {
  return state === 'parked' && (unwanted === 'mismatched' || unwanted === 'launch-timeout');
}

export function isOpenIntent(intent: Pick<Intent, 'state'>): boolean {
  return intent.state === 'planned' || intent.state === 'calling' || intent.state === 'unknown';
}

/** The API's clock where it is ahead of ours: a boundary that has passed there is being charged. Never earlier than ours. */
export function findServiceNow({ at, clock }: Pick<Snapshot, 'at' | 'clock'>): Instant {
  return at + Math.max(0, clock.skewMillis ?? 0);
}

function readPaidUntil(boundary: Instant | undefined, serviceNow: Instant): PaidUntil {
  if (boundary === undefined) return 'unknown';
  return boundary <= serviceNow ? 'past' : 'known';
}

/** Once found, it stays so. */
function readMismatch(claim: Claim, vm: Vm, { intents, now, policies }: Judge): string | undefined {
  if (claim.unwanted === 'mismatched') return 'it is not what was ordered';
  const order = claim.intent === undefined ? undefined : intents.get(claim.intent)?.deploy;
  if (order === undefined || claim.origin !== 'bought') return undefined;
  const maxPrice = findFleet(policies.fleets, claim.policy)?.where.maxPrice;
  return findMismatch(claim, vm, order, { maxPrice, now });
}

interface Judge {
  readonly now: Instant;
  readonly serviceNow: Instant;
  readonly launches: LaunchReader;
  readonly landingMillis: Millis;
  readonly policies: PolicySet;
  readonly settings: AccountSettings;
  readonly intents: ReadonlyMap<string, Intent>;
}

/** The lead of a single deletion of the account, as things are. */
export function readBaseLead({ books, clock }: Pick<Snapshot, 'books' | 'clock'>, settings: AccountSettings): Millis {
  const { deletionMillis } = books.notes;
  return computeBaseLead({ deletionMillis, tickMillis: settings.tickMillis, skewMillis: clock.skewMillis });
}

const NO_BOUNDARIES: Member['laterBoundaries'] = [];

/** Of a VM whose own boundary isn't known to lie ahead nothing is reckoned. */
export function findBoundary(
  { now, settings, landingMillis }: Pick<Judge, 'now' | 'settings' | 'landingMillis'>,
  paidUntil: Instant | undefined,
  parts: ReturnType<typeof listOwnParts>,
): Pick<Member, 'boundary' | 'partsMillis' | 'laterBoundaries'> {
  if (paidUntil === undefined || paidUntil <= now || parts.length === 0)
    return { boundary: paidUntil, partsMillis: 0, laterBoundaries: NO_BOUNDARIES };
  const partsMillis = expectPartsMillis(settings.tickMillis);
  const [first, ...laterBoundaries] = listLetGoBy(paidUntil, parts, { now, partsMillis, landingMillis });
  return { ...first, laterBoundaries };
}

/** By what was ordered, where that is known. */
function hasTimedOut({ now, intents, launches }: Judge, { claimedAt, intent }: Claim): boolean {
  const order = intent === undefined ? undefined : intents.get(intent)?.deploy?.offer;
  return now - claimedAt > findLaunchTimeout(launches(order));
}

function judgeMember(
  judge: Judge,
  ownership: Ownership,
  policy: string,
  claim: Claim | undefined,
  vm: Vm | undefined,
): Member {
  const paidUntil = vm === undefined ? claim?.paidUntil : vm.paidUntil;
  const own = listOwnParts(claim);
  const goesBy = findBoundary({ ...judge, now: judge.serviceNow }, paidUntil, own);
  const mismatch = claim !== undefined && vm !== undefined ? readMismatch(claim, vm, judge) : undefined;
  const row = judgeLifecycle({
    ownership,
    listed: vm !== undefined,
    status: vm?.status,
    paidUntil: readPaidUntil(paidUntil, judge.serviceNow),
    mismatched: mismatch !== undefined,
    replaced: claim !== undefined && isReplaced(claim),
    // A member that was up once is not launching again: it restarts, or moves.
    launchTimedOut: claim !== undefined && claim.activeAt === undefined && hasTimedOut(judge, claim),
  });
  return {
    id: vm?.id ?? claim!.vmId,
    name: vm?.name ?? claim!.vmName,
    claim,
    vm,
    row,
    price: readSavedPrice(vm?.price ?? claim?.price, own),
    ...goesBy,
    ownBoundary: paidUntil,
    mismatch,
    isProtected:
      vm !== undefined && judge.policies.isProtected(vm, { now: judge.now, account: judge.settings.name, policy }),
  };
}

function countPending(
  intents: readonly Intent[],
  claims: readonly Claim[],
  fleets: readonly FleetPolicy[],
): Map<string, number> {
  const claimed = new Map<string, number>();
  for (const claim of claims) {
    if (claim.intent !== undefined) claimed.set(claim.intent, (claimed.get(claim.intent) ?? 0) + 1);
  }
  const pending = new Map<string, number>();
  for (const intent of intents) {
    if (intent.deploy === undefined || !isOpenIntent(intent)) continue;
    const left = Math.max(0, intent.deploy.count - (claimed.get(intent.id) ?? 0));
    const policy = findFleet(fleets, intent.policy)?.name ?? intent.policy;
    pending.set(policy, (pending.get(policy) ?? 0) + left);
  }
  return pending;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** What people protected by hand, as `isProtectedByHand` asks it. */
export function readProtectHandles(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map(canonicalId));
}

/** A handle names its id, in whatever letter case, or its name. `handles`: of readProtectHandles. */
export function isProtectedByHand(vm: { id: string; name: string }, handles: ReadonlySet<string>): boolean {
  if (handles.size === 0) return false;
  return handles.has(canonicalId(vm.id)) || handles.has(canonicalId(vm.name));
}

/** Joins listing and books. Pure; every listed VM ends up in exactly one of members, others, or an open create's count. */
export function assignOwnership(snapshot: Snapshot, policies: PolicySet, settings: AccountSettings): OwnershipView {
  const { books, inventory, at: now } = snapshot;
  const fleets = new Set(policies.fleets.map((fleet) => fleet.name));
  const intents = new Map(books.intents.map((intent) => [intent.id, intent]));
  const handles = readProtectHandles(books.handles.protect);
  const judge: Judge = {
    now,
    serviceNow: findServiceNow(snapshot),
    launches: readLaunches(books.notes),
    landingMillis: expectLandingMillis(books.notes.deletionMillis, readBaseLead(snapshot, settings)),
    policies,
    settings,
    intents,
  };
  const vmById = new Map<string, Vm>();
  for (const vm of inventory.vms) vmById.set(vm.id, vm);
  const members = new Map<string, Member[]>();
  const fleetOf = new Map<string, string>();
  const others: OtherVm[] = [];
  const claimed = new Set<string>();
  const join = (fleet: string, member: Member): void => {
    fleetOf.set(member.id, fleet);
    push(members, fleet, isProtectedByHand(member, handles) ? { ...member, isProtected: true } : member);
  };
  const tell = (vm: Vm, kind: OtherVm['kind'], policy: string | undefined): void => {
    const isProtected =
      isProtectedByHand(vm, handles) || policies.isProtected(vm, { now, account: settings.name, policy: policy ?? '' });
    others.push({
      vm: { id: vm.id, name: vm.name },
      kind,
      protected: isProtected,
      price: readWholePrice(vm) ?? vm.price,
      boundary: vm.paidUntil,
      policy,
    });
  };

  for (const claim of books.claims) {
    if (claim.origin === 'reaped') continue;
    claimed.add(claim.vmId);
    const vm = vmById.get(claim.vmId);
    if (isOver(claim, snapshot, vm)) continue;
    if (fleets.has(claim.policy)) {
      join(claim.policy, judgeMember(judge, claim.state, claim.policy, claim, vm));
    } else if (vm !== undefined && claim.state !== 'doomed') tell(vm, 'unclaimed', claim.policy);
  }
  const foreign: Vm[] = [];
  for (const vm of inventory.vms) {
    if (claimed.has(vm.id)) continue;
    const named = parseMemberName(vm.name, settings.installation);
    if (named === undefined) {
      foreign.push(vm);
      tell(vm, 'foreign', undefined);
      continue;
    }
    // A create that is being made shows its VMs before its answer is read: its whole count is pending already.
    const intent = intents.get(named.intent);
    if (intent !== undefined && isOpenIntent(intent)) continue;
    const fleet = findFleet(policies.fleets, named.fleet)?.name;
    if (fleet !== undefined) join(fleet, judgeMember(judge, 'by-name', fleet, undefined, vm));
    tell(vm, 'known-by-name', named.fleet);
  }
  const pending = countPending(books.intents, books.claims, policies.fleets);
  return { vmById, members, fleetOf, pending, foreign, others };
}
