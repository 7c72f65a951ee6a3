// A fleet that may buy from several accounts: how many of its missing members this account buys. The others are asked by their
// books and markets, as they will ask themselves; what is theirs to buy is told, never done here.
import type { Market, Purchase, SpreadCount } from '../buying.js';
import { describePrice } from '../money.js';
import { findPeerSilence, findUncounted, listAccounts, listMembersOf, listPeers, standIn } from '../peers.js';
import { holdPolicy, type Draft, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Reason } from '../types.js';
import { allotPurchases, type Seller } from './choose-account.js';
import { countSpread } from './count-spread.js';

/** What the rule of missing members knows how to ask, of any account. */
export interface SharedRules {
  /** Why the account can't buy for the fleet now; undefined: it can. */
  readonly findObstacle: (context: PlanContext) => Reason | undefined;
  /** How many its rails and budgets let it buy of such a purchase. */
  readonly roomFor: (context: PlanContext, purchase: Purchase) => number;
}

/** Members in all accounts, by place. */
export function countSpreadOfAll(context: PlanContext, fleet: FleetPolicy): SpreadCount | undefined {
  const own = countSpread(context, fleet, context.members.get(fleet.name) ?? []);
  if (own === undefined) return undefined;
  for (const peer of listPeers(context, fleet)) {
    const theirs = countSpread(standIn(context, peer), fleet, listMembersOf(context, peer, fleet));
    for (const [key, count] of theirs?.counts ?? []) own.counts.set(key, (own.counts.get(key) ?? 0) + count);
  }
  return own;
}

function listSellers(context: PlanContext, fleet: FleetPolicy, market: Market, rules: SharedRules): readonly Seller[] {
  const spread = countSpreadOfAll(context, fleet);
  const peers = new Map(listPeers(context, fleet).map((peer) => [peer.settings.name, peer]));
  return listAccounts(fleet).flatMap((account): Seller[] => {
    if (account === context.settings.name)
      return [{ account, market, spread, roomFor: (purchase) => rules.roomFor(context, purchase) }];
    const peer = peers.get(account);
    if (peer === undefined || findPeerSilence(peer, context.now) !== undefined) return [];
    const there = standIn(context, peer);
    if (rules.findObstacle(there) !== undefined) return [];
    const theirs = { offers: peer.offers ?? [], taken: new Map() };
    return [{ account, market: theirs, spread, roomFor: (purchase) => rules.roomFor(there, purchase) }];
  });
}

/**
 * How many of the missing are this account's to buy. An account that can't be read buys nothing, so the others do; but one whose
 * members can't be counted holds all purchases of the fleet.
 */
export function chooseShare(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  missing: number,
  market: Market,
  rules: SharedRules,
): number {
  if (fleet.accounts === undefined) return missing;
  const uncounted = findUncounted(context, fleet);
  if (uncounted !== undefined) {
    holdPolicy(context, draft, fleet.name, uncounted);
    return 0;
  }
  const { counts, prices, left } = allotPurchases(fleet, missing, listSellers(context, fleet, market, rules));
  for (const [account, count] of counts) {
    if (account === context.settings.name) continue;
    const text = `${count} of ${missing} missing are bought in account ${account}, where the cheapest that fits costs ${describePrice(prices.get(account)!)}`;
    holdPolicy(context, draft, fleet.name, { code: 'bought-elsewhere', text });
  }
  // What nobody can buy is told by choosing here, with the reason.
  if (counts.size === 0) return left;
  if (left > 0) {
    const text = `${left} of ${missing} missing can't be had now in any of the accounts ${listAccounts(fleet).join(', ')}`;
    holdPolicy(context, draft, fleet.name, { code: 'no-offer', text });
  }
  return counts.get(context.settings.name) ?? 0;
}
