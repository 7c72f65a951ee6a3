// One bounded GET for a probe: direct, or through an HTTP proxy. It decides nothing about the answer.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { isLocalAddress } from './target-url.js';

export interface RequesterOptions {
  readonly proxyUrl: string | undefined;
  readonly maxBodyBytes: number;
  /** Refuse host names that lead to this machine or to link-local addresses. */
  readonly guarded: boolean;
}

export interface ProbeAnswer {
  readonly status: number;
  /** undefined when it is larger than allowed, and empty unless the status is 2xx. */
  readonly body: string | undefined;
  /** A cache on the way answered, and says that it has known this for a second or more. */
  readonly isCached: boolean;
}

export interface Requester {
  /** Rejects when no answer comes. */
  get(url: URL, signal: AbortSignal): Promise<ProbeAnswer>;
  close(): Promise<void>;
}

export function createRequester(options: RequesterOptions): Requester {
  // VMs are asked once a minute: a kept connection each would only hold sockets.
  const direct = new Agent({ pipelining: 0, connect: options.guarded ? { lookup: lookupGuarded } : {} });
  const proxy = options.proxyUrl === undefined ? undefined : buildProxy(new URL(options.proxyUrl));

  function address(url: URL): {
    dispatcher: Dispatcher;
    origin: string;
    path: string;
    headers: Record<string, string>;
  } {
    const path = url.pathname + url.search;
    if (proxy === undefined) return { dispatcher: direct, origin: url.origin, path, headers: {} };
    if (url.protocol === 'https:') return { dispatcher: proxy.tunnel, origin: url.origin, path, headers: {} };
    // Absolute form (RFC 9112, 3.2.2): many HTTP proxies allow tunnels to port 443 only.
    const headers = { ...proxy.headers, host: url.host };
    return { dispatcher: direct, origin: proxy.origin, path: url.origin + path, headers };
  }

  return {
    async get(url, signal) {
      const { dispatcher, origin, path, headers } = address(url);
      const answer = await dispatcher.request({
        origin,
        path,
        method: 'GET',
        signal,
        headers: { ...headers, accept: 'application/json', 'user-agent': 'purser', 'cache-control': 'no-cache' },
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const isCached = Number(answer.headers['age'] ?? 0) > 0;
      return { status: answer.statusCode, body: await readBody(answer, options.maxBodyBytes), isCached };
    },
    async close() {
      await Promise.all([direct.destroy(), proxy?.tunnel.destroy()]);
    },
  };
}

interface Proxy {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tunnel: Dispatcher;
}

function buildProxy(url: URL): Proxy {
  const secret = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers: Record<string, string> =
    secret === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(secret).toString('base64')}` };
  return { origin: url.origin, headers, tunnel: new ProxyAgent({ uri: url.href }) };
}

async function readBody(answer: Dispatcher.ResponseData, maxBytes: number): Promise<string | undefined> {
  // Destroying a body that isn't at its end makes it emit an error; nobody wants to hear it.
  answer.body.on('error', () => undefined);
  if (answer.statusCode < 200 || answer.statusCode > 299) {
    answer.body.destroy();
    return '';
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Checked where the connection is made, so that a name can't lead elsewhere after it was checked. */
const lookupGuarded: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found, family) => {
    const addresses = typeof found === 'string' ? [found] : (found ?? []).map((one) => one.address);
    if (error === null && addresses.some(isLocalAddress)) {
      callback(new Error(`the name ${hostname} leads to an address of this machine's own network`), '');
      return;
    }
    callback(error, found, family);
  });
};
