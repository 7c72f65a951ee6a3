// Matching offers and VMs against a fleet's `where`. Says which field fails, so that people can be told; buys nothing.
import { comparePrices, formatUsdc } from './money.js';
import { readWholePrice } from './parts.js';
import type { Where } from './policy-types.js';
import type { ChosenOffer, Hardware, Offer, Place, Price, Vm } from './types.js';

export type WhereField =
  'countries' | 'configuration' | 'minimum' | 'hardware' | 'tier' | 'certifications' | 'maxPrice';

function isHardwareWithin(actual: Hardware, wish: Hardware): boolean {
  return (Object.keys(wish) as (keyof Hardware)[]).every(
    (field) => wish[field] === undefined || actual[field]?.toLowerCase() === wish[field].toLowerCase(),
  );
}

function findPlaceMisfit(place: Place, where: Where): WhereField | undefined {
  if (where.countries.length > 0 && !where.countries.includes(place.country)) return 'countries';
  // Tier 4 is the most reliable; a tier that isn't told can't be promised.
  if (where.tier !== undefined && (place.tier === undefined || place.tier < where.tier)) return 'tier';
  const has = new Set(place.certifications.map((name) => name.toLowerCase()));
  if (!where.certifications.every((name) => has.has(name.toLowerCase()))) return 'certifications';
  return undefined;
}

/** The first field of `where` that the offer doesn't satisfy; undefined when it satisfies all. Capacity is not judged. */
export function findOfferMisfit(offer: Offer, where: Where): WhereField | undefined {
  if (where.configurations !== undefined && !where.configurations.includes(offer.configuration)) return 'configuration';
  const { minimum } = where;
  if (
    minimum !== undefined &&
    (offer.vcpu < minimum.vcpu || offer.ramGb < minimum.ramGb || offer.storageGb < minimum.storageGb)
  ) {
    return 'minimum';
  }
  if (!isHardwareWithin(offer.hardware, where.hardware)) return 'hardware';
  const misplaced = findPlaceMisfit(offer.place, where);
  if (misplaced !== undefined) return misplaced;
  // Last, so that an offer which is only too dear is one that fits otherwise.
  return comparePrices(offer.price, where.maxPrice) > 0 ? 'maxPrice' : undefined;
}

/** What a call names: whether the service may answer it with this offer. */
export function canSelect(chosen: ChosenOffer, cap: Price, offer: Offer): boolean {
  return (
    offer.capacity > 0 &&
    offer.configuration === chosen.configuration &&
    offer.place.country === chosen.country &&
    comparePrices(offer.price, cap) <= 0 &&
    (chosen.hardware === undefined || isHardwareWithin(offer.hardware, chosen.hardware))
  );
}

/** Why a VM isn't what was ordered, as a sentence; undefined when it is, or when the API doesn't tell enough to say no. */
export function describeMismatch(
  vm: Vm,
  order: { readonly offer: ChosenOffer; readonly cap: Price },
): string | undefined {
  if (vm.place !== undefined && vm.place.country !== order.offer.country) {
    return `it stands in ${vm.place.country}, ordered was ${order.offer.country}`;
  }
  if (vm.configuration !== undefined && vm.configuration !== order.offer.configuration) {
    return `it is a ${vm.configuration}, ordered was ${order.offer.configuration}`;
  }
  const price = readWholePrice(vm) ?? vm.price;
  if (price !== undefined && comparePrices(price, order.cap) > 0) {
    return `it costs ${formatUsdc(price.amount)}, the cap was ${formatUsdc(order.cap.amount)}`;
  }
  return undefined;
}
