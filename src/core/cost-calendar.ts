// Every coming charge up to a horizon: the planner's own word about each thing's next boundary, and beyond that what can be
// foreseen (foresee.ts): what is wanted renews, what is not is let go, nothing is bought. It carries nothing out.
import { foreseeSnapshot, type Foresight } from './foresee.js';
import type { ComingCharge, Plan } from './plan-types.js';
import type { Demand } from './policy-types.js';
import type { Instant } from './types.js';

/** Each is one more plan: a month of hours. */
const MOST_SLICES = 750;

/** Charges that share the plan which says what becomes of them. */
export interface ChargeSlice {
  readonly plan: Plan;
  readonly charges: readonly ComingCharge[];
}

export interface CostCalendar {
  readonly slices: readonly ChargeSlice[];
  /** What was looked ahead to: `until`, or less where that is too far. */
  readonly until: Instant;
}

function cut({ charges }: Plan, from: Instant, to: Instant): readonly ComingCharge[] {
  return charges.filter(({ at }) => at > from && at <= to);
}

/**
 * `plan`: of the foresight's snapshot. In a slice of one period everything is charged once, at the boundary that its plan
 * shows; the next slice is planned where the first one ends.
 */
export function foreseeCharges(foresight: Foresight, plan: Plan, until: Instant): CostCalendar {
  const period = foresight.settings.periodMillis;
  const slices: ChargeSlice[] = [];
  let { snapshot } = foresight;
  let present = plan;
  while (snapshot.at < until && slices.length < MOST_SLICES) {
    const to = Math.min(until, snapshot.at + period);
    slices.push({ plan: present, charges: cut(present, snapshot.at, to) });
    if (to >= until) return { slices, until };
    snapshot = foreseeSnapshot({ ...foresight, snapshot }, to);
    present = foresight.plan(snapshot);
  }
  return { slices, until: Math.min(until, snapshot.at) };
}

/** When a schedule first wants more than it wants now, and how many more: their purchases are no renewals, and cost besides. */
export function findGrowth(
  demand: Demand,
  from: Instant,
  to: Instant,
): { readonly at: Instant; readonly more: number; readonly wanted: number } | undefined {
  const [first, ...later] = demand(from, to);
  const grown = later.find(({ wanted }) => wanted > first!.wanted);
  return grown === undefined ? undefined : { at: grown.at, more: grown.wanted - first!.wanted, wanted: grown.wanted };
}
