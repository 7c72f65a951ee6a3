// What a renderer may know of the world beside its data: arguments, never asked for. No I/O and no clock anywhere in this folder.
import type { Instant } from '../../core/types.js';

export interface RenderFacts {
  readonly now: Instant;
  /** Columns of the terminal; undefined when it isn't one: nothing is wrapped or cut then. */
  readonly width: number | undefined;
  readonly colours: boolean;
}

/** Which file a plan was made of, and when that was recorded. */
export interface RecordingFacts {
  readonly file: string;
  readonly at: Instant;
}
