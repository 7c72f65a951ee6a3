// `purser offers`, `purser images` and `purser keys`: what can be rented and what VMs are made from.
import { comparePrices, formatUsdc } from '../../core/money.js';
import type { Hardware, Image, Offer, SshKey } from '../../core/types.js';
import { formatPeriod } from './format-instant.js';
import { wrapSentence } from './phrase.js';
import { priceToJson } from './price-to-json.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';

type Facts = Pick<RenderFacts, 'width' | 'colours'>;

function describeHardware(hardware: Hardware): string {
  const { cpuManufacturer, cpuArchitecture, memoryType, memoryGeneration, storageType } = hardware;
  const memory = memoryType === undefined ? undefined : `${memoryType}${memoryGeneration ?? ''}`;
  const cpu = [cpuManufacturer, cpuArchitecture].filter(Boolean).join(' ');
  return [cpu, memory, storageType].filter(Boolean).join(', ') || '-';
}

/** Cheapest first; among equal prices by configuration and country. */
function sortOffers(offers: readonly Offer[]): Offer[] {
  return [...offers].sort(
    (a, b) =>
      comparePrices(a.price, b.price) ||
      a.configuration.localeCompare(b.configuration, 'en') ||
      a.place.country.localeCompare(b.place.country, 'en') ||
      a.storageGb - b.storageGb,
  );
}

/** `why`: what is said instead of an empty table. */
export function renderOffers(offers: readonly Offer[], facts: Facts, why = 'Nothing is on offer now.'): string {
  if (offers.length === 0) return wrapSentence(why, facts.width);
  const hasClusters = offers.some(({ clusterId }) => clusterId !== undefined);
  return renderTable(
    [
      { title: 'CONFIGURATION', shrinks: true },
      { title: 'PRICE', align: 'right' },
      { title: 'PLACE' },
      { title: 'TIER', align: 'right', yields: 2 },
      { title: 'FREE', align: 'right' },
      // Elsewhere the configuration says it.
      ...(hasClusters ? [{ title: 'DISK', align: 'right' as const, yields: 1 }] : []),
      { title: 'HARDWARE', shrinks: true, yields: 3 },
      { title: 'CERTIFICATIONS', shrinks: true, yields: 4 },
      ...(hasClusters ? [{ title: 'CLUSTER', shrinks: true, yields: 5 }] : []),
    ],
    sortOffers(offers).map((offer) => [
      offer.configuration,
      `${formatUsdc(offer.price.amount)}/${formatPeriod(offer.price.periodMillis)}`,
      [offer.place.country, offer.place.city, offer.place.cityIndex].filter((part) => part !== undefined).join(' '),
      String(offer.place.tier ?? '-'),
      String(offer.capacity),
      ...(hasClusters ? [`${offer.storageGb} GB`] : []),
      describeHardware(offer.hardware),
      offer.place.certifications.join(', ') || '-',
      ...(hasClusters ? [offer.clusterId ?? '-'] : []),
    ]),
    facts,
  );
}

export function offersToJson(offers: readonly Offer[]) {
  return sortOffers(offers).map(({ price, ...offer }) => ({ ...offer, ...priceToJson(price) }));
}

export function renderImages(images: readonly Image[], facts: Facts): string {
  if (images.length === 0)
    return wrapSentence('The API lists no default images: name one by its URL in `vm.image`.', facts.width);
  return renderTable(
    [
      { title: 'SLUG' },
      { title: 'NAME', shrinks: true },
      { title: 'DISTRIBUTION', yields: 2 },
      { title: 'USER', yields: 1 },
      { title: 'URL', shrinks: true, yields: 3 },
    ],
    images.map((image) => [image.slug, image.name, image.distribution ?? '-', image.username ?? '-', image.url]),
    facts,
  );
}

export function imagesToJson(images: readonly Image[]) {
  return images.map((image) => ({ ...image }));
}

export function renderKeys(keys: readonly SshKey[], facts: Facts): string {
  if (keys.length === 0)
    return wrapSentence('No SSH keys in the account: `purser keys add NAME FILE` adds one.', facts.width);
  const hasIds = keys.some(({ id }) => id !== undefined);
  return renderTable(
    [
      { title: 'NAME', shrinks: true },
      { title: 'ALGORITHM', yields: 1 },
      { title: 'FINGERPRINT', shrinks: true },
      ...(hasIds ? [{ title: 'ID', shrinks: true, yields: 2 }] : []),
    ],
    keys.map((key) => [key.name, key.algorithm ?? '-', key.fingerprint, ...(hasIds ? [key.id ?? '-'] : [])]),
    facts,
  );
}

export function keysToJson(keys: readonly SshKey[]) {
  return keys.map((key) => ({ ...key }));
}
