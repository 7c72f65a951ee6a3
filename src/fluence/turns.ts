// Takes a turn before each request and tells what came of it: what a failure says of the service, and what a refused turn means
// for its caller. Without a traffic to keep to (commands that need no store) every request goes at once.
import { randomUUID } from 'node:crypto';
import { formatDuration } from '../core/duration.js';
import { CloudError } from '../ports/cloud.js';
import type { Traffic, TurnOutcome } from '../ports/traffic.js';
import type { Endpoint } from './call-errors.js';
import { LONGEST_PAUSE_MILLIS } from './retries.js';

export interface Turns {
  /** Waits for a turn. Throws CloudError, effect none, when the service must not be asked for longer. */
  take(
    endpoint: Endpoint,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly turn: string; readonly isTrial: boolean }>;
  /** `error`: what the request failed with; undefined: it was answered. */
  end(turn: string | undefined, error: unknown, signal: AbortSignal | undefined): Promise<void>;
}

export function createTurns(account: string, traffic: Traffic | undefined): Turns {
  return {
    async take(endpoint, signal) {
      const turn = randomUUID();
      if (traffic === undefined) return { turn, isTrial: false };
      const isUrgent = endpoint.isLook === true;
      const taken = await traffic.take(turn, { isUrgent, signal, mostWaitMillis: LONGEST_PAUSE_MILLIS });
      if (taken.granted) return { turn, isTrial: taken.isTrial };
      throw describeRefusal(account, endpoint, taken.why, taken.waitMillis);
    },
    async end(turn, error, signal) {
      if (turn !== undefined) await traffic?.end(turn, judgeOutcome(error, signal));
    },
  };
}

function describeRefusal(
  account: string,
  endpoint: Endpoint,
  why: 'told-to-wait' | 'circuit' | 'stopped',
  retryAfterMillis: number,
): CloudError {
  const what = `could not ${endpoint.what} of account ${account}`;
  const facts = { effect: 'none', details: { account, path: endpoint.path, why } } as const;
  if (why === 'stopped') return new CloudError('api-timeout', `${what}: it was stopped before it was sent`, facts);
  const wait = formatDuration(Math.max(1000, Math.ceil(retryAfterMillis / 1000) * 1000));
  if (why === 'told-to-wait')
    return new CloudError('api-rate-limited', `${what}: the API asked to be left alone for another ${wait}`, {
      ...facts,
      retryAfterMillis,
    });
  return new CloudError(
    'api-unavailable',
    `${what}: the API failed again and again; the next request tries it in ${wait}`,
    {
      ...facts,
      retryAfterMillis,
    },
  );
}

/** Only what the service itself, or the way to it, did wrong speaks against it; a refusal is an answer. */
function judgeOutcome(error: unknown, signal: AbortSignal | undefined): TurnOutcome {
  if (error === undefined) return { service: 'answers' };
  if (!(error instanceof CloudError)) return { service: 'unused' };
  const { retryAfterMillis } = error;
  if (signal?.aborted === true && error.status === undefined) return { service: 'unused' };
  switch (error.code) {
    case 'api-key-missing':
      return { service: 'unused' };
    case 'api-rate-limited':
      // One that says when to come back is well; one that does not may be drowning.
      return { service: retryAfterMillis === undefined ? 'fails' : 'answers', text: error.message, retryAfterMillis };
    case 'api-unreachable':
    case 'api-timeout':
    case 'api-unavailable':
      return { service: 'fails', text: error.message, retryAfterMillis };
    default:
      return { service: 'answers', retryAfterMillis };
  }
}
