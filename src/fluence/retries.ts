// When a read is asked again: a table, and the arithmetic of waiting. Calls that change something never come here: they are
// one request each, and their callers decide.
import type { Instant, Millis } from '../core/types.js';
import type { CloudErrorCode } from '../ports/cloud.js';
import type { CloudError } from '../ports/cloud.js';

export interface RetryRow {
  /** Requests in all, the first one included. */
  readonly attempts: number;
  /** The first pause; each further one is twice as long. */
  readonly firstPauseMillis: Millis;
}

/** Codes that are not here are final: asking again would get the same answer. */
export const retryTable: Readonly<Partial<Record<CloudErrorCode, RetryRow>>> = {
  'api-unreachable': { attempts: 3, firstPauseMillis: 250 },
  'api-timeout': { attempts: 2, firstPauseMillis: 500 },
  'api-unavailable': { attempts: 3, firstPauseMillis: 500 },
  'api-rate-limited': { attempts: 4, firstPauseMillis: 1000 },
  'api-unreadable': { attempts: 2, firstPauseMillis: 500 },
};

/** No pause is longer. A `Retry-After` beyond it ends the attempts: the caller is told and comes back by itself. */
export const LONGEST_PAUSE_MILLIS: Millis = 10_000;

/**
 * How long to wait before the next attempt, or undefined to give up. `attempt` counts the requests already made;
 * `random` in [0, 1) spreads the pause over its upper half. Never earlier than `Retry-After` says.
 */
export function pauseBeforeRetry(error: CloudError, attempt: number, random: number): Millis | undefined {
  const row = retryTable[error.code as CloudErrorCode];
  if (row === undefined || attempt >= row.attempts) return undefined;
  const asked = error.retryAfterMillis ?? 0;
  if (asked > LONGEST_PAUSE_MILLIS) return undefined;
  const pause = Math.min(row.firstPauseMillis * 2 ** (attempt - 1), LONGEST_PAUSE_MILLIS);
  return Math.max(asked, Math.round(pause * (0.5 + random / 2)));
}

/** Reads `Retry-After`: seconds, or a date, which counts from the answer's own `Date` where it has one. */
export function readRetryAfter(headers: Readonly<Record<string, string>>, now: Instant): Millis | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const until = Date.parse(text);
  if (Number.isNaN(until)) return undefined;
  const answeredAt = Date.parse(headers['date'] ?? '');
  return Math.max(0, until - (Number.isNaN(answeredAt) ? now : answeredAt));
}
