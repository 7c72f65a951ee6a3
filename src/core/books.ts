// The books of one account: who owns which VM, what was begun, what was learned. Kept in the store, read whole before each
// plan. Pure shapes: the store decides nothing, it compares and sets `state` and keeps the rest as it is.
import type { ClockNotes } from './fixed-clock.js';
import type { LaunchNotes } from './launch-times.js';
import type { BudgetNotes } from './budgets/budget-notes.js';
import type { Meter, MeterChange } from './charge-records.js';
import type { ClaimedPart, Idle, LeftPart, TakenPart } from './part-books.js';
import type { KeyChange, PortsTarget, RenameTarget } from './tending-targets.js';
import type { ChosenOffer, Evidence, Instant, Micros, Millis, PartKind, Price, ReasonCode } from './types.js';

/** member: wanted or at least not given up. parked: unwanted but paid for. doomed: its deletion has begun. */
export type ClaimState = 'member' | 'parked' | 'doomed';

/** That a policy owns a VM. One claim a VM, so one owner a VM. Every change of `state` is a compare-and-set in the store. */
export interface Claim {
  readonly vmId: string;
  readonly vmName: string;
  /** The fleet that owns it; of a foreign VM that is being reaped, the reap. */
  readonly policy: string;
  /** bought: by an intent's answer. adopted: by a person. late: turned up after its intent was given up. reaped: foreign. */
  readonly origin: 'bought' | 'adopted' | 'late' | 'reaped';
  readonly intent: string | undefined;
  readonly claimedAt: Instant;
  /** The generation under which it was bought or adopted. */
  readonly generation: number;
  /** The price and the boundary as last seen; the VM's own word replaces them at each look. */
  readonly price: Price | undefined;
  readonly paidUntil: Instant | undefined;
  /** When a complete listing first showed it; undefined until then. */
  readonly seenAt: Instant | undefined;
  /** When it was first seen running (active); undefined until then. */
  readonly activeAt: Instant | undefined;
  readonly state: ClaimState;
  readonly stateSince: Instant;
  /** Why it is parked or doomed. */
  readonly unwanted: ReasonCode | undefined;
  /** Parked because a window of a policy that stood long enough closed: outside the caps. */
  readonly railExempt: boolean;
  /** The delete intent that doomed it, and when its call began. */
  readonly deletion: { readonly intent: string; readonly calledAt: Instant } | undefined;
  /** When a listing first showed it as ended; undefined while it doesn't. */
  readonly endedSince?: Instant | undefined;
  /** Believed looks in a row that showed it so; not counted beyond ENDED_LOOKS (lifecycle.ts). */
  readonly endedLooks?: number | undefined;
  /**
   * How its own account judged it at the last believed look, where its fleet is shared with others. misfit: serves nobody as it
   * is. kept: it may not go now (protected, of a status or boundary that nobody knows), so another one must.
   */
  readonly forPeers?: 'misfit' | 'kept' | undefined;
  /** Set while complete listings lack it without an end that we know. */
  readonly missing: { readonly since: Instant; readonly looks: number } | undefined;
  /** What is attached to it and charged apart; absent where a listing never showed such. */
  readonly parts?: readonly ClaimedPart[];
  /** As the API told; only where it has parts, whose making is compared with it. */
  readonly vmCreatedAt?: Instant | undefined;
}

export type IntentKind = 'deploy' | 'delete' | 'rename' | 'remove-parts' | 'ports' | 'key';

/**
 * planned -> calling -> done | failed | unknown;  unknown -> done (seen) | lapsed (absent from three complete looks over
 * `createSettle`). refused: the gate before the call said no (frozen, older generation, lease lost): nothing was sent.
 */
export type IntentState = 'planned' | 'calling' | 'unknown' | 'done' | 'failed' | 'refused' | 'lapsed';

export interface DeleteTarget {
  readonly vmId: string;
  readonly vmName: string;
  readonly boundary: Instant | undefined;
  readonly price: Price | undefined;
  /** The workload is gone already; deleting the record frees the reserve. Outside the caps. */
  readonly recordOnly: boolean;
  readonly railExempt: boolean;
  /** Foreign VM found by a reap: its evidence is probed again right before the call. */
  readonly reaped: boolean;
  /** Where a reaped VM is probed. */
  readonly publicIp: string | undefined;
  readonly reason: ReasonCode;
  /** undefined: no boundary drives it, so it goes only while looks still want it (`wantedAt`). */
  readonly deadline?: Instant | undefined;
  /** From here on its deletion would only land after the boundary; undefined where nothing is saved by the hour. */
  readonly latestStart?: Instant | undefined;
  /** Where it differs from `boundary`: until when the VM itself was paid then. */
  readonly paidUntil?: Instant;
  /** undefined until answered. absent: the API doesn't know it. kept: not sent, `text` says why (busy again, taken back). */
  readonly outcome?: { readonly result: 'accepted' | 'absent' | 'kept' | 'failed'; readonly text: string };
}

