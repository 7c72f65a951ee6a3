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

/** VMs of a fleet that are there at an instant, as far as the calendar tells: those of now but what is let go until then. */
export function countThere({ slices }: CostCalendar, fleet: string, at: Instant): number {
  const there = new Set<string>();
  for (const charge of slices[0]?.plan.charges ?? [])
    if (charge.policy === fleet && charge.part === undefined) there.add(charge.vm.id);
  for (const { charges } of slices) {
    for (const charge of charges) {
      const isLetGo = charge.fate === 'delete' || charge.fate === 'deleting';
      if (isLetGo && charge.at <= at) there.delete(charge.vm.id);
    }
  }
  return there.size;
}

/**
 * When a schedule first wants more than will be there: what is bought then is no renewal, and costs besides. `elsewhere`: in
 * other accounts.
 */
export function findGrowth(
  { name, demand }: { readonly name: string; readonly demand: Demand },
  calendar: CostCalendar,
  from: Instant,
  elsewhere = 0,
): { readonly at: Instant; readonly more: number; readonly wanted: number } | undefined {
  const [, ...later] = demand(from, calendar.until);
  for (const { at, wanted } of later) {
    const more = wanted - countThere(calendar, name, at) - elsewhere;
    if (more > 0) return { at, more, wanted };
  }
  return undefined;
}
