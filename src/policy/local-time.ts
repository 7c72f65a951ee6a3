// Local dates and times as policies write them. Text <-> clock readings; no zones.
import { DAY_MILLIS } from '../core/money.js';
import type { Millis } from '../core/types.js';
import type { LocalMillis } from './zone.js';

/** Reads `2027-01-08` as its midnight; undefined for dates that the calendar lacks. */
export function parseLocalDate(text: string): LocalMillis | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1971 || year > 2200) return undefined;
  const local = Date.UTC(year, month - 1, day);
  const back = new Date(local);
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === day ? local : undefined;
}

/** Reads `2027-01-08T06:00` or `2027-01-08T06:00:30`; undefined for anything else, a zone included. */
export function parseLocalTime(text: string): LocalMillis | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (match === null) return undefined;
  const date = parseLocalDate(match[1]!);
  const [hour, minute, second] = [Number(match[2]), Number(match[3]), Number(match[4] ?? 0)];
  if (date === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  return date + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** `2027-01-08`. */
export function formatLocalDate(local: LocalMillis): string {
  return new Date(local).toISOString().slice(0, 10);
}

/** `06:00`, with seconds only when there are any. */
export function formatLocalClock(local: LocalMillis): string {
  const text = new Date(local).toISOString().slice(11, 19);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

/** `2027-01-08T06:00:00+01:00`: a reading with the offset that was in force. */
export function formatWithOffset(local: LocalMillis, offset: Millis): string {
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  return `${new Date(local).toISOString().slice(0, 19)}${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Days since the epoch of a reading's date. */
export function toDayNumber(local: LocalMillis): number {
  return Math.floor(local / DAY_MILLIS);
}
