// The cheapest price at which a fleet's `where` can buy, from instant to instant, for the lower bound. It knows no capacity but
// none at all, and rents nothing.
import { comparePrices } from '../../core/money.js';
import type { FleetPolicy } from '../../core/policy-types.js';
import type { Scenario } from '../../core/scenario.js';
import type { Instant, Price } from '../../core/types.js';
import { findOfferMisfit } from '../../core/where.js';
import { buildMarket } from './build-market.js';
import { listSizes } from './setting.js';

export interface PriceStep {
  readonly at: Instant;
  /** undefined: nothing that fits can be had. */
  readonly price: Price | undefined;
}

/** By fleet, ascending, the first at the scenario's beginning; neighbours differ. */
export function listPrices(
  scenario: Scenario,
  fleets: readonly FleetPolicy[],
): ReadonlyMap<string, readonly PriceStep[]> {
  const { from, to, offers } = scenario;
  const changes = offers.flatMap((offer) => offer.changes.map(({ at }) => at)).filter((at) => at > from && at < to);
  const market = buildMarket({ ...scenario, vms: [] });
  const storageGb = listSizes(fleets);
  const steps = new Map<string, PriceStep[]>(fleets.map(({ name }) => [name, []]));
  for (const at of [from, ...new Set(changes.sort((a, b) => a - b))]) {
    market.advanceTo(at);
    const shown = market.listOffers(storageGb).filter(({ capacity }) => capacity > 0);
    for (const { name, where } of fleets) {
      const prices = shown.filter((offer) => findOfferMisfit(offer, where) === undefined).map(({ price }) => price);
      const price = prices.sort(comparePrices)[0];
      const own = steps.get(name)!;
      if (own.length === 0 || own.at(-1)!.price?.amount !== price?.amount) own.push({ at, price });
    }
  }
  return steps;
}
