// The least that a fleet's `where` can pay for a period, from instant to instant, for the lower bound. It knows no capacity but
// none at all, and rents nothing.
import { comparePrices } from '../../core/money.js';
import type { FleetPolicy } from '../../core/policy-types.js';
import type { Scenario } from '../../core/scenario.js';
import type { Instant, Millis, Offer, Price } from '../../core/types.js';
import { findOfferMisfit } from '../../core/where.js';
import { buildMarket } from './build-market.js';
import { listSizes } from './setting.js';

export interface PriceStep {
  readonly at: Instant;
  /** undefined: nothing that fits can be had. */
  readonly price: Price | undefined;
}

/** Whether a VM renews at the price that it was bought at; on the cloud every hour costs what the catalogue asks then. */
export function keepsPrice({ product }: Pick<Scenario, 'product'>): boolean {
  return product !== 'cloud';
}

/**
 * By fleet, ascending, the first at the scenario's beginning; neighbours differ. Where VMs keep their price: of what can be
 * bought. Else of all that could have been bought until then, since that is renewed whether it is sold out or too dear by now.
 */
export function listPrices(
  scenario: Scenario,
  fleets: readonly FleetPolicy[],
): ReadonlyMap<string, readonly PriceStep[]> {
  const { from, to, offers, launch } = scenario;
  const isKept = keepsPrice(scenario);
  const changes = offers.flatMap((offer) => offer.changes.map(({ at }) => at)).filter((at) => at > from && at < to);
  const market = buildMarket({ ...scenario, vms: [] });
  const storageGb = listSizes(fleets);
  const listed = fleets.map(({ name, where }) => ({ name, where, steps: [] as PriceStep[], had: new Set<string>() }));
  for (const at of [from, ...new Set(changes.sort((a, b) => a - b))]) {
    market.advanceTo(at);
    const shown = market.listOffers(storageGb);
    for (const { where, steps, had } of listed) {
      const sold = shown.filter((offer) => offer.capacity > 0 && findOfferMisfit(offer, where) === undefined);
      for (const offer of sold) had.add(keyOf(offer));
      const payable = isKept ? sold : shown.filter((offer) => had.has(keyOf(offer)));
      steps.push({ at, price: payable.map(({ price }) => price).sort(comparePrices)[0] });
    }
  }
  // A purchase has the price of its order, and serves when its launch is over. A boundary at the very instant of a change pays
  // what was asked before it.
  const lasting = isKept ? launch.mostMillis : 1;
  return new Map(listed.map(({ name, steps }) => [name, delayRises(steps, lasting)]));
}

function keyOf({ clusterId, place, configuration, storageGb }: Offer): string {
  return [clusterId ?? place.country, configuration, storageGb].join('/');
}

/** At each instant the least of what was in force since `lasting` before it. */
function delayRises(steps: readonly PriceStep[], lasting: Millis): readonly PriceStep[] {
  const instants = [...new Set(steps.flatMap(({ at }, index) => (index === 0 ? [at] : [at, at + lasting])))];
  const delayed: PriceStep[] = [];
  let first = 0;
  for (const at of instants.sort((a, b) => a - b)) {
    while (first + 1 < steps.length && steps[first + 1]!.at <= at - lasting) first += 1;
    let least: Price | undefined;
    for (let index = first; index < steps.length && steps[index]!.at <= at; index += 1) {
      const { price } = steps[index]!;
      if (price !== undefined && (least === undefined || comparePrices(price, least) < 0)) least = price;
    }
    if (delayed.length === 0 || delayed.at(-1)!.price?.amount !== least?.amount) delayed.push({ at, price: least });
  }
  return delayed;
}
