// Questions about a fleet's demand over time, answered from its steps. Knows no zones and no members.
import { DAY_MILLIS } from './money.js';
import type { Demand, DemandStep } from './policy-types.js';
import type { Instant, Millis } from './types.js';

/** No period is paid further ahead. */
export const LONGEST_OUTLOOK: Millis = 60 * DAY_MILLIS;

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

/**
 * Answers the peaks of [at, until + within] for many instants from `from` on with one question to the demand, asked again only
 * when an instant lies beyond what was answered. `until` is `at` if it isn't given.
 */
export function peakReader(demand: Demand, from: Instant, within: Millis): (at: Instant, until?: Instant) => number {
  let steps: readonly DemandStep[] = [];
  let known = from;
  return (asked, until = asked) => {
    // A boundary that an API puts centuries ahead must not have every window until then worked out.
    const at = Math.min(asked, from + LONGEST_OUTLOOK);
    const end = Math.min(Math.max(asked, until), from + LONGEST_OUTLOOK) + within;
    if (at < from) return findPeak(demand, at, end);
    if (end >= known) {
      known = end + DAY_MILLIS;
      steps = demand(from, known);
    }
    let index = findStepIndex(steps, at);
    let peak = 0;
    for (; index < steps.length && steps[index]!.at <= end; index += 1) {
      peak = Math.max(peak, steps[index]!.wanted);
    }
    return peak;
  };
}

/**
 * Answers, for many instants after `now`, how many a rise within the last `within` before `at` wants, of those that begin before
 * `by`: a wish that grows and may be over again by then, but isn't yet. 0 where it only falls. What was wanted when that stretch
 * began, and since before, is no rise.
 */
export function riseReader(demand: Demand, now: Instant, within: Millis): (at: Instant, by: Instant) => number {
  const from = now - within - 1;
  let steps: readonly DemandStep[] = [];
  let known = now;
  return (asked, by) => {
    const at = Math.min(asked, now + LONGEST_OUTLOOK);
    if (at <= now) return 0;
    if (at > known) {
      known = at + DAY_MILLIS;
      steps = demand(from, known);
    }
    // One that begins with the stretch, at a deadline's own instant, is a rise.
    let index = findStepIndex(steps, at - within - 1);
    const before = steps[index]!.wanted;
    let peak = before;
    for (index += 1; index < steps.length && steps[index]!.at < Math.min(at, by); index += 1) {
      const isOver = index + 1 < steps.length && steps[index + 1]!.at <= now;
      if (!isOver) peak = Math.max(peak, steps[index]!.wanted);
    }
    return peak > before ? peak : 0;
  };
}

/** The index of the last step that begins at or before `at`; 0 when none does. */
function findStepIndex(steps: readonly DemandStep[], at: Instant): number {
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (steps[middle]!.at <= at) low = middle;
    else high = middle - 1;
  }
  return low;
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
