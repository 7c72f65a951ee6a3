// Instants as policy tests write them: absolute, on a local clock, or counted from the instant of the plan. Reads texts, no clock.
import { parseDuration } from '../../core/duration.js';
import { DAY_MILLIS } from '../../core/money.js';
import type { Instant, Millis } from '../../core/types.js';
import { parseLocalTime } from '../local-time.js';
import type { Zone } from '../zone.js';

/** What an instant was written as: compared to the minute, unless seconds were written. */
export interface WrittenInstant {
  readonly at: Instant;
  readonly precision: Millis;
}

const MINUTE: Millis = 60_000;
const SECOND: Millis = 1000;
const DAYS: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

function precisionOf(hasSeconds: boolean): Millis {
  return hasSeconds ? SECOND : MINUTE;
}

/** `2026-11-20T19:10`, with a zone or on the clock of `zone`. undefined: of another form, or no such date. */
export function readAbsolute(text: string, zone: Zone): WrittenInstant | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(:\d{2})?)(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (match === null) return undefined;
  const [, date, clock, seconds, offset] = match;
  const local = parseLocalTime(`${date!}T${clock!}`);
  if (local === undefined) return undefined;
  const precision = precisionOf(seconds !== undefined);
  if (offset === undefined) return { at: zone.resolve(local).at, precision };
  const at = Date.parse(`${date!}T${clock!}${offset}`);
  return Number.isFinite(at) ? { at, precision } : undefined;
}

function readClock(text: string): { readonly millis: Millis; readonly hasSeconds: boolean } | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds] = match;
  const millis = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)) * SECOND;
  return { millis, hasSeconds: seconds !== undefined };
}

/** `06:50`, the next time that the clock shows it; `tomorrow 06:50`. */
function readOnDay(text: string, at: Instant, zone: Zone): WrittenInstant | undefined {
  const [first = '', second] = text.split(' ');
  const clock = readClock(second ?? first);
  const days = second === undefined ? undefined : DAYS[first];
  if (clock === undefined || (second !== undefined && days === undefined)) return undefined;
  const midnight = Math.floor(zone.toLocal(at) / DAY_MILLIS) * DAY_MILLIS;
  const precision = precisionOf(clock.hasSeconds);
  const onDay = (day: number): Instant => zone.resolve(midnight + day * DAY_MILLIS + clock.millis).at;
  if (days !== undefined) return { at: onDay(days), precision };
  const today = onDay(0);
  return { at: today > at ? today : onDay(1), precision };
}

/** Any instant of a test that is about `at`. undefined: it is of no form that is known. */
export function readInstant(
  written: string,
  { at, zone }: { readonly at: Instant; readonly zone: Zone },
): WrittenInstant | undefined {
  const text = written.trim().replaceAll(/ +/g, ' ');
  if (text === 'now') return { at, precision: MINUTE };
  const ahead = /^in (\S+)$/.exec(text)?.[1];
  const ago = /^(\S+) ago$/.exec(text)?.[1];
  const millis = parseDuration(ahead ?? ago ?? '');
  if (millis !== undefined)
    return { at: ahead === undefined ? at - millis : at + millis, precision: precisionOf(millis % MINUTE !== 0) };
  return readAbsolute(text, zone) ?? readOnDay(text, at, zone);
}
