// How far fleets are shrunk so that a budget's expected figure comes down to a target: to their floors at most, the lowest
// priority first, and no further than needed. Chooses numbers; who goes is the fleet's own rule's choice.
import type { FleetPolicy } from '../policy-types.js';
import type { Micros } from '../types.js';
import type { Ceilings, Course } from './reckon-course.js';

export interface ShrinkFacts {
  /** What can't be changed any more: spent and reserved. */
  readonly settled: Micros;
  readonly target: Micros;
  /** Below this a fleet may have more again; it lies below the target, so that nothing goes to and fro. */
  readonly relief: Micros;
  /** Ceilings of other budgets and other steps: nothing is raised above them. */
  readonly others: Ceilings;
}

function compareByPriority(a: FleetPolicy, b: FleetPolicy): number {
  return a.priority - b.priority || (a.name < b.name ? 1 : -1);
}

/** The largest number of [low, high] that fits; low - 1 where none does. `fits` holds for all below one that it holds for. */
function findLargest(low: number, high: number, fits: (count: number) => boolean): number {
  let least = low - 1;
  let most = high;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle - 1;
  }
  return least;
}

/** What stands as the ceiling, or the most that is ever wanted. */
function levelOf(course: Course, { others }: ShrinkFacts, ceilings: Ceilings, fleet: FleetPolicy): number {
  const own = ceilings.get(fleet.name) ?? course.peakOf(fleet.name);
  return Math.min(own, others.get(fleet.name) ?? own);
}

/** The lower of both. */
export function joinCeilings(a: Ceilings, b: Ceilings): Ceilings {
  const joined = new Map(a);
  for (const [fleet, most] of b) joined.set(fleet, Math.min(most, joined.get(fleet) ?? most));
  return joined;
}

/** `before`: the ceilings that held until now. Returns those that hold from now on, without those of others. */
export function findCeilings(course: Course, before: Ceilings, facts: ShrinkFacts): Ceilings {
  const ceilings = new Map(before);
  const fleets = course.fleets.map(({ fleet }) => fleet).sort(compareByPriority);
  const { settled, target, relief, others } = facts;
  let total = settled + course.total(joinCeilings(ceilings, others));
  /** What the fleet's share becomes, all else being as it is. */
  const totalWith = (fleet: FleetPolicy, most: number): Micros => {
    const level = joinCeilings(ceilings, others).get(fleet.name);
    return total - course.forecast(fleet.name, level) + course.forecast(fleet.name, most);
  };
  const set = (fleet: FleetPolicy, most: number): void => {
    total = totalWith(fleet, most);
    ceilings.set(fleet.name, most);
  };
  if (total > target) {
    for (const fleet of fleets) {
      const level = levelOf(course, facts, ceilings, fleet);
      if (total <= target || level <= fleet.floor) continue;
      const most = findLargest(fleet.floor, level, (count) => totalWith(fleet, count) <= target);
      set(fleet, Math.max(fleet.floor, most));
    }
    return ceilings;
  }
  for (const fleet of fleets.reverse()) {
    const held = ceilings.get(fleet.name);
    if (held === undefined || total > relief) continue;
    const peak = Math.min(course.peakOf(fleet.name), others.get(fleet.name) ?? Number.POSITIVE_INFINITY);
    const most = Math.max(
      held,
      findLargest(held, Math.max(held, peak), (count) => totalWith(fleet, count) <= relief),
    );
    set(fleet, most);
    if (most >= course.peakOf(fleet.name)) ceilings.delete(fleet.name);
  }
  return ceilings;
}
