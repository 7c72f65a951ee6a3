// What a backtest found out, as data: printed, written as JSON and drawn as a page by src/cli. Money is exact; it judges nothing.
import type { BudgetPeriod, BudgetPolicy, BudgetStep } from '../../core/budgets/budget-policy.js';
import type { Instant, Micros, Millis, PartKind } from '../../core/types.js';

export type FollowerName = 'purser' | 'immediate' | 'lastMinutes' | 'neverDelete';

/** Charges of one policy on one day of the scenario's zone, by the boundary or purchase that they were due at. */
export interface DayCost {
  /** The day's first instant. */
  readonly day: Instant;
  /** `2026-10-01`. */
  readonly date: string;
  readonly policy: string;
  readonly cost: Micros;
  readonly periods: number;
}

export interface Shortfall {
  /** Wanted but not running, in VM-milliseconds. */
  readonly vmMillis: number;
  /** The longest stretch in which some fleet had fewer than wanted. */
  readonly longestMillis: Millis;
}

/** rails, budget: what may be bought. reaped: it was let go and used again. other: `by` is a code of docs/reasons.md. */
export type ShortageCause = 'budget' | 'rails' | 'no-offer' | 'no-balance' | 'reaped' | 'other' | 'launches';

export interface ShortageReason {
  readonly cause: ShortageCause;
  /** The budget, the rail, or the reason's code. */
  readonly by: string | undefined;
}

/** What one policy lacked for one cause. */
export interface Shortage extends ShortageReason {
  readonly policy: string;
  /** VM-milliseconds. */
  readonly vmMillis: number;
  /** Stretches, the first of which began at `from`; the last ended at `to`. */
  readonly times: number;
  readonly from: Instant;
  readonly to: Instant;
}

/** How one follower of the demand fared. */
export interface Outcome {
  /** Every charge of [from, to), whole periods also where they reach beyond `to`. Disks and IPs included. */
  readonly total: Micros;
  readonly byPolicy: ReadonlyMap<string, Micros>;
  /** Ascending by day, then policy. */
  readonly byDay: readonly DayCost[];
  /** Charges of VMs; their disks and IPs are in the money alone. */
  readonly periods: number;
  readonly deploys: number;
  /** Of VMs that ran or launched: the record of one that ended is none. */
  readonly deletes: number;
  /** Purser's alone: parked members that were wanted again. */
  readonly takenBack: number;
  /** Purser's alone: charged though their deletion was intended. */
  readonly missedBoundaries: number;
  /** Paid time within [from, to) in which nobody wanted the VM, or it was idle. */
  readonly wasted: Micros;
  readonly shortfall: Shortfall;
  /** Purser's alone: what the shortfall came from, the largest first. */
  readonly shortages: readonly Shortage[];
  /** Instants at which it looked at the market. */
  readonly looks: number;
}

/** From `at` on, until the next one. */
export interface FleetPoint {
  readonly at: Instant;
  readonly wanted: number;
  readonly running: number;
  /** Of the running ones. */
  readonly parked: number;
}

export interface PaidPeriod {
  readonly from: Instant;
  readonly to: Instant;
  readonly cost: Micros;
  readonly part?: PartKind;
}

/** The paid life of one VM. */
export interface VmLife {
  readonly id: string;
  readonly name: string;
  readonly policy: string;
  readonly createdAt: Instant;
  readonly activeAt: Instant | undefined;
  readonly periods: readonly PaidPeriod[];
  /** When its deletion was called for. */
  readonly deletionCalledAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** owner: of somebody else's VM. */
  readonly endedBy: 'deletion' | 'owner' | 'provider' | undefined;
}

/** Kept only where somebody wants to draw it: it grows with the span. */
export interface Timeline {
  readonly fleets: ReadonlyMap<string, readonly FleetPoint[]>;
  /** Of Purser's own run. */
  readonly vms: readonly VmLife[];
  /** What was paid up to and with `at`, by follower. */
  readonly paid: ReadonlyMap<FollowerName, readonly { readonly at: Instant; readonly paid: Micros }[]>;
}

export interface LowerBound {
  /** The least with which any follower could cover the demand as declared. */
  readonly total: Micros;
  readonly periods: number;
  /** sweep: one price, equal intervals on a line. min-cost: prices move or differ. */
  readonly method: 'sweep' | 'min-cost';
  /** Perhaps no follower pays as little: the problem was too large to be solved as it is. */
  readonly isRelaxed: boolean;
  /** Some were wanted before this instant while nothing could be bought; they are left out. */
  readonly uncoverableUntil: Instant | undefined;
  /** Its own time on the real clock. */
  readonly tookMillis: number;
}

/** Where the money between Purser and the lower bound went; its parts add up to it exactly. One of them may be negative. */
export interface Gap {
  readonly launch: Micros;
  readonly readiness: Micros;
  readonly lookAhead: Micros;
  readonly price: Micros;
  readonly rails: Micros;
  /** Failed launches and VMs that the provider ended: the bound knows none. */
  readonly provider: Micros;
  /** What budgets held back: seldom more than nothing. */
  readonly budget: Micros;
  /** What was wanted and could not be had (no offer, no room, no money): the bound pays for it. Never more than nothing. */
  readonly unserved: Micros;
}

export interface PlayedPolicy {
  readonly name: string;
  readonly kind: 'fleet' | 'reap' | 'orphans' | 'budget';
}

/** What was paid in one period of a budget. */
export interface BudgetPaid extends BudgetPeriod {
  /** `2026-11`, or the day on which it begins. */
  readonly name: string;
  readonly spent: Micros;
  /** Of a `select`: when it was looked at last; what was charged afterwards isn't in it. undefined: nothing is left out. */
  readonly seenAt: Instant | undefined;
  /** false: the span holds a part of it, and only that was paid here. */
  readonly isWhole: boolean;
}

export interface StepCourse extends BudgetStep {
  /** How often it was reached. */
  readonly times: number;
  /** When it was reached first; undefined: never. */
  readonly from: Instant | undefined;
  /** When it ceased to hold for the last time; undefined: it holds at the end, or never did. */
  readonly until: Instant | undefined;
}

/** One budget throughout the span, as Purser kept it. */
export interface BudgetCourse {
  readonly budget: string;
  readonly limit: Micros;
  readonly per: BudgetPolicy['per'];
  /** In their order. */
  readonly periods: readonly BudgetPaid[];
  readonly steps: readonly StepCourse[];
}

export interface BacktestReport {
  readonly scenario: string;
  readonly from: Instant;
  readonly to: Instant;
  /** What the clock of its zone shows then. */
  readonly local: { readonly zone: string; readonly from: string; readonly to: string };
  readonly policies: readonly PlayedPolicy[];
  /** Of what is wanted, of whom and when: two reports of the same demand have the same. */
  readonly demandMark: string;
  readonly purser: Outcome;
  /** None that is paused. */
  readonly budgets: readonly BudgetCourse[];
  readonly baselines: Readonly<Record<Exclude<FollowerName, 'purser'>, Outcome>>;
  readonly lowerBound: LowerBound;
  readonly gap: Gap;
  /** What was supposed, and what could not be played; sentences. */
  readonly notes: readonly string[];
  readonly timeline: Timeline | undefined;
}
