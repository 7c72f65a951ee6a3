// Reads instants that people write in options: ISO 8601, a date, or a duration from now. UTC where no offset is written.
import { parseDuration } from '../core/duration.js';
import { PurserError } from '../core/errors.js';
import type { Instant } from '../core/types.js';

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** 30 February is read as 2 March by Date: no instant for us. */
function isCalendarDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** undefined stays undefined. Throws `option-invalid` for anything else that is no instant. */
export function parseInstant(written: unknown, now: Instant): Instant | undefined {
  if (typeof written !== 'string') return undefined;
  const text = written.trim();
  const duration = parseDuration(text.replace(/^\+/, ''));
  if (duration !== undefined) return now + duration;
  if (ISO.test(text)) {
    const hasZone = /(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T');
    const at = Date.parse(hasZone ? text : `${text}Z`);
    if (Number.isFinite(at) && isCalendarDay(text)) return at;
  }
  throw new PurserError(
    'option-invalid',
    `"${text}" is no instant: write 2026-11-21T10:00:00Z, 2026-11-21, or a duration from now such as 6h.`,
  );
}
