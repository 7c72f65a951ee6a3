// Time zones: local clock readings <-> instants, through Intl. Knows nothing of schedules. The only rule it sets: a local
// time that doesn't exist is the first instant after the gap, one that occurs twice is the first of the two.
import type { Instant, Millis } from '../core/types.js';
import { DAY_MILLIS } from '../core/money.js';

/** What a local clock shows, as epoch milliseconds of the same reading in UTC. */
export type LocalMillis = number;

export interface ResolvedLocal {
  readonly at: Instant;
  /** gap: the clock never shows it. repeated: it shows it twice. */
  readonly kind: 'plain' | 'gap' | 'repeated';
}

export interface OffsetChange {
  readonly at: Instant;
  readonly before: Millis;
  readonly after: Millis;
}

export interface Zone {
  readonly name: string;
  readonly offsetAt: (at: Instant) => Millis;
  readonly toLocal: (at: Instant) => LocalMillis;
  readonly resolve: (local: LocalMillis) => ResolvedLocal;
  /** Changes of the offset in [from, to), ascending. */
  readonly changesBetween: (from: Instant, to: Instant) => readonly OffsetChange[];
}

/** The zone's name as Intl writes it; undefined when Intl doesn't know it or it is a bare offset or an abbreviation. */
export function findZoneName(text: string): string | undefined {
  // Intl takes PST or IST too, which mean different places to different people.
  if (!/^[A-Za-z]+(\/[A-Za-z0-9_+-]+)+$/.test(text) && !/^(UTC|GMT)$/i.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function readOffset(formatter: Intl.DateTimeFormat, at: Instant): Millis {
  const fields: Record<string, number> = {};
  for (const part of formatter.formatToParts(at)) if (part.type !== 'literal') fields[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

interface ZoneYear {
  readonly first: Millis;
  readonly changes: readonly OffsetChange[];
}

/** Probes each day of a year and narrows every difference down to the second. */
function readZoneYear(formatter: Intl.DateTimeFormat, year: number): ZoneYear {
  const start = Date.UTC(year, 0, 1);
  const end = Date.UTC(year + 1, 0, 1);
  const first = readOffset(formatter, start);
  const changes: OffsetChange[] = [];
  let before = first;
  for (let day = start; day < end; day += DAY_MILLIS) {
    const after = readOffset(formatter, day + DAY_MILLIS);
    if (after === before) continue;
    let low = day / 1000;
    let high = (day + DAY_MILLIS) / 1000;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (readOffset(formatter, middle * 1000) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: high * 1000, before, after });
    before = after;
  }
  return { first, changes };
}

const zones = new Map<string, Zone>();

/** `name` must be one that `findZoneName` knows. Zones are kept: reading a year of one takes about a millisecond. */
export function openZone(name: string): Zone {
  const kept = zones.get(name);
  if (kept !== undefined) return kept;
  const formatter = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const years = new Map<number, ZoneYear>();
  const openYear = (year: number): ZoneYear => {
    let known = years.get(year);
    if (known === undefined) years.set(year, (known = readZoneYear(formatter, year)));
    return known;
  };
  const offsetAt = (at: Instant): Millis => {
    const { first, changes } = openYear(new Date(at).getUTCFullYear());
    let offset = first;
    for (const change of changes) if (change.at <= at) offset = change.after;
    return offset;
  };
  const changesBetween = (from: Instant, to: Instant): readonly OffsetChange[] => {
    const found: OffsetChange[] = [];
    for (let year = new Date(from).getUTCFullYear(); year <= new Date(to).getUTCFullYear(); year += 1)
      found.push(...openYear(year).changes.filter(({ at }) => at >= from && at < to));
    return found;
  };
  const resolve = (local: LocalMillis): ResolvedLocal => {
    // Offsets stay within a day of UTC and change less than once in two days, so these two are the only candidates.
    const earlier = offsetAt(local - DAY_MILLIS);
    const later = offsetAt(local + DAY_MILLIS);
    if (earlier === later) return { at: local - earlier, kind: 'plain' };
    const isEarlier = offsetAt(local - earlier) === earlier;
    const isLater = offsetAt(local - later) === later;
    if (isEarlier) return { at: local - earlier, kind: isLater ? 'repeated' : 'plain' };
    if (isLater) return { at: local - later, kind: 'plain' };
    const gap = changesBetween(local - DAY_MILLIS, local + DAY_MILLIS)[0];
    return { at: gap?.at ?? local - later, kind: 'gap' };
  };
  const zone: Zone = { name, offsetAt, toLocal: (at) => at + offsetAt(at), resolve, changesBetween };
  zones.set(name, zone);
  return zone;
}
