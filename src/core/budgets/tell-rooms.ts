// What an account tells the others of a shared fleet about its budgets, since those may be of it alone: how many more it may buy
// for the fleet. The others choose by it who buys; whether this one buys it judges anew by itself.
import { encodeJson } from '../json.js';
import type { Draft, PlanContext } from '../plan-context.js';
import type { Plan } from '../plan-types.js';
import type { FleetPolicy } from '../policy-types.js';

export interface RoomFacts {
  /** Members everywhere, with what this plan buys. */
  readonly alive: number;
  /** What is still missing after this plan's purchases, as far as budgets let the fleet want it. */
  readonly missing: number;
  /** How many of them budgets admit; undefined: it could not be asked, so what was told before stands. */
  readonly admitted: number | undefined;
}

/** Drafts what is told of one fleet: nothing where budgets let the account buy all that is missing. */
export function tellRoom(
  { books }: Pick<PlanContext, 'books'>,
  draft: Pick<Draft, 'rooms'>,
  { name, accounts, heldBy }: FleetPolicy,
  { alive, missing, admitted }: RoomFacts,
): void {
  if (accounts === undefined) return;
  const before = books.notes.budgetRooms?.[name];
  // A ceiling that only this account knows: the others want more, and are not to wait for this one.
  const ceiling = heldBy === undefined ? Number.POSITIVE_INFINITY : Math.max(0, heldBy.most - alive);
  const room = Math.min(ceiling, admitted ?? before ?? Number.POSITIVE_INFINITY);
  const isShort = heldBy !== undefined || room < missing || (admitted === undefined && before !== undefined);
  if (isShort && Number.isFinite(room)) draft.rooms.set(name, room);
}

/** What the other account's budgets let it buy for the fleet, by its own word. */
export function readRoom({ books }: Pick<PlanContext, 'books'>, { name }: Pick<FleetPolicy, 'name'>): number {
  return books.notes.budgetRooms?.[name] ?? Number.POSITIVE_INFINITY;
}

/** The plan's own field about it; empty where nothing has changed. */
export function listRooms({ books }: Pick<PlanContext, 'books'>, { rooms }: Draft): Pick<Plan, 'budgetRooms'> {
  const budgetRooms = Object.fromEntries([...rooms].sort(([a], [b]) => (a < b ? -1 : 1)));
  return encodeJson(budgetRooms) === encodeJson(books.notes.budgetRooms ?? {}) ? {} : { budgetRooms };
}
