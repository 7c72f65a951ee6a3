// Asks one VM one question over HTTP. Whatever can't be read is `unknown`, with the reason in plain words; it never throws,
// follows no redirect and reads no large answer.
import type { HttpSignal, Signal } from '../core/policy-types.js';
import { formatDuration } from '../core/duration.js';
import type { Clock } from '../ports/clock.js';
import type { Sample, SignalProbe } from '../ports/signals.js';
import { findByPointer, isEqualJson } from './json-values.js';
import { createRequester } from './probe-request.js';
import type { Requester } from './probe-request.js';
import { buildTarget, hostOf, isLocalAddress } from './target-url.js';
import type { ProbedVm } from './target-url.js';

export interface HttpProbeOptions {
  /** An HTTP proxy: `http` targets are asked through it in absolute form, `https` ones through a tunnel. */
  readonly proxyUrl?: string | undefined;
  /** Larger answers are unknown. */
  readonly maxBodyBytes: number;
  readonly clock: Clock;
  /** Ask this machine and link-local addresses too. Through a proxy they are asked anyway: it is another machine's network. */
  readonly allowLocalTargets?: boolean;
}

export function createHttpProbe(options: HttpProbeOptions): SignalProbe {
  const guarded = options.proxyUrl === undefined && options.allowLocalTargets !== true;
  const requester = createRequester({ proxyUrl: options.proxyUrl, maxBodyBytes: options.maxBodyBytes, guarded });
  return {
    async probe(signal: Signal, vm: ProbedVm, abort: AbortSignal): Promise<Sample> {
      // The instant of asking: an answer is never taken for fresher than its question.
      const at = options.clock.now();
      const target = buildTarget(signal.url, vm);
      if ('problem' in target) return { at, answer: 'unknown', text: `not asked: ${target.problem}` };
      if (guarded && isLocalAddress(hostOf(target.url))) {
        return {
          at,
          answer: 'unknown',
          text: `not asked: ${hostOf(target.url)} is an address of this machine's own network`,
        };
      }
      return { at, ...(await ask(requester, target.url, signal, abort)) };
    },
    close: () => requester.close(),
  };
}

async function ask(
  requester: Requester,
  url: URL,
  signal: HttpSignal,
  abort: AbortSignal,
): Promise<Omit<Sample, 'at'>> {
  const timer = new AbortController();
  const timeout = setTimeout(() => {
    timer.abort();
  }, signal.timeoutMillis);
  const stop = () => {
    timer.abort();
  };
  abort.addEventListener('abort', stop, { once: true });
  try {
    if (abort.aborted) return unknown('not asked: stopped');
    const answer = await requester.get(url, timer.signal);
    if (answer.status < 200 || answer.status > 299) return unknown(describeStatus(answer.status));
    // A VM that was idle when the cache asked may be busy by now.
    if (answer.isCached) return unknown('the answer came from a cache on the way, not from the VM');
    if (answer.body === undefined) return unknown('answer too large');
    return judge(signal, answer.status, answer.body);
  } catch (error) {
    if (abort.aborted) return unknown('no answer: stopped');
    if (timer.signal.aborted) return unknown(`no answer: timed out after ${formatDuration(signal.timeoutMillis)}`);
    return unknown(`no answer: ${describeFailure(error)}`);
  } finally {
    clearTimeout(timeout);
    abort.removeEventListener('abort', stop);
  }
}

function judge(signal: HttpSignal, status: number, body: string): Omit<Sample, 'at'> {
  if (signal.json === undefined) return { answer: 'yes', text: `answered ${status}` };
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return unknown('the answer is not JSON');
  }
  const found = findByPointer(document, signal.json);
  if (!found.found) return unknown(`the answer has no ${signal.json}`);
  return {
    answer: isEqualJson(found.value, signal.equals) ? 'yes' : 'no',
    text: `${signal.json === '' ? 'answer' : signal.json} = ${quote(found.value)}`,
  };
}

function unknown(text: string): Omit<Sample, 'at'> {
  return { answer: 'unknown', text };
}

function describeStatus(status: number): string {
  return status < 400 ? `answered ${status}: redirects are not followed` : `answered ${status}`;
}

const PLAIN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
  UND_ERR_SOCKET: 'the connection was closed',
};

function describeFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeFailure(error.errors[0]);
  if (!(error instanceof Error)) return quote(String(error));
  const code = (error as { code?: unknown }).code;
  return (typeof code === 'string' ? PLAIN_WORDS[code] : undefined) ?? error.message;
}

/** Short, and without control characters: texts go to terminals. JSON escapes C0; DEL and C1 are left to remove. */
function quote(value: unknown): string {
  const text = (JSON.stringify(value) ?? 'nothing').replace(/[\u007f-\u009f]/g, ' ');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