/** A disk or a public IP that is to be removed. */
export interface PartTarget {
  readonly kind: PartKind;
  readonly partId: string;
  /** What people read. */
  readonly name: string;
  readonly boundary: Instant | undefined;
  /** The coming charge that its removal avoids; absent: none that is known. */
  readonly saves?: Micros;
  readonly reason: ReasonCode;
  readonly outcome?: DeleteTarget['outcome'];
}

export type { KeyChange, PortsTarget, RenameTarget } from './tending-targets.js';

/** One thing that we decided to do, written down before the first call. Its id is also the job's id. */
export interface Intent {
  /** Six characters of Crockford's base 32; the last two are the check (names.ts). Never all digits. */
  readonly id: string;
  readonly kind: IntentKind;
  readonly account: string;
  readonly policy: string;
  readonly generation: number;
  readonly createdAt: Instant;
  /** Settings of the account (AccountSettings) under which the last look wanted it: nobody carries it out under others. */
  readonly settingsHash?: string;
  /** Of a waiting deletion: when a look last wanted it. undefined: no look since the one that planned it. */
  readonly wantedAt?: Instant;
  readonly state: IntentState;
  readonly calledAt: Instant | undefined;
  readonly closedAt: Instant | undefined;
  /** What the API or the gate said, when it was not plain success. The API's own text is kept. */
  readonly error: { readonly code: string; readonly text: string } | undefined;
  /** Folded into the notes (back-off, durations) by a reconcile. */
  readonly reckoned: boolean;
  /** deploy: how many, of what, at most at which price; `vmIds` as answered. */
  readonly deploy?: {
    readonly count: number;
    readonly offer: ChosenOffer;
    readonly cap: Price;
    readonly vmName: string;
    readonly vmIds: readonly string[];
  };
  readonly delete?: { readonly targets: readonly DeleteTarget[] };
  readonly rename?: { readonly targets: readonly RenameTarget[] };
  readonly removeParts?: { readonly targets: readonly PartTarget[] };
  readonly ports?: { readonly targets: readonly PortsTarget[] };
  readonly key?: KeyChange;
  /** Of an unknown create: complete looks that began after the call and lacked its VMs. */
  readonly emptyLooks: number;
}

/** Failed attempts of one fleet: 1, 2, 4 ... 60 min apart, given up after five until its policy or the offers change. */
export interface BackOff {
  readonly attempts: number;
  readonly until: Instant;
  readonly text: string;
  readonly policyHash: string;
  readonly offersHash: string;
  /** A secret of its cloud-init was missing: nothing was sent, so it is never given up. */
  readonly lacksSecret?: true;
}

/** What a reconcile remembers from look to look. Written by reconciles only, under the account's lease. */
export interface Notes extends LaunchNotes, ClockNotes {
  /** By fleet of several accounts: VMs that bear its name, and nobody claims. Absent: none. */
  readonly namedMembers?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly lastCompleteLook: { readonly at: Instant; readonly vms: number } | undefined;
  /** Set while the listing can't be believed (empty, shrunk): the looks that agreed since. */
  readonly inventoryDoubt:
    { readonly since: Instant; readonly looks: number; readonly vms: number; readonly text: string } | undefined;
  /** Set while many members ended in one look and no second one, a tick later, has shown it too. */
  readonly endedDoubt?: { readonly since: Instant; readonly until: Instant; readonly text: string } | undefined;
  /** The mark of the key that has shown VMs that we know. Another one shows such a VM before it is believed. */
  readonly keyMark?: string | undefined;
  readonly keyDoubt?: { readonly since: Instant; readonly text: string } | undefined;
  readonly clockDoubt: { readonly since: Instant; readonly looks: number; readonly text: string } | undefined;
  /**
   * Looks since the birth of a store that found VMs of ours without books; undefined when not recovering. isLost: another store
   * was there before, so that a create may be on its way.
   */
  readonly recovering: { readonly since: Instant; readonly looks: number; readonly isLost?: true } | undefined;
  /** A store was lost, and a person ended its recovery early: what was being bought then may turn up until this instant. */
  readonly buysFrom?: Instant | undefined;
  readonly backOffs: Readonly<Record<string, BackOff>>;
  /** Buying stopped: the account's balance was refused. */
  readonly noBalance: { readonly since: Instant; readonly retryAt: Instant; readonly text: string } | undefined;
  /** Fingerprints of the SSH keys that each `keys` policy added: all that it may remove. Absent: none. */
  readonly addedKeys?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Call until ended or absent, last 200. */
  readonly deletionMillis: readonly Millis[];
  /** What ended VMs of ours left behind and must be removed after them. */
  readonly leftParts?: readonly LeftPart[] | undefined;
  /** Since when what serves nobody (parts attached to nothing, ended VMs of nobody) was seen so. */
  readonly idleSince?: readonly Idle[] | undefined;
  /** Disks and addresses that somebody took from VMs of ours, by their ids: whose they were. */
  readonly takenParts?: Readonly<Record<string, TakenPart>> | undefined;
  /** By budget. Absent: none was in force. */
  readonly budgets?: BudgetNotes | undefined;
  /** By fleet of several accounts: so many more at most this account's budgets let it buy. Absent: all that is missing. */
  readonly budgetRooms?: Readonly<Record<string, number>> | undefined;
  /** By policy whose deletions the rails refused at the last look: their sentence. Absent: of none. */
  readonly refusedDeletions?: Readonly<Record<string, string>> | undefined;
  /** Since when all charges are counted; absent: no believed look has read the meters yet. */
  readonly meteredSince?: Instant | undefined;
}

