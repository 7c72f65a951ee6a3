// Fleets as budgets let them be: a demand that is never above a budget's ceiling. Everything that follows from a demand (surplus,
// renewals, purchases) is then the other rules' ordinary work.
import { findNextChange, findStepAt } from '../demand.js';
import { DAY_MILLIS } from '../money.js';
import { holdPolicy, type Draft, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Instant } from '../types.js';
import { capDemand } from './forecast.js';
import type { BudgetView } from './judge-budgets.js';

/** The strictest of what acting budgets allow. */
function holdFleet(fleet: FleetPolicy, views: readonly BudgetView[]): FleetPolicy {
  let strictest: { budget: string; most: number } | undefined;
  for (const { budget, ceilings } of views) {
    const most = budget.mode === 'act' ? ceilings.get(fleet.name) : undefined;
    if (most !== undefined && (strictest === undefined || most < strictest.most))
      strictest = { budget: budget.name, most };
  }
  if (strictest === undefined) return fleet;
  return { ...fleet, demand: capDemand(fleet.demand, strictest.most), heldBy: { ...strictest, demand: fleet.demand } };
}

export function holdFleets(context: PlanContext, views: readonly BudgetView[]): PlanContext {
  if (views.length === 0) return context;
  const fleets = context.policies.fleets.map((fleet) => holdFleet(fleet, views));
  return { ...context, policies: { ...context.policies, fleets } };
}

/** What its policy wants now, where a budget holds it to less. */
export function findHeldWish(
  { heldBy }: Pick<FleetPolicy, 'heldBy'>,
  now: Instant,
): { readonly budget: string; readonly most: number; readonly wanted: number } | undefined {
  if (heldBy === undefined) return undefined;
  const { wanted } = findStepAt(heldBy.demand, now);
  const { budget, most } = heldBy;
  return wanted > most ? { budget, most, wanted } : undefined;
}

/** Says of a fleet that wants more now than a budget lets it have. */
export function tellHeld(context: PlanContext, draft: Draft, fleet: FleetPolicy): void {
  const next = fleet.heldBy && findNextChange(fleet.heldBy.demand, context.now, context.now + DAY_MILLIS);
  if (next !== undefined) draft.wakeAt.push(next.at);
  const held = findHeldWish(fleet, context.now);
  if (held === undefined) return;
  const { budget, most, wanted } = held;
  const text = `budget ${budget} holds it to ${most} of ${wanted} wanted now; raise the budget's limit, or want less`;
  holdPolicy(context, draft, fleet.name, { code: 'budget', text });
}
