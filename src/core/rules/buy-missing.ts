// The rule of missing members: buys what is wanted and not there, under the rails of buying, backing off after failures.
// It never looks at surplus, and it never buys for a demand that paid members still serve.
import { choosePurchases, type Market } from '../buying.js';
import { readRoom, tellRoom } from '../budgets/tell-rooms.js';
import { findPeak } from '../demand.js';
import { hashText } from '../hash.js';
import { formatMinute } from '../instant.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../money.js';
import { findOrderFault } from '../order-faults.js';
import { listMembersOf, listPeers, standIn } from '../peers.js';
import { holdPolicy, type Draft, type Member, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Offer, Reason } from '../types.js';
import { findOfferMisfit } from '../where.js';
import { countAlive, readDemand } from '../fleet-demand.js';
import { applyRails, findRoom, readBuyingRails, type BuyingRails } from './buying-rails.js';
import { findPurchaseDelay } from './delay-purchase.js';
import { describeAhead, explainPurchase, explainReplacing } from './explain-purchase.js';
import { chooseShare, countSpreadOfAll } from './share-purchases.js';

/** After so many failures in a row a fleet waits until its policy or the offers change. */
const MOST_ATTEMPTS = 5;

/** Identifies the offers that a fleet could take: a change of them ends its giving up. */
export function hashOffersFor(fleet: FleetPolicy, offers: readonly Offer[]): string {
  const fitting = offers.filter((offer) => offer.capacity > 0 && findOfferMisfit(offer, fleet.where) === undefined);
  return hashText(
    fitting
      .map((offer) => `${offer.configuration}/${offer.place.country}/${offer.price.amount}`)
      .sort()
      .join(),
  );
}

/** Identifies the fleet's content: the instant since which it stands unchanged. */
export function hashFleet(context: Pick<PlanContext, 'snapshot'>, fleet: string): string {
  return String(context.snapshot.stoodSince[fleet] ?? 0);
}

/**
 * Members that were let go because the demand ends before their boundary leave a gap until then that is meant: a new one
 * would pay a whole period for those minutes. Also when they are gone already, so it is read from the intents.
 */
function countServing(context: PlanContext, fleet: FleetPolicy, members: readonly Member[]): number {
  const alive = new Set(members.filter((member) => member.row.standing !== 'doomed').map((member) => member.id));
  const names = new Set([fleet.name, ...fleet.formerly]);
  const gone = new Set<string>();
  for (const intent of context.books.intents) {
    // A deletion begins within a quarter of a period before its boundary, so that of an older one has passed.
    if (intent.delete === undefined || context.now - intent.createdAt > DAY_MILLIS) continue;
    if (!names.has(intent.policy)) continue;
    for (const { vmId, reason, boundary, outcome } of intent.delete.targets) {
      if (reason !== 'demand-ends' || boundary === undefined || boundary <= context.now || alive.has(vmId)) continue;
      if (outcome?.result !== 'kept') gone.add(vmId);
    }
  }
  for (const { id, claim, row, boundary } of members) {
    if (row.standing !== 'doomed' || claim?.unwanted !== 'demand-ends') continue;
    if (boundary !== undefined && boundary > context.now) gone.add(id);
  }
  return gone.size;
}

/** In the other accounts of the fleet, too: what is let go there serves as well. */
function countServingEverywhere(context: PlanContext, fleet: FleetPolicy, members: readonly Member[]): number {
  const peers = listPeers(context, fleet).map((peer) =>
    countServing(standIn(context, peer), fleet, listMembersOf(context, peer, fleet)),
  );
  return peers.reduce((sum, count) => sum + count, countServing(context, fleet, members));
}

