// The cloud port for the product `marketplace`. Each method is one call: what is asked, and how its answer is read. It decides
// nothing, and creates, deletes and renames are one request each, handed over before the method returns.
import type { Inventory, Millis, Place } from '../../core/types.js';
import type { Clock } from '../../ports/clock.js';
import type { Abilities, CallOptions, Cloud } from '../../ports/cloud.js';
import { createApiClient } from '../api-client.js';
import type { ApiClient, ApiClientOptions } from '../api-client.js';
import { refuseMoreThan } from '../call-limits.js';
import { proveChange } from '../prove-change.js';
import { buildFailedInventory, buildInventory } from '../inventory.js';
import { readImages } from '../read-images.js';
import { remember } from '../remembered.js';
import { Unreadable } from '../read-values.js';
import { readKey, readKeys } from '../ssh-keys.js';
import { endpoints } from './endpoints.js';
import { readCreated, readEstimate } from './read-answers.js';
import { readConfigurations, readCountries, readDatacenters, readHardware } from './read-catalogue.js';
import type { HardwareCatalogue } from './read-catalogue.js';
import { readOffers, readPriceRows } from './read-offers.js';
import { readListing } from './read-vms.js';
import { abilitiesOf, createVariantKeeper } from './variants.js';
import type { Variant, VariantKeeper, VariantMemory } from './variants.js';
import { writeConstraints, writeOfferQuery, writeOrder, writePorts } from './write-orders.js';

export interface MarketplaceOptions extends Omit<ApiClientOptions, 'buildAuthHeaders'> {
  /** Set by hand. Absent: found by asking once. */
  readonly variant?: Variant | undefined;
  /** Where the variant that was found is kept beyond this process. */
  readonly variantMemory?: VariantMemory | undefined;
}

/** The port, and what only the marketplace has. */
export interface MarketplaceCloud extends Cloud {
  listHardware(options?: CallOptions): Promise<HardwareCatalogue>;
  listDatacenters(options?: CallOptions): Promise<readonly Place[]>;
}

/** Of the right form, and of no VM. */
const NOBODYS_ID = `0x${'0'.repeat(40)}`;

/** A URL that isn't one throws a TypeError here, at once. */
export function createMarketplaceCloud(options: MarketplaceOptions): MarketplaceCloud {
  // `X-API-KEY` since 2026-01, a bearer token before: both, since either may be what is answered to.
  const api = createApiClient({
    ...options,
    buildAuthHeaders: (key) => ({ 'x-api-key': key, authorization: `Bearer ${key}` }),
  });
  const variants = createVariantKeeper(options.variant, options.variantMemory);
  return {
    product: 'marketplace',
    account: options.account,
    get abilities() {
      return abilitiesOf(variants.present());
    },
    ...buildReads(api, options.clock),
    ...buildChanges(api, options.account, variants),
    listVms: (call) => look(api, variants, options, call),
    async checkAccess(call) {
      await api.prepare();
      const nobody = { id: NOBODYS_ID, vmName: 'purser-doctor' };
      const isNewest = variants.present() === 'v3';
      const [endpoint, body] = isNewest ? [endpoints.renameVms, { updates: [nobody] }] : [endpoints.renameVmV2, nobody];
      const proof = await proveChange(() => api.changeWhenAllowed(endpoint, body, acceptAnything, call));
      return { variant: variants.isSettled() ? variants.present() : undefined, lacks: [], ...proof };
    },
    async prepare(call) {
      await api.prepare();
      await variants.recall();
      if (!variants.isSettled()) await readVms(api, variants, call);
    },
    // The service itself resolves names of keys and keeps to the cap.
    prepareOrder: (order) => Promise.resolve(order),
    keyMark: () => api.keyMark(),
    skewMillis: () => api.skewMillis(),
    lastLatencyMillis: () => api.lastLatencyMillis(),
    close: () => api.close(),
  };
}

/** Every purchase asks for them. */
const IMAGES_KEPT: Millis = 60_000;

type Reads =
  | 'listOffers'
  | 'listImages'
  | 'listKeys'
  | 'listConfigurations'
  | 'listCountries'
  | 'listHardware'
  | 'listDatacenters'
  | 'listBalances'
  | 'listBilled'
  | 'listPrices'
  | 'estimate';

