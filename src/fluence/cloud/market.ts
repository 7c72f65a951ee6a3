// What the cloud sells now, put together from clusters, places, resources and prices: offers for the plan, and the ids and the
// price that one order comes to. Pure: it asks nobody.
import { comparePrices, HOUR_MILLIS } from '../../core/money.js';
import type { Micros, Offer, Place, Price } from '../../core/types.js';
import type { Cluster, ClusterResources, Configuration } from './read-catalogue.js';
import { nameDisk, priceKey } from './read-prices.js';
import type { PriceList } from './read-prices.js';
import { multiplyPrice } from './read-wire.js';

export interface Market {
  readonly clusters: readonly Cluster[];
  readonly places: ReadonlyMap<string, Place>;
  readonly resources: ReadonlyMap<string, ClusterResources>;
  readonly vmPrices: PriceList;
  readonly diskPrices: PriceList;
  readonly addressPrices: PriceList;
}

/** One thing that an order can name, and what it costs an hour, all in. */
export interface Deal {
  readonly configuration: Configuration;
  readonly isReplicated: boolean;
  readonly price: Price;
  /** How many of it can be had, as far as disks and addresses go: the API counts no VMs. */
  readonly capacity: number;
}

/** Offers with boot disks of each of the sizes; what has no price can't be bought. */
export function listOffers(market: Market, sizesGb: readonly number[]): readonly Offer[] {
  const offers: Offer[] = [];
  for (const cluster of market.clusters) {
    const place = market.places.get(cluster.datacenterId);
    if (place === undefined) continue;
    for (const configuration of market.resources.get(cluster.id)?.configurations ?? []) {
      for (const storageGb of sizesGb) {
        const deal = findDeal(market, cluster.id, configuration.slug, [storageGb]);
        if (deal === undefined) continue;
        const { slug, vcpu, ramGb, hardware } = configuration;
        offers.push({
          configuration: slug,
          vcpu,
          ramGb,
          storageGb,
          price: deal.price,
          place,
          capacity: deal.capacity,
          hardware: { ...hardware, storageType: 'NVMe' },
          clusterId: cluster.id,
        });
      }
    }
  }
  return offers;
}

/** `disksGb`: the boot disk first. undefined: it isn't sold there, or something of it has no price. */
export function findDeal(
  market: Market,
  clusterId: string,
  slug: string,
  disksGb: readonly number[],
): Deal | undefined {
  const resources = market.resources.get(clusterId);
  const configuration = resources?.configurations.find((known) => known.slug === slug);
  if (resources === undefined || configuration === undefined) return undefined;
  const vm = market.vmPrices.get(priceKey(clusterId, configuration.id));
  const address = market.addressPrices.get(priceKey(clusterId, 'V4'));
  const disks = chooseDisks(market, clusterId, resources, configuration, disksGb);
  if (vm === undefined || address === undefined || disks === undefined) return undefined;
  const amount = multiplyPrice(vm.text, 1, slug) + multiplyPrice(address.text, 1, 'V4') + disks.amount;
  return {
    configuration,
    isReplicated: disks.isReplicated,
    price: { amount, periodMillis: HOUR_MILLIS },
    capacity: Math.min(resources.addresses, disks.capacity),
  };
}

interface Disks {
  readonly isReplicated: boolean;
  readonly amount: Micros;
  readonly capacity: number;
}

/** The cheaper kind of disks that has room; a kind without room shows its price all the same. */
function chooseDisks(
  market: Market,
  clusterId: string,
  resources: ClusterResources,
  configuration: Configuration,
  disksGb: readonly number[],
): Disks | undefined {
  const sumGb = disksGb.reduce((sum, size) => sum + size, 0);
  const found: Disks[] = [];
  for (const isReplicated of [false, true]) {
    const what = nameDisk(isReplicated);
    const price = market.diskPrices.get(priceKey(clusterId, what));
    if (price === undefined) continue;
    const free = resources.disks
      .filter((disk) => disk.isReplicated === isReplicated)
      .filter(({ family }) => configuration.families.length === 0 || configuration.families.includes(family));
    if (free.length === 0) continue;
    let amount = 0n;
    for (const size of disksGb) amount += multiplyPrice(price.text, size, what);
    found.push({ isReplicated, amount, capacity: Math.max(...free.map(({ freeGb }) => Math.floor(freeGb / sumGb))) });
  }
  const withRoom = found.filter(({ capacity }) => capacity > 0);
  const inHour = ({ amount }: Disks): Price => ({ amount, periodMillis: HOUR_MILLIS });
  return (withRoom.length > 0 ? withRoom : found).sort((a, b) => comparePrices(inHour(a), inHour(b)))[0];
}
