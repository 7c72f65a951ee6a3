// What a plan says of a budget, for `plan`, `status`, `explain` and their JSON. Pure data.
import type { Instant, Micros, Mode } from '../types.js';
import type { BudgetPolicy, BudgetStep } from './budget-policy.js';

export interface StepSummary extends BudgetStep {
  /** What it was judged by: what was spent, or what would be without the step itself. */
  readonly figure: Micros;
  readonly isHeld: boolean;
  readonly since: Instant | undefined;
  /** What `purser approve` takes; undefined where nobody is asked. */
  readonly approve: string | undefined;
}

export interface BudgetSummary {
  readonly budget: string;
  readonly mode: Mode;
  readonly limit: Micros;
  readonly per: BudgetPolicy['per'];
  readonly timezone: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly spent: Micros;
  /** Charges before it are not known; undefined: all of the period's are. */
  readonly countedSince: Instant | undefined;
  /** For purchases whose charge was not seen yet, those of this plan included. */
  readonly reserved: Micros;
  /** What is still to come until the period's end. */
  readonly forecast: Micros;
  /** spent + reserved + forecast. */
  readonly expected: Micros;
  /** What would be expected if no step held anything back. */
  readonly wished: Micros;
  readonly steps: readonly StepSummary[];
  readonly hard: boolean;
  /**
   * When what is charged will pass the limit, to some minutes, were all renewed that is there and wanted, or when it was seen to
   * have; undefined: not in this period.
   */
  readonly passesAt: Instant | undefined;
  /** Fleets that it holds to a number; `wanted`: the most that they want in this period. */
  readonly held: readonly {
    readonly policy: string;
    readonly most: number;
    readonly wanted: number;
    /** Absent in what an earlier version wrote. */
    readonly wantedNow?: number;
  }[];
  /** Members that are not renewed at their next boundary because of `hard`. */
  readonly notRenewed: number;
  /** The first of those boundaries. Absent: there is none. */
  readonly notRenewedFrom?: Instant;
  /** Members that go once their deletion is allowed, and are charged on until then; what would be expected then. Absent: none. */
  readonly staying?: { readonly vms: number; readonly because: 'rail' | 'frozen'; readonly expected: Micros };
  /** Purchases of this look that it held back. */
  readonly notBought: number;
}
