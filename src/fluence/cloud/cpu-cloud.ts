// The cloud port for the product `cloud`, which its maker calls CPU Cloud. Each method is one call: what is asked, and how its
// answer is read. It decides nothing, and every change is one request, handed over before the method returns.
import { comparePrices, HOUR_MILLIS } from '../../core/money.js';
import type { Instant, Micros } from '../../core/types.js';
import { USUAL_DISK_GB } from '../../core/where.js';
import { CloudError } from '../../ports/cloud.js';
import type { Abilities, CallOptions, Cloud, OfferQuery, PriceRow } from '../../ports/cloud.js';
import { createApiClient } from '../api-client.js';
import type { ApiClient, ApiClientOptions } from '../api-client.js';
import { refuseMoreThan } from '../call-limits.js';
import { checkCloudAccess } from './access.js';
import { createCatalogue } from './catalogue.js';
import type { Catalogue } from './catalogue.js';
import { endpoints, endpointsOf, withQuery } from './endpoints.js';
import { createCloudKeys } from './keys.js';
import type { CloudKeys } from './keys.js';
import { createLooker } from './look.js';
import { listOffers } from './market.js';
import { checkId, createCloudNetworks } from './networks.js';
import type { CloudNetworks } from './networks.js';
import { findDealFor, writeCostRequest, writeOrder } from './orders.js';
import { preparePorts, setPorts } from './ports.js';
import { readBalances, readCharges, readChargeTotal, readCost } from './read-money.js';
import type { Charge } from './read-money.js';
import { writePriceRows } from './read-prices.js';
import { readId, readObject } from './read-wire.js';

export type CpuCloudOptions = Omit<ApiClientOptions, 'buildAuthHeaders'>;

/** Days in UTC, `2026-11-20`; both ends included. */
export interface ChargeQuery {
  readonly startDate: string;
  readonly endDate: string;
  readonly groupBy?: 'RESOURCE' | 'RESOURCE_TYPE' | 'CLUSTER';
  readonly period?: 'DAY' | 'MONTH';
  readonly resourceId?: string;
}

/** The port, and what only the cloud has. */
export interface CpuCloud extends Cloud, CloudNetworks {
  restartVm(id: string, options?: CallOptions): Promise<void>;
  softRestartVm(id: string, options?: CallOptions): Promise<void>;
  /** What was really charged in those days, in sum. */
  readChargeTotal(
    query: Pick<ChargeQuery, 'startDate' | 'endDate' | 'resourceId'>,
    options?: CallOptions,
  ): Promise<Micros>;
  listCharges(query: ChargeQuery, options?: CallOptions): Promise<readonly Charge[]>;
}

const ABILITIES: Abilities = {
  createsPerCall: 1,
  renamesPerCall: 1,
  deletesPerCall: 1,
  partsPerCall: 100,
  periodMillis: HOUR_MILLIS,
  deletesEndedVms: false,
};

/** A URL that isn't one throws a TypeError here, at once. */
export function createCpuCloud(options: CpuCloudOptions): CpuCloud {
  const { account, clock, concurrency } = options;
  // The document says the first, its prose shows the second too.
  const api = createApiClient({
    ...options,
    buildAuthHeaders: (key) => ({ 'x-api-key': key, authorization: `X-API-KEY ${key}` }),
  });
  const catalogue = createCatalogue(api, clock);
  const keys = createCloudKeys(api, account, concurrency);
  const networks = createCloudNetworks(api, account, concurrency);
  const looker = createLooker(api, clock, catalogue, concurrency);
  return {
    product: 'cloud',
    account,
    abilities: ABILITIES,
    ...buildMarketReads(catalogue),
    ...buildMoneyReads(api, catalogue),
    ...buildPreparation(api, catalogue, keys),
    ...buildChanges(api, account, keys),
    ...networks,
    preparePorts: (update, call) => preparePorts(networks, update, call),
    async setPorts(updates, call) {
      refuseMoreThan(account, 'renamesPerCall', ABILITIES, updates.length);
      return setPorts(networks, updates[0]!, call);
    },
    listVms: (call) => looker.look(call),
    checkAccess: (call) => checkCloudAccess(api, call),
    keyMark: () => api.keyMark(),
    skewMillis: () => api.skewMillis(),
    lastLatencyMillis: () => api.lastLatencyMillis(),
    close: () => api.close(),
  };
}

type MarketReads = 'listOffers' | 'listImages' | 'listConfigurations' | 'listCountries' | 'listPrices';

function buildMarketReads(catalogue: Catalogue): Pick<CpuCloud, MarketReads> {
  return {
    async listOffers(query = {}) {
      const market = await catalogue.market.get();
      return listOffers(market, chooseSizes(query)).filter(
        ({ configuration, place, price }) =>
          (query.configuration === undefined || configuration === query.configuration) &&
          (query.countries === undefined || query.countries.length === 0 || query.countries.includes(place.country)) &&
          (query.maxPrice === undefined || comparePrices(price, query.maxPrice) <= 0),
      );
    },
    listImages: () => catalogue.images.get(),
    async listConfigurations() {
      return [...(await catalogue.configurations.get()).values()].map(({ slug }) => slug);
    },
    async listCountries() {
      const { placeOf } = await catalogue.sites.get();
      return [...new Set([...placeOf.values()].map(({ country }) => country))].sort();
    },
    listPrices: () => listPrices(catalogue),
  };
}

function chooseSizes(query: OfferQuery): readonly number[] {
  const sizes = (query.storageGb ?? []).filter((size) => Number.isInteger(size) && size > 0);
  return sizes.length === 0 ? [USUAL_DISK_GB] : [...new Set(sizes)];
}

