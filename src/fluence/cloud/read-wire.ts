// Readers of the cloud's wire values: ids, hourly prices, lists bare or in `items`. Prices are decimal strings only: a number
// would be of a unit that nobody documented.
import { HOUR_MILLIS } from '../../core/money.js';
import type { Micros, Price } from '../../core/types.js';
import { isObject, quoteValue, readArray, readPriceMicros, Unreadable } from '../read-values.js';
import type { JsonObject } from '../read-values.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LOWER_UUID = new RegExp(UUID.source);

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** The same for a text, where "no id" must not mean "no text". */
export function isIdText(text: string): boolean {
  return UUID.test(text);
}

/** Lower case, so that ids of different answers meet. Throws Unreadable. */
export function readId(value: unknown, field: string): string {
  if (typeof value === 'string' && LOWER_UUID.test(value)) return value;
  if (isUuid(value)) return value.toLowerCase();
  throw new Unreadable(`${field} is ${quoteValue(value)}, not a UUID`);
}

/** A missing or null id is undefined. */
export function readOptionalId(value: unknown, field: string): string | undefined {
  return value === undefined || value === null ? undefined : readId(value, field);
}

/** A missing or null list is empty. */
export function readIds(value: unknown, field: string): readonly string[] {
  if (value === undefined || value === null) return [];
  const ids: string[] = [];
  for (const id of readArray(value, field)) ids.push(readId(id, field));
  return ids;
}

/** Equal texts are read once: ten thousand VMs have a handful of prices. */
const known = new Map<string, Price>();
const MOST_KNOWN = 1000;

/** USDC an hour, rounded up to the micro; between 0 and 100,000. */
export function readHourlyPrice(value: unknown, field: string): Price | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new Unreadable(`${field} is ${quoteValue(value)}, not a decimal text`);
  const before = known.get(value);
  if (before !== undefined) return before;
  const price = { amount: readPriceMicros(value, field)!, periodMillis: HOUR_MILLIS };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(value, price);
  return price;
}

const DECIMAL = /^(\d{1,9})(?:\.(\d{1,30}))?$/;

/**
 * A price for one unit times a whole quantity, rounded up once, at the end: a GB costs less than a hundredth of a cent an hour,
 * so rounding first would add a percent. Throws Unreadable for anything but a decimal text of 0 or more.
 */
export function multiplyPrice(unitPrice: unknown, quantity: number, field: string): Micros {
  const match = typeof unitPrice === 'string' ? DECIMAL.exec(unitPrice) : null;
  if (match === null) throw new Unreadable(`${field} is ${quoteValue(unitPrice)}, not an amount of USD`);
  const [, whole = '0', fraction = ''] = match;
  const scale = 10n ** BigInt(fraction.length);
  const micros = BigInt(whole + fraction) * 1_000_000n * BigInt(quantity);
  const amount = (micros + scale - 1n) / scale;
  // What a whole VM may cost; beyond that it is a fault.
  readPriceMicros(String(amount / 1_000_000n), field);
  return amount;
}

export function readObject(json: unknown, noun: string): JsonObject {
  if (isObject(json)) return json;
  throw new Unreadable(json === undefined ? 'its body is empty' : `its body is ${quoteValue(json)}, not ${noun}`);
}
