// Reads offers. A deploy is planned only when every offer that its call could select is known to fit, so an offer that may be
// selected but can't be read makes the whole answer unreadable; one that can't be asked for is passed over.
import { DAY_MILLIS, formatUsdc } from '../../core/money.js';
import type { Offer } from '../../core/types.js';
import type { PriceRow } from '../../ports/cloud.js';
import {
  isCount,
  isObject,
  quoteValue,
  readArray,
  readEntries,
  readPriceMicros,
  summariseProblems,
  Unreadable,
} from '../read-values.js';
import type { JsonObject } from '../read-values.js';
import { parseConfigurationSlug, readResources } from './read-resources.js';
import { readPlace } from '../read-place.js';

/** Throws Unreadable when it isn't a list of offers, or when one that could be bought can't be read. */
export function readOffers(json: unknown): readonly Offer[] {
  const { read, problems } = readEntries(readArray(json, 'offers'), 'offer', readOffer);
  if (problems.length > 0) throw new Unreadable(summariseProblems(problems, 1).join('; '));
  return read.filter((offer) => offer !== undefined);
}

/** The same answer as a price list: each configuration in each place. */
export function readPriceRows(json: unknown): readonly PriceRow[] {
  return readOffers(json).map(({ configuration, place, price }) => ({
    kind: 'vm',
    what: configuration,
    place,
    clusterId: undefined,
    price,
    text: formatUsdc(price.amount),
  }));
}

function readOffer(entry: JsonObject): Offer | undefined {
  const configuration = isObject(entry['configuration']) ? entry['configuration'] : undefined;
  const slug = configuration?.['slug'];
  if (typeof slug !== 'string') throw new Unreadable(`configuration.slug is ${quoteValue(slug)}`);
  // Every call names its configuration, so one of a pattern that we don't know is never selected.
  const size = parseConfigurationSlug(slug);
  if (size === undefined) return undefined;
  const amount = readPriceMicros(configuration?.['price'], `${slug}: price`);
  if (amount === undefined) throw new Unreadable(`${slug}: it has no price`);
  const place = readPlace(entry['datacenter']);
  if (place === undefined) throw new Unreadable(`${slug}: it has no country`);
  return {
    configuration: slug,
    ...size,
    price: { amount, periodMillis: DAY_MILLIS },
    place,
    capacity: readCapacity(slug, entry['servers']),
    hardware: readResources(entry['resources']).hardware,
  };
}

function readCapacity(slug: string, servers: unknown): number {
  if (!Array.isArray(servers)) throw new Unreadable(`${slug}: servers is ${quoteValue(servers)}, not a list`);
  let capacity = 0;
  for (const server of servers as readonly unknown[]) {
    const available = isObject(server) ? server['availableBasicInstances'] : undefined;
    if (!isCount(available, 0, 1e9)) {
      throw new Unreadable(`${slug}: availableBasicInstances is ${quoteValue(available)}`);
    }
    capacity += available;
  }
  return capacity;
}
