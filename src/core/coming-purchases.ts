// What a fleet will buy up to a horizon, and what that costs beside the renewals of what is there: at the price at which it would be
// bought now, as far as budgets let it. Foreseen by the cost calendar and one more plan; buys nothing.
import { forecastFleet } from './budgets/forecast.js';
import { countThere, findGrowth, type CostCalendar } from './cost-calendar.js';
import { foreseeSnapshot, type Foresight } from './foresee.js';
import { findPeak, findStepAt } from './demand.js';
import { judgeGates } from './gates.js';
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
  /** Nothing is bought as long as all is frozen: `cost` is zero. */
  readonly isFrozen: boolean;
  /** Of all that is bought from then on, with its renewals, until the horizon. */
  readonly cost: Micros;
}

/** A plan's word on what the fleet would buy at an instant. */
interface Judged {
  readonly from: Instant;
  /** undefined: no budget holds it back. */
  readonly most: number | undefined;
  readonly budgets: readonly string[];
  /** Of these budgets' periods: what is held back is judged anew then. */
  readonly ends: readonly Instant[];
}

function readJudged({ budgets = [], holds, actions }: Plan, policy: string, from: Instant): Judged {
  const isHeld = holds.some((hold) => hold.policy === policy && hold.reason.code === 'budget');
  if (!isHeld) return { from, most: undefined, budgets: [], ends: [] };
  const binding = budgets.filter(
    ({ mode, held, notBought }) => mode === 'act' && (notBought > 0 || held.some((each) => each.policy === policy)),
  );
  return {
    from,
    most: countDeploys(actions, policy),
    budgets: binding.map(({ budget }) => budget),
    ends: binding.map(({ to }) => to),
  };
}

/** When a fleet would buy (`from`), for what it wants at an instant. */
interface Occasion {
  readonly from: Instant;
  readonly at: Instant;
}

/** Each is some more plans. What comes after them goes by the last. */
const MOST_JUDGED = 12;

/** What budgets let be bought at each rise of what is missing, and when the period of one that held back is over. */
function judgeOccasions(
  foresight: Foresight,
  policy: string,
  rises: readonly Occasion[],
  until: Instant,
): readonly Judged[] {
  const judged: Judged[] = [];
  let { snapshot } = foresight;
  let ahead = [...rises];
  while (judged.length < MOST_JUDGED) {
    const next = ahead.reduce<Occasion | undefined>(
      (best, each) => (best && best.at <= each.at ? best : each),
      undefined,
    );
    if (next === undefined) break;
    snapshot = foreseeSnapshot({ ...foresight, snapshot }, next.at);
    const one = readJudged(foresight.plan(snapshot), policy, next.from);
    judged.push(one);
    const ends = one.ends.filter((end) => end < until).map((end) => ({ from: end, at: end }));
    ahead = [...ahead, ...ends].filter(({ at }) => at > next.at);
  }
  return judged;
}

/** What is missing, as far as it is bought. */
function holdBack(missing: Demand, judged: readonly Judged[]): Demand {
  if (judged.every(({ most }) => most === undefined)) return missing;
  return (from, to) => {
    const edges = [...missing(from, to).map(({ at }) => at), ...judged.map(({ from: at }) => at)];
    return [...new Set([from, ...edges.filter((at) => at > from && at < to)])]
      .sort((a, b) => a - b)
      .map((at) => {
        const step = findStepAt(missing, at);
        const most = judged.findLast((each) => each.from <= at)?.most ?? step.wanted;
        return { ...step, at, wanted: Math.min(step.wanted, most) };
      });
  };
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

function countDeploys(actions: Plan['actions'], policy: string): number {
  return actions.reduce(
    (sum, action) => (action.kind === 'deploy' && action.policy === policy ? sum + action.count : sum),
    0,
  );
}

interface Foreseen {
  readonly foresight: Foresight;
  readonly plan: Plan;
  readonly calendar: CostCalendar;
  readonly price: Price;
}

/** `foresight`, `plan`: those that the calendar was made of. `price`: of what would be bought now. */
export function foreseePurchases(fleet: FleetPolicy, foreseen: Foreseen): ComingPurchases | undefined {
  const { foresight, plan, calendar } = foreseen;
  const { name, demand } = fleet;
  const now = foresight.snapshot.at;
  const summary = plan.fleets.find(({ policy }) => policy === name);
  const p95Millis = summary?.launch?.p95Millis ?? 0;
  const aheadMillis = fleet.readyBy === 'start' ? p95Millis : 0;
  // What the plan buys at once, and what isn't up yet: no charge tells of them, and they are there.
  const elsewhere = (summary?.elsewhere ?? 0) + countDeploys(plan.actions, name) + (summary?.launching ?? 0);
  // What is wanted right after the horizon is bought before it.
  const growth = findGrowth(fleet, { ...calendar, until: calendar.until + aheadMillis }, now, elsewhere);
  if (growth === undefined) return undefined;
  const { at, more } = growth;
  const boughtAt = Math.max(now, at - aheadMillis);
  const told = { policy: name, ...growth, boughtAt, later: [], heldBack: 0, budgets: [], cost: 0n };
  const isFrozen = judgeGates(foresight.snapshot, foresight.settings).deploys?.code === 'frozen';
  if (isFrozen) return { ...told, isFrozen };
  const whole = subtractThere(bringForward(demand, aheadMillis), calendar, name, elsewhere);
  const rises = listRises(whole, now, calendar.until).map((from) => ({ from, at: from + aheadMillis }));
  const judged =
    (plan.budgets ?? []).length === 0
      ? []
      : judgeOccasions(foresight, name, [{ from: boughtAt, at }, ...rises], calendar.until);
  const missing = holdBack(whole, judged);
  const cost = forecastFleet(
    {
      renewals: [],
      kept: 0,
      demand: missing,
      keepMillis: fleet.keepIfWantedWithinMillis ?? p95Millis + plan.leadMillis,
      aheadMillis: 0,
      price: foreseen.price,
      fixedClock: foresight.snapshot.books.notes.fixedClock,
    },
    now,
    now,
    calendar.until,
  );
  const later = listRises(missing, boughtAt, calendar.until).map((rise) => {
    const heldBack = findStepAt(whole, rise).wanted - findStepAt(missing, rise).wanted;
    return { at: rise + aheadMillis, wanted: findStepAt(demand, rise + aheadMillis).wanted - heldBack };
  });
  const first = judged.find(({ from }) => from === boughtAt);
  const heldBack = Math.max(0, more - (first?.most ?? more));
  return { ...told, isFrozen, later, heldBack, budgets: heldBack === 0 ? [] : first!.budgets, cost };
}
