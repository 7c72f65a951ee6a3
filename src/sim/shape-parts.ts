// The small parts that world files and controls are written in: money, durations, instants, VM selectors. Schema and reader
// side by side, so that what the one lets through the other can read.
import Type from 'typebox';
import { parseDuration } from '../core/duration.js';
import { parseUsdc } from '../core/money.js';
import type { Instant, Micros, Millis, Port } from '../core/types.js';

/** USDC, as a decimal string or a number. */
export const moneyShape = Type.Unsafe<string | number>({
  type: ['string', 'number'],
  pattern: '^\\d*\\.?\\d{1,6}$',
  minimum: 0,
  description: 'USDC as a decimal number, e.g. "0.306980", with at most six decimals',
});

export const durationShape = Type.String({
  pattern: '^(\\d+(ms|s|m|h|d))+$',
  description: 'a duration, e.g. 90s, 15m, 24h, 7d',
});

/** ISO 8601 in UTC, or an offset from the base: `+2h15m`, `-3h`. */
export const momentShape = Type.String({
  pattern: '^([+-](\\d+(ms|s|m|h|d))+|\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?Z)$',
  description: 'an instant in UTC, e.g. 2026-11-20T06:00:00Z, or an offset, e.g. +2h15m or -3h',
});

export const vmNameShape = Type.String({
  pattern: '^[A-Za-z0-9-]{1,63}$',
  description: '1 to 63 letters, digits and hyphens',
});

/** A country code of ISO 3166-1 alpha-2. */
export const countryShape = Type.String({
  pattern: '^[A-Z]{2}$',
  description: 'a country code of two capital letters, e.g. FR',
});

export const configurationShape = Type.String({
  pattern: '^cpu-\\d+-ram-\\d+gb-storage-\\d+gb$',
  description: 'a configuration, e.g. cpu-2-ram-4gb-storage-25gb',
});

export const portTextShape = Type.String({ pattern: '^\\d{1,5}/(tcp|udp)$', description: 'a port, e.g. 80/tcp' });

/** Reads what `moneyShape` lets through. */
export function readMoney(value: string | number): Micros {
  return parseUsdc(typeof value === 'number' ? value.toFixed(6) : value) ?? 0n;
}

/** Reads what `durationShape` lets through. */
export function readDuration(text: string): Millis {
  return parseDuration(text) ?? 0;
}

/** Reads what `momentShape` lets through; undefined for a day that no calendar has. */
export function readMoment(text: string, base: Instant): Instant | undefined {
  if (text.startsWith('+')) return base + readDuration(text.slice(1));
  if (text.startsWith('-')) return base - readDuration(text.slice(1));
  const instant = Date.parse(text);
  // 30 February is read as 2 March: what was written must come back.
  return Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text.slice(0, 10)
    ? undefined
    : instant;
}

/** Reads `80/tcp`. */
export function readPort(text: string): Port {
  const [port = '', protocol] = text.split('/');
  return { port: Number(port), protocol: protocol === 'udp' ? 'udp' : 'tcp' };
}
