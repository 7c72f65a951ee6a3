// What the marketplace answers, newest form: prices as decimal strings without needless zeros, amounts as `supply` and `units`,
// nothing that a client could not also meet at the real service. Reads the market, changes nothing.
import { formatUsdc } from '../../core/money.js';
import type { Instant, Micros } from '../../core/types.js';
import type { MarketEstimate } from '../marketplace/market-deploy.js';
import { formatInstant } from '../instant-text.js';
import { isRunning, nameOf } from '../marketplace/market-life.js';
import type {
  MarketImage,
  MarketKey,
  MarketOffer,
  MarketServer,
  MarketState,
  MarketVm,
} from '../marketplace/market-state.js';
import { drawUnit } from '../random.js';

/** `0.30698`, `2`: six decimals at most, no zeros at the end. */
function formatPrice(micros: Micros): string {
  return formatUsdc(micros).replace(/\.?0+$/, '');
}

/** One element is one provider's offer of one configuration in one data center. */
export function answerOffer(offer: MarketOffer) {
  return {
    configuration: { slug: offer.configuration, price: formatPrice(offer.price) },
    resources: [
      { type: 'VCPU', metadata: offer.hardware.cpu, price: '0' },
      { type: 'RAM', metadata: offer.hardware.memory, price: '0' },
      { type: 'STORAGE', metadata: offer.hardware.storage, price: formatPrice(offer.storagePricePerGib) },
      { type: 'PUBLIC_IP', metadata: { version: '4' }, price: '0' },
    ],
    datacenter: answerPlace(offer),
    servers: offer.servers
      .filter((server) => server.capacity > 0)
      .map((server) => ({
        availableBasicInstances: server.capacity,
        additionalResources: answerExtraStorage(offer, server.storageGib),
      })),
    maxAdditionalSupply: answerExtraStorage(offer, mostFree(offer.servers)),
  };
}

export function answerEstimate({ deposit, total, highest }: MarketEstimate, instances: number) {
  return {
    depositAmountUsdc: formatPrice(deposit),
    depositEpochs: 2,
    totalPricePerEpoch: formatPrice(total),
    maxPricePerEpoch: formatPrice(highest),
    instances,
  };
}

export function answerVm(vm: MarketVm, state: MarketState) {
  const { offer } = vm;
  // Both were seen of a VM that its provider ended: with its data center and without.
  const placeless = vm.status === 'terminated' && drawUnit(state.seed, `placeless/${vm.serial}`) < 0.5;
  return {
    id: vm.id,
    vmName: nameOf(vm),
    status: nameStatus(vm, state.now),
    pricePerEpoch: formatPrice(vm.price),
    resources: [
      { type: 'VCPU', quantity: offer.vcpu, details: {}, metadata: offer.hardware.cpu },
      { type: 'RAM', supply: String(offer.ramGb * 1024), units: 'MiB', details: {}, metadata: offer.hardware.memory },
      {
        type: 'STORAGE',
        supply: String(Math.round((offer.storageGb + vm.extraStorageGib) * 1024)),
        units: 'MiB',
        details: {},
        metadata: offer.hardware.storage,
      },
      { type: 'PUBLIC_IP', quantity: 1, details: {}, metadata: { version: '4' } },
    ],
    createdAt: formatInstant(vm.createdAt),
    nextBillingAt: vm.nextBillingAt === undefined ? null : formatInstant(vm.nextBillingAt),
    osImage: vm.osImage,
    datacenter: placeless ? null : answerPlace(offer),
    publicIp: readPublicIp(vm),
    ports: vm.ports,
    reservedBalance: formatPrice(vm.reserve),
    totalSpent: formatPrice(vm.spentBefore + vm.spent),
  };
}

/** Undocumented in its form; this much is what its description promises. */
export function answerStatus(vm: MarketVm, now: Instant) {
  return { id: vm.id, vmName: nameOf(vm), status: nameStatus(vm, now), publicIp: readPublicIp(vm) };
}

export function answerImage({ id, name, distribution, slug, downloadUrl, username }: MarketImage) {
  const createdAt = '2026-01-15T09:00:00Z';
  return { id, name, distribution, slug, downloadUrl, username, createdAt, updatedAt: createdAt };
}

/** In a listing; the answer to an added key spells `public_key` and has no date. */
export function answerListedKey(key: MarketKey) {
  const { name, fingerprint, algorithm, comment, publicKey, createdAt } = key;
  return { name, fingerprint, algorithm, comment, publicKey, active: true, createdAt: formatExpanded(createdAt) };
}

export function answerAddedKey({ name, fingerprint, algorithm, comment, publicKey }: MarketKey) {
  return { name, fingerprint, algorithm, comment, public_key: publicKey, active: true };
}

export function answerPlace({ place }: MarketOffer) {
  return {
    countryCode: place.country,
    cityCode: place.city,
    cityIndex: place.cityIndex,
    tier: place.tier,
    certifications: place.certifications,
  };
}

/** The address at which its workload answers now; null when nothing does. */
export function readPublicIp(vm: MarketVm): string | null {
  return isRunning(vm) && vm.deletion?.showsStopped !== true ? (vm.publicIp ?? null) : null;
}

export function nameStatus(vm: MarketVm, now: Instant): string {
  if (vm.deletion?.showsStopped === true) return 'Stopped';
  switch (vm.status) {
    case 'launching':
      return now < vm.launchingAt ? 'New' : 'Launching';
    case 'active':
      return 'Active';
    case 'small-balance':
      return 'SmallBalance';
    case 'insufficient-funds':
      return 'InsufficientFunds';
    case 'terminated':
      return 'Terminated';
  }
}

function answerExtraStorage(offer: MarketOffer, gib: number) {
  const price = formatPrice(offer.storagePricePerGib);
  return [
    {
      type: 'STORAGE',
      metadata: offer.hardware.storage,
      price,
      supply: Math.floor(gib),
      units: 'GiB',
      perVmLimit: offer.storagePerVmLimitGib,
    },
  ];
}

function mostFree(servers: readonly MarketServer[]): number {
  return servers.reduce((most, server) => (server.capacity > 0 ? Math.max(most, server.storageGib) : most), 0);
}

/** `+002025-03-28T16:26:38.808750000Z`: an expanded year and nanoseconds, as keys are dated, and VMs in older variants. */
export function formatExpanded(instant: Instant): string {
  return `+00${new Date(instant).toISOString().replace('Z', '000000Z')}`;
}
