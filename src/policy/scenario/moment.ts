// Times as scenarios and their CSV files write them <-> instants. Knows zones; places no problems.
import type { Instant, Millis } from '../../core/types.js';
import { formatWithOffset, parseLocalDate } from '../local-time.js';
import type { ResolvedLocal, Zone } from '../zone.js';

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function readOffset(text: string): Millis | undefined {
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/**
 * Reads `2026-11-10` (its midnight), `2026-11-10T08:00`, with seconds and an offset or not; `zone` is that of times without
 * one. A local time that doesn't exist is the first instant after the gap, one that occurs twice the first of them.
 */
export function parseMoment(text: string, zone: Zone): ResolvedLocal | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const date = parseLocalDate(match[1]!);
  const [hour, minute, second] = [Number(match[2] ?? 0), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  if (date === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const millis = match[5] === undefined ? 0 : Number(match[5].padEnd(3, '0').slice(0, 3));
  const local = date + ((hour * 60 + minute) * 60 + second) * 1000 + millis;
  if (match[6] === undefined) return zone.resolve(local);
  const offset = readOffset(match[6]);
  return offset === undefined ? undefined : { at: local - offset, kind: 'plain' };
}

/** `2026-11-10T08:00+01:00`, with seconds only when there are any; UTC with a Z. */
export function formatMoment(at: Instant, zone: Zone): string {
  const text = formatWithOffset(zone.toLocal(at), zone.offsetAt(at)).replace(/T(\d{2}:\d{2}):00/, 'T$1');
  return text.replace(/\+00:00$/, 'Z');
}
