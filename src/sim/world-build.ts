// Makes a world out of a document whose shape was checked: fills in what was left out and reads money, dates and keys. What
// makes no sense is complained about with its place; the world is then not to be used.
import { hashText } from '../core/hash.js';
import { DAY_MILLIS } from '../core/money.js';
import type { Instant } from '../core/types.js';
import { defaultWorld } from './default-world.js';
import type { MarketWorld } from './market.js';
import type { ForeignVm } from './market-life.js';
import type { MarketKey, MarketOffer, MarketRules, OfferMove } from './market-state.js';
import { readDuration, readMoment, readMoney, readPort } from './shape-parts.js';
import { readPublicKey } from './ssh-key.js';
import { readApp, type AppScript } from './vm-apps.js';
import type { WholeWorld, WorldDocument } from './world-schema.js';

export interface World {
  /** The API key that the sandbox takes. */
  readonly key: string;
  readonly market: MarketWorld;
  readonly apps: readonly AppScript[];
}

type Complain = (path: readonly (string | number)[], text: string) => void;

const NO_DATE = 'is no date that a calendar has';

export function buildWorld(document: WorldDocument, complain: Complain): World {
  const start = readMoment(document.start ?? defaultWorld.start, 0);
  if (start === undefined) complain(['start'], NO_DATE);
  const base = start ?? 0;
  const readAt = (text: string, path: readonly (string | number)[]): Instant => {
    const instant = readMoment(text, base);
    if (instant === undefined) complain(path, NO_DATE);
    return instant ?? base;
  };
  const offers = (document.offers ?? defaultWorld.offers).map((offer, index) => buildOffer(offer, index, complain));
  const foreignVms = (document.vms ?? []).flatMap((vm, index) => {
    if (!offers.some((offer) => isOfKind(offer, vm))) {
      complain(['vms', index], 'asks for a country and configuration that no offer of this world has');
    }
    return buildForeignVms(vm, base, (text, field) => readAt(text, ['vms', index, field]));
  });
  return {
    key: document.key ?? defaultWorld.key,
    market: {
      start: base,
      rules: buildRules(document, complain),
      balance: readMoney(document.balance ?? defaultWorld.balance),
      offers,
      images: (document.images ?? defaultWorld.images).map(({ slug, name, distribution, url, username }) => ({
        id: hashText(slug),
        slug,
        name: name ?? slug,
        distribution: distribution ?? 'other',
        downloadUrl: url,
        username: username ?? 'root',
      })),
      keys: (document.sshKeys ?? defaultWorld.sshKeys).flatMap((key, index) => buildKey(key, index, base, complain)),
      foreignVms,
      terminations: (document.terminations ?? []).map(({ at, name }, index) => ({
        at: readAt(at, ['terminations', index, 'at']),
        vmName: name,
      })),
      moves: (document.moves ?? []).map(({ at, ...move }, index) => ({
        at: readAt(at, ['moves', index, 'at']),
        move: readMove(move),
      })),
    },
    apps: (document.apps ?? []).flatMap((app, index) => {
      const script = readApp(app, base);
      if (script === undefined) complain(['apps', index], `has an answer whose "from" ${NO_DATE}`);
      if (app.id === undefined && app.name === undefined && app.prefix === undefined) {
        complain(['apps', index], 'must say which VM: id, name or prefix');
      }
      return script ?? [];
    }),
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
  if (vm.count === undefined) return [{ ...facts, name: vm.name }];
  return Array.from({ length: vm.count }, (_, index) => ({ ...facts, name: `${vm.name}-${index + 1}` }));
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

function readRange(range: { least: string; most: string }, place: string, complain: Complain) {
  const leastMillis = readDuration(range.least);
  const mostMillis = readDuration(range.most);
  if (leastMillis > mostMillis) {
    complain([place], `has a least (${range.least}) that is longer than its most (${range.most}); say both`);
  }
  return { leastMillis, mostMillis };
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

function buildKey(
  { name, publicKey }: { name: string; publicKey: string },
  index: number,
  createdAt: Instant,
  complain: Complain,
): MarketKey[] {
  const read = readPublicKey(publicKey);
  if (read === undefined) complain(['sshKeys', index, 'publicKey'], 'is no public SSH key');
  return read === undefined ? [] : [{ name, publicKey, createdAt, ...read }];
}
