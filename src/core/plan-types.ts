// A plan: what should be done about a snapshot, and what is deliberately not done. Pure data.
import type { Abilities } from './abilities.js';
import type { Books } from './books.js';
import type { BudgetNotes, BudgetSpent } from './budgets/budget-notes.js';
import type { BudgetSummary } from './budgets/budget-summary.js';
import type { ChargeRecord } from './charge-records.js';
import type { FixedClock } from './fixed-clock.js';
import type { FleetSummary, KeysSummary, OrphansSummary, RailsSummary, ReapSummary } from './plan-summaries.js';
import type { AccountSettings, RailName } from './policy-types.js';
import type {
  ChosenOffer,
  ClockReading,
  Image,
  Instant,
  Inventory,
  Micros,
  Millis,
  Mode,
  Offer,
  PartKind,
  Port,
  Price,
  Product,
  Reason,
  ReasonCode,
  SshKey,
  Vm,
} from './types.js';

/** All that was observed of one account at one instant. Serialisable: `purser record` writes it, `plan --record` reads it. */
export interface Snapshot {
  readonly account: string;
  readonly product: Product;
  readonly at: Instant;
  readonly inventory: Inventory;
  /** Of the product, as it was known after the listing; absent in older recordings. */
  readonly abilities?: Abilities;
  /** undefined: the market could not be read; nothing is bought then. */
  readonly offers: readonly Offer[] | undefined;
  /** Default images, to turn slugs into URLs; undefined when they could not be read. */
  readonly images: readonly Image[] | undefined;
  readonly clock: ClockReading;
  /** The mark of the key that the inventory was read with, where the product tells it. */
  readonly keyMark?: string | undefined;
  readonly books: Books;
  /** Since when each policy's content stands unchanged (policy name -> instant), from the generation's record. */
  readonly stoodSince: Readonly<Record<string, Instant>>;
  /** Frozen by a file or PURSER_FREEZE; the store's own freeze stands in books.handles. */
  readonly frozenBy: string | undefined;
  /** Set while the store can't be believed: it went back to an older generation. */
  readonly storeDoubt?: string;
  /** Set while its requests are held back: it failed again and again, or asked to be left alone. A sentence without its end. */
  readonly serviceDoubt?: { readonly code: 'api-failing' | 'api-told-to-wait'; readonly text: string };
  /** SSH keys registered in the account; undefined when they weren't needed or could not be read. */
  readonly keys?: readonly SshKey[] | undefined;
  /** Other accounts that share a fleet or a budget with this one. */
  readonly peers?: readonly Peer[];
  /** What was charged in the present period of each budget that counts this account; absent: none does. */
  readonly budgets?: Readonly<Record<string, BudgetSpent>>;
  readonly pricedOffers?: readonly Offer[];
  /** Of a reckoned snapshot: what this look shows as charged, which the store hasn't counted yet. Where there are budgets. */
  readonly charged?: readonly ChargeRecord[];
  /** The same: VMs that were listed as over, and are none of the inventory's any more. */
  readonly ended?: readonly Vm[];
  /** Set where `at` lies ahead of what was observed: the instant that it was foreseen from (foresee.ts). */
  readonly foreseenFrom?: Instant;
}

/** Another account that shares a fleet with this one: its books, and its market where it was read. */
export interface Peer extends Pick<Snapshot, 'books' | 'offers' | 'pricedOffers' | 'images' | 'keys'> {
  readonly settings: AccountSettings;
}

export interface VmRef {
  readonly id: string;
  readonly name: string;
}

interface ActionBase {
  /** Derived from the content, so the same plan has the same ids. */
  readonly id: string;
  readonly account: string;
  readonly policy: string;
  readonly reason: Reason;
}

export interface DeployAction extends ActionBase {
  readonly kind: 'deploy';
  readonly count: number;
  readonly offer: ChosenOffer;
  /** The cap sent: min(maxPrice, planned price + 2 %). Per VM. */
  readonly cap: Price;
  /** count x price, charged at once. */
  readonly cost: Micros;
}

export interface DeleteAction extends ActionBase {
  readonly kind: 'delete';
  readonly vm: VmRef;
  /** Set where it is a disk or a public IP that is removed; `vm` names it. */
  readonly part?: PartKind;
  /** undefined when nothing is saved by the hour (record only, boundary unknown). */
  readonly deadline: Instant | undefined;
  readonly boundary: Instant | undefined;
  /** Where a deadline drives it: from here on it would only land after the boundary. */
  readonly latestStart?: Instant | undefined;
  readonly recordOnly: boolean;
  readonly reaped: boolean;
  readonly railExempt: boolean;
  /** The coming charge that is avoided; for a record the reserve that it frees is in the text. */
  readonly saves: Micros;
}

export interface RenameAction extends ActionBase {
  readonly kind: 'rename';
  readonly vms: readonly { readonly id: string; readonly from: string; readonly to: string }[];
}

export interface PortsAction extends ActionBase {
  readonly kind: 'ports';
  readonly vms: readonly PortsWish[];
}

export interface PortsWish extends VmRef {
  readonly clusterId?: string;
  /** All that is to be open. */
  readonly ports: readonly Port[];
  readonly opens: readonly Port[];
  readonly closes: readonly Port[];
}

export interface KeyAction extends ActionBase {
  readonly kind: 'key';
  readonly change: 'add' | 'remove';
  readonly key: { readonly name: string; readonly publicKey: string; readonly fingerprint: string };
}

export type Action = DeployAction | DeleteAction | RenameAction | PortsAction | KeyAction;

