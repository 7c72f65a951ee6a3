// Fleets that may buy from several accounts: what stands in the others, read from their books. Each account is planned by itself
// and acts on its own VMs alone; its peers are counted, so that nothing is bought or kept twice. Reads and judges, decides nothing.
import { expectLandingMillis } from './billing-clock.js';
import { formatDuration } from './duration.js';
import { formatMinute } from './instant.js';
import type { Books, Claim } from './books.js';
import type { LifecycleRow } from './lifecycle.js';
import {
  findBoundary,
  findFleet,
  isOpenIntent,
  isProtectedByHand,
  isReplaced,
  readBaseLead,
  readProtectHandles,
} from './ownership.js';
import { listOwnParts, readSavedPrice } from './parts.js';
import type { Member, PlanContext } from './plan-context.js';
import type { Peer } from './plan-types.js';
import type { FleetPolicy } from './policy-types.js';
import type { Instant, Millis, Reason } from './types.js';

/** An account whose last whole look is older than so many ticks can't be read at present. */
const FRESH_TICKS = 4;

/** Where the fleet may buy, and where its members may stand; in the order in which they were named. */
export function listAccounts(fleet: Pick<FleetPolicy, 'account' | 'accounts'>): readonly string[] {
  return fleet.accounts ?? [fleet.account];
}

export function servesAccount(fleet: Pick<FleetPolicy, 'account' | 'accounts'>, account: string): boolean {
  return listAccounts(fleet).includes(account);
}

/** The other accounts that share a fleet with this one. */
export function listPeerNames(fleets: readonly FleetPolicy[], account: string): readonly string[] {
  const shared = fleets.filter((fleet) => servesAccount(fleet, account)).flatMap(listAccounts);
  return [...new Set(shared)].filter((name) => name !== account);
}

export function listPeers({ snapshot }: Pick<PlanContext, 'snapshot'>, fleet: FleetPolicy): readonly Peer[] {
  return (snapshot.peers ?? []).filter(({ settings }) => servesAccount(fleet, settings.name));
}

/** Why the books of a peer don't say what it has; undefined: they do, be they as old as they may. */
function findGap({ notes }: Books): string | undefined {
  if (notes.lastCompleteLook === undefined) return 'it was never seen whole';
  if (notes.recovering !== undefined) return 'its books are being recovered';
  return notes.keyDoubt === undefined ? undefined : 'its key was replaced and is not believed';
}

/** What was bought before its books were lost may still turn up there. */
function findOpenPast({ notes }: Books, now: Instant): string | undefined {
  if (notes.buysFrom === undefined || now >= notes.buysFrom) return undefined;
  return `a purchase from before its books were lost may still turn up until ${formatMinute(notes.buysFrom)}`;
}

/** Members that nobody can count might be all that is wanted: nothing is bought for the fleet until they can be. */
export function findUncounted(context: PlanContext, fleet: FleetPolicy): Reason | undefined {
  const known = listPeers(context, fleet);
  const twin = findTwin(context, fleet);
  if (twin !== undefined) return twin;
  for (const name of listAccounts(fleet)) {
    if (name === context.settings.name) continue;
    const peer = known.find(({ settings }) => settings.name === name);
    const gap =
      peer === undefined
        ? 'this process does not know it'
        : (findGap(peer.books) ?? findOpenPast(peer.books, context.now));
    if (gap === undefined) continue;
    const text = `the members in account ${name} can't be counted (${gap}); nothing is bought for ${fleet.name} until they can`;
    return { code: 'account-unread', text };
  }
  return undefined;
}

/** Whether a peer is looked at and believed at present: only then can it buy, or let members go. */
export function findPeerSilence({ settings, books }: Peer, now: Instant): string | undefined {
  const { lastCompleteLook, inventoryDoubt, endedDoubt, clockDoubt } = books.notes;
  const gap = findGap(books);
  if (gap !== undefined) return gap;
  const age: Millis = now - (lastCompleteLook?.at ?? 0);
  if (age > FRESH_TICKS * settings.tickMillis) return `its last whole look is ${formatDuration(age)} old`;
  if (inventoryDoubt !== undefined || endedDoubt !== undefined || clockDoubt !== undefined)
    return 'its list is not believed';
  return settings.mode === 'act' ? undefined : `its mode is ${settings.mode}`;
}

