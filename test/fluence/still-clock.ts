// A clock that stands at one instant until a test moves it.
import type { Clock } from '../../src/ports/clock.js';

export interface StillClock extends Clock {
  at: number;
}

export function createStillClock(at = Date.UTC(2026, 0, 2, 12)): StillClock {
  return {
    at,
    now() {
      return this.at;
    },
    monotonicMillis: () => performance.now(),
    waitUntil: () => Promise.resolve(),
    sync: () => Promise.resolve(),
  };
}
