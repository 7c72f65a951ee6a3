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

/** Who shrinks first, and buys last, stands first. */
export function compareByPriority(a: FleetPolicy, b: FleetPolicy): number {
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

/** What a choice of ceilings costs; each question is about one fleet, all else being as it is. */
interface Choice {
  readonly total: () => Micros;
  readonly totalWith: (fleet: FleetPolicy, most: number) => Micros;
  readonly set: (fleet: FleetPolicy, most: number) => void;
}

function openChoice(course: Course, ceilings: Map<string, number>, { settled, others }: ShrinkFacts): Choice {
  let total = settled + course.totalFilled(joinCeilings(ceilings, others));
  const totalWith = (fleet: FleetPolicy, most: number): Micros => {
    const level = joinCeilings(ceilings, others).get(fleet.name);
    return total - course.forecastFilled(fleet.name, level) + course.forecastFilled(fleet.name, most);
  };
  return {
    total: () => total,
    totalWith,
    set(fleet, most) {
      total = totalWith(fleet, most);
      ceilings.set(fleet.name, most);
    },
  };
}

/** Lets stay whoever's going would lower nothing that this period is charged: its boundary lies beyond. */
function spareUseless(
  course: Course,
  fleets: readonly FleetPolicy[],
  ceilings: Map<string, number>,
  choice: Choice,
): void {
  for (const fleet of fleets) {
    const most = ceilings.get(fleet.name);
    const alive = course.countAlive(fleet.name);
    if (most === undefined || most >= alive) continue;
    const spared = findLargest(most, alive, (count) => choice.totalWith(fleet, count) <= choice.total());
    if (spared <= most) continue;
    choice.set(fleet, spared);
    if (spared >= course.peakOf(fleet.name)) ceilings.delete(fleet.name);
  }
}

function lower(
  course: Course,
  fleets: readonly FleetPolicy[],
  ceilings: Map<string, number>,
  facts: ShrinkFacts,
): void {
  const choice = openChoice(course, ceilings, facts);
  for (const fleet of fleets) {
    const level = levelOf(course, facts, ceilings, fleet);
    if (choice.total() <= facts.target || level <= fleet.floor) continue;
    const most = findLargest(fleet.floor, level, (count) => choice.totalWith(fleet, count) <= facts.target);
    choice.set(fleet, Math.max(fleet.floor, most));
  }
  spareUseless(course, fleets, ceilings, choice);
}

function raise(
  course: Course,
  fleets: readonly FleetPolicy[],
  ceilings: Map<string, number>,
  facts: ShrinkFacts,
): void {
  const { relief, others } = facts;
  const choice = openChoice(course, ceilings, facts);
  for (const fleet of fleets.toReversed()) {
    const held = ceilings.get(fleet.name);
    if (held === undefined || choice.total() > relief) continue;
    const peak = Math.min(course.peakOf(fleet.name), others.get(fleet.name) ?? Number.POSITIVE_INFINITY);
    const fits = (count: number): boolean => choice.totalWith(fleet, count) <= relief;
    const most = Math.max(held, findLargest(held, Math.max(held, peak), fits));
    choice.set(fleet, most);
    if (most >= course.peakOf(fleet.name)) ceilings.delete(fleet.name);
  }
  spareUseless(course, fleets, ceilings, choice);
}

/** `before`: the ceilings that held until now. Returns those that hold from now on, without those of others. */
export function findCeilings(course: Course, before: Ceilings, facts: ShrinkFacts): Ceilings {
  const ceilings = new Map(before);
  const fleets = course.fleets.map(({ fleet }) => fleet).sort(compareByPriority);
  const isOver = facts.settled + course.totalFilled(joinCeilings(ceilings, facts.others)) > facts.target;
  if (isOver) lower(course, fleets, ceilings, facts);
  else raise(course, fleets, ceilings, facts);
  return ceilings;
}
