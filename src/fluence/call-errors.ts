// Turns what went wrong with a call into one CloudError: a code, the API's own words, and whether the call may have taken
// effect. When in doubt a change counts as `unknown`, because a create that is sent twice costs money twice.
import { formatDuration } from '../core/duration.js';
import type { Millis } from '../core/types.js';
import { CloudError } from '../ports/cloud.js';
import type { CloudErrorCode, Effect } from '../ports/cloud.js';
import type { ExchangeError, HttpAnswer } from './http-exchange.js';
import { readRetryAfter } from './retries.js';
import { isObject } from './read-values.js';
import type { Unreadable } from './read-values.js';

/** One call that the API offers. A read has no effect, however it is sent; a change is one request, never retried. */
export interface Endpoint {
  /** For metrics: `list-vms`. */
  readonly name: string;
  /** For messages: `list the VMs`. */
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly kind: 'read' | 'change';
  /** Which of the time-outs: a listing of a large account takes longer. */
  readonly timeout: 'call' | 'listing';
  /** Part of the look at the VMs, on which every deletion before a boundary depends: never held back by our own guesses. */
  readonly isLook?: true;
  /** A 409 may mean that it was carried out already: it makes what bears a name that nobody else draws. */
  readonly isProvedByConflict?: true;
}

export interface CallFacts {
  readonly account: string;
  readonly endpoint: Endpoint;
  readonly timeoutMillis: Millis;
  readonly scrub: (text: string) => string;
}

const MOST_FOREIGN_TEXT = 256;
const MOST_API_TEXT = 2000;

/** The answer's status says that it failed (anything but 2xx). */
export function buildStatusError(facts: CallFacts, answer: HttpAnswer): CloudError {
  const { status, headers } = answer;
  const { text: apiText, code: apiCode } = readApiWords(answer.body, facts.scrub);
  const text = apiText ?? quoteBody(answer.body, facts.scrub);
  const retryAfterMillis = readRetryAfter(headers, answer.headersAt);
  return new CloudError(
    codeOfAnswer(status, apiCode, apiText, answer.body.length),
    `${describeCall(facts)}: the API answered ${status}${text === '' ? ' without a text' : `: ${text}`}`,
    {
      effect: effectOfAnswer(facts.endpoint, status, apiCode),
      status,
      ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
      details: { ...describe(facts), status, apiText: text, ...(apiCode === undefined ? {} : { apiCode }) },
    },
  );
}

/** The `code` of the cloud's errors. It says more than a status that something on the way may have changed. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  bad_request: 400,
  unauthorized: 401,
  insufficient_balance: 402,
  forbidden: 403,
  not_found: 404,
  not_acceptable: 406,
  conflict: 409,
  unprocessable_entity: 422,
  internal_server_error: 500,
  service_unavailable: 503,
};

function codeOfAnswer(
  status: number,
  apiCode: string | undefined,
  apiText: string | undefined,
  bodyLength: number,
): CloudErrorCode {
  // What the API says of itself stands above a status of 4xx or 5xx; a status of its own kind (429, 408) stays.
  const told = apiCode === undefined || status < 400 ? undefined : STATUS_OF_CODE[apiCode];
  return codeOfStatus(told === undefined || status === 429 || status === 408 ? status : told, apiText, bodyLength);
}

function codeOfStatus(status: number, apiText: string | undefined, bodyLength: number): CloudErrorCode {
  if (status >= 500) return 'api-unavailable';
  if (status < 400) return 'api-unreadable';
  if (status === 408) return 'api-timeout';
  if (status === 429) return 'api-rate-limited';
  // A page instead of the API's JSON is the word of something in between: it says nothing about the key or about any VM.
  const isForeign = apiText === undefined && bodyLength > 0;
  if (isForeign && (status === 401 || status === 403 || status === 404)) return 'api-unavailable';
  const text = apiText ?? '';
  // A refused key stays one whatever else its text mentions.
  const isRefused = status === 401 || status === 403;
  if (isRefused && (/auth|api key/i.test(text) || !isAboutBalance(text))) return 'api-key-refused';
  if (status === 402 || isAboutBalance(text)) return 'api-no-balance';
  if (isAboutSupply(text)) return 'api-no-offer';
  if (status === 404) return 'api-not-found';
  // 406: what is asked for isn't allowed in the present state (the cloud's `allowedActions`).
  if (status === 409 || status === 406) return 'api-conflict';
  return 'api-bad-request';
}

/** The first two are the marketplace's known texts; the cloud's are documented nowhere. */
function isAboutSupply(text: string): boolean {
  return /no suitable offer|not enough (offers|resources|capacity)|insufficient (resources|capacity)|out of stock|sold out/i.test(
    text,
  );
}

