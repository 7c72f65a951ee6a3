// The memory port: what this installation has seen of its store, kept beside the store. It tells a store that was emptied or
// set back from a new one. It only makes more careful: without a memory everything works, as for a new user.

/** A published set of policies, by which a later one is told from an earlier one. */
export interface SeenGeneration {
  readonly number: number;
  readonly hash: string;
}

export interface StoreMemory {
  /** The newest generation that was in force here; undefined: none yet. */
  readGeneration(): SeenGeneration | undefined;
  /** A lower number than the newest is forgotten again. */
  noteGeneration(generation: SeenGeneration): void;
  /** Whether a reconcile has written books of this account before. */
  knowsAccount(account: string): boolean;
  noteAccount(account: string): void;
}
