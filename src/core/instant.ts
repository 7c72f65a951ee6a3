// Instants as words in reasons: UTC, to the minute. Local time belongs to src/policy, layout to src/cli.
import type { Instant } from './types.js';

/** The last instant that a calendar date can hold. */
const LATEST: Instant = 8.64e15;

/** `19:55Z` */
export function formatMinute(at: Instant): string {
  const minute = ((Math.floor(at / 60_000) % 1440) + 1440) % 1440;
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}Z`;
}

/** `2026-11-23 07:00Z` */
export function formatDayMinute(at: Instant): string {
  // A time that no calendar holds must not keep a whole account from being planned.
  if (!(Math.abs(at) <= LATEST)) return 'a time out of range';
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
