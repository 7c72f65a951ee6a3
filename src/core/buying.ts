// Choosing what to rent (DESIGN "Buying"). The service picks the offer, a call only names configuration, hardware, country and
// a cap: so an offer is chosen only if everything that its call can select satisfies `where`. Chooses; never counts members.
import { addPercent, comparePrices, convertCap, costOver, describePrice, formatUsdc } from './money.js';
import { MOST_PER_INTENT } from './names.js';
import type { FleetPolicy, Where } from './policy-types.js';
import type { ChosenOffer, Hardware, Millis, Offer, Price, Reason } from './types.js';
import { canSelect, findOfferMisfit, type WhereField } from './where.js';

/** The cap sent is the planned price plus so many percent, never above maxPrice. */
const CAP_PERCENT = 2;
/** VMs in one create call: a batch that fails or goes unknown stays small. */
const MOST_A_CALL = 100;

export interface Purchase {
  readonly offer: ChosenOffer;
  readonly cap: Price;
  readonly count: number;
}

/** The market during one planning: what earlier fleets of the same plan took is gone for later ones. */
export interface Market {
  readonly offers: readonly Offer[];
  readonly taken: Map<Offer, number>;
}

export interface SpreadCount {
  readonly by: 'country' | 'datacenter';
  readonly max: number;
  /**
   * Members per key. By data center also, per country, those whose data center isn't known yet; under `''` those of which
   * nothing is known. Changed by the choice.
   */
  readonly counts: Map<string, number>;
}

/** The spread key of a place: `FR`, or `FR-PAR-1`. */
export function spreadKey(place: Offer['place'], by: 'country' | 'datacenter'): string {
  return by === 'country' ? place.country : `${place.country}-${place.city ?? '?'}-${place.cityIndex ?? 0}`;
}

/** A deployment must give every field of a hardware type that it names: completed from the offer. */
function nameHardware(wish: Hardware, offered: Hardware): Hardware | undefined {
  const named: Record<string, string> = {};
  const copy = (fields: readonly (keyof Hardware)[]) => {
    if (!fields.some((field) => wish[field] !== undefined)) return;
    for (const field of fields) if (offered[field] !== undefined) named[field] = offered[field];
  };
  copy(['cpuManufacturer', 'cpuArchitecture']);
  copy(['memoryType', 'memoryGeneration']);
  copy(['storageType']);
  return Object.keys(named).length === 0 ? undefined : named;
}

function capFor(offer: Offer, where: Where): Price {
  const raised = addPercent(offer.price, CAP_PERCENT);
  const most = convertCap(where.maxPrice, offer.price.periodMillis);
  return comparePrices(raised, most) <= 0 ? raised : most;
}

/** Smallest first when neither a configuration nor a minimum was said; then country order if listed; then price. */
function compareOffers(where: Where): (a: Offer, b: Offer) => number {
  const sizeDecides = where.configurations === undefined && where.minimum === undefined;
  return (a, b) =>
    (sizeDecides ? a.vcpu - b.vcpu || a.ramGb - b.ramGb || a.storageGb - b.storageGb : 0) ||
    (where.prefer === 'listed'
      ? where.countries.indexOf(a.place.country) - where.countries.indexOf(b.place.country)
      : 0) ||
    comparePrices(a.price, b.price) ||
    (a.place.country < b.place.country ? -1 : a.place.country > b.place.country ? 1 : 0) ||
    (a.configuration < b.configuration ? -1 : a.configuration > b.configuration ? 1 : 0);
}

/** Without configuration and minimum only the smallest size on offer is meant, not a larger one when it runs out. */
function narrowToSmallest(offers: readonly Offer[], where: Where): readonly Offer[] {
  if (where.configurations !== undefined || where.minimum !== undefined) return offers;
  const smallest = offers[0]?.configuration;
  return offers.filter((offer) => offer.configuration === smallest);
}

function spreadRoom(selectable: readonly Offer[], spread: SpreadCount | undefined): number {
  if (spread === undefined) return Number.POSITIVE_INFINITY;
  const countIn = (key: string): number => spread.counts.get(key) ?? 0;
  // The service may put them all into any place that the call can select, so the fullest of them decides. Who is on the way
  // to an unknown place may end up in each.
  return Math.min(
    ...selectable.map(({ place }) => {
      const onTheWay = countIn('') + (spread.by === 'datacenter' ? countIn(place.country) : 0);
      return spread.max - countIn(spreadKey(place, spread.by)) - onTheWay;
    }),
  );
}

function takeFrom(
  market: Market,
  offer: Offer,
  count: number,
  selectable: readonly Offer[],
  spread: SpreadCount | undefined,
): void {
  market.taken.set(offer, (market.taken.get(offer) ?? 0) + count);
  if (spread === undefined) return;
  for (const key of new Set(selectable.map(({ place }) => spreadKey(place, spread.by))))
    spread.counts.set(key, (spread.counts.get(key) ?? 0) + count);
}

/** Within a cluster, offers of one configuration that differ in their disks are one and the same. */
function countTaken({ taken }: Market, offer: Offer): number {
  if (offer.clusterId === undefined) return taken.get(offer) ?? 0;
  let count = 0;
  for (const [other, those] of taken)
    if (other.clusterId === offer.clusterId && other.configuration === offer.configuration) count += those;
  return count;
}