function buildReads(api: ApiClient, clock: Clock): Pick<MarketplaceCloud, Reads> {
  const images = remember(clock, IMAGES_KEPT, () => api.read(endpoints.listImages, undefined, readImages, undefined), {
    standsWhenFailed: false,
  });
  return {
    listOffers: (query, call) => api.read(endpoints.listOffers, writeOfferQuery(query ?? {}), readOffers, call),
    listImages: () => images.get(),
    listKeys: (call) => api.read(endpoints.listKeys, undefined, readKeys, call),
    listConfigurations: (call) => api.read(endpoints.listConfigurations, undefined, readConfigurations, call),
    listCountries: (call) => api.read(endpoints.listCountries, undefined, readCountries, call),
    listHardware: (call) => api.read(endpoints.listHardware, undefined, readHardware, call),
    listDatacenters: (call) => api.read(endpoints.listDatacenters, undefined, readDatacenters, call),
    listBalances: () => Promise.resolve(undefined),
    listBilled: () => Promise.resolve(undefined),
    listPrices: (call) => api.read(endpoints.listOffers, {}, readPriceRows, call),
    async estimate({ count, offer, cap }, call) {
      const body = { constraints: writeConstraints(offer, cap), instances: count };
      return api.read(endpoints.estimate, body, readEstimate, call);
    },
  };
}

type Changes =
  'createVms' | 'renameVms' | 'preparePorts' | 'setPorts' | 'deleteVms' | 'deleteParts' | 'addKey' | 'removeKey';

function buildChanges(api: ApiClient, account: string, variants: VariantKeeper): Pick<MarketplaceCloud, Changes> {
  const mostAtOnce = (): Abilities => abilitiesOf(variants.present());
  return {
    async createVms(order, call) {
      refuseMoreThan(account, 'createsPerCall', mostAtOnce(), order.count);
      return api.change(endpoints.createVms, writeOrder(order), (json) => readCreated(json, order), call);
    },
    async renameVms(updates, call) {
      refuseMoreThan(account, 'renamesPerCall', mostAtOnce(), updates.length);
      // `openPorts` is never sent: it would replace the whole list, 22/tcp included.
      const written = updates.map(({ id, name }) => ({ id, vmName: name }));
      if (variants.present() === 'v3')
        return api.change(endpoints.renameVms, { updates: written }, acceptAnything, call);
      return api.change(endpoints.renameVmV2, written[0], acceptAnything, call);
    },
    // Its listing tells what is open: the plan made the whole list.
    preparePorts: (update) => Promise.resolve(update),
    async setPorts(updates, call) {
      refuseMoreThan(account, 'renamesPerCall', mostAtOnce(), updates.length);
      const written = updates.map(writePorts);
      if (variants.present() === 'v3')
        return api.change(endpoints.setPorts, { updates: written }, acceptAnything, call);
      return api.change(endpoints.setPortsV2, written[0], acceptAnything, call);
    },
    async deleteVms(ids, call) {
      refuseMoreThan(account, 'deletesPerCall', mostAtOnce(), ids.length);
      const body = variants.present() === 'oldest' ? { vmId: ids[0] } : { vmIds: ids };
      return api.change(endpoints.deleteVms, body, acceptAnything, call);
    },
    deleteParts: (parts) =>
      Promise.resolve().then(() => refuseMoreThan(account, 'partsPerCall', mostAtOnce(), parts.length)),
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

function readVms(api: ApiClient, variants: VariantKeeper, call: CallOptions | undefined) {
  return variants.list((version) =>
    api.read(
      version === 'v3' ? endpoints.listVms : endpoints.listVmsV2,
      undefined,
      (json, ageMillis) => {
        const listing = readListing(json);
        if (version === 'v2') variants.noteV2(json);
        return { ...listing, ageMillis };
      },
      call,
    ),
  );
}

async function look(
  api: ApiClient,
  variants: VariantKeeper,
  { clock }: MarketplaceOptions,
  call: CallOptions | undefined,
): Promise<Inventory> {
  const startedAt = clock.now();
  try {
    const listing = await readVms(api, variants, call);
    return buildInventory({ startedAt, finishedAt: clock.now(), ...listing }, api.scrub);
  } catch (error) {
    return buildFailedInventory(error, startedAt, clock.now());
  }
}
