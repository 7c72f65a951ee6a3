// Sends one request of one account: key and headers, connections, time-outs, metrics, clock difference; a failure of any kind
// comes out as one CloudError. It never sends twice and knows no product.
import { Pool } from 'undici';
import type { Millis } from '../core/types.js';
import type { Clock } from '../ports/clock.js';
import { CloudError } from '../ports/cloud.js';
import type { KeyHolder } from './api-key.js';
import { buildExchangeError, buildStatusError } from './call-errors.js';
import type { CallFacts, Endpoint } from './call-errors.js';
import { exchange, ExchangeError } from './http-exchange.js';
import type { HttpAnswer } from './http-exchange.js';
import { createSkewMeter } from './skew.js';

export interface CallTimeouts {
  readonly connectMillis: Millis;
  /** In all, from dispatch to the last byte. */
  readonly callMillis: Millis;
  readonly listingMillis: Millis;
}

export const defaultTimeouts: CallTimeouts = { connectMillis: 5000, callMillis: 30_000, listingMillis: 60_000 };

/** One request and what came of it, for metrics. Told once a request, also of those that are asked again. */
export interface ObservedRequest {
  readonly account: string;
  readonly call: string;
  readonly attempt: number;
  readonly status: number | undefined;
  /** A code of the error table; undefined when it was answered with 2xx. */
  readonly code: string | undefined;
  readonly millis: Millis;
}

export interface SenderOptions {
  readonly account: string;
  /** May have a path, which is put before every path. */
  readonly baseUrl: string;
  readonly buildAuthHeaders: (key: string) => Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly timeouts: CallTimeouts;
  readonly userAgent: string;
  /** Reads that may be open at once; further ones wait in line. */
  readonly concurrency: number;
  readonly requestObserver?: ((seen: ObservedRequest) => void) | undefined;
}

export interface Sender {
  /** Hands the request to undici before it returns. Resolves with 2xx answers only, rejects with CloudError. */
  send(endpoint: Endpoint, body: unknown, attempt: number, signal: AbortSignal | undefined): Promise<HttpAnswer>;
  describeFacts(endpoint: Endpoint): CallFacts;
  skewMillis(): Millis | undefined;
  lastLatencyMillis(): Millis | undefined;
  close(): Promise<void>;
}

/** Larger than any listing (100,000 VMs take about 100 MB), and just below the longest string that V8 can hold. */
const MOST_BYTES = 512_000_000;

/** What acts on money must not be told of the past by a cache on the way. */
const EVERY_REQUEST = { accept: 'application/json', 'cache-control': 'no-cache' };

export function createSender(options: SenderOptions, keys: KeyHolder): Sender {
  const { account, clock, timeouts } = options;
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const connect = { timeout: timeouts.connectMillis };
  const reads = new Pool(base.origin, { connections: options.concurrency, connect });
  // Changes have connections of their own, as many as there are calls, so that none waits in line after it was gated; and
  // new ones each time, since a kept connection that the server just closed would leave a create without a clear answer.
  const changes = new Pool(base.origin, { connections: null, pipelining: 0, connect });
  const skew = createSkewMeter();
  let lastLatencyMillis: Millis | undefined;

  function describeFacts(endpoint: Endpoint): CallFacts {
    const timeoutMillis = endpoint.timeout === 'listing' ? timeouts.listingMillis : timeouts.callMillis;
    return { account, endpoint, timeoutMillis, scrub: keys.scrub };
  }

  function dispatch(facts: CallFacts, body: unknown, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const { kind, method, path } = facts.endpoint;
    const headers = {
      ...options.buildAuthHeaders(keys.current()),
      ...EVERY_REQUEST,
      'user-agent': options.userAgent,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = {
      origin: base.origin,
      method,
      path: prefix + path,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      timeoutMillis: facts.timeoutMillis,
      mostBytes: MOST_BYTES,
      signal,
    };
    return exchange(kind === 'read' ? reads : changes, request, clock);
  }

  return {
    describeFacts,
    async send(endpoint, body, attempt, signal) {
      const facts = describeFacts(endpoint);
      const startedAt = clock.monotonicMillis();
      let status: number | undefined;
      let code: string | undefined;
      try {
        const answer = await dispatch(facts, body, signal);
        status = answer.status;
        skew.observe(answer);
        if (status < 200 || status > 299) throw buildStatusError(facts, answer);
        return answer;
      } catch (error) {
        const told = error instanceof ExchangeError ? buildExchangeError(facts, error) : error;
        if (told instanceof CloudError) ({ status, code } = told);
        throw told;
      } finally {
        const millis = clock.monotonicMillis() - startedAt;
        if (status !== undefined) lastLatencyMillis = millis;
        options.requestObserver?.({ account, call: endpoint.name, attempt, status, code, millis });
      }
    },
    skewMillis: () => skew.skewMillis(),
    lastLatencyMillis: () => lastLatencyMillis,
    async close() {
      // Open reads are dropped; open changes end by themselves (they have time-outs), so that their answers aren't lost.
      await Promise.all([reads.destroy(), changes.close()]);
    },
  };
}
