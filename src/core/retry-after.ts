// How long something that failed is let be before it is tried again: one minute, then twice as long each time, an hour at most.
// Read off the intents that the books keep, so that nothing else needs to be remembered.
import type { Intent } from './books.js';
import type { Instant, Millis } from './types.js';

const FIRST: Millis = 60_000;
const LONGEST: Millis = 60 * 60_000;

export interface Retry {
  readonly attempts: number;
  readonly until: Instant;
  readonly text: string;
}

/** `tried`: all intents that were to do this one thing. undefined: it may be tried now. */
export function findRetry(tried: readonly Intent[], now: Instant): Retry | undefined {
  const closed = tried
    .filter(({ closedAt, calledAt }) => closedAt !== undefined && calledAt !== undefined)
    .sort((a, b) => b.closedAt! - a.closedAt!);
  const lastSuccess = closed.findIndex(({ state }) => state === 'done');
  const failed = lastSuccess === -1 ? closed : closed.slice(0, lastSuccess);
  const [last] = failed;
  if (last === undefined) return undefined;
  const until = last.closedAt! + Math.min(LONGEST, FIRST * 2 ** Math.min(failed.length - 1, 10));
  return now >= until ? undefined : { attempts: failed.length, until, text: last.error?.text ?? 'its answer was lost' };
}
