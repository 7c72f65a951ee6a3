// How long VMs are held for what a schedule wants: they are bought a launch before it, and their deletion begins a lead before the
// boundary, so that who is wanted a little longer is charged once more. Turns what is wanted into what is held; pure.
import type { DemandStep } from './policy-types.js';
import type { Millis } from './types.js';

/**
 * The steps with each fall so much later, and so at each instant the most that was wanted within so long before it. What is bought
 * ahead counts at the instant for which it is: the same charges, a launch later. Steps ascending; what is returned, too.
 */
export function lengthenSteps(steps: readonly DemandStep[], longerMillis: Millis): readonly DemandStep[] {
  if (longerMillis === 0) return steps;
  const endOf = (index: number): number => (steps[index + 1]?.at ?? Number.POSITIVE_INFINITY) + longerMillis;
  const edges = new Set(steps.flatMap(({ at }, index) => (index === steps.length - 1 ? [at] : [at, endOf(index)])));
  const held: DemandStep[] = [];
  let first = 0;
  let after = 0;
  for (const at of [...edges].sort((a, b) => a - b)) {
    while (after < steps.length && steps[after]!.at <= at) after += 1;
    while (endOf(first) <= at) first += 1;
    const most = steps.slice(first, after).reduce((known, step) => (step.wanted > known.wanted ? step : known));
    if (held.at(-1)?.wanted !== most.wanted) held.push({ ...most, at });
  }
  return held;
}

/** The steps with each rise so much later: at each instant the fewest that were wanted within so long before it. */
export function delaySteps(steps: readonly DemandStep[], laterMillis: Millis): readonly DemandStep[] {
  const turn = (of: readonly DemandStep[]) => of.map((step) => ({ ...step, wanted: -step.wanted }));
  return laterMillis === 0 ? steps : turn(lengthenSteps(turn(steps), laterMillis));
}