function isAboutBalance(text: string): boolean {
  return /\b(balance|funds?|deposits?)\b/i.test(text);
}

/**
 * A 4xx was refused before anything happened, save 408, which a gateway also sends when it gave up on a request that it had
 * passed on, and the 409 of a purchase: a gateway that sent it twice gives the second answer. 5xx, 503 included, may come from a
 * gateway whose upstream had already begun; `Retry-After` doesn't change
 * that. A redirect may be the answer to a request that was carried out.
 */
function effectOfStatus(endpoint: Endpoint, status: number): Effect {
  if (endpoint.kind === 'read') return 'none';
  if (status === 409 && endpoint.isProvedByConflict === true) return 'unknown';
  return status >= 400 && status < 500 && status !== 408 ? 'none' : 'unknown';
}

/** Only where status and code agree that nothing happened did nothing happen. */
function effectOfAnswer(endpoint: Endpoint, status: number, apiCode: string | undefined): Effect {
  const told = apiCode === undefined ? 'none' : effectOfStatus(endpoint, STATUS_OF_CODE[apiCode] ?? status);
  return told === 'unknown' ? told : effectOfStatus(endpoint, status);
}

/** No full answer came. An answer whose status had come and was a failure is judged by that status. */
export function buildExchangeError(facts: CallFacts, error: ExchangeError): CloudError {
  if (error.head !== undefined && error.head.status >= 300) {
    return buildStatusError(facts, { ...error.head, body: error.partialBody });
  }
  const effect: Effect = facts.endpoint.kind === 'change' && error.sent ? 'unknown' : 'none';
  const status = error.head?.status;
  const [code, why] = describeFailure(facts, error);
  return new CloudError(code, `${describeCall(facts)}: ${facts.scrub(why)}`, {
    effect,
    ...(status === undefined ? {} : { status }),
    details: { ...describe(facts), failure: error.failure, sent: error.sent },
    cause: error.cause,
  });
}

function describeFailure(facts: CallFacts, error: ExchangeError): [CloudErrorCode, string] {
  const cut = error.head !== undefined;
  switch (error.failure) {
    case 'unreachable':
      return ['api-unreachable', `the API can't be reached: ${error.message}`];
    case 'timeout':
      return [
        'api-timeout',
        `${cut ? 'the answer was not complete' : 'no answer'} after ${formatDuration(facts.timeoutMillis)}`,
      ];
    case 'aborted':
      return ['api-timeout', `${cut ? 'the answer was not complete' : 'no answer'} when it was stopped`];
    case 'too-large':
      return ['api-unreadable', error.message];
    case 'broken':
      return cut
        ? ['api-unreadable', `the answer was cut off: ${error.message}`]
        : ['api-unavailable', `the connection broke before an answer came: ${error.message}`];
  }
}

/** A 2xx whose body is not what the API documents. */
export function buildUnreadableError(facts: CallFacts, answer: HttpAnswer, unreadable: Unreadable): CloudError {
  const { status } = answer;
  return new CloudError(
    'api-unreadable',
    `${describeCall(facts)}: the API answered ${status}, but ${facts.scrub(unreadable.message)}`,
    {
      effect: facts.endpoint.kind === 'change' ? 'unknown' : 'none',
      status,
      details: { ...describe(facts), status, ...unreadable.details },
    },
  );
}

/** The body as a short quote for messages: at most 256 characters, without control characters and keys. */
export function quoteBody(body: Buffer, scrub: (text: string) => string): string {
  // Scrubbed before it is cut, so that no half of a key is left at the end.
  return clean(scrub(body.subarray(0, 8192).toString('utf8'))).slice(0, MOST_FOREIGN_TEXT);
}

interface ApiWords {
  /** undefined: it isn't the API's JSON. */
  readonly text: string | undefined;
  readonly code: string | undefined;
}

function readApiWords(body: Buffer, scrub: (text: string) => string): ApiWords {
  const none = { text: undefined, code: undefined };
  if (body.length === 0 || body.length > 1_000_000) return none;
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (!isObject(parsed)) return none;
    const { error: text, code } = parsed;
    return {
      text: typeof text === 'string' ? clean(scrub(text)).slice(0, MOST_API_TEXT) : undefined,
      code: typeof code === 'string' && Object.hasOwn(STATUS_OF_CODE, code) ? code : undefined,
    };
  } catch {
    return none;
  }
}

/** Foreign text goes to terminals and logs: no control characters, no line breaks. */
function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
}

function describeCall(facts: CallFacts): string {
  return `could not ${facts.endpoint.what} of account ${facts.account}`;
}

function describe(facts: CallFacts): Record<string, unknown> {
  return { account: facts.account, method: facts.endpoint.method, path: facts.endpoint.path };
}