interface Misfits {
  readonly untargetable: Map<WhereField, Offer>;
  spreadFull: boolean;
}

function tryOffer(
  offer: Offer,
  missing: number,
  fleet: FleetPolicy,
  market: Market,
  spread: SpreadCount | undefined,
  misfits: Misfits,
): Purchase | undefined {
  const room = offer.capacity - countTaken(market, offer);
  if (room <= 0) return undefined;
  const chosen: ChosenOffer = {
    country: offer.place.country,
    configuration: offer.configuration,
    hardware: nameHardware(fleet.where.hardware, offer.hardware),
    price: offer.price,
    ...(offer.clusterId === undefined ? {} : { clusterId: offer.clusterId, storageGb: offer.storageGb }),
  };
  const cap = capFor(offer, fleet.where);
  const selectable = market.offers.filter((other) => canSelect(chosen, cap, other));
  for (const other of selectable) {
    const field = findOfferMisfit(other, fleet.where);
    if (field === undefined) continue;
    misfits.untargetable.set(field, other);
    return undefined;
  }
  const spreadLeft = spreadRoom(selectable, spread);
  if (spreadLeft <= 0) misfits.spreadFull = true;
  const count = Math.min(missing, room, spreadLeft, MOST_A_CALL, MOST_PER_INTENT);
  if (count <= 0) return undefined;
  takeFrom(market, offer, count, selectable, spread);
  return { offer: chosen, cap, count };
}

/** What a fleet may be given of these offers, in the order in which it would be bought. */
export function listFittingOffers(where: Where, offers: readonly Offer[]): readonly Offer[] {
  const fitting = offers
    .filter((offer) => offer.capacity > 0 && findOfferMisfit(offer, where) === undefined)
    .sort(compareOffers(where));
  return narrowToSmallest(fitting, where);
}

/** What to buy for `missing` members, in the order of preference; `shortfall` says why some can't be had. */
export function choosePurchases(
  fleet: FleetPolicy,
  missing: number,
  market: Market,
  spread: SpreadCount | undefined,
): { readonly purchases: readonly Purchase[]; readonly shortfall: Reason | undefined } {
  const misfits: Misfits = { untargetable: new Map(), spreadFull: false };
  const purchases: Purchase[] = [];
  let left = missing;
  for (const offer of listFittingOffers(fleet.where, market.offers)) {
    for (;;) {
      if (left === 0) return { purchases, shortfall: undefined };
      const purchase = tryOffer(offer, left, fleet, market, spread, misfits);
      if (purchase === undefined) break;
      purchases.push(purchase);
      left -= purchase.count;
    }
  }
  if (left === 0) return { purchases, shortfall: undefined };
  return { purchases, shortfall: explainShortfall(fleet, left, market.offers, misfits) };
}

function explainShortfall(fleet: FleetPolicy, left: number, offers: readonly Offer[], misfits: Misfits): Reason {
  for (const [field, offer] of misfits.untargetable) {
    return {
      code: 'cannot-target',
      text:
        `where.${field} can't be asked of the service: a call for ${offer.configuration} in ${offer.place.country} ` +
        `could be answered with an offer at ${formatUsdc(offer.price.amount)} that fails it; ` +
        `name other countries, another configuration, or drop where.${field}`,
    };
  }
  if (misfits.spreadFull) {
    return {
      code: 'no-offer',
      text: `${left} more would break spread: every place that fits has its most; raise spread.max or add countries`,
    };
  }
  return { code: 'no-offer', text: describeMarket(fleet.where, left, offers) };
}

/** In the unit of the cap that it is compared with, rounded up. */
function asPer(price: Price, periodMillis: Millis): Price {
  return { amount: costOver(price, periodMillis), periodMillis };
}

/**
 * What stands closest, so that a person sees which line to change. Other countries are named only where none of `where` offers
 * anything.
 */
function describeMarket(where: Where, left: number, offers: readonly Offer[]): string {
  const available = offers.filter((offer) => offer.capacity > 0);
  const named = available.filter(
    ({ place }) => where.countries.length === 0 || where.countries.includes(place.country),
  );
  const judged = (named.length > 0 ? named : available).map((offer) => ({
    offer,
    field: findOfferMisfit(offer, where),
  }));
  const short = `${left} can't be had`;
  const fitting = judged.filter(({ field }) => field === undefined);
  if (fitting.length > 0) {
    const room = fitting.reduce((sum, { offer }) => sum + offer.capacity, 0);
    return `${short}: the offers that fit had room for ${room}`;
  }
  const dearer = judged
    .flatMap(({ offer, field }) => (field === 'maxPrice' ? [offer] : []))
    .sort((a, b) => comparePrices(a.price, b.price))[0];
  if (dearer !== undefined) {
    return (
      `${short} under maxPrice: the cheapest that fits otherwise is ${dearer.configuration} in ` +
      `${dearer.place.country} at ${describePrice(asPer(dearer.price, where.maxPrice.periodMillis))}`
    );
  }
  const counts = new Map<WhereField, number>();
  for (const { field } of judged) if (field !== undefined) counts.set(field, (counts.get(field) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1])[0];
  if (most === undefined) return `${short}: the market offers nothing with capacity left`;
  const place = named.length > 0 && where.countries.length > 0 ? ` in ${where.countries.join(', ')}` : '';
  return `${short}: no offer${place} fits (${most[1]} of ${judged.length} fail where.${most[0]})`;
}
