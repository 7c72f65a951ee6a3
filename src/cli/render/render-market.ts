// `purser offers`, `purser images` and `purser keys`: what can be rented and what VMs are made from.
import { comparePrices, formatUsdc } from '../../core/money.js';
import type { Hardware, Image, Offer, SshKey } from '../../core/types.js';
import { formatPeriod } from './format-instant.js';
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
      a.place.country.localeCompare(b.place.country, 'en'),
  );
}

export function renderOffers(offers: readonly Offer[], facts: Facts): string {
  if (offers.length === 0) return 'No offers match.';
  return renderTable(
    [
      { title: 'CONFIGURATION', shrinks: true },
      { title: 'PRICE', align: 'right' },
      { title: 'PLACE' },
      { title: 'TIER', align: 'right' },
      { title: 'FREE', align: 'right' },
      { title: 'HARDWARE', shrinks: true },
      { title: 'CERTIFICATIONS', shrinks: true },
    ],
    sortOffers(offers).map((offer) => [
      offer.configuration,
      `${formatUsdc(offer.price.amount)}/${formatPeriod(offer.price.periodMillis)}`,
      [offer.place.country, offer.place.city, offer.place.cityIndex].filter((part) => part !== undefined).join(' '),
      String(offer.place.tier ?? '-'),
      String(offer.capacity),
      describeHardware(offer.hardware),
      offer.place.certifications.join(', ') || '-',
    ]),
    facts,
  );
}

export function offersToJson(offers: readonly Offer[]) {
  return sortOffers(offers).map(({ price, ...offer }) => ({ ...offer, ...priceToJson(price) }));
}

export function renderImages(images: readonly Image[], facts: Facts): string {
  if (images.length === 0) return 'No default images.';
  return renderTable(
    [
      { title: 'SLUG' },
      { title: 'NAME', shrinks: true },
      { title: 'DISTRIBUTION' },
      { title: 'USER' },
      { title: 'URL', shrinks: true },
    ],
    images.map((image) => [image.slug, image.name, image.distribution ?? '-', image.username ?? '-', image.url]),
    facts,
  );
}

export function imagesToJson(images: readonly Image[]) {
  return images.map((image) => ({ ...image }));
}

export function renderKeys(keys: readonly SshKey[], facts: Facts): string {
  if (keys.length === 0) return 'No SSH keys in the account.';
  return renderTable(
    [{ title: 'NAME', shrinks: true }, { title: 'ALGORITHM' }, { title: 'FINGERPRINT', shrinks: true }],
    keys.map((key) => [key.name, key.algorithm ?? '-', key.fingerprint]),
    facts,
  );
}

export function keysToJson(keys: readonly SshKey[]) {
  return keys.map((key) => ({ ...key }));
}
