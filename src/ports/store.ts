// The store port: leases, books, generations, handles, ledger. Everything that two processes could do at once is one atomic
// step here. The store decides nothing about VMs.
import type {
  Books,
  Claim,
  Commit,
  Change,
  Handles,
  Intent,
  IntentState,
  LedgerEntry,
  Approval,
} from '../core/books.js';
import type { PolicyTally, VmTally } from '../core/tallies.js';
import type { Evidence, Instant, Millis } from '../core/types.js';
import type { TurnOutcome, WaitReason } from './traffic.js';

export interface Lease {
  readonly name: string;
  /** Rising number, so that a holder that slept too long is refused. */
  readonly token: number;
  readonly ttlMillis: Millis;
}

/** One accepted set of policies, as published: the documents themselves, so that every process compiles the same. */
export interface GenerationRecord {
  readonly number: number;
  readonly hash: string;
  readonly publishedAt: Instant;
  /** Source text by path; files named by policies (keys, cloud-init) are already inside. */
  readonly documents: readonly { readonly path: string; readonly text: string }[];
  /** Since when each policy's content (by its own hash) stands. */
  readonly policies: Readonly<Record<string, { readonly hash: string; readonly since: Instant }>>;
  /** Policies let go by `retire`, and renames that were carried out. */
  readonly by: string;
}

export interface CommitResult {
  /** undefined: applied. Else nothing was. */
  readonly refused: 'lease-lost' | 'generation-changed' | undefined;
  /** Changes whose `expect` did not hold; all others were applied. */
  readonly failed: readonly Change[];
}

/** The gate before a call, one atomic step: freeze, generation, the intent's state, and dooming its targets. */
export interface CallRequest {
  readonly account: string;
  readonly intent: string;
  readonly generation: number;
  /** Unique to this attempt of this process. */
  readonly attempt: string;
  /** How long no other attempt may call for this intent. Outlasts the call's time-out. */
  readonly leaseMillis: Millis;
  readonly now: Instant;
  /** Of a delete: ids still to be deleted. Each is doomed if its claim is parked (or doomed by this intent already). */
  readonly doom: readonly string[];
  /** A call that must never be made twice: the permit is answered when it can't be forgotten any more. */
  readonly isOnce?: boolean;
}

export type CallPermit =
  | {
      readonly granted: true;
      readonly doomed: readonly string[];
      readonly notDoomed: readonly string[];
      /** Ids and names of VMs protected by hand, as they were in this very step. */
      readonly protect: readonly string[];
      /** Of `isOnce`. false: a crash of the store may yet forget it, so the call must not be made. */
      readonly isOnDisk?: boolean;
    }
  /** in-flight: another attempt holds the lease, `retryAfterMillis` says for how long. unknown: a create was begun and never answered. */
  | {
      readonly granted: false;
      readonly why: 'frozen' | 'generation-changed' | 'in-flight' | 'unknown' | 'closed' | 'absent';
      readonly retryAfterMillis: Millis | undefined;
    };

export interface CallResult {
  readonly account: string;
  readonly attempt: string;
  /** The whole intent as it is now; its `state` is set only over `calling` or `unknown` (or `planned` for `refused`). */
  readonly intent: Intent;
  /** Claims of VMs that a create answered with; written in the same step, only where absent. */
  readonly claims: readonly Claim[];
  /** Doomed claims that were not sent after all (evidence turned): back to parked. */
  readonly undoom: readonly string[];
  readonly ledger: readonly LedgerEntry[];
}

export interface TurnRequest {
  /** Unique among all processes; one that stands already is taken again. */
  readonly turn: string;
  readonly ratePerSecond: number;
  /** Turns that may stand at the same time. */
  readonly concurrency: number;
  /** How long the turn stands unless it is renewed or ended. */
  readonly standsMillis: Millis;
  readonly isUrgent: boolean;
}

export type TurnAnswer =
  | { readonly granted: true; readonly isTrial: boolean }
  | { readonly granted: false; readonly why: WaitReason; readonly waitMillis: Millis };

