// Which of several accounts a fleet's missing members are bought from: the cheapest that fits, compared exactly over days and
// hours. Each account makes the same choice by itself and buys its own part alone. Counts no members.
import { choosePurchases, type Market, type Purchase, type SpreadCount } from '../buying.js';
import { comparePrices } from '../money.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Price } from '../types.js';

/** An account that could buy at present. */
export interface Seller {
  readonly account: string;
  readonly market: Market;
  readonly spread: SpreadCount | undefined;
  /** How many its rails and budgets let it buy of such a purchase. */
  readonly roomFor: (purchase: Purchase) => number;
}

export interface Allotment {
  /** By account, how many of the missing it buys. */
  readonly counts: ReadonlyMap<string, number>;
  /** The price of the first of them, by account. */
  readonly prices: ReadonlyMap<string, Price>;
  /** What no account can buy. */
  readonly left: number;
}

/** A choice that leaves the market and the spread as they are. */
function tryPurchases(fleet: FleetPolicy, missing: number, { market, spread }: Seller): readonly Purchase[] {
  const copy = { offers: market.offers, taken: new Map(market.taken) };
  const counted = spread === undefined ? undefined : { ...spread, counts: new Map(spread.counts) };
  return choosePurchases(fleet, missing, copy, counted).purchases;
}

/** `sellers` in the order in which the policy names them: of equal prices the first is taken. */
export function allotPurchases(fleet: FleetPolicy, missing: number, sellers: readonly Seller[]): Allotment {
  const { where } = fleet;
  const rankOf = ({ offer }: Purchase): number =>
    where.prefer === 'listed' ? where.countries.indexOf(offer.country) : 0;
  const offered = sellers.flatMap((seller, order) =>
    tryPurchases(fleet, missing, seller).map((purchase) => ({ seller, order, purchase })),
  );
  offered.sort(
    (a, b) =>
      rankOf(a.purchase) - rankOf(b.purchase) ||
      comparePrices(a.purchase.offer.price, b.purchase.offer.price) ||
      a.order - b.order,
  );
  const counts = new Map<string, number>();
  const prices = new Map<string, Price>();
  let left = missing;
  for (const { seller, purchase } of offered) {
    // Two accounts that filled the same place would break `spread`: the other buys once this one's are counted.
    if (fleet.spread !== undefined && counts.size > 0 && !counts.has(seller.account)) continue;
    const { price } = purchase.offer;
    const before = counts.get(seller.account) ?? 0;
    const count = Math.min(left, purchase.count, Math.max(0, seller.roomFor(purchase) - before));
    if (count === 0) continue;
    counts.set(seller.account, before + count);
    if (before === 0) prices.set(seller.account, price);
    left -= count;
  }
  return { counts, prices, left };
}