/** Another fleet that claims members of the same earlier name: neither gets them, so neither buys in their place. */
function findRival(
  context: PlanContext,
  fleet: FleetPolicy,
): { readonly fleet: string; readonly name: string } | undefined {
  const { fleets } = context.policies;
  for (const name of fleet.formerly) {
    if (fleets.some((known) => known.name === name)) continue;
    const rival = fleets.find((other) => other.name !== fleet.name && other.formerly.includes(name));
    if (rival !== undefined && context.books.claims.some((claim) => claim.policy === name)) {
      return { fleet: rival.name, name };
    }
  }
  return undefined;
}

function findObstacle(
  context: PlanContext,
  fleet: FleetPolicy,
): { reason: Reason; until: number | undefined } | undefined {
  const { notes } = context.books;
  const { offers } = context.snapshot;
  const rival = findRival(context, fleet);
  if (rival !== undefined) {
    const text = `${rival.fleet} names the same earlier name "${rival.name}", whose members are still there: let one of them drop it`;
    return { reason: { code: 'two-claimants', text }, until: undefined };
  }
  if (notes.noBalance !== undefined && context.now < notes.noBalance.retryAt) {
    const text = `the account's balance was refused (${notes.noBalance.text}); tried again ${formatMinute(notes.noBalance.retryAt)}`;
    return { reason: { code: 'no-balance', text }, until: notes.noBalance.retryAt };
  }
  if (notes.buysFrom !== undefined && context.now < notes.buysFrom) {
    const text = `a purchase from before the store was lost may still turn up; bought from ${formatMinute(notes.buysFrom)} on`;
    return { reason: { code: 'create-pending', text }, until: notes.buysFrom };
  }
  const delay = findPurchaseDelay(context, fleet);
  if (delay !== undefined) return delay;
  if (offers === undefined) {
    return {
      reason: { code: 'offers-unknown', text: 'the market could not be read; nothing is bought until it can' },
      until: undefined,
    };
  }
  const backOff = notes.backOffs[fleet.name];
  if (backOff === undefined || backOff.policyHash !== hashFleet(context, fleet.name)) return undefined;
  if (backOff.offersHash !== hashOffersFor(fleet, offers)) return undefined;
  if (backOff.lacksSecret === true) {
    if (context.now >= backOff.until) return undefined;
    const text = `${backOff.text} Next try ${formatMinute(backOff.until)}`;
    return { reason: { code: 'secret-missing', text }, until: backOff.until };
  }
  if (backOff.attempts >= MOST_ATTEMPTS) {
    const text = `${backOff.attempts} attempts failed (${backOff.text}); tried again when its policy or the offers change`;
    return { reason: { code: 'gave-up', text }, until: undefined };
  }
  if (context.now >= backOff.until) return undefined;
  const text = `attempt ${backOff.attempts} failed (${backOff.text}); tried again ${formatMinute(backOff.until)}`;
  return { reason: { code: 'backing-off', text }, until: backOff.until };
}

interface Lack {
  readonly members: readonly Member[];
  readonly wantedNow: number;
  readonly wantedSoon: number;
  readonly alive: number;
  readonly lacking: number;
  /** With those whose price is to be another's. */
  readonly missing: number;
}

function findLack(context: PlanContext, draft: Draft, fleet: FleetPolicy): Lack {
  const members = context.members.get(fleet.name) ?? [];
  const { wantedNow, wantedSoon } = readDemand(context, fleet);
  const alive = countAlive(context, fleet);
  const lacking = wantedSoon - alive - countServingEverywhere(context, fleet, members);
  const missing = lacking + (draft.replacing.get(fleet.name) ?? 0);
  return { members, wantedNow, wantedSoon, alive, lacking, missing };
}

