// The traffic port: manners towards one account's API. Each request takes a turn before it and ends it after it; what one process
// learns about the service (wait so long, it is down) all processes keep to. It sends nothing itself.
import type { Instant, Millis } from '../core/types.js';

/**
 * rate, in-flight: our own limits. told-to-wait: the service's `Retry-After`. circuit: it failed again and again, and is asked by
 * one request at a time until one is answered.
 */
export type WaitReason = 'rate' | 'in-flight' | 'told-to-wait' | 'circuit';

export type Turn =
  /** isTrial: the circuit is open, and this request shows whether it may close; it is not asked again by its caller. */
  | { readonly granted: true; readonly isTrial: boolean }
  | { readonly granted: false; readonly why: 'told-to-wait' | 'circuit'; readonly waitMillis: Millis }
  | { readonly granted: false; readonly why: 'stopped'; readonly waitMillis: 0 };

/** What the answer says of the service; unused: no request was sent, or it was stopped by us. */
export interface TurnOutcome {
  readonly service: 'answers' | 'fails' | 'unused';
  /** In the service's words, of a failure. */
  readonly text?: string;
  /** From `Retry-After`. */
  readonly retryAfterMillis?: Millis | undefined;
}

export interface TurnWish {
  /** What must land before a boundary, and the look that finds it: our own guess that the service is down doesn't hold it back. */
  readonly isUrgent: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Waits as long as this where the service asked for it, never for a circuit, and for our own limits until stopped. */
  readonly mostWaitMillis: Millis;
}

export interface OpenCircuit {
  readonly since: Instant;
  readonly failures: number;
  readonly text: string;
  /** When the next request may try, unless an urgent one does before. */
  readonly tryAt: Instant;
}

export interface TrafficState {
  readonly inFlight: number;
  /** Until when the service asked not to be asked. */
  readonly toldUntil: Instant | undefined;
  readonly circuit: OpenCircuit | undefined;
}

export interface Traffic {
  /** `turn`: unique among all processes; the same one asked for again is one turn. Throws `redis-*`. */
  take(turn: string, wish: TurnWish): Promise<Turn>;
  /** Never rejects: a turn that isn't ended lapses. One that was ended already is not ended again. */
  end(turn: string, outcome: TurnOutcome): Promise<void>;
  /** Throws `redis-*`. */
  read(): Promise<TrafficState>;
}
