// The sandbox's own time: virtual, at any speed. 0 stands still until stepped, 1 is real time, 3600 an hour a second. Nothing
// here waits or has timers: it only says what time it is now.
import type { Instant, Millis } from '../core/types.js';

interface SandboxClock {
  now(): Instant;
  /** Virtual seconds per real second. */
  readonly speed: number;
  setSpeed(speed: number): void;
  /** Jumps ahead; an instant that has passed changes nothing. */
  advanceTo(instant: Instant): void;
}

/** `readRealMillis` must never go back; it is a parameter for tests. */
export function createSandboxClock(
  start: Instant,
  speed: number,
  readRealMillis: () => Millis = () => performance.now(),
): SandboxClock {
  let anchor = { virtual: start, real: readRealMillis(), speed };
  const now = () => anchor.virtual + Math.floor((readRealMillis() - anchor.real) * anchor.speed);
  return {
    now,
    get speed() {
      return anchor.speed;
    },
    setSpeed(next) {
      anchor = { virtual: now(), real: readRealMillis(), speed: next };
    },
    advanceTo(instant) {
      anchor = { ...anchor, virtual: Math.max(now(), instant), real: readRealMillis() };
    },
  };
}