/** Something deliberately not done (or not yet). */
export interface Hold {
  readonly account: string;
  /** undefined: the whole account is held. */
  readonly policy: string | undefined;
  readonly vm: VmRef | undefined;
  readonly reason: Reason;
  /** When the answer changes next, if that is known: for a parked VM its deadline. */
  readonly until: Instant | undefined;
  /** Parked and held VMs: the next charge and when it comes. */
  readonly boundary: Instant | undefined;
  readonly charge: Micros | undefined;
  /** Since when the reason stands, where that is known. */
  readonly since?: Instant | undefined;
  /** A person need not hear of it before; undefined: at once. */
  readonly tellFrom?: Instant | undefined;
  /** The hard budget that lets a wanted VM go. */
  readonly budget?: string;
}

/** A policy's deletions (or deploys) that a rail refused, whole. */
export interface Refusal {
  readonly account: string;
  readonly policy: string;
  readonly rail: RailName;
  readonly text: string;
  /** Deletions; of purchases none. */
  readonly targets: readonly RefusedTarget[];
  /** Of purchases: how many of them. */
  readonly purchases?: number;
  /** The hash that `purser approve` takes; undefined where an approval can't help. */
  readonly approve: string | undefined;
  /** Of deletions: the policy's content that they were planned with; an approval is bound to it. */
  readonly policyHash?: string;
}

export interface RefusedTarget extends VmRef {
  readonly price?: Price | undefined;
  readonly boundary?: Instant | undefined;
}

/** VMs of nobody: foreign, protected, unclaimed. */
export interface OtherVm {
  readonly vm: VmRef;
  readonly kind: 'foreign' | 'unclaimed' | 'known-by-name';
  readonly protected: boolean;
  readonly price: Price | undefined;
  readonly boundary: Instant | undefined;
  readonly policy: string | undefined;
}

export interface ComingCharge {
  readonly at: Instant;
  /** Of a part: the VM that it is attached to, or the part itself. */
  readonly vm: VmRef;
  /** It is the charge of a disk or a public IP. */
  readonly part?: { readonly kind: PartKind; readonly id: string };
  readonly policy: string | undefined;
  readonly cost: Micros;
  /** What Purser will do about it. */
  readonly fate: 'renew' | 'delete' | 'deleting' | 'not-ours';
  /** The last moment to avoid it; undefined when nobody may. */
  readonly avoidableUntil: Instant | undefined;
  readonly why: string;
  /** Of the hold that `why` is the sentence of, if there is one. */
  readonly code?: ReasonCode | undefined;
}

/** Evidence that is due to be gathered. */
export interface ProbeTarget {
  readonly policy: string;
  readonly vm: VmRef;
  readonly publicIp: string | undefined;
}

/** A change of a claim that the plan wants: parking and taking back. Carried out by the commit, not by a worker. */
export interface Mark {
  readonly vmId: string;
  readonly policy: string;
  readonly to: 'parked' | 'member';
  readonly reason: Reason;
  readonly railExempt: boolean;
}

/** One rule's word about one VM, for `explain`. */
export interface Verdict {
  readonly rule: string;
  readonly policy: string | undefined;
  /** keep and delete decide; `pass` has no objection. */
  readonly says: 'keep' | 'delete' | 'pass';
  readonly text: string;
  readonly until: Instant | undefined;
  readonly won: boolean;
}

/** A step that began or ceased to hold. */
export interface BudgetNews {
  readonly budget: string;
  readonly text: string;
}

export interface Totals {
  readonly deploy: number;
  readonly delete: number;
  readonly hold: number;
  readonly costNow: Micros;
  readonly savesNow: Micros;
}

export interface Plan {
  readonly id: string;
  readonly at: Instant;
  /** Set on a forecast: when the account was seen that it was made of. Never carried out. */
  readonly foreseenFrom?: Instant;
  readonly generation: number;
  readonly account: string;
  readonly product: Product;
  readonly mode: Mode;
  /** Present where nobody said a mode: `apply` acts after asking, and `up` only observes. */
  readonly isModeTold?: false;
  /** Only what is due at `at`. */
  readonly actions: readonly Action[];
  readonly holds: readonly Hold[];
  readonly refused: readonly Refusal[];
  readonly marks: readonly Mark[];
  readonly fleets: readonly FleetSummary[];
  readonly reaps: readonly ReapSummary[];
  /** Absent in what an earlier version wrote. */
  readonly orphans?: readonly OrphansSummary[];
  /** Absent: no policy of that kind. */
  readonly keys?: readonly KeysSummary[];
  /** Absent: no budget counts this account. */
  readonly budgets?: readonly BudgetSummary[];
  /** What is to be remembered of them, where that has changed; and what is to be told of it. */
  readonly budgetNotes?: BudgetNotes;
  readonly budgetNews?: readonly BudgetNews[];
  /** What other accounts are to be told of them, where that has changed (Notes.budgetRooms). */
  readonly budgetRooms?: Readonly<Record<string, number>>;
  readonly others: readonly OtherVm[];
  readonly charges: readonly ComingCharge[];
  readonly probes: readonly ProbeTarget[];
  readonly seen: { readonly vms: number; readonly at: Instant; readonly state: Inventory['state'] };
  readonly rails: RailsSummary;
  readonly totals: Totals;
  /** The earliest instant at which another plan could say something else. */
  readonly nextWakeAt: Instant | undefined;
  /** The earliest deadline of a VM that will be deleted. */
  readonly nextDeadlineAt: Instant | undefined;
  /** p99-based time that a deletion needs, as used for these deadlines (without the time in line). */
  readonly leadMillis: Millis;
  /** All VMs of the account are charged at one time of day. Absent: they are not, or nobody knows. */
  readonly fixedClock?: FixedClock;
  /** Filled for the one VM named in the planner's `trace`. */
  readonly trace: readonly Verdict[];
}
