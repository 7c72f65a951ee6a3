// The clock port. Production code asks it for the time; only adapters touch Date or timers. It must not know schedules.
import type { Instant, Millis } from '../core/types.js';

export interface Clock {
  /** Set where a driver steps the time: it stands in no relation to the monotonic clock then, and a jump means nothing. */
  readonly isStepped?: true;
  /** How many of its milliseconds pass in a real one, where that isn't one: patience with machines is counted in real time. */
  readonly speed?: () => number;
  /** The wall clock, epoch milliseconds. May jump. */
  now(): Instant;
  /** Never goes back, not related to the wall clock; for leases and time-outs. */
  monotonicMillis(): Millis;
  /** Resolves once now() >= at, or at once when aborted. Virtual clocks resolve when they were stepped that far. */
  waitUntil(at: Instant, signal?: AbortSignal): Promise<void>;
  /** A virtual clock that lives elsewhere is read again; the system clock does nothing. */
  sync(): Promise<void>;
}