export interface TurnEnd {
  readonly turn: string;
  readonly service: TurnOutcome['service'];
  readonly text: string;
  /** What the service asked for; 0: nothing. */
  readonly keepAwayMillis: Millis;
  /** So many failures in a row open the circuit; it is tried after `firstMillis`, each time twice as long, up to `longestMillis`. */
  readonly circuit: { readonly failures: number; readonly firstMillis: Millis; readonly longestMillis: Millis };
}

/** In milliseconds from now, because the clock is Redis'. */
export interface KeptTraffic {
  readonly inFlight: number;
  readonly toldMillis: Millis;
  /** Set while it is open. */
  readonly circuit:
    | { readonly sinceMillis: Millis; readonly failures: number; readonly tryMillis: Millis; readonly text: string }
    | undefined;
}

export interface Store {
  /** Writes the birth mark when there is none. `fresh`: this call wrote it. */
  readBirth(now: Instant): Promise<{ readonly bornAt: Instant; readonly fresh: boolean }>;

  acquireLease(name: string, holder: string, ttlMillis: Millis): Promise<Lease | undefined>;
  renewLease(lease: Lease): Promise<boolean>;
  releaseLease(lease: Lease): Promise<void>;

  readGeneration(): Promise<GenerationRecord | undefined>;
  /** Refused (undefined) when the present number isn't `over` (0: none yet). Its number is above `over` and `above`. */
  publishGeneration(
    record: Omit<GenerationRecord, 'number'>,
    over: number,
    above?: number,
  ): Promise<GenerationRecord | undefined>;

  readBooks(account: string): Promise<Books>;
  /** Atomic: refused whole unless `lease` is held and the generation is the present one. */
  commit(lease: Lease, commit: Commit): Promise<CommitResult>;
  readIntent(account: string, id: string): Promise<Intent | undefined>;
  beginCall(request: CallRequest): Promise<CallPermit>;
  finishCall(result: CallResult): Promise<{ readonly written: boolean; readonly state: IntentState | undefined }>;

  /** Replaces the evidence about each (policy, VM) named. Evidence of VMs not touched for a day is dropped. */
  writeEvidence(account: string, evidence: readonly Evidence[]): Promise<void>;

  readHandles(account: string): Promise<Handles>;
  setFreeze(freeze: Handles['freeze']): Promise<void>;
  setProtected(account: string, vm: string, on: boolean): Promise<void>;
  addApproval(account: string, approval: Approval): Promise<void>;

  appendLedger(account: string, entries: readonly LedgerEntry[]): Promise<void>;
  /** Oldest first. */
  readLedger(account: string, from: Instant, to: Instant): Promise<readonly LedgerEntry[]>;
  /**
   * A page of what was appended after `place`, in the order of its writing; the place at its end is asked with next.
   * undefined: nothing, and the present end.
   */
  followLedger(
    account: string,
    place: string | undefined,
  ): Promise<{ readonly entries: readonly LedgerEntry[]; readonly place: string }>;

  /**
   * What was charged in [from, to), in whole quarter-hours of UTC, by day, policy and use: exact sums, which the ledger's trimming
   * doesn't touch. Kept for POLICY_TALLY_DAYS. A month is read with a handful of commands, whatever the number of VMs.
   */
  readPolicyTallies(account: string, from: Instant, to: Instant): Promise<readonly PolicyTally[]>;
  /** The same by VM and part, in whole days of UTC: all that [from, to) touches. Kept for VM_TALLY_DAYS; each VM is a row a day. */
  readVmTallies(account: string, from: Instant, to: Instant): Promise<readonly VmTally[]>;

  /** A turn of the account's requests, judged for all processes in one step. */
  takeTurn(account: string, request: TurnRequest): Promise<TurnAnswer>;
  /** Turns of a process that lives; the others lapse. */
  renewTurns(account: string, turns: readonly string[], standsMillis: Millis): Promise<void>;
  endTurn(account: string, end: TurnEnd): Promise<void>;
  readTraffic(account: string): Promise<KeptTraffic>;

  /** Small JSON documents that processes leave for `status`: last plan, heartbeats, wake-ups. */
  writeNote(key: string, text: string, ttlMillis?: Millis): Promise<void>;
  readNote(key: string): Promise<string | undefined>;
  listNotes(prefix: string): Promise<readonly { readonly key: string; readonly text: string }[]>;

  close(): Promise<void>;
}
