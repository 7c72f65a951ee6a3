// Matching offers and VMs against a fleet's `where`. Says which field fails, so that people can be told; buys nothing.
import { comparePrices } from './money.js';
import type { Where } from './policy-types.js';
import type { ChosenOffer, Hardware, Offer, Place, Price } from './types.js';

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

/** The size of a boot disk, where it is chosen and nobody says another: what a VM of the marketplace has. */
export const USUAL_DISK_GB = 25;

interface Size {
  readonly vcpu: number;
  readonly ramGb: number;
  readonly storageGb: number;
}

/** A marketplace's configuration names the whole size of a VM: `cpu-2-ram-4gb-storage-25gb`. undefined: it doesn't. */
function readSize(configuration: string): Size | undefined {
  const [, vcpu, ramGb, storageGb] = /^cpu-(\d+)-ram-(\d+)gb-storage-(\d+)gb$/.exec(configuration) ?? [];
  if (vcpu === undefined) return undefined;
  return { vcpu: Number(vcpu), ramGb: Number(ramGb), storageGb: Number(storageGb) };
}

/** The boot disks that would do, in GB, on a product where their size is chosen. */
export function listWantedDisks({
  configurations,
  minimum,
}: Pick<Where, 'configurations' | 'minimum'>): readonly number[] {
  if (configurations !== undefined) return configurations.map((slug) => readSize(slug)?.storageGb ?? USUAL_DISK_GB);
  const storageGb = minimum?.storageGb ?? 0;
  return [storageGb === 0 ? USUAL_DISK_GB : storageGb];
}

/** Processors shared with others are no match for a size: who wants them names them (the cloud's slugs, `fluence-api.md`). */
function isShared({ configuration }: Offer): boolean {
  return configuration.startsWith('cpu-shared-');
}

/** Where the disk is chosen, a configuration that names a whole size means every one of that size, whatever it is called. */
export function isConfiguration(offer: Offer, slug: string): boolean {
  if (offer.clusterId === undefined) return offer.configuration === slug;
  const size = isShared(offer) ? undefined : readSize(slug);
  if (size === undefined) return offer.configuration === slug && offer.storageGb === USUAL_DISK_GB;
  return offer.vcpu === size.vcpu && offer.ramGb === size.ramGb && offer.storageGb === size.storageGb;
}

/** Offers of one thing with disks of several sizes stand side by side; a larger disk than wanted is only dearer. */
function isDiskWanted(offer: Offer, where: Where): boolean {
  return offer.clusterId === undefined || listWantedDisks(where).includes(offer.storageGb);
}

/** The first field of `where` that the offer doesn't satisfy; undefined when it satisfies all. Capacity is not judged. */
export function findOfferMisfit(offer: Offer, where: Where): WhereField | undefined {
  const { configurations, minimum } = where;
  const isNamed = configurations?.some((slug) => isConfiguration(offer, slug)) ?? !isShared(offer);
  if (!isNamed) return 'configuration';
  const isTooSmall =
    minimum !== undefined &&
    (offer.vcpu < minimum.vcpu || offer.ramGb < minimum.ramGb || offer.storageGb < minimum.storageGb);
  if (isTooSmall || !isDiskWanted(offer, where)) return 'minimum';
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
    (chosen.clusterId === undefined ||
      (offer.clusterId === chosen.clusterId && offer.storageGb === chosen.storageGb)) &&
    comparePrices(offer.price, cap) <= 0 &&
    (chosen.hardware === undefined || isHardwareWithin(offer.hardware, chosen.hardware))
  );
}
