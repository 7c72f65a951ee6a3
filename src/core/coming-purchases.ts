// What a fleet will buy up to a horizon, and what that costs beside the renewals of what is there: at the price at which it would be
// bought now, as far as budgets let it. Foreseen by the cost calendar and one more plan; buys nothing.
import { capDemand, forecastFleet } from './budgets/forecast.js';
import { countThere, findGrowth, type CostCalendar } from './cost-calendar.js';
import { foreseeSnapshot, type Foresight } from './foresee.js';
import { findPeak, findStepAt } from './demand.js';
import type { Plan } from './plan-types.js';
import type { Demand, FleetPolicy } from './policy-types.js';
import type { Instant, Micros, Millis, Price } from './types.js';

export interface ComingPurchases {
  readonly policy: string;
  /** When its schedule first wants more than will be there. */
  readonly at: Instant;
  readonly wanted: number;
  readonly more: number;
  /** When the first of them is bought; before `at` where its fleet has them ready by then. */
  readonly boughtAt: Instant;
  /** When it wants still more than was there or bought before, up to the horizon: `cost` holds these, too. */
  readonly later: readonly { readonly at: Instant; readonly wanted: number }[];
  /** Of `more`; by which budgets. */
  readonly heldBack: number;
  readonly budgets: readonly string[];
  /** Of all that is bought from then on, with its renewals, until the horizon. */
  readonly cost: Micros;
}

interface Held {
  readonly count: number;
  readonly budgets: readonly string[];
}

/** What budgets will hold back then, by the word of a plan on what is foreseen of it. */
function findHeldBack(foresight: Foresight, policy: string, at: Instant, more: number): Held {
  const { budgets = [], holds, actions } = foresight.plan(foreseeSnapshot(foresight, at));
  const isHeld = holds.some((hold) => hold.policy === policy && hold.reason.code === 'budget');
  if (!isHeld) return { count: 0, budgets: [] };
  const bought = actions.reduce(
    (sum, action) => (action.kind === 'deploy' && action.policy === policy ? sum + action.count : sum),
    0,
  );
  const binding = budgets.filter(
    ({ mode, held, notBought }) => mode === 'act' && (notBought > 0 || held.some((each) => each.policy === policy)),
  );
  return { count: Math.max(0, more - bought), budgets: binding.map(({ budget }) => budget) };
}

/** What is wanted above what will be there. */
function subtractThere(demand: Demand, calendar: CostCalendar, fleet: string, elsewhere: number): Demand {
  const edges = calendar.slices.flatMap(({ charges }) =>
    charges.flatMap(({ at, fate, policy }) =>
      policy === fleet && (fate === 'delete' || fate === 'deleting') ? [at] : [],
    ),
  );
  return (from, to) => {
    const instants = [...demand(from, to).map(({ at }) => at), ...edges.filter((at) => at > from && at < to)];
    const steps = [...new Set(instants)].sort((a, b) => a - b);
    return steps.map((at) => {
      const step = findStepAt(demand, at);
      const missing = step.wanted - countThere(calendar, fleet, at) - elsewhere;
      return { ...step, at, wanted: Math.max(0, missing) };
    });
  };
}

/** The demand as its purchases see it: at each instant the most that is wanted until so much later. */
function bringForward(demand: Demand, aheadMillis: Millis): Demand {
  if (aheadMillis === 0) return demand;
  return (from, to) => {
    const steps = demand(from, to + aheadMillis);
    const instants = steps.flatMap(({ at }) => [at, at - aheadMillis]).filter((at) => at > from && at < to);
    return [...new Set([from, ...instants])]
      .sort((a, b) => a - b)
      .map((at) => ({ ...findStepAt(demand, at), at, wanted: findPeak(demand, at, at + aheadMillis) }));
  };
}

/** When more is missing than at the instant before: those that the first purchase doesn't cover. */
function listRises(missing: Demand, after: Instant, until: Instant): readonly Instant[] {
  return missing(after, until).flatMap(({ at, wanted }, index, steps) =>
    index > 0 && wanted > steps[index - 1]!.wanted ? [at] : [],
  );
}

/** Of a fleet that the plan buys at once, or whose purchases aren't up yet: no charge tells of them, and they are there. */
function countBought({ actions }: Plan, fleet: string, launching: number): number {
  return actions.reduce(
    (sum, action) => (action.kind === 'deploy' && action.policy === fleet ? sum + action.count : sum),
    launching,
  );
}

/** `foresight`, `plan`: those that the calendar was made of. `price`: of what would be bought now. */
export function foreseePurchases(
  fleet: FleetPolicy,
  { foresight, plan, calendar, price }: { foresight: Foresight; plan: Plan; calendar: CostCalendar; price: Price },
): ComingPurchases | undefined {
  const { name, demand } = fleet;
  const now = foresight.snapshot.at;
  const summary = plan.fleets.find(({ policy }) => policy === name);
  const p95Millis = summary?.launch?.p95Millis ?? 0;
  const aheadMillis = fleet.readyBy === 'start' ? p95Millis : 0;
  const bought = countBought(plan, name, summary?.launching ?? 0);
  const elsewhere = (summary?.elsewhere ?? 0) + bought;
  // What is wanted right after the horizon is bought before it.
  const growth = findGrowth(fleet, { ...calendar, until: calendar.until + aheadMillis }, now, elsewhere);
  if (growth === undefined) return undefined;
  const { at, more, wanted } = growth;
  const held = findHeldBack(foresight, name, at, more);
  const allowed = held.count === 0 ? demand : capDemand(demand, wanted - held.count);
  const missing = subtractThere(bringForward(allowed, aheadMillis), calendar, name, elsewhere);
  const cost = forecastFleet(
    {
      renewals: [],
      kept: 0,
      demand: missing,
      keepMillis: fleet.keepIfWantedWithinMillis ?? p95Millis + plan.leadMillis,
      aheadMillis: 0,
      price,
    },
    now,
    now,
    calendar.until,
  );
  const boughtAt = Math.max(now, at - aheadMillis);
  const later = listRises(missing, boughtAt, calendar.until).map((rise) => ({
    at: rise + aheadMillis,
    wanted: findStepAt(allowed, rise + aheadMillis).wanted,
  }));
  return { policy: name, at, wanted, more, boughtAt, later, heldBack: held.count, budgets: held.budgets, cost };
}
