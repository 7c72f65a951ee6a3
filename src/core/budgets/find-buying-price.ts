// At which price a fleet would be bought now: what forecasts and `spend` reckon coming purchases at, since `maxPrice` is only the
// most that its owner would bear. Asks the markets that are known; buys nothing.
import { choosePurchases } from '../buying.js';
import { comparePrices } from '../money.js';
import { listAccounts } from '../peers.js';
import type { PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Offer, Price } from '../types.js';

/** Cheapest first over the markets, in each as the fleet itself would choose; undefined: none offers anything that fits. */
export function findBuyingPrice(fleet: FleetPolicy, markets: readonly (readonly Offer[])[]): Price | undefined {
  const prices = markets.flatMap((offers) => {
    const { purchases } = choosePurchases(fleet, 1, { offers, taken: new Map() }, undefined);
    return purchases.map(({ offer }) => offer.price);
  });
  return prices.reduce<Price | undefined>(
    (cheapest, price) => (cheapest === undefined || comparePrices(price, cheapest) < 0 ? price : cheapest),
    undefined,
  );
}

/** What the accounts that the fleet may buy in offer, as far as they were read. */
export function listMarkets(
  { snapshot, settings }: Pick<PlanContext, 'snapshot' | 'settings'>,
  fleet: FleetPolicy,
  isCounted: (account: string) => boolean = () => true,
): readonly (readonly Offer[])[] {
  const markets = [
    { account: settings.name, offers: snapshot.offers ?? snapshot.pricedOffers },
    ...(snapshot.peers ?? []).map((peer) => ({
      account: peer.settings.name,
      offers: peer.offers ?? peer.pricedOffers,
    })),
  ];
  const names = listAccounts(fleet);
  return markets.flatMap(({ account, offers }) =>
    offers !== undefined && names.includes(account) && isCounted(account) ? [offers] : [],
  );
}
