// Which offers match, what a VM of them costs, and which the service picks: the smallest configuration, then the cheapest.
// Reads offers and moves them when told to; it must not rent.
import { drawInteger } from '../random.js';
import type { Micros } from '../../core/types.js';
import { scheduleEvent } from './market-events.js';
import type { Refusal } from '../refusal.js';
import type { MarketOffer, MarketServer, MarketState, OfferConstraints, OfferMove } from './market-state.js';

export interface Pick {
  readonly offer: MarketOffer;
  readonly server: MarketServer;
  readonly count: number;
  /** Per VM and epoch, extra storage included. */
  readonly price: Micros;
}

/** Offers with room for at least one VM that satisfy the constraints, smallest and cheapest first. */
export function findOffers(state: MarketState, constraints: OfferConstraints): readonly MarketOffer[] {
  return state.offers
    .filter((offer) => isSuitable(offer, constraints) && countRoom(offer, constraints) > 0)
    .sort(
      (left, right) =>
        compareSizes(left, right) ||
        compareMicros(priceOf(left, constraints), priceOf(right, constraints)) ||
        (left.id < right.id ? -1 : 1),
    );
}

/** All instances from one configuration (several offers if one isn't enough), or a refusal. */
export function pickOffers(
  state: MarketState,
  constraints: OfferConstraints,
  instances: number,
): readonly Pick[] | Refusal {
  const offers = findOffers(state, constraints);
  if (offers.length === 0) return { status: 422, error: 'No suitable offer found' };
  for (const configuration of new Set(offers.map((offer) => offer.configuration))) {
    const picks = fillFrom(
      offers.filter((offer) => offer.configuration === configuration),
      constraints,
      instances,
    );
    if (picks !== undefined) return picks;
  }
  return { status: 422, error: 'Not enough offers found' };
}

export function sumExtraStorage(constraints: OfferConstraints): number {
  return (constraints.extraStorage ?? []).reduce((sum, { gib }) => sum + gib, 0);
}

/** Changes price or capacity of every offer that matches; returns how many did. */
export function moveOffers(state: MarketState, move: OfferMove): number {
  const moved = state.offers.filter(
    (offer) =>
      (move.country === undefined || offer.place.country === move.country) &&
      (move.configuration === undefined || offer.configuration === move.configuration),
  );
  for (const offer of moved) {
    if (move.price !== undefined) offer.price = move.price;
    if (move.capacity !== undefined) {
      offer.servers.forEach((server, index) => (server.capacity = index === 0 ? move.capacity! : 0));
    }
  }
  return moved.length;
}

/** Prices wander around where they began, and others rent and give back. */
export function driftOffers(state: MarketState, round: number): void {
  const drift = state.rules.drift;
  if (drift === undefined) return;
  for (const offer of state.offers) {
    const percent = drawInteger(state.seed, `price/${round}/${offer.id}`, -drift.pricePercent, drift.pricePercent);
    offer.price = (offer.basePrice * BigInt(100 + percent)) / 100n;
    for (const [index, server] of offer.servers.entries()) {
      const change = drawInteger(state.seed, `room/${round}/${offer.id}/${index}`, -drift.capacity, drift.capacity);
      server.capacity = Math.max(0, server.capacity + change);
    }
  }
  scheduleEvent(state, state.now + drift.everyMillis, { kind: 'drift', round: round + 1 });
}

function fillFrom(
  offers: readonly MarketOffer[],
  constraints: OfferConstraints,
  instances: number,
): readonly Pick[] | undefined {
  const picks: Pick[] = [];
  let missing = instances;
  for (const offer of offers) {
    for (const server of offer.servers) {
      const count = Math.min(missing, countServerRoom(server, constraints));
      if (count > 0) picks.push({ offer, server, count, price: priceOf(offer, constraints) });
      missing -= count;
      if (missing === 0) return picks;
    }
  }
  return undefined;
}

function isSuitable(offer: MarketOffer, constraints: OfferConstraints): boolean {
  const { configuration, countries, cpu, memory, storage, extraStorage = [], maxPrice } = constraints;
  if (configuration !== undefined && offer.configuration !== configuration) return false;
  if (countries !== undefined && !countries.includes(offer.place.country)) return false;
  if (cpu !== undefined && !cpu.some((wish) => hasAll(wish, offer.hardware.cpu))) return false;
  if (memory !== undefined && !memory.some((wish) => hasAll(wish, offer.hardware.memory))) return false;
  if (storage !== undefined && !storage.some((wish) => hasAll(wish, offer.hardware.storage))) return false;
  if (extraStorage.some((extra) => !hasAll({ type: extra.type }, offer.hardware.storage))) return false;
  if (sumExtraStorage(constraints) > offer.storagePerVmLimitGib) return false;
  return maxPrice === undefined || priceOf(offer, constraints) <= maxPrice;
}

/** Whether each named field of the wish is what is there. */
function hasAll(wish: object, found: object): boolean {
  const facts: Readonly<Record<string, unknown>> = { ...found };
  return Object.entries(wish).every(([field, value]) => value === undefined || facts[field] === value);
}

function priceOf(offer: MarketOffer, constraints: OfferConstraints): Micros {
  // Whole MiB times the price of a GiB, rounded up to the micro.
  const mebibytes = BigInt(Math.round(sumExtraStorage(constraints) * 1024));
  return offer.price + (mebibytes * offer.storagePricePerGib + 1023n) / 1024n;
}

function countRoom(offer: MarketOffer, constraints: OfferConstraints): number {
  return offer.servers.reduce((sum, server) => sum + countServerRoom(server, constraints), 0);
}

function countServerRoom(server: MarketServer, constraints: OfferConstraints): number {
  const extra = sumExtraStorage(constraints);
  return extra === 0 ? server.capacity : Math.min(server.capacity, Math.floor(server.storageGib / extra));
}

function compareSizes(left: MarketOffer, right: MarketOffer): number {
  return left.vcpu - right.vcpu || left.ramGb - right.ramGb || left.storageGb - right.storageGb;
}

function compareMicros(left: Micros, right: Micros): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
