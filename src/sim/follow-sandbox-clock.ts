// A Clock that follows a sandbox: virtual time at any speed, for trying policies by hand. Between two readings it runs on at
// the sandbox's speed. It is for sandboxes only; the real service has no such address.
import type { Instant, Millis } from '../core/types.js';
import { PurserError } from '../core/errors.js';
import type { Clock } from '../ports/clock.js';

export interface SandboxFollower extends Clock {
  close(): void;
}

interface Reading {
  readonly nowMillis: Instant;
  readonly speed: number;
}

const READ_MILLIS: Millis = 500;
const POLL_MILLIS: Millis = 50;
const TIME_OUT_MILLIS: Millis = 5_000;

async function readClock(url: string): Promise<Reading> {
  try {
    const answer = await fetch(`${url}/_sandbox/clock`, { signal: AbortSignal.timeout(TIME_OUT_MILLIS) });
    const reading = (await answer.json()) as Partial<Reading>;
    if (typeof reading.nowMillis === 'number' && typeof reading.speed === 'number') return reading as Reading;
    throw new Error('it answered something else');
  } catch (error) {
    throw new PurserError(
      'api-unreachable',
      `No sandbox's clock can be read at ${url}: ${(error as Error).message}. \`--clock sandbox\` works with \`purser sandbox\` only.`,
      { cause: error },
    );
  }
}

/** Reads the sandbox's clock once before it returns. Throws `api-unreachable` when there is no sandbox at the address. */
export async function followSandboxClock(url: string): Promise<SandboxFollower> {
  let readAt = performance.now();
  let reading = await readClock(url);
  const sync = async (): Promise<void> => {
    const next = await readClock(url);
    readAt = performance.now();
    reading = next;
  };
  const now = (): Instant => Math.round(reading.nowMillis + (performance.now() - readAt) * reading.speed);
  // A sandbox that is restarted or gone for a moment: the clock runs on.
  const timer = setInterval(() => void sync().catch(() => undefined), READ_MILLIS);
  timer.unref();
  return {
    isStepped: true,
    speed: () => reading.speed,
    now,
    monotonicMillis: () => performance.now(),
    sync,
    async waitUntil(at, signal) {
      while (now() < at && signal?.aborted !== true) {
        const left = reading.speed > 0 ? (at - now()) / reading.speed : POLL_MILLIS;
        await new Promise<void>((resolve) => {
          const wait = setTimeout(finish, Math.max(1, Math.min(left, POLL_MILLIS)));
          function finish(): void {
            clearTimeout(wait);
            signal?.removeEventListener('abort', finish);
            resolve();
          }
          signal?.addEventListener('abort', finish, { once: true });
        });
      }
    },
    close: () => clearInterval(timer),
  };
}
