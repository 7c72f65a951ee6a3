// Calls of one account: reads are asked again as the retry table says, changes are one request each, sent synchronously; the
// body of every 2xx is parsed here. It knows no product: paths and shapes come from its callers.
import { randomInt } from 'node:crypto';
import type { Millis } from '../core/types.js';
import { CloudError } from '../ports/cloud.js';
import type { CallOptions } from '../ports/cloud.js';
import type { Traffic } from '../ports/traffic.js';
import { createKeyHolder } from './api-key.js';
import { buildUnreadableError, quoteBody } from './call-errors.js';
import type { CallFacts, Endpoint } from './call-errors.js';
import { readAgeMillis } from './http-exchange.js';
import type { HttpAnswer } from './http-exchange.js';
import { Unreadable } from './read-values.js';
import { pauseBeforeRetry } from './retries.js';
import { createSender } from './send-request.js';
import type { SenderOptions } from './send-request.js';
import { createTurns } from './turns.js';

export interface ApiClientOptions extends SenderOptions {
  /** See createKeyHolder: a synchronous one is always fresh. */
  readonly readKey: () => Promise<string> | string;
  /** Manners shared with other processes; absent: none are kept. */
  readonly traffic?: Traffic | undefined;
  /** In [0, 1), for the jitter of pauses. */
  readonly random?: (() => number) | undefined;
  /** Waits; ends early, without an error, when the signal aborts. */
  readonly pause?: ((millis: Millis, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

type Parse<Result> = (json: unknown, ageMillis: Millis) => Result;

/**
 * `parse` gets the body as JSON (undefined: it was empty) and how old it was when it came; it may throw Unreadable, which comes
 * out as `api-unreadable`.
 */
type Call = <Result>(
  endpoint: Endpoint,
  body: unknown,
  parse: Parse<Result>,
  options: CallOptions | undefined,
) => Promise<Result>;

export interface ApiClient {
  /** Takes a turn for each request, and asks again as the retry table says. */
  readonly read: Call;
  /** ONE request, handed to undici before this returns; its caller took the turn, which is ended here. */
  readonly change: Call;
  /** ONE request too, after a turn and a fresh key were waited for. */
  readonly changeWhenAllowed: Call;
  /** Takes the API key out of a text that quotes an answer. */
  readonly scrub: (text: string) => string;
  /** Reads the key, so that the next `change` has it. Throws CloudError `api-key-missing`. */
  prepare(): Promise<void>;
  keyMark(): string | undefined;
  skewMillis(): Millis | undefined;
  lastLatencyMillis(): Millis | undefined;
  close(): Promise<void>;
}

export function createApiClient(options: ApiClientOptions): ApiClient {
  const random = options.random ?? drawFraction;
  const pause = options.pause ?? pauseFor;
  const keys = createKeyHolder(options.account, options.readKey);
  const turns = createTurns(options.account, options.traffic);
  const sender = createSender(options, keys);
  let closed = false;

  const takeTurn = (endpoint: Endpoint, signal: AbortSignal | undefined) =>
    keys.refresh().then(() => turns.take(endpoint, signal));

  async function sendAndParse<Result>(
    endpoint: Endpoint,
    body: unknown,
    parse: Parse<Result>,
    call: CallOptions | undefined,
    { attempt, turn }: { readonly attempt: number; readonly turn: string | undefined },
  ): Promise<Result> {
    try {
      const answer = await sender.send(endpoint, body, attempt, call?.signal);
      // Not awaited: an answer is not kept back until others know that it came.
      void turns.end(turn, undefined, call?.signal);
      return parseAnswer(sender.describeFacts(endpoint), answer, parse);
    } catch (error) {
      // Ended already, if it is its body that can't be read.
      await turns.end(turn, error, call?.signal);
      throw error;
    }
  }

  return {
    change: (endpoint, body, parse, call) =>
      sendAndParse(endpoint, body, parse, call, { attempt: 1, turn: call?.turn }),
    async changeWhenAllowed(endpoint, body, parse, call) {
      const { turn } = await takeTurn(endpoint, call?.signal);
      return sendAndParse(endpoint, body, parse, call, { attempt: 1, turn });
    },
    async read(endpoint, body, parse, call) {
      let failed: CloudError | undefined;
      for (let attempt = 1; ; attempt += 1) {
        const { turn, isTrial } = await takeTurn(endpoint, call?.signal).catch((refusal: unknown) => {
          // What the API itself said tells more than that it must not be asked again.
          throw failed ?? refusal;
        });
        try {
          return await sendAndParse(endpoint, body, parse, call, { attempt, turn });
        } catch (error) {
          if (!(error instanceof CloudError) || isTrial) throw error;
          failed = error;
          const wait = pauseBeforeRetry(error, attempt, random());
          if (wait === undefined || closed || call?.signal?.aborted === true) throw error;
          await pause(wait, call?.signal);
        }
      }
    },
    scrub: keys.scrub,
    keyMark: keys.mark,
    async prepare() {
      await keys.refresh();
      keys.current();
    },
    skewMillis: () => sender.skewMillis(),
    lastLatencyMillis: () => sender.lastLatencyMillis(),
    close() {
      closed = true;
      return sender.close();
    },
  };
}

function parseAnswer<Result>(facts: CallFacts, answer: HttpAnswer, parse: Parse<Result>): Result {
  try {
    return parse(parseJson(answer, facts.scrub), readAgeMillis(answer.headers));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw buildUnreadableError(facts, answer, error);
  }
}

function parseJson(answer: HttpAnswer, scrub: (text: string) => string): unknown {
  if (answer.body.length === 0) return undefined;
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    const type = answer.headers['content-type'] ?? 'no content type';
    throw new Unreadable(`its body (${type}) is not JSON, or was cut off: ${quoteBody(answer.body, scrub)}`);
  }
}

function drawFraction(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

function pauseFor(millis: Millis, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    const timer = setTimeout(finish, signal?.aborted === true ? 0 : millis);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
