// The real clock: wall time and timers of this machine. The only Clock whose waits really take that long.
import type { Clock } from '../ports/clock.js';

/**
 * Longest single timer. Short enough to notice a jump of the wall clock (or a laptop that slept) soon, and far below 2^31,
 * where Node's timers fire at once.
 */
const CHUNK_MILLIS = 5_000;

function pause(millis: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, millis);
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    signal?.addEventListener('abort', finish, { once: true });
  });
}

export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMillis: () => performance.now(),
    async waitUntil(at, signal) {
      while (signal?.aborted !== true) {
        const left = at - Date.now();
        if (left <= 0) return;
        await pause(Math.min(left, CHUNK_MILLIS), signal);
      }
    },
    sync: () => Promise.resolve(),
  };
}
