// Reads the cloud's price lists. They are for one unit and an hour: a VM, a GB of disk, an address. A row that can't be read
// makes the whole list unreadable, because what it hides might be what is bought.
import { HOUR_MILLIS } from '../../core/money.js';
import type { Place } from '../../core/types.js';
import type { PriceRow } from '../../ports/cloud.js';
import { isObject, quoteValue, readItems, Unreadable } from '../read-values.js';
import type { JsonObject } from '../read-values.js';
import { isUuid, multiplyPrice } from './read-wire.js';

/** Prices as they were written, by cluster and what it is a price of. */
export type PriceList = ReadonlyMap<string, UnitPrice>;

export interface UnitPrice {
  readonly clusterId: string;
  readonly what: string;
  readonly text: string;
}

/** Keys of a price list. */
export function priceKey(clusterId: string, what: string): string {
  return `${clusterId}/${what}`;
}

/** What a disk's price is listed under. */
export function nameDisk(isReplicated: boolean): string {
  return isReplicated ? 'NVME replicated' : 'NVME';
}

export function readVmPrices(json: unknown): PriceList {
  return readPrices(json, 'vmTypeId', (type) => readKnownId(type['vmConfigurationId'], 'vmConfigurationId'));
}

export function readStoragePrices(json: unknown): PriceList {
  return readPrices(json, 'storageTypeId', (type) => {
    const kind = String(type['storageType']).toUpperCase();
    return kind === 'NVME'
      ? nameDisk(type['replicated'] === true)
      : `${kind}${type['replicated'] === true ? ' replicated' : ''}`;
  });
}

export function readAddressPrices(json: unknown): PriceList {
  return readPrices(json, 'publicIpTypeId', (type) => String(type['addressType']));
}

function readPrices(json: unknown, typeField: string, nameOf: (type: JsonObject) => string): PriceList {
  const prices = new Map<string, UnitPrice>();
  for (const entry of readItems(json, 'prices')) {
    const type = isObject(entry) ? entry[typeField] : undefined;
    const info = isObject(entry) ? entry['priceInfo'] : undefined;
    if (!isObject(type) || !isObject(info)) throw new Unreadable(`a price is ${quoteValue(entry)}`);
    const clusterId = readKnownId(type['clusterId'], 'clusterId');
    const what = nameOf(type);
    const text = info['pricePerHourPerQty'];
    multiplyPrice(text, 1, `the price of ${what}`);
    prices.set(priceKey(clusterId, what), { clusterId, what, text: text as string });
  }
  return prices;
}

function readKnownId(value: unknown, field: string): string {
  if (isUuid(value)) return value.toLowerCase();
  throw new Unreadable(`${field} of a price is ${quoteValue(value)}, not a UUID`);
}

/** Rows for people; `words` names what ids stand for. */
export function writePriceRows(
  kind: PriceRow['kind'],
  prices: PriceList,
  placeOf: (clusterId: string) => Place | undefined,
  words: (what: string) => string = (what) => what,
): PriceRow[] {
  return [...prices.values()].map(({ clusterId, what, text }) => ({
    kind,
    what: words(what),
    place: placeOf(clusterId),
    clusterId,
    price: { amount: multiplyPrice(text, 1, what), periodMillis: HOUR_MILLIS },
    text,
  }));
}
