// The queue port: work that is due now. Deadlines are never delayed jobs; each tick recomputes them.
import type { IntentKind } from '../core/books.js';
import type { Millis } from '../core/types.js';

/**
 * reconcile and probe run per account; all others carry an intent. `afterLook`: somebody waits for a look of a
 * higher number (src/scheduler/look-count.ts); without it any look of the account will do.
 */
export type JobData =
  | { readonly kind: 'reconcile'; readonly account: string; readonly cause: string; readonly afterLook?: number }
  | { readonly kind: 'probe'; readonly account: string }
  | {
      readonly kind: IntentKind;
      readonly account: string;
      readonly intent: string;
      readonly generation: number;
    };

export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

export interface JobQueue {
  /** Adding an id that is still kept does nothing. `delayMillis` is for retries only. */
  add(
    jobs: readonly {
      readonly id: string;
      readonly data: JobData;
      readonly urgent?: boolean;
      readonly delayMillis?: Millis;
    }[],
  ): Promise<void>;
  counts(): Promise<QueueCounts>;
  close(): Promise<void>;
}

/** What a handler says about its job. retry: again after so long (the intent stays open). */
export type JobOutcome =
  | { readonly result: 'done'; readonly text: string }
  | { readonly result: 'retry'; readonly afterMillis: Millis; readonly text: string };

export type JobHandler = (
  data: JobData,
  context: { readonly signal: AbortSignal; readonly attempt: string },
) => Promise<JobOutcome>;