/** How many were bought; undefined: nobody could be asked. */
function buy(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  market: Market,
  rails: BuyingRails,
  { members, wantedNow, wantedSoon, alive, lacking, missing }: Lack,
): number | undefined {
  // What only stays too dear lacks nothing.
  const asTold = ({ code, text }: Reason): Reason =>
    lacking > 0
      ? { code, text }
      : { code: 'above-max-price', text: `${missing} above maxPrice can't be replaced now: ${text}` };
  const obstacle = findObstacle(context, fleet);
  if (obstacle !== undefined) {
    holdPolicy(context, draft, fleet.name, asTold(obstacle.reason), obstacle.until);
    if (obstacle.until !== undefined) draft.wakeAt.push(obstacle.until);
    return undefined;
  }
  const fault = findOrderFault(fleet, context.snapshot);
  if (fault !== undefined) {
    holdPolicy(context, draft, fleet.name, asTold(fault));
    return undefined;
  }
  const share = chooseShare(context, draft, fleet, missing, market, {
    findObstacle: (there) => findObstacle(there, fleet)?.reason ?? findOrderFault(fleet, there.snapshot),
    roomFor: (there, purchase) =>
      there === context
        ? Math.min(
            findRoom(there, rails, purchase.offer.price.amount),
            rails.admission?.roomFor(fleet, purchase, missing) ?? missing,
          )
        : Math.min(findRoom(there, readBuyingRails(there), purchase.offer.price.amount), readRoom(there, fleet)),
  });
  if (share === 0) return 0;
  const { purchases, shortfall } = choosePurchases(fleet, share, market, countSpreadOfAll(context, fleet));
  if (shortfall !== undefined) holdPolicy(context, draft, fleet.name, asTold(shortfall));
  const ahead = describeAhead(context, fleet, alive, wantedNow);
  const reason = lacking > 0 ? explainPurchase(members, alive, wantedSoon, ahead) : explainReplacing(missing);
  // What was bought for a wish that has ended since was no flood: the hour's highest wish counts.
  const mostWanted = Math.max(wantedSoon, findPeak(fleet.demand, context.now - HOUR_MILLIS, context.now));
  let bought = 0;
  for (const [position, purchase] of purchases.entries()) {
    const admitted = rails.admission?.admit(draft, fleet, purchase) ?? purchase.count;
    if (admitted === 0) continue;
    const count = applyRails(context, draft, fleet, { ...purchase, count: admitted }, rails, mostWanted);
    if (count === 0) continue;
    bought += count;
    rails.admission?.reserve(fleet, purchase, count);
    draft.actions.push({
      id: `deploy-${hashText(`${fleet.name}/${position}/${purchase.offer.country}/${purchase.offer.configuration}/${count}`).slice(0, 8)}`,
      kind: 'deploy',
      account: context.settings.name,
      policy: fleet.name,
      count,
      offer: purchase.offer,
      cap: purchase.cap,
      cost: purchase.offer.price.amount * BigInt(count),
      reason,
    });
  }
  return bought;
}

/** What budgets would admit of so many more, at the price that they would be bought for. */
function askAdmission(
  context: PlanContext,
  fleet: FleetPolicy,
  market: Market,
  { admission }: BuyingRails,
  missing: number,
): number {
  if (admission === undefined || missing <= 0) return Number.POSITIVE_INFINITY;
  const untouched = { offers: market.offers, taken: new Map(market.taken) };
  const [next] = choosePurchases(fleet, 1, untouched, countSpreadOfAll(context, fleet)).purchases;
  return next === undefined ? Number.POSITIVE_INFINITY : admission.roomFor(fleet, next, missing);
}

/** Plans the purchases of one fleet. Fleets come in order of priority, so the first takes what market and rails leave. */
export function buyMissing(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  market: Market,
  rails: BuyingRails,
): void {
  const lack = findLack(context, draft, fleet);
  const bought = lack.missing <= 0 ? 0 : buy(context, draft, fleet, market, rails, lack);
  if (fleet.accounts === undefined) return;
  const missing = Math.max(0, lack.missing - (bought ?? 0));
  const admitted = bought === undefined ? undefined : askAdmission(context, fleet, market, rails, missing);
  tellRoom(context, draft, fleet, { alive: lack.alive + (bought ?? 0), missing, admitted });
}
