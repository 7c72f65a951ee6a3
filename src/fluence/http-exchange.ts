// One HTTP exchange over undici: one request, one answer, one total time-out. It knows whether the request left this machine,
// which decides what may be sent again. It must not retry, follow redirects, or look into bodies.
import type { Dispatcher } from 'undici';
import type { Instant, Millis } from '../core/types.js';
import type { Clock } from '../ports/clock.js';

export interface HttpRequest {
  readonly origin: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** From dispatch to the last byte: waiting for a connection, headers and body together. */
  readonly timeoutMillis: Millis;
  readonly mostBytes: number;
  readonly signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** When the request went out on its socket, and when the answer's headers came, by the wall clock. */
  readonly sentAt: Instant;
  readonly headersAt: Instant;
}

/** unreachable: never sent. broken: the connection or the answer's form failed after it was sent. */
export type ExchangeFailure = 'unreachable' | 'timeout' | 'aborted' | 'broken' | 'too-large';

export class ExchangeError extends Error {
  readonly failure: ExchangeFailure;
  /** False: the request certainly never left this machine. */
  readonly sent: boolean;
  /** The answer's head, when that much came. */
  readonly head: Omit<HttpAnswer, 'body'> | undefined;
  /** What came of the body before it failed. */
  readonly partialBody: Buffer;
  constructor(
    failure: ExchangeFailure,
    message: string,
    facts: { sent: boolean; head: Omit<HttpAnswer, 'body'> | undefined; partialBody: Buffer; cause?: unknown },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.failure = failure;
    this.sent = facts.sent;
    this.head = facts.head;
    this.partialBody = facts.partialBody;
  }
}

/**
 * Hands the request to undici before it returns (nothing is awaited first). Rejects with ExchangeError only.
 * A request that is given up while it waits for a connection is never sent afterwards.
 */
export function exchange(dispatcher: Dispatcher, request: HttpRequest, clock: Clock): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(request, clock, resolve, reject);
    if (request.signal?.aborted === true) {
      handler.onAbort();
      return;
    }
    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        // The handler's own timer counts from dispatch to the last byte; undici's would start anew at each step.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      handler,
    );
  });
}

/** Follows one request through undici's callbacks, and settles once. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #clock: Clock;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: ExchangeError) => void;
  readonly #timer: NodeJS.Timeout;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #sentAt: Instant | undefined;
  #head: Omit<HttpAnswer, 'body'> | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;

  constructor(
    request: HttpRequest,
    clock: Clock,
    resolve: (answer: HttpAnswer) => void,
    reject: (error: ExchangeError) => void,
  ) {
    this.#request = request;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => {
      this.#fail('timeout', `no full answer after ${request.timeoutMillis} ms`);
    }, request.timeoutMillis);
    request.signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  onAbort = (): void => {
    this.#fail('aborted', 'it was stopped');
  };

  /** Called right before the first byte is written: aborting here keeps a request that was given up from being sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) {
      controller.abort(new Error('given up before it was sent'));
      return;
    }
    this.#controller = controller;
    this.#sentAt = this.#clock.now();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.#sentAt === undefined) return;
    this.#head = { status, headers: joinHeaders(headers), sentAt: this.#sentAt, headersAt: this.#clock.now() };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    const { mostBytes } = this.#request;
    if (this.#bytes > mostBytes) this.#fail('too-large', `the answer is larger than ${mostBytes} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    if (this.#head === undefined) {
      this.#fail('broken', 'the answer has no head');
      return;
    }
    this.#finish();
    this.#resolve({ ...this.#head, body: this.#takeBody() });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(this.#sentAt === undefined ? 'unreachable' : 'broken', describeCause(error), error);
  }

  #fail(failure: ExchangeFailure, message: string, cause?: unknown): void {
    if (this.#over) return;
    this.#finish();
    const sent = this.#sentAt !== undefined;
    const error = new ExchangeError(failure, message, {
      sent,
      head: this.#head,
      partialBody: this.#takeBody(),
      cause,
    });
    this.#reject(error);
    this.#controller?.abort(error);
  }

  /** Lets go of the pieces: undici keeps its handlers until a connection's next request, and a listing is megabytes. */
  #takeBody(): Buffer {
    const body = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return body;
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.onAbort);
  }
}

/** How old the answer was when it came: caches on the way say so in `Age` (RFC 9111, 5.1), in whole seconds. 0: it is fresh. */
export function readAgeMillis(headers: Readonly<Record<string, string>>): Millis {
  const age = headers['age'] ?? '';
  return /^\d{1,9}$/.test(age) ? Number(age) * 1000 : 0;
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}

/** An AggregateError (several addresses tried) has no message of its own: its first part speaks. */
function describeCause(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeCause(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
