// What the engine runs on: ports and facts, joined by src/compose.ts. Interfaces only; the scheduler and the workers know
// nothing of Redis, HTTP or files.
import type { SecretSource } from '../core/cloud-init.js';
import type { AccountSettings, PolicySet, Signal } from '../core/policy-types.js';
import type { Cloud } from '../ports/cloud.js';
import type { Clock } from '../ports/clock.js';
import type { JobQueue } from '../ports/queue.js';
import type { ProbedVm, Sample } from '../ports/signals.js';
import type { GenerationRecord, Store } from '../ports/store.js';
import type { StoreMemory } from '../ports/store-memory.js';
import type { Traffic } from '../ports/traffic.js';

/** The part of a pino logger that the engine uses. */
export interface EngineLog {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

export interface EngineAccount {
  readonly settings: AccountSettings;
  readonly cloud: Cloud;
  /** Manners towards its API; whoever changes something takes a turn first. */
  readonly traffic: Traffic;
}

/** Handles kept as files in the state directory; they add to those of the store, either saying yes is yes. */
export interface LocalHandles {
  /** What froze this process (a file, PURSER_FREEZE, an unreadable file), or undefined. Synchronous: asked at the gate. */
  readFrozenBy(): string | undefined;
  /** Ids and names of protected VMs. Throws never: unreadable means frozen. */
  readProtected(): readonly string[];
}

export interface Engine {
  readonly store: Store;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly accounts: ReadonlyMap<string, EngineAccount>;
  readonly handles: LocalHandles;
  /** What was seen of the store before, beside it. */
  readonly memory: StoreMemory;
  /** Turns a published generation into policies; the same record gives the same set. Throws `policy-invalid`. */
  compile(record: GenerationRecord): PolicySet;
  /** Asks many VMs, a bounded number at a time; the answers stand in the order of the questions. Never rejects. */
  askSignals(
    questions: readonly { readonly signal: Signal; readonly vm: ProbedVm }[],
    abort: AbortSignal,
  ): Promise<readonly Sample[]>;
  /** What a cloud-init text's place stands for; to be asked right before its call. Throws `secret-missing`. */
  readSecret(source: SecretSource): string;
  /** Four random characters of the names' alphabet. */
  drawBody(): string;
  readonly log: EngineLog;
  /** Says a sentence to the person at the terminal; undefined: there is none, and it goes to the log. */
  readonly tell?: ((text: string) => void) | undefined;
}

/** Names of the notes that processes leave for each other and for `status`. */
export const noteKeys = {
  plan: (account: string) => `plan:${account}`,
  wake: (account: string) => `wake:${account}`,
  health: (account: string) => `health:${account}`,
  /** The mark of the key that calls may bear. */
  provenKey: (account: string) => `proven-key:${account}`,
  /** Which form of its API the account's marketplace speaks. */
  variant: (account: string) => `variant:${account}`,
  /** How many looks have begun, and the number of the last that was written down. */
  looksBegun: (account: string) => `looks-begun:${account}`,
  lastLook: (account: string) => `last-look:${account}`,
  /** Set while looks can't ask the API. */
  trouble: (account: string) => `trouble:${account}`,
  probes: (account: string) => `probes:${account}`,
  process: (id: string) => `process:${id}`,
  /** The newest generation that was ever in force, in a store that was set back. */
  highestGeneration: 'highest-generation',
  /** Since when: an earlier store of this installation was lost. */
  storeLost: 'store-lost',
} as const;

/**
 * The lease under which accounts that share a fleet are planned and written down: what one decides the others see in its books.
 * Nothing is asked of an API while it is held.
 */
export const SHARED_FLEETS_LEASE = 'shared-fleets';

/** The lease that a reconcile of the account holds: one at a time. */
export function reconcileLease(account: string): string {
  return `reconcile:${account}`;
}