function judgePeerMember(context: PlanContext, peer: Peer, claim: Claim): Member {
  const isSilent = findPeerSilence(peer, context.now) !== undefined;
  const own = listOwnParts(claim);
  const { clock } = context.snapshot;
  const lead = readBaseLead({ books: peer.books, clock }, peer.settings);
  const landingMillis = expectLandingMillis(peer.books.notes.deletionMillis, lead);
  const goesBy = findBoundary(
    { now: context.serviceNow, settings: peer.settings, landingMillis },
    claim.paidUntil,
    own,
  );
  const isDue = claim.paidUntil === undefined || claim.paidUntil <= context.serviceNow;
  const isParked = claim.state === 'parked';
  const isKept = claim.forPeers === 'kept';
  const row: LifecycleRow = {
    standing: isParked ? 'parked' : claim.activeAt === undefined ? 'launching' : 'active',
    counts: !isParked,
    // An account that is silent keeps what it has: the others let theirs go first.
    deletion: isSilent || isDue || isKept || claim.missing !== undefined ? 'never' : 'by-rule',
    hold: undefined,
    capped: true,
  };
  const vm = { id: claim.vmId, name: claim.vmName };
  return {
    id: claim.vmId,
    name: claim.vmName,
    claim,
    vm: undefined,
    row,
    price: readSavedPrice(claim.price, own),
    ...goesBy,
    ownBoundary: claim.paidUntil,
    mismatch: undefined,
    // What policies protect its own account has judged by all that it sees; a hand may have been quicker than its look.
    isProtected: isKept || isProtectedByHand(vm, readProtectHandles(peer.books.handles.protect)),
  };
}

/** It is what is wrong, not what is wanted: it serves nobody, another is bought in its place. */
function isMisfit(claim: Claim): boolean {
  return claim.forPeers === 'misfit' || isReplaced(claim);
}

/** Members in one other account, by its books; those that ended, are being deleted or are replaced are none. */
export function listMembersOf(context: PlanContext, peer: Peer, fleet: FleetPolicy): readonly Member[] {
  return peer.books.claims
    .filter(
      (claim) =>
        claim.state !== 'doomed' &&
        claim.origin !== 'reaped' &&
        // An end that its own account doubts is none yet.
        (claim.endedSince === undefined || peer.books.notes.endedDoubt !== undefined) &&
        !isMisfit(claim) &&
        findFleet(context.policies.fleets, claim.policy)?.name === fleet.name,
    )
    .map((claim) => judgePeerMember(context, peer, claim));
}

export function listPeerMembers(context: PlanContext, fleet: FleetPolicy): readonly Member[] {
  return listPeers(context, fleet).flatMap((peer) => listMembersOf(context, peer, fleet));
}

/** VMs of open purchases of other accounts that nobody claims yet. */
function countPeersPending(context: PlanContext, fleet: FleetPolicy): number {
  let pending = 0;
  for (const { books } of listPeers(context, fleet)) {
    for (const intent of books.intents) {
      if (intent.deploy === undefined || !isOpenIntent(intent)) continue;
      if (findFleet(context.policies.fleets, intent.policy)?.name !== fleet.name) continue;
      const claimed = books.claims.filter((claim) => claim.intent === intent.id).length;
      pending += Math.max(0, intent.deploy.count - claimed);
    }
  }
  return pending;
}

/** Members of other accounts that are known by name alone: nobody may delete them, and nothing is bought in their place. */
function countPeersNamed(context: PlanContext, fleet: FleetPolicy): number {
  return listPeers(context, fleet).reduce(
    (sum, { books }) => sum + (books.notes.namedMembers?.[fleet.name]?.length ?? 0),
    0,
  );
}

/**
 * An account that shows the same VMs as this one is the same account under another name (one key given twice): each would count
 * and let go what the other has. undefined: there is none.
 */
export function findTwin(context: PlanContext, fleet: FleetPolicy): Reason | undefined {
  const own = new Set(context.books.claims.map(({ vmId }) => vmId));
  const twin = listPeers(context, fleet).find(
    ({ books }) =>
      books.claims.some(({ vmId, origin }) => origin !== 'reaped' && (context.vmById.has(vmId) || own.has(vmId))) ||
      (books.notes.namedMembers?.[fleet.name] ?? []).some((id) => own.has(id)),
  );
  if (twin === undefined) return undefined;
  const names = `${context.settings.name} and ${twin.settings.name}`;
  const text = `the accounts ${names} show the same VMs: one account under two names. Nothing is bought or let go for ${fleet.name} until purser.yaml names it once`;
  return { code: 'account-unread', text };
}

/** Members in other accounts that serve the fleet, parked and coming ones included. */
export function countPeersAlive(context: PlanContext, fleet: FleetPolicy): number {
  if (fleet.accounts === undefined) return 0;
  return listPeerMembers(context, fleet).length + countPeersPending(context, fleet) + countPeersNamed(context, fleet);
}

/** The rules of buying, asked about a peer: its books, its market, its settings. */
export function standIn(context: PlanContext, peer: Peer): PlanContext {
  const { offers, images, keys, books, settings } = peer;
  const own = { account: settings.name, product: settings.product, offers, images, keys, books };
  return { ...context, settings, books, snapshot: { ...context.snapshot, ...own } };
}
