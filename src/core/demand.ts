// Questions about a fleet's demand over time, answered from its steps. Knows no zones and no members.
import type { Demand, DemandStep } from './policy-types.js';
import type { Instant } from './types.js';

/** The step in force at `at`. */
export function findStepAt(demand: Demand, at: Instant): DemandStep {
  return demand(at, at + 1)[0]!;
}

/** The most that is wanted at some instant of [from, to]; both ends included. */
export function findPeak(demand: Demand, from: Instant, to: Instant): number {
  let peak = 0;
  for (const step of demand(from, to + 1)) if (step.wanted > peak) peak = step.wanted;
  return peak;
}

/** The first later step that wants another number; undefined when none comes within the horizon. */
export function findNextChange(demand: Demand, at: Instant, horizon: Instant): DemandStep | undefined {
  const [present, ...later] = demand(at, horizon);
  return later.find((step) => step.wanted !== present!.wanted);
}

/** The first instant after `at` (and before `horizon`) at which more than `count` are wanted. */
export function findNextAbove(demand: Demand, at: Instant, horizon: Instant, count: number): Instant | undefined {
  return demand(at, horizon).find((step) => step.at > at && step.wanted > count)?.at;
}

/** A demand without windows. */
export function wantAlways(wanted: number): Demand {
  return (from) => [{ at: from, wanted, window: undefined }];
}
