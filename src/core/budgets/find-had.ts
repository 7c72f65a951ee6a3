// How many members each fleet may have while its growth is stopped: as many as it had then, and all that came since otherwise than
// by growing. Stopping growth lets nothing go, so no ceiling lies below what stands. Counts; it chooses and deletes nothing.
import { findPeak, findStepAt } from '../demand.js';
import { DAY_MILLIS } from '../money.js';
import { listPeerMembers } from '../peers.js';
import type { PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { isDueForReplacement } from '../rules/dear-members.js';
import type { Millis } from '../types.js';
import type { BudgetNote } from './budget-notes.js';
import type { Course } from './reckon-course.js';

/** Members whose successors may stand beside them already, because of their price: with both of them nothing has grown. */
function countGoing(context: PlanContext, fleet: FleetPolicy): number {
  if (fleet.where.aboveMaxPrice !== 'replace') return 0;
  const members = [...(context.members.get(fleet.name) ?? []), ...listPeerMembers(context, fleet)];
  return members.filter((member) => isDueForReplacement(context, fleet, member)).length;
}

/** The most that any account remembers: what one has not seen yet another one may. */
function recall(notes: readonly (BudgetNote | undefined)[], names: readonly string[]): number {
  return Math.max(0, ...notes.flatMap((note) => names.flatMap((name) => note?.had?.[name] ?? [])));
}

/** What a schedule gives back within a week is no growth. */
const RHYTHM_MILLIS: Millis = 7 * DAY_MILLIS;

/**
 * As of when growth is stopped. A figure of what is expected had counted a fleet's schedule to the period's end: so much. Else what
 * it has, and what its schedule gives back: the most that it wanted within a week.
 */
function findUsual(
  context: PlanContext,
  course: Course,
  fleet: FleetPolicy,
  alive: number,
  isForeseen: boolean,
): number {
  if (isForeseen) return Math.max(alive, course.peakOf(fleet.name));
  const { now } = context;
  const lately = findPeak(fleet.demand, now - RHYTHM_MILLIS, now);
  const { wanted } = findStepAt(fleet.demand, now);
  return Math.max(alive, Math.min(lately, alive + lately - wanted));
}

export interface Stop {
  /** It held at an earlier look: what fleets had is remembered, and a fleet that isn't had nothing. */
  readonly isGoingOn: boolean;
  /** For what is expected alone, not for what is spent. */
  readonly isForeseen: boolean;
}

/**
 * By fleet. `notes`: of all accounts of the budget. Purchases stay below what is remembered; so what stands above it was adopted,
 * turned up late, or came into the scope, and is kept and bought anew like the others.
 */
export function findHad(
  context: PlanContext,
  course: Course,
  notes: readonly (BudgetNote | undefined)[],
  { isGoingOn, isForeseen }: Stop,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    course.fleets.map(({ fleet }) => {
      const alive = course.countAlive(fleet.name) - countGoing(context, fleet);
      const most = isGoingOn
        ? Math.max(alive, recall(notes, [fleet.name, ...fleet.formerly]))
        : findUsual(context, course, fleet, alive, isForeseen);
      return [fleet.name, most] as const;
    }),
  );
}
