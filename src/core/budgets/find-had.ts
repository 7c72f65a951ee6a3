// How many members each fleet may have while its growth is stopped: as many as it had then, and all that came since otherwise than
// by growing. Stopping growth lets nothing go, so no ceiling lies below what stands. Counts; it chooses and deletes nothing.
import { listPeerMembers } from '../peers.js';
import type { PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { isDueForReplacement } from '../rules/dear-members.js';
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

/**
 * By fleet. `notes`: of all accounts of the budget. Purchases stay below what is remembered; so what stands above it was adopted,
 * turned up late, or came into the scope, and is kept and bought anew like the others.
 */
export function findHad(
  context: PlanContext,
  course: Course,
  notes: readonly (BudgetNote | undefined)[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    course.fleets.map(({ fleet }) => {
      const alive = course.countAlive(fleet.name) - countGoing(context, fleet);
      return [fleet.name, Math.max(alive, recall(notes, [fleet.name, ...fleet.formerly]))] as const;
    }),
  );
}
