// How the page writes instants, spans and minutes. Everything is UTC; a table's instants are ISO 8601 to the minute.
import type { Instant, Millis } from '../../../core/types.js';

/** `2026-11-02T06:00Z`. */
export function toIsoMinute(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

export function toOptionalIsoMinute(at: Instant | undefined): string {
  return at === undefined ? '-' : toIsoMinute(at);
}

/** Minutes with one digit behind the point; `-` for none. */
export function toMinutes(millis: Millis): string {
  return millis === 0 ? '-' : (millis / 60_000).toFixed(1);
}
