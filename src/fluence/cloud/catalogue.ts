// What the cloud has, asked for and remembered: places and configurations for minutes, what can be bought now for seconds. One
// listing serves all policies of a tick.
import type { Image, Millis, Place } from '../../core/types.js';
import type { Clock } from '../../ports/clock.js';
import { CloudError } from '../../ports/cloud.js';
import type { ApiClient } from '../api-client.js';
import type { Endpoint } from '../call-errors.js';
import { readImages } from '../read-images.js';
import { remember } from '../remembered.js';
import type { Remembered } from '../remembered.js';
import { endpoints, endpointsOf } from './endpoints.js';
import type { Market } from './market.js';
import {
  readAllResources,
  readClusters,
  readConfigurations,
  readDatacenters,
  readResources,
} from './read-catalogue.js';
import type { Cluster, ClusterResources, Configuration } from './read-catalogue.js';
import { readAddressPrices, readStoragePrices, readVmPrices } from './read-prices.js';

/** Data centers, clusters and configurations hardly ever change; a cluster that isn't known is asked for at once. */
const SITES_KEPT: Millis = 10 * 60_000;
/** Shorter than a tick: what is bought is priced anew. */
const MARKET_KEPT: Millis = 10_000;
/** Every purchase asks for them. */
const IMAGES_KEPT: Millis = 60_000;

/** Where clusters are. */
export interface Sites {
  readonly clusters: readonly Cluster[];
  readonly places: ReadonlyMap<string, Place>;
  /** By the ids of clusters. */
  readonly placeOf: ReadonlyMap<string, Place>;
}

export interface Catalogue {
  readonly sites: Remembered<Sites>;
  /** By their ids. */
  readonly configurations: Remembered<ReadonlyMap<string, Configuration>>;
  readonly market: Remembered<Market>;
  readonly images: Remembered<readonly Image[]>;
}

export function createCatalogue(api: ApiClient, clock: Clock): Catalogue {
  const ask = <Result>(endpoint: Endpoint, parse: (json: unknown) => Result): Promise<Result> =>
    api.read(endpoint, undefined, parse, undefined);

  const sites = remember(clock, SITES_KEPT, async () => {
    const [clusters, places] = await Promise.all([
      ask(endpoints.listClusters, readClusters),
      ask(endpoints.listDatacenters, readDatacenters),
    ]);
    const placeOf = new Map<string, Place>();
    for (const { id, datacenterId } of clusters) {
      const place = places.get(datacenterId);
      if (place !== undefined) placeOf.set(id, place);
    }
    return { clusters, places, placeOf };
  });

  const configurations = remember(clock, SITES_KEPT, async () => {
    const listed = await ask(endpoints.listConfigurations, readConfigurations);
    return new Map(listed.map((configuration) => [configuration.id, configuration]));
  });

  const readMarket = async (): Promise<Market> => {
    const { clusters, places } = await sites.get();
    const [resources, vmPrices, diskPrices, addressPrices] = await Promise.all([
      askResources(ask, clusters),
      ask(endpoints.listVmPrices, readVmPrices),
      ask(endpoints.listStoragePrices, readStoragePrices),
      ask(endpoints.listAddressPrices, readAddressPrices),
    ]);
    return { clusters, places, resources, vmPrices, diskPrices, addressPrices };
  };
  // An old price must not buy.
  const market = remember(clock, MARKET_KEPT, readMarket, { standsWhenFailed: false });
  const images = remember(clock, IMAGES_KEPT, () => askImages(ask), { standsWhenFailed: false });
  return { sites, configurations, market, images };
}

/** Documents name two paths. */
async function askImages(
  ask: <Result>(endpoint: Endpoint, parse: (json: unknown) => Result) => Promise<Result>,
): Promise<readonly Image[]> {
  try {
    return await ask(endpoints.listImages, readImages);
  } catch (error) {
    if (!(error instanceof CloudError) || error.code !== 'api-not-found') throw error;
    return ask(endpoints.listImagesBefore, readImages);
  }
}

/** All at once, or cluster by cluster from an API that lacks that. */
async function askResources(
  ask: <Result>(endpoint: Endpoint, parse: (json: unknown) => Result) => Promise<Result>,
  clusters: readonly Cluster[],
): Promise<ReadonlyMap<string, ClusterResources>> {
  try {
    return await ask(endpoints.listResources, readAllResources);
  } catch (error) {
    // `resources` is taken for a cluster's id there.
    const isLacking =
      error instanceof CloudError && (error.code === 'api-not-found' || error.code === 'api-bad-request');
    if (!isLacking) throw error;
    const read = clusters.map(async ({ id }) => [id, await ask(endpointsOf.resources(id), readResources)] as const);
    return new Map(await Promise.all(read));
  }
}
