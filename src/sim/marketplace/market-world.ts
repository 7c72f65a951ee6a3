// Makes a world of the marketplace out of a document whose shape was checked: fills in what was left out and reads money, dates
// and keys. What
// makes no sense is complained about with its place; the world is then not to be used.
import { DAY_MILLIS } from '../../core/money.js';
import type { Instant } from '../../core/types.js';
import { defaultWorld } from './default-market-world.js';
import type { MarketWorld } from './market.js';
import type { ForeignVm } from './market-life.js';
import type { MarketOffer, MarketRules, OfferMove } from './market-state.js';
import { readDuration, readMoney, readPort } from '../shape-parts.js';
import type { AppScript } from '../vm-apps.js';
import {
  listNames,
  readApps,
  readImages,
  readKeys,
  readRange,
  readStart,
  readTerminations,
  type Complain,
} from '../world-parts.js';
import type { WholeWorld, WorldDocument } from './market-world-schema.js';

export interface World {
  readonly product: 'marketplace';
  /** Which form of the API it speaks. */
  readonly variant: 'v3' | 'v2' | 'oldest';
  /** The API key that the sandbox takes. */
  readonly key: string;
  readonly market: MarketWorld;
  readonly apps: readonly AppScript[];
}

export function buildWorld(document: WorldDocument, complain: Complain): World {
  const { start, readAt } = readStart(document.start ?? defaultWorld.start, complain);
  const offers = (document.offers ?? defaultWorld.offers).map((offer, index) => buildOffer(offer, index, complain));
  const foreignVms = (document.vms ?? []).flatMap((vm, index) => {
    if (!offers.some((offer) => isOfKind(offer, vm))) {
      complain(['vms', index], 'asks for a country and configuration that no offer of this world has');
    }
    return buildForeignVms(vm, start, (text, field) => readAt(text, ['vms', index, field]));
  });
  return {
    product: 'marketplace',
    variant: document.variant ?? 'v3',
    key: document.key ?? defaultWorld.key,
    market: {
      start,
      rules: buildRules(document, complain),
      balance: readMoney(document.balance ?? defaultWorld.balance),
      offers,
      images: readImages(document.images ?? defaultWorld.images),
      keys: readKeys(document.sshKeys ?? defaultWorld.sshKeys, complain).map((key) => ({ ...key, createdAt: start })),
      foreignVms,
      terminations: readTerminations(document.terminations ?? [], readAt),
      moves: (document.moves ?? []).map(({ at, ...move }, index) => ({
        at: readAt(at, ['moves', index, 'at']),
        move: readMove(move),
      })),
    },
    apps: readApps(document.apps ?? [], start, complain),
  };
}

/** Reads what `moveShape` lets through. */
export function readMove(move: Omit<WholeWorld['moves'][number], 'at'>): OfferMove {
  const { country, configuration, price, capacity } = move;
  return { country, configuration, capacity, price: price === undefined ? undefined : readMoney(price) };
}

/** Reads what `foreignVmShape` lets through: `count` of them. `readAt` reads an instant and says where it was written. */
export function buildForeignVms(
  vm: WholeWorld['vms'][number],
  now: Instant,
  readAt: (text: string, field: 'createdAt' | 'paidUntil') => Instant,
): ForeignVm[] {
  const facts = {
    country: vm.country,
    configuration: vm.configuration,
    status: vm.state ?? 'active',
    createdAt: vm.createdAt === undefined ? now : readAt(vm.createdAt, 'createdAt'),
    paidUntil: vm.paidUntil === undefined ? undefined : readAt(vm.paidUntil, 'paidUntil'),
    price: vm.price === undefined ? undefined : readMoney(vm.price),
    ports: (vm.ports ?? []).map(readPort),
  } as const;
  return listNames(vm.name, vm.count).map((name) => ({ ...facts, name }));
}

function isOfKind(offer: MarketOffer, wish: { country?: string; configuration?: string }): boolean {
  return (
    (wish.country === undefined || offer.place.country === wish.country) &&
    (wish.configuration === undefined || offer.configuration === wish.configuration)
  );
}

function buildRules(document: WorldDocument, complain: Complain): MarketRules {
  const billing = { ...defaultWorld.billing, ...document.billing };
  const [hours = '', minutes = ''] = billing.boundary.split(':');
  const launch = { ...defaultWorld.launch, ...document.launch };
  return {
    regime: billing.regime,
    epochMillis: DAY_MILLIS,
    boundaryOfDayMillis: (Number(hours) * 60 + Number(minutes)) * 60_000,
    graceMillis: readDuration(billing.grace),
    launch: { ...readRange(launch, 'launch', complain), failShare: launch.failPercent / 100 },
    deletion: readRange({ ...defaultWorld.deletion, ...document.deletion }, 'deletion', complain),
    drift: readDrift(document.drift, complain),
  };
}

function readDrift(drift: WorldDocument['drift'], complain: Complain): MarketRules['drift'] {
  if (drift === undefined) return undefined;
  const everyMillis = readDuration(drift.every);
  if (everyMillis < 60_000) complain(['drift', 'every'], 'must be at least 1m');
  return { everyMillis, pricePercent: drift.pricePercent ?? 3, capacity: drift.capacity ?? 1 };
}

function buildOffer(offer: WholeWorld['offers'][number], index: number, complain: Complain): MarketOffer {
  const [vcpu = 0, ramGb = 0, storageGb = 0] = offer.configuration.match(/\d+/g)?.map(Number) ?? [];
  const price = readMoney(offer.price);
  if (price === 0n) complain(['offers', index, 'price'], 'must be more than 0');
  if (offer.capacity !== undefined && offer.servers !== undefined) {
    complain(['offers', index], 'has both capacity and servers; give one of them');
  }
  const supply = offer.storage?.supply ?? 0;
  return {
    id: `offer-${index + 1}`,
    configuration: offer.configuration,
    vcpu,
    ramGb,
    storageGb,
    price,
    basePrice: price,
    place: {
      country: offer.country,
      city: offer.city ?? 'CTY',
      cityIndex: offer.cityIndex ?? 1,
      tier: offer.tier ?? 3,
      certifications: offer.certifications ?? [],
    },
    hardware: {
      cpu: { manufacturer: 'AMD', brand: 'EPYC', architecture: 'Zen', generation: '3', ...offer.cpu },
      memory: { type: 'DDR', generation: '4', ...offer.memory },
      storage: { type: offer.storage?.type ?? 'NVMe' },
    },
    storagePricePerGib: readMoney(offer.storage?.pricePerGib ?? '0.002'),
    storagePerVmLimitGib: offer.storage?.perVmLimit ?? supply,
    servers: (offer.servers ?? [offer.capacity ?? 10]).map((capacity) => ({ capacity, storageGib: supply })),
  };
}
