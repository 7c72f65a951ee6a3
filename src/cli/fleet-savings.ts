// What the schedules of fleets save with the periods of their accounts, for commands that show it. Asks nobody: the product says
// how long a period is, plans how long launches and deletions take.
import { computeBaseLead, expectLandingMillis } from '../core/billing-clock.js';
import { readLaunches, type LaunchTimes } from '../core/launch-times.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../core/money.js';
import type { Plan } from '../core/plan-types.js';
import type { FleetPolicy } from '../core/policy-types.js';
import { judgeSchedule, type Holding, type Span } from '../core/schedule-savings.js';
import type { Instant, Millis, Product } from '../core/types.js';
import { openScheduleEditor } from '../policy/edit-schedule.js';
import type { FleetSavings } from './render/describe-savings.js';

/** As far as plans and status look ahead. */
const WEEK: Millis = 7 * DAY_MILLIS;

interface Accounts {
  readonly accounts: readonly { readonly name: string; readonly product: Product; readonly tickMillis: Millis }[];
}

/** Of each account that was looked at; of others what is supposed before anything was measured holds. */
type Measured = readonly Pick<Plan, 'fleets' | 'leadMillis' | 'fixedClock'>[];

/** In the week from an instant on. */
export function judgeWeek(
  known: Accounts,
  fleets: readonly FleetPolicy[],
  from: Instant,
  measured: Measured = [],
): readonly FleetSavings[] {
  return judgeFleetSavings(known, fleets, { from, to: from + WEEK }, measured);
}

/** No deletion is through sooner. */
const QUICKEST_DELETION: Millis = 1_000;

function readLaunch(fleet: FleetPolicy, plans: Measured): Pick<LaunchTimes, 'p50Millis' | 'p95Millis'> {
  const launches = plans.flatMap(({ fleets }) =>
    fleets.flatMap(({ policy, launch }) => (policy === fleet.name && launch !== undefined ? [launch] : [])),
  );
  if (launches.length === 0) return readLaunches({ launchMillis: [] })(undefined);
  return {
    p50Millis: Math.max(...launches.map(({ p50Millis }) => p50Millis)),
    p95Millis: Math.max(...launches.map(({ p95Millis }) => p95Millis)),
  };
}

/**
 * A member's periods begin when its launch is over. It is let go when it isn't wanted any more, and renewed if that is after its
 * boundary, or too shortly before it; at the most a lead before.
 */
function readHolding(fleet: FleetPolicy, tickMillis: Millis, plans: Measured): Holding {
  const { p50Millis, p95Millis } = readLaunch(fleet, plans);
  const isAhead = fleet.readyBy === 'start';
  const aheadMillis = isAhead ? p95Millis : 0;
  const unmeasured = computeBaseLead({ deletionMillis: [], tickMillis, skewMillis: undefined });
  const leadMillis = Math.max(...(plans.length === 0 ? [unmeasured] : plans.map((plan) => plan.leadMillis)));
  const landingMillis = expectLandingMillis([], leadMillis);
  const keptMillis = Math.max(aheadMillis, fleet.keepIfWantedWithinMillis ?? 0);
  return {
    usual: isAhead
      ? { laterMillis: 0, longerMillis: p95Millis - p50Millis + landingMillis }
      : { laterMillis: p50Millis, longerMillis: landingMillis },
    least: { laterMillis: isAhead ? 0 : p95Millis, longerMillis: QUICKEST_DELETION },
    most: [...new Set([aheadMillis, keptMillis])].map((early) => ({
      laterMillis: 0,
      longerMillis: early + leadMillis,
    })),
  };
}

/** Of an account that nobody configured. */
const USUAL_TICK: Millis = 30_000;

/**
 * Fleets whose wish changes within the span, in the order of their names. An account that nobody configured is at the
 * marketplace, as a new one would be. Of one that charges all at one time of day the edges of windows
 * get no hints: which of them saves a charge there was not tried.
 */
export function judgeFleetSavings(
  { accounts }: Accounts,
  fleets: readonly FleetPolicy[],
  span: Span,
  measured: Measured = [],
): readonly FleetSavings[] {
  const only = accounts.length === 1 ? accounts[0] : undefined;
  const judged = fleets.flatMap((fleet): FleetSavings[] => {
    const account = accounts.find(({ name }) => name === fleet.account) ?? only;
    const periodMillis = account?.product === 'cloud' ? HOUR_MILLIS : DAY_MILLIS;
    const plans = measured.filter(({ fleets: known }) => known.some(({ policy }) => policy === fleet.name));
    const fixedClock = plans.find((plan) => plan.fixedClock !== undefined)?.fixedClock;
    const savings = judgeSchedule(fleet.demand, periodMillis, span, {
      holding: readHolding(fleet, account?.tickMillis ?? USUAL_TICK, plans),
      fixedClock,
      // Who is deleted at once is bought anew after the shortest gap: what that costs isn't reckoned here.
      openEditor: fleet.deleteAt === 'now' || fixedClock !== undefined ? undefined : openScheduleEditor,
    });
    return savings === undefined
      ? []
      : [{ policy: fleet.name, periodMillis, span, savings, maxPrice: fleet.where.maxPrice }];
  });
  return judged.sort((a, b) => (a.policy < b.policy ? -1 : 1));
}