/** What people said by hand; kept apart from the notes because commands write them at any time. */
export interface Handles {
  readonly freeze: { readonly since: Instant; readonly why: string } | undefined;
  /** VM ids or names protected by hand. */
  readonly protect: readonly string[];
  readonly approvals: readonly Approval[];
}

export interface Approval {
  /** As `refused[].approve` printed it. */
  readonly hash: string;
  readonly policy: string;
  readonly at: Instant;
  /** When the last of its targets lapses. */
  readonly until: Instant;
  /** The policy's content that the refusal was planned with, and what may be deleted. Absent: nothing may. */
  readonly policyHash?: string;
  readonly targets?: readonly ApprovedTarget[];
}

export interface ApprovedTarget {
  readonly vmId: string;
  readonly price: Price | undefined;
  /** Its own boundary; an approval never carries into a VM's next period. */
  readonly until: Instant;
}

export interface Books {
  readonly account: string;
  readonly bornAt: Instant;
  readonly claims: readonly Claim[];
  /** Open ones, and closed ones of the last 30 days (late creates are recognised by them). */
  readonly intents: readonly Intent[];
  readonly notes: Notes;
  readonly handles: Handles;
  readonly evidence: readonly Evidence[];
  /** Of everything that is charged. Absent in what an earlier version recorded. */
  readonly meters?: readonly Meter[];
}

/** One line of the ledger. `text` is a sentence; money only where something was paid or avoided. */
export interface LedgerEntry {
  readonly at: Instant;
  readonly account: string;
  readonly policy: string | undefined;
  readonly vmId: string | undefined;
  readonly vmName: string | undefined;
  /** It is about this part of the VM, not about the VM itself. */
  readonly part?: PartKind;
  readonly intent: string | undefined;
  readonly event:
    | 'intent'
    | 'bought'
    | 'buy-failed'
    | 'buy-unknown'
    | 'buy-lapsed'
    | 'late-create'
    | 'active'
    | 'charged'
    | 'parked'
    | 'taken-back'
    | 'doomed'
    | 'delete-called'
    | 'delete-failed'
    | 'deleted'
    | 'record-removed'
    | 'part-removed'
    | 'kept'
    | 'missed-boundary'
    | 'terminated'
    | 'gone'
    | 'adopted'
    | 'retired'
    | 'moved'
    | 'refused'
    | 'note';
  readonly text: string;
  /** charged: why surplus was paid once more; absent where the books don't tell. It stands at the end of `text`, too. */
  readonly why?: string;
  readonly money: Micros | undefined;
}

/** One change to the books. Applied if `expect` is what the store holds at that instant, else refused, each on its own. */
export type Change =
  | { readonly kind: 'claim'; readonly claim: Claim; readonly expect: ClaimState | 'absent' }
  | { readonly kind: 'unclaim'; readonly vmId: string; readonly expect: ClaimState }
  | { readonly kind: 'intent'; readonly intent: Intent; readonly expect: IntentState | 'absent' }
  | { readonly kind: 'forget-intent'; readonly id: string }
  | MeterChange
  | { readonly kind: 'notes'; readonly notes: Notes };

/** All that a reconcile writes, in one step, refused whole when its lease or its generation is no longer the present one. */
export interface Commit {
  readonly account: string;
  readonly generation: number;
  readonly changes: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
}
