// A fleet's demand played step by step: what is wanted now, and when that changes. It asks the demand for a week at a time, so
// that a year of five-minute steps is never held at once.
import { DAY_MILLIS } from '../../core/money.js';
import type { Demand, DemandStep } from '../../core/policy-types.js';
import type { Instant } from '../../core/types.js';

const CHUNK = 7 * DAY_MILLIS;

export interface DemandCursor {
  /** Wanted at the instant moved to last. */
  readonly wanted: () => number;
  /** The next instant at which another number is wanted; undefined: none before the end. */
  readonly nextAt: () => Instant | undefined;
  readonly moveTo: (instant: Instant) => void;
}

export function openDemand(demand: Demand, from: Instant, to: Instant): DemandCursor {
  let wanted = 0;
  let known = from;
  let coming: DemandStep[] = [];
  let first = 0;
  const readOn = (): void => {
    while (first >= coming.length && known < to) {
      const end = Math.min(to, known + CHUNK);
      const before = wanted;
      const [present, ...later] = demand(known, end);
      const steps = known === from ? [{ ...present!, at: from }, ...later] : [present!, ...later];
      let last = before;
      coming = steps.filter((step) => {
        const isChange = step.wanted !== last || (known === from && step.at === from);
        last = step.wanted;
        return isChange && step.at >= known;
      });
      first = 0;
      known = end;
    }
  };
  const moveTo = (instant: Instant): void => {
    readOn();
    while (first < coming.length && coming[first]!.at <= instant) {
      wanted = coming[first]!.wanted;
      first += 1;
      readOn();
    }
  };
  moveTo(from);
  return {
    wanted: () => wanted,
    nextAt: () => {
      readOn();
      return coming[first]?.at;
    },
    moveTo,
  };
}

/** A demand of written steps: ascending, the first in force from ever. */
export function demandOfSteps(steps: readonly DemandStep[]): Demand {
  return (from, to) => {
    const start = findStep(steps, from);
    const end = findStep(steps, Math.max(from, to - 1));
    return steps.slice(start, end + 1);
  };
}

/** The same, as one knows it who measures: what is wanted now is wanted for ever. */
export function hideFuture(steps: readonly DemandStep[], clock: { readonly now: () => Instant }): Demand {
  const whole = demandOfSteps(steps);
  return (from, to) => {
    const now = clock.now();
    return whole(Math.min(from, now), Math.min(Math.max(to, from + 1), now + 1));
  };
}

function findStep(steps: readonly DemandStep[], at: Instant): number {
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (steps[middle]!.at <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
