// The rule of missing members: buys what is wanted and not there, under the rails of buying, backing off after failures.
// It never looks at surplus, and it never buys for a demand that paid members still serve.
import type { Admission } from '../budgets/admit-purchases.js';
import { choosePurchases, type Market, type Purchase } from '../buying.js';
import { findNextAbove, findPeak } from '../demand.js';
import { hashText } from '../hash.js';
import { formatMinute } from '../instant.js';
import { describeLaunch } from '../launch-times.js';
import { DAY_MILLIS, formatUsdc, HOUR_MILLIS } from '../money.js';
import { findOrderFault } from '../order-faults.js';
import { listMembersOf, listPeers, standIn } from '../peers.js';
import { holdPolicy, type Draft, type Member, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Micros, Offer, Reason } from '../types.js';
import { findOfferMisfit } from '../where.js';
import { countAlive, readDemand, readLookAhead } from '../fleet-demand.js';
import { findPurchaseDelay } from './delay-purchase.js';
import { chooseShare, countSpreadOfAll } from './share-purchases.js';

/** After so many failures in a row a fleet waits until its policy or the offers change. */
const MOST_ATTEMPTS = 5;

/** What was bought lately, and what this plan adds. Shared by all fleets of one planning. */
export interface BuyingRails {
  hour: number;
  day: number;
  moneyDay: Micros;
  readonly hourByFleet: Map<string, number>;
  /** What budgets allow; absent where a peer's rails are read. */
  readonly admission?: Admission;
}

/** Purchases of the last hour and day, by the intents: those that failed or were refused bought nothing. */
export function readBuyingRails(context: PlanContext): BuyingRails {
  const rails: BuyingRails = { hour: 0, day: 0, moneyDay: 0n, hourByFleet: new Map() };
  for (const intent of context.books.intents) {
    const { deploy } = intent;
    if (deploy === undefined || ['failed', 'refused', 'lapsed'].includes(intent.state)) continue;
    const age = context.now - intent.createdAt;
    if (age >= DAY_MILLIS) continue;
    rails.day += deploy.count;
    rails.moneyDay += deploy.offer.price.amount * BigInt(deploy.count);
    if (age >= HOUR_MILLIS) continue;
    rails.hour += deploy.count;
    rails.hourByFleet.set(intent.policy, (rails.hourByFleet.get(intent.policy) ?? 0) + deploy.count);
  }
  return rails;
}

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

