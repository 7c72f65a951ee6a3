// Which number of a schedule costs what: the charges that one VM fewer in a window, or outside all of them, would spare. Pure, and
// for people alone: a plan doesn't go by it.
import type { DemandStep } from './policy-types.js';
import type { Count } from './schedule-hints.js';
import type { Instant } from './types.js';

/** A `replicas` of a schedule. */
export interface ScheduleLine {
  /** undefined: the fleet's own number, in force while no window is open. */
  readonly window: string | undefined;
  /** The most that is wanted by it. */
  readonly replicas: number;
  /** Charges fewer in the span if it were one less. Never negative. */
  readonly oneFewerSaves: number;
}

function takeOne(steps: readonly DemandStep[], window: string | undefined): readonly DemandStep[] {
  return steps.map((step) => (step.window === window ? { ...step, wanted: Math.max(0, step.wanted - 1) } : step));
}

/**
 * The lines that want somebody from an instant on, those that spare most first. `counts`: the charges from then on; what a line
 * spares is spared whichever of them comes true.
 */
export function judgeLines(
  steps: readonly DemandStep[],
  from: Instant,
  counts: readonly Count[],
): readonly ScheduleLine[] {
  const most = new Map<string | undefined, number>();
  for (const [index, { window, wanted }] of steps.entries()) {
    const end = steps[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    if (wanted > 0 && end > from) most.set(window, Math.max(wanted, most.get(window) ?? 0));
  }
  const held = counts.map((count) => count(steps));
  // What is paid from before may end elsewhere with one fewer: a charge more right after `from` is no price of the line.
  const spare = (window: string | undefined): number => {
    const fewer = takeOne(steps, window);
    return Math.max(0, Math.min(...counts.map((count, index) => held[index]! - count(fewer))));
  };
  const lines = [...most].map(([window, replicas]) => ({ window, replicas, oneFewerSaves: spare(window) }));
  return lines.sort((a, b) => b.oneFewerSaves - a.oneFewerSaves || b.replicas - a.replicas);
}
