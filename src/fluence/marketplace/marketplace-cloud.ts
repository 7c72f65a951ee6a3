// The cloud port for the product `marketplace`. Each method is one call: what is asked, and how its answer is read. It decides
// nothing, and creates, deletes and renames are one request each, handed over before the method returns.
import { formatDuration } from '../../core/duration.js';
import type { Inventory, Millis, Place } from '../../core/types.js';
import { CloudError } from '../../ports/cloud.js';
import type { CallOptions, Cloud } from '../../ports/cloud.js';
import { createApiClient } from '../api-client.js';
import type { ApiClient, ApiClientOptions } from '../api-client.js';
import { summariseProblems, Unreadable } from '../read-values.js';
import { readKey, readKeys } from '../ssh-keys.js';
import { endpoints } from './endpoints.js';
import { readCreated, readEstimate } from './read-answers.js';
import { readConfigurations, readCountries, readDatacenters, readHardware, readImages } from './read-catalogue.js';
import type { HardwareCatalogue } from './read-catalogue.js';
import { readOffers } from './read-offers.js';
import { readListing } from './read-vms.js';
import type { Listing } from './read-vms.js';
import { writeConstraints, writeOfferQuery, writeOrder } from './write-orders.js';

export type MarketplaceOptions = Omit<ApiClientOptions, 'buildAuthHeaders'>;

/** The port, and what only the marketplace has. */
export interface MarketplaceCloud extends Cloud {
  /** Needed once before the first change when `readKey` is asynchronous. Throws CloudError `api-key-missing`. */
  prepare(): Promise<void>;
  listHardware(options?: CallOptions): Promise<HardwareCatalogue>;
  listDatacenters(options?: CallOptions): Promise<readonly Place[]>;
}

/** A URL that isn't one throws a TypeError here, at once. */
export function createMarketplaceCloud(options: MarketplaceOptions): MarketplaceCloud {
  // `X-API-KEY` since 2026-01, a bearer token before: both, since either may be what is answered to.
  const api = createApiClient({
    ...options,
    buildAuthHeaders: (key) => ({ 'x-api-key': key, authorization: `Bearer ${key}` }),
  });
  return {
    product: 'marketplace',
    account: options.account,
    ...buildReads(api),
    ...buildChanges(api),
    listVms: (call) => look(api, options, call),
    prepare: () => api.prepare(),
    skewMillis: () => api.skewMillis(),
    lastLatencyMillis: () => api.lastLatencyMillis(),
    close: () => api.close(),
  };
}

type Reads =
  | 'listOffers'
  | 'listImages'
  | 'listKeys'
  | 'listConfigurations'
  | 'listCountries'
  | 'listHardware'
  | 'listDatacenters'
  | 'estimate';

function buildReads(api: ApiClient): Pick<MarketplaceCloud, Reads> {
  return {
    listOffers: (query, call) => api.read(endpoints.listOffers, writeOfferQuery(query ?? {}), readOffers, call),
    listImages: (call) => api.read(endpoints.listImages, undefined, readImages, call),
    listKeys: (call) => api.read(endpoints.listKeys, undefined, readKeys, call),
    listConfigurations: (call) => api.read(endpoints.listConfigurations, undefined, readConfigurations, call),
    listCountries: (call) => api.read(endpoints.listCountries, undefined, readCountries, call),
    listHardware: (call) => api.read(endpoints.listHardware, undefined, readHardware, call),
    listDatacenters: (call) => api.read(endpoints.listDatacenters, undefined, readDatacenters, call),
    async estimate({ count, offer, cap }, call) {
      const body = { constraints: writeConstraints(offer, cap), instances: count };
      return api.read(endpoints.estimate, body, readEstimate, call);
    },
  };
}

type Changes = 'createVms' | 'renameVms' | 'deleteVms' | 'addKey' | 'removeKey';

function buildChanges(api: ApiClient): Pick<MarketplaceCloud, Changes> {
  return {
    async createVms(order, call) {
      return api.change(endpoints.createVms, writeOrder(order), (json) => readCreated(json, order), call);
    },
    renameVms(updates, call) {
      // `openPorts` is never sent: it would replace the whole list, 22/tcp included.
      const body = { updates: updates.map(({ id, name }) => ({ id, vmName: name })) };
      return api.change(endpoints.renameVms, body, acceptAnything, call);
    },
    deleteVms: (ids, call) => api.change(endpoints.deleteVms, { vmIds: ids }, acceptAnything, call),
    addKey: (key, call) =>
      api.changeWhenAllowed(
        endpoints.addKey,
        { name: key.name, publicKey: key.publicKey },
        (json) => {
          const added = readKey(json, key);
          if (added === undefined) throw new Unreadable('it tells no fingerprint');
          return added;
        },
        call,
      ),
    removeKey: (fingerprint, call) => api.changeWhenAllowed(endpoints.removeKey, { fingerprint }, acceptAnything, call),
  };
}

/** The status says it all; the body may be empty or any JSON. */
function acceptAnything(): void {
  return undefined;
}

/** An account whose every VM is unreadable must not fill the snapshots with sentences. */
const PROBLEMS_TOLD = 20;

/** Older than a tick, a listing from a cache is no look. */
const OLDEST_LISTING: Millis = 30_000;

function readAgedListing(json: unknown, ageMillis: Millis): Listing & { readonly ageMillis: Millis } {
  return { ...readListing(json), ageMillis };
}

function describeAge(ageMillis: Millis): string {
  return `the list came from a cache on the way and is ${formatDuration(ageMillis)} old; ask whoever runs that proxy to let \`no-cache\` through`;
}

async function look(api: ApiClient, options: MarketplaceOptions, call: CallOptions | undefined): Promise<Inventory> {
  // Of the first attempt: a look must not claim to have begun later than any of its requests.
  const startedAt = options.clock.now();
  try {
    const { vms, problems, ageMillis } = await api.read(endpoints.listVms, undefined, readAgedListing, call);
    const stale = ageMillis > OLDEST_LISTING ? [describeAge(ageMillis)] : [];
    const told = [...stale, ...summariseProblems(problems, PROBLEMS_TOLD).map(api.scrub)];
    const state = told.length === 0 ? 'complete' : 'partial';
    // A cached answer shows what was when the cache asked: what was called for since can't be in it.
    const finishedAt = options.clock.now() - ageMillis;
    return { state, startedAt: startedAt - ageMillis, finishedAt, vms, problems: told };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.code === 'api-key-missing' || error.code === 'api-key-refused') throw error;
    return { state: 'failed', startedAt, finishedAt: options.clock.now(), vms: [], problems: [error.message] };
  }
}