async function listPrices(catalogue: Catalogue): Promise<readonly PriceRow[]> {
  const [market, sites, configurations] = await Promise.all([
    catalogue.market.get(),
    catalogue.sites.get(),
    catalogue.configurations.get(),
  ]);
  const placeOf = (clusterId: string) => sites.placeOf.get(clusterId);
  return [
    ...writePriceRows('vm', market.vmPrices, placeOf, (id) => configurations.get(id)?.slug ?? id),
    ...writePriceRows('disk-gb', market.diskPrices, placeOf),
    ...writePriceRows('public-ip', market.addressPrices, placeOf),
  ];
}

type MoneyReads = 'listBalances' | 'listBilled' | 'readChargeTotal' | 'listCharges' | 'estimate';

/** `2026-11-20`. */
function writeDay(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function buildMoneyReads(api: ApiClient, catalogue: Catalogue): Pick<CpuCloud, MoneyReads> {
  return {
    listBalances: (call) => api.read(endpoints.listBalances, undefined, readBalances, call),
    readChargeTotal: (query, call) =>
      api.read(withQuery(endpoints.readCharges, { ...query }), undefined, readChargeTotal, call),
    listCharges: (query, call) =>
      api.read(withQuery(endpoints.listCharges, { ...query }), undefined, readCharges, call),
    async listBilled({ first, last }, call) {
      const [startDate, endDate] = [writeDay(first), writeDay(last)];
      const query = { startDate, endDate, groupBy: 'RESOURCE', period: 'DAY' };
      const charges = await api.read(withQuery(endpoints.listCharges, query), undefined, readCharges, call);
      return charges.map(({ resourceId, resourceName, periodStart, cost }) => {
        const id = resourceId ?? resourceName ?? 'what the service does not name';
        return { day: periodStart ?? first, id, name: resourceName, cost };
      });
    },
    async estimate({ count, offer, cap }, call) {
      const deal = findDealFor(await catalogue.market.get(), { offer, cap });
      const body = writeCostRequest(offer, deal, []);
      return api.read(endpoints.estimate, body, (json) => readCost(json, count), call);
    },
  };
}

function buildPreparation(
  api: ApiClient,
  catalogue: Catalogue,
  keys: CloudKeys,
): Pick<CpuCloud, 'prepare' | 'prepareOrder'> {
  return {
    prepare: () => api.prepare(),
    async prepareOrder(order, call) {
      const market = await catalogue.market.get();
      const { configuration, isReplicated } = findDealFor(market, order);
      const keyIds = await keys.resolve(order, call);
      const prepared = { ...order, resolved: { configurationId: configuration.id, keyIds, isReplicated } };
      // What it would refuse is refused now, before a rate token is spent on it.
      writeOrder(prepared);
      return prepared;
    },
  };
}

type Changes =
  | 'createVms'
  | 'renameVms'
  | 'deleteVms'
  | 'deleteParts'
  | 'restartVm'
  | 'softRestartVm'
  | 'listKeys'
  | 'addKey'
  | 'removeKey';

function buildChanges(api: ApiClient, account: string, keys: CloudKeys): Pick<CpuCloud, Changes> {
  return {
    async createVms(order, call) {
      refuseMoreThan(account, 'createsPerCall', ABILITIES, order.count);
      const parse = (json: unknown) => [{ id: readId(readObject(json, 'a VM')['id'], 'id'), name: order.name }];
      return api.change(endpoints.createVm, writeOrder(order), parse, call);
    },
    async renameVms(updates, call) {
      refuseMoreThan(account, 'renamesPerCall', ABILITIES, updates.length);
      const { id, name } = updates[0]!;
      return api.change(endpointsOf.renameVm(checkId(id)), { name }, acceptAnything, call);
    },
    async deleteVms(ids, call) {
      refuseMoreThan(account, 'deletesPerCall', ABILITIES, ids.length);
      return api.change(endpointsOf.terminateVm(checkId(ids[0]!)), undefined, acceptAnything, call);
    },
    async deleteParts(parts, call) {
      refuseMoreThan(account, 'partsPerCall', ABILITIES, parts.length);
      const ids = parts.map(({ id }) => checkId(id));
      const areAddresses = parts.every(({ kind }) => kind === 'public-ip');
      if (!areAddresses && parts.some(({ kind }) => kind === 'public-ip'))
        throw new CloudError('api-bad-request', 'disks and public IPs are deleted by calls of their own', {
          effect: 'none',
        });
      if (ids.length > 1)
        return api.change(
          areAddresses ? endpoints.deleteAddresses : endpoints.deleteStorages,
          { ids },
          acceptAnything,
          call,
        );
      const single = areAddresses ? endpointsOf.deleteAddress : endpointsOf.deleteStorage;
      return api.change(single(ids[0]!), undefined, acceptAnything, call);
    },
    async restartVm(id, call) {
      return api.change(endpointsOf.restartVm(checkId(id)), undefined, acceptAnything, call);
    },
    async softRestartVm(id, call) {
      return api.change(endpointsOf.softRestartVm(checkId(id)), undefined, acceptAnything, call);
    },
    listKeys: (call) => keys.list(call),
    addKey: (key, call) => keys.add(key, call),
    removeKey: (fingerprint, call) => keys.remove(fingerprint, call),
  };
}

/** The status says it all; the body may be empty, though documents promise an object. */
function acceptAnything(): void {
  return undefined;
}