/** What the account's rails leave for purchases at such a price, whatever the fleet. */
function findRoom({ settings }: PlanContext, rails: BuyingRails, amount: Micros): number {
  const { perHour, perDay, moneyPerDay } = settings.rails.deploys;
  const byMoney = amount === 0n ? Number.POSITIVE_INFINITY : Number((moneyPerDay - rails.moneyDay) / amount);
  return Math.max(0, Math.min(perHour - rails.hour, perDay - rails.day, byMoney));
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

function countBoughtThisHour(context: PlanContext, fleet: FleetPolicy, rails: BuyingRails): number {
  const peers = listPeers(context, fleet).map((peer) => readBuyingRails(standIn(context, peer)).hourByFleet);
  return [rails.hourByFleet, ...peers].reduce((sum, counts) => sum + (counts.get(fleet.name) ?? 0), 0);
}

/** Cuts a purchase to what the rails leave; what they refuse is told whole. */
function applyRails(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  purchase: Purchase,
  rails: BuyingRails,
  wanted: number,
): number {
  const limits = context.settings.rails.deploys;
  const price = purchase.offer.price.amount;
  const fleetLimit = 2 * wanted + 2;
  const rooms = [
    [
      'deploys.perFleet',
      fleetLimit - countBoughtThisHour(context, fleet, rails),
      `${fleetLimit} purchases of ${fleet.name} in one hour`,
    ],
    ['deploys.perHour', limits.perHour - rails.hour, `${limits.perHour} purchases in one hour`],
    ['deploys.perDay', limits.perDay - rails.day, `${limits.perDay} purchases in 24 h`],
    [
      'deploys.moneyPerDay',
      price === 0n ? Number.POSITIVE_INFINITY : Number((limits.moneyPerDay - rails.moneyDay) / price),
      `${formatUsdc(limits.moneyPerDay)} USDC of purchases in 24 h`,
    ],
  ] as const;
  let count = purchase.count;
  for (const [rail, room, text] of rooms) {
    if (room >= count) continue;
    draft.refused.push({
      account: context.settings.name,
      policy: fleet.name,
      rail,
      text: `${count - Math.max(0, room)} of ${count} not bought: the rail allows ${text}; raise it in purser.yaml if that is meant`,
      targets: [],
      approve: undefined,
    });
    count = Math.max(0, room);
  }
  rails.hour += count;
  rails.day += count;
  rails.moneyDay += price * BigInt(count);
  rails.hourByFleet.set(fleet.name, (rails.hourByFleet.get(fleet.name) ?? 0) + count);
  return count;
}

/** Bought for a window that opens soon: says when, and by what it is known how much earlier. */
function describeAhead(context: PlanContext, fleet: FleetPolicy, alive: number, wantedNow: number): string {
  if (alive < wantedNow) return '';
  const above = findNextAbove(fleet.demand, context.now, context.now + readLookAhead(context, fleet) + 1, alive);
  return above === undefined ? '' : ` from ${formatMinute(above)}: ${describeLaunch(context.launchOf(fleet))}`;
}

function explainReplacing(count: number): Reason {
  return { code: 'replacement', text: `${count} above maxPrice are replaced before their boundary` };
}

function explainPurchase(members: readonly Member[], alive: number, wanted: number, ahead: string): Reason {
  const ended = members.find((member) => member.row.standing === 'ended');
  if (ended !== undefined) {
    const cause =
      ended.vm?.status === 'terminated' ? 'the provider terminated' : `lost (${ended.vm?.statusText ?? 'ended'}):`;
    return { code: 'replacement', text: `${cause} ${ended.name}; ${alive} of ${wanted} wanted are there` };
  }
  return { code: 'below-replicas', text: `${alive} of ${wanted} wanted${ahead}` };
}

/** Plans the purchases of one fleet. Fleets come in order of priority, so the first takes what market and rails leave. */
export function buyMissing(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  market: Market,
  rails: BuyingRails,
): void {
  const members = context.members.get(fleet.name) ?? [];
  const demand = readDemand(context, fleet);
  const alive = countAlive(context, fleet);
  const lacking = demand.wantedSoon - alive - countServingEverywhere(context, fleet, members);
  const dear = draft.replacing.get(fleet.name) ?? 0;
  const missing = lacking + dear;
  if (missing <= 0) return;
  // What only stays too dear lacks nothing.
  const asTold = ({ code, text }: Reason): Reason =>
    lacking > 0
      ? { code, text }
      : { code: 'above-max-price', text: `${missing} above maxPrice can't be replaced now: ${text}` };
  const obstacle = findObstacle(context, fleet);
  if (obstacle !== undefined) {
    holdPolicy(context, draft, fleet.name, asTold(obstacle.reason), obstacle.until);
    if (obstacle.until !== undefined) draft.wakeAt.push(obstacle.until);
    return;
  }
  const fault = findOrderFault(fleet, context.snapshot);
  if (fault !== undefined) {
    holdPolicy(context, draft, fleet.name, asTold(fault));
    return;
  }
  const share = chooseShare(context, draft, fleet, missing, market, {
    findObstacle: (there) => findObstacle(there, fleet)?.reason ?? findOrderFault(fleet, there.snapshot),
    roomFor: (there, amount) => findRoom(there, there === context ? rails : readBuyingRails(there), amount),
  });
  if (share === 0) return;
  const { purchases, shortfall } = choosePurchases(fleet, share, market, countSpreadOfAll(context, fleet));
  if (shortfall !== undefined) holdPolicy(context, draft, fleet.name, asTold(shortfall));
  const ahead = describeAhead(context, fleet, alive, demand.wantedNow);
  const reason = lacking > 0 ? explainPurchase(members, alive, demand.wantedSoon, ahead) : explainReplacing(missing);
  // What was bought for a wish that has ended since was no flood: the hour's highest wish counts.
  const mostWanted = Math.max(demand.wantedSoon, findPeak(fleet.demand, context.now - HOUR_MILLIS, context.now));
  for (const [position, purchase] of purchases.entries()) {
    const admitted = rails.admission?.admit(draft, fleet, purchase) ?? purchase.count;
    if (admitted === 0) continue;
    const count = applyRails(context, draft, fleet, { ...purchase, count: admitted }, rails, mostWanted);
    if (count === 0) continue;
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
}
