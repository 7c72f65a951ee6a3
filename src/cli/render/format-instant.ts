// Instants and spans of time as people read them, always UTC, cut to the minute so that no deadline is shown later than it
// is. The only place that knows their look; it reads no clock.
import { DAY_MILLIS, HOUR_MILLIS } from '../../core/money.js';
import { formatMinute } from '../../core/instant.js';
import { formatDuration } from '../../core/duration.js';
import type { Instant, Millis } from '../../core/types.js';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MINUTE_MILLIS = 60_000;

/** `2026-11-21T10:00:00Z`; milliseconds only when they aren't zero. */
export function toIso(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

export function toOptionalIso(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : toIso(instant);
}

/** `Fri 2026-11-20 19:10Z`. */
export function formatDateTime(instant: Instant): string {
  const date = new Date(instant);
  return `${WEEKDAYS[date.getUTCDay()]} ${date.toISOString().slice(0, 10)} ${formatMinute(instant)}`;
}

/** `Sat 06:50Z`; with the date when it is further than 6 days from now. */
export function formatInstant(instant: Instant, now: Instant): string {
  if (Math.abs(instant - now) > 6 * DAY_MILLIS) return formatDateTime(instant);
  return `${WEEKDAYS[new Date(instant).getUTCDay()]} ${formatMinute(instant)}`;
}

/** As `formatInstant`, but the time alone on the UTC day of `near`, which the reader has just read (or which is today). */
export function formatNear(instant: Instant, near: Instant, now: Instant): string {
  const sameDay = Math.floor(instant / DAY_MILLIS) === Math.floor(near / DAY_MILLIS);
  return sameDay ? formatMinute(instant) : formatInstant(instant, now);
}

/** `Fri 19:12:04Z`, for lines that are told as they happen. */
export function formatMoment(instant: Instant): string {
  return `${WEEKDAYS[new Date(instant).getUTCDay()]} ${new Date(instant).toISOString().slice(11, 19)}Z`;
}

/** `212 ms`, `4 s`, `29 m`, `5 h`, `12 d`: one unit, cut. */
export function formatSpan(millis: Millis): string {
  if (millis < 1000) return `${Math.max(0, Math.round(millis))} ms`;
  if (millis < 2 * MINUTE_MILLIS) return `${Math.floor(millis / 1000)} s`;
  if (millis < 2 * HOUR_MILLIS) return `${Math.floor(millis / MINUTE_MILLIS)} m`;
  if (millis < 2 * DAY_MILLIS) return `${Math.floor(millis / HOUR_MILLIS)} h`;
  return `${Math.floor(millis / DAY_MILLIS)} d`;
}

/** `4 s ago`, `in 26 s`, `now`. */
export function formatAgo(instant: Instant, now: Instant): string {
  const millis = now - instant;
  if (Math.abs(millis) < 1000) return 'now';
  return millis > 0 ? `${formatSpan(millis)} ago` : `in ${formatSpan(-millis)}`;
}

/** A billing period in JSON: `24h`, `1h`. */
export function formatPeriod(periodMillis: Millis): string {
  return periodMillis % HOUR_MILLIS === 0 ? `${periodMillis / HOUR_MILLIS}h` : formatDuration(periodMillis);
}

/** A billing period behind money: `a day`, `an hour`. */
export function formatEach(periodMillis: Millis): string {
  if (periodMillis === DAY_MILLIS) return 'a day';
  if (periodMillis === HOUR_MILLIS) return 'an hour';
  return `each ${formatPeriod(periodMillis)}`;
}
