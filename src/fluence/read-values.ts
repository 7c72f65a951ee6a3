// Readers of single wire values, shared by all products. A missing or null value is undefined; a value of the wrong form
// throws Unreadable, never anything else. Plain functions, because a listing may have 100,000 VMs.
import { parseUsdc } from '../core/money.js';
import type { Instant, Micros } from '../core/types.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Says which value could not be read, or where an answer isn't what was asked for. Caught where its holder is dropped. */
export class Unreadable extends Error {
  /** Facts that the CloudError must carry on (ids that could be read all the same). */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.details = details;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A short quote of a value for a problem's text. */
export function quoteValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Throws Unreadable unless it is an array. `noun` is what it should list. */
export function readArray(json: unknown, noun: string): readonly unknown[] {
  if (Array.isArray(json)) return json as readonly unknown[];
  throw new Unreadable(
    json === undefined ? 'its body is empty' : `its body is ${quoteValue(json)}, not a list of ${noun}`,
  );
}

/** `{"items": [...]}` or a bare array. */
export function readItems(json: unknown, noun: string): readonly unknown[] {
  return readArray(isObject(json) && Array.isArray(json['items']) ? json['items'] : json, noun);
}

export function readText(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new Unreadable(`${field} is ${quoteValue(value)}, not a text`);
}

/** For facts that nothing is decided by: a value of another form counts as not told. Empty is not told either. */
export function readOptionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** More than any VM costs a period: such a number is a fault, or one written in another unit. */
const MOST_PRICE: Micros = 100_000_000_000n;
const MOST_SUM: Micros = 1_000_000_000_000_000n;

/** A price: an integer of micro-USDC, or a decimal string of USDC. Between 0 and 100,000 USDC. */
export function readPriceMicros(value: unknown, field: string): Micros | undefined {
  return readMicros(value, field, MOST_PRICE);
}

/** A sum of money in the same forms as a price, up to 1,000,000,000 USDC. */
export function readSumMicros(value: unknown, field: string): Micros | undefined {
  return readMicros(value, field, MOST_SUM);
}

function readMicros(value: unknown, field: string, most: Micros): Micros | undefined {
  if (value === undefined || value === null) return undefined;
  let micros: Micros | undefined;
  if (typeof value === 'number') micros = Number.isSafeInteger(value) ? BigInt(value) : undefined;
  // Longer than any sum in range; BigInt of a megabyte of digits would hold up everything.
  else if (typeof value === 'string' && value.length <= 40) micros = parseUsdc(value);
  if (micros === undefined || micros < 0n || micros > most) {
    throw new Unreadable(`${field} is ${quoteValue(value)}, not an amount of USDC`);
  }
  return micros;
}

const TIME = /^(?:\+00)?(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;
/** What programs write for a time that they don't have. */
const NO_TIME = /^(?:|(?:0001|1970)-01-01[Tt]00:00:00(?:\.0+)?[Zz])$/;
const EARLIEST_YEAR = 2015;
const LATEST_YEAR = 2099;

/**
 * RFC 3339 with a zone; years may be expanded (`+002025-...`) and fractions finer than a millisecond (cut off, so that a
 * boundary is never later than told). Only years from 2015 to 2099 exist.
 * Nothing, an empty text and the zero times are a time that isn't told.
 */
export function readInstant(value: unknown, field: string): Instant | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    if (NO_TIME.test(value)) return undefined;
    const instant = readUsualTime(value) ?? readAnyTime(value);
    if (instant !== undefined) return instant;
  }
  throw new Unreadable(`${field} is ${quoteValue(value)}, not a time`);
}

/** `2026-01-02T12:20:00Z`, with or without milliseconds: a large listing has a hundred thousand of them. */
function readUsualTime(text: string): Instant | undefined {
  const length = text.length;
  if ((length !== 20 && length !== 24) || text.charCodeAt(length - 1) !== 0x5a || text.charCodeAt(10) !== 0x54)
    return undefined;
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return undefined;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return undefined;
  if (length === 24 && text.charCodeAt(19) !== 0x2e) return undefined;
  const millis = length === 24 ? readPair(text, 20) * 10 + readDigit(text, 22) : 0;
  return buildInstant(
    readPair(text, 0) * 100 + readPair(text, 2),
    readPair(text, 5),
    readPair(text, 8),
    readPair(text, 11),
    readPair(text, 14),
    readPair(text, 17),
    millis,
  );
}

/** NaN when it is no digit. */
function readDigit(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : NaN;
}

function readPair(text: string, at: number): number {
  return readDigit(text, at) * 10 + readDigit(text, at + 1);
}

function readAnyTime(text: string): Instant | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [zoneHours, zoneMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (zoneHours > 18 || zoneMinutes > 59) return undefined;
  const millis = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const local = buildInstant(year, month, day, Number(match[4]), Number(match[5]), Number(match[6]), millis);
  const offsetMinutes = (zoneHours * 60 + zoneMinutes) * (match[8] === '-' ? -1 : 1);
  return local === undefined ? undefined : local - offsetMinutes * 60_000;
}

/** undefined for a time that doesn't exist; NaN among the numbers makes it one. */
function buildInstant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millis: number,
): Instant | undefined {
  if (!(year >= EARLIEST_YEAR && year <= LATEST_YEAR && month >= 1 && month <= 12)) return undefined;
  if (!(day >= 1 && day <= daysInMonth(year, month) && hour <= 23 && minute <= 59 && second <= 59 && millis >= 0))
    return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, millis);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function isCount(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Reads every entry that can be read; the problems say which could not, and why. */
export function readEntries<Entry>(
  entries: readonly unknown[],
  noun: string,
  readEntry: (entry: JsonObject) => Entry,
): { readonly read: Entry[]; readonly problems: string[] } {
  const read: Entry[] = [];
  const problems: string[] = [];
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    try {
      if (!isObject(entry)) throw new Unreadable(`it is ${quoteValue(entry)}, not an object`);
      read.push(readEntry(entry));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problems.push(`${noun} ${index + 1} of ${entries.length} can't be read: ${error.message}`);
    }
  }
  return { read, problems };
}

/** The first so many, and how many more there are. */
export function summariseProblems(problems: readonly string[], most: number): string[] {
  const more = problems.length - most;
  return more > 0 ? [...problems.slice(0, most), `${more} more like these`] : [...problems];
}
