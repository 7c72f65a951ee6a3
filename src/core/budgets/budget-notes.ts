// What a reconcile remembers of budgets from look to look: which steps hold, what fleets had when growth was stopped, to what
// they are shrunk, and what the account is charged beside its fleets, for accounts that share a budget. Shapes only.
import type { Instant, Micros } from '../types.js';
import type { Renewals } from './forecast.js';

/** A step that was reached and holds. */
export interface HeldStep {
  readonly since: Instant;
  /** The beginning of the period in which it was reached. */
  readonly from: Instant;
}

/** What was charged to a `select` in the period that began at `from`. */
export interface CountedCharges {
  /** What is counted (hashCounted); absent in what an earlier version wrote. */
  readonly of?: string;
  readonly from: Instant;
  readonly amount: Micros;
  /** Charges before it are not known; absent: all of the period's are. */
  readonly since?: Instant;
}

export interface BudgetNote {
  /** By what the step is: `95% expected stop-growth`. */
  readonly steps: Readonly<Record<string, HeldStep>>;
  /** Since when more than the limit was seen to be charged in the period that began at `from`; absent: it isn't. */
  readonly passed?: HeldStep;
  /** The most that fleets may have since growth was stopped; absent: it isn't. */
  readonly had?: Readonly<Record<string, number>>;
  /** The most that shrunk fleets may have; absent: none is. */
  readonly shrunk?: Readonly<Record<string, number>>;
  /** Of a budget over several accounts: what this account is charged whatever happens (foreign VMs and the like). */
  readonly others?: readonly Renewals[];
  /** Of a budget with a `select`. */
  readonly counted?: CountedCharges;
}

export type BudgetNotes = Readonly<Record<string, BudgetNote>>;

export interface VmCharges {
  readonly vmId: string;
  readonly vmName: string;
  readonly policy: string | undefined;
  readonly amount: Micros;
}

/** What was charged in the present period, as far as a look can know it. Part of the snapshot, so that recordings hold it. */
export interface BudgetSpent {
  readonly spent: Micros;
  /** Charges before it are not known; absent: all of the period's are. */
  readonly countedSince?: Instant;
  /** Of a `select` that is counted anew: what the store's whole days say of each VM. */
  readonly byVm?: readonly VmCharges[];
}
