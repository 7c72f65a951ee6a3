// Writes instants as the sandbox's answers and books have them.
import type { Instant } from '../core/types.js';

/** ISO 8601 in UTC; milliseconds only where there are any. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** null: not (yet). */
export function formatMaybe(instant: Instant | undefined): string | null {
  return instant === undefined ? null : formatInstant(instant);
}
