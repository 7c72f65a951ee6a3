// A budget as the core sees it: compiled, its calendar already turned into a pure function, its CEL into another. Shapes only;
// src/policy makes them, the files beside this one read them.
import type { Answer, Instant, Micros, Mode, Vm } from '../types.js';

/** A calendar period in the budget's zone. `from` belongs to it, `to` to the next one. */
export interface BudgetPeriod {
  readonly from: Instant;
  readonly to: Instant;
}

/** From the mildest to the strictest. */
export type StepAction = 'notify' | 'stop-growth' | 'stop-buying' | 'shrink';

export interface BudgetStep {
  /** Percent of the limit, a whole number. */
  readonly atPercent: number;
  /** expected: spent + reserved + forecast to the period's end. */
  readonly of: 'spent' | 'expected';
  readonly do: StepAction;
}

/** What CEL sees beside the VM itself, as in a reap. */
export interface BudgetSelectContext {
  readonly now: Instant;
  readonly account: string;
  /** The fleet that owns the VM, or "". */
  readonly policy: string;
}

export interface BudgetScope {
  /** undefined: all. */
  readonly accounts: readonly string[] | undefined;
  /** Names of fleets: their members alone. undefined: all that the accounts are charged, foreign VMs too. */
  readonly policies: readonly string[] | undefined;
  /** The compiled CEL: pure, throws never. What isn't known of a VM counts it in. undefined: all. */
  readonly select: ((vm: Vm, context: BudgetSelectContext) => boolean) | undefined;
  readonly selectText: string | undefined;
  /** The same of a VM of which only the books are known; tells what hangs on something else as unknown. Absent: `select` does. */
  readonly judgeKnown?: ((vm: Vm, context: BudgetSelectContext) => Answer) | undefined;
}

export interface BudgetPolicy {
  readonly kind: 'budget';
  readonly name: string;
  readonly mode: Mode;
  readonly description: string | undefined;
  readonly scope: BudgetScope;
  /** More than nothing. */
  readonly limit: Micros;
  readonly per: 'day' | 'week' | 'month';
  readonly timezone: string;
  /** The period that holds an instant. Pure and total; adjacent periods touch. */
  readonly periodAt: (at: Instant) => BudgetPeriod;
  readonly steps: readonly BudgetStep[];
  readonly hard: boolean;
  /** approval: a step that was reached holds until a person approves. */
  readonly resume: 'auto' | 'approval';
}
