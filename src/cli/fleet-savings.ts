// What the schedules of fleets save with the periods of their accounts, for commands that show it. Asks nobody: the product says
// how long a period is, plans how long launches and deletions take.
import { computeBaseLead } from '../core/billing-clock.js';
import { readLaunches } from '../core/launch-times.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../core/money.js';
import type { Plan } from '../core/plan-types.js';
import type { FleetPolicy } from '../core/policy-types.js';
import { judgeSchedule, type Span } from '../core/schedule-savings.js';
import type { Instant, Millis, Product } from '../core/types.js';
import type { FleetSavings } from './render/describe-savings.js';

/** As far as plans and status look ahead. */
const WEEK: Millis = 7 * DAY_MILLIS;

interface Accounts {
  readonly accounts: readonly { readonly name: string; readonly product: Product; readonly tickMillis: Millis }[];
}

/** Of each account that was looked at; of others what is supposed before anything was measured holds. */
type Measured = readonly Pick<Plan, 'fleets' | 'leadMillis'>[];

/** In the week from an instant on. */
export function judgeWeek(
  known: Accounts,
  fleets: readonly FleetPolicy[],
  from: Instant,
  measured: Measured = [],
): readonly FleetSavings[] {
  return judgeFleetSavings(known, fleets, { from, to: from + WEEK }, measured);
}

/** How much longer than it is wanted a member is held: bought so much ahead, and let go so long before its boundary. */
function readLonger(fleet: FleetPolicy, tickMillis: Millis, measured: Measured): Millis {
  const plans = measured.filter(({ fleets }) => fleets.some(({ policy }) => policy === fleet.name));
  const launches = plans.flatMap(({ fleets }) =>
    fleets.flatMap(({ policy, launch }) => (policy === fleet.name && launch !== undefined ? [launch.p95Millis] : [])),
  );
  const supposed = readLaunches({ launchMillis: [] })(undefined).p95Millis;
  const ahead = fleet.readyBy !== 'start' ? 0 : launches.length === 0 ? supposed : Math.max(...launches);
  const unmeasured = computeBaseLead({ deletionMillis: [], tickMillis, skewMillis: undefined });
  return ahead + Math.max(...(plans.length === 0 ? [unmeasured] : plans.map(({ leadMillis }) => leadMillis)));
}

/** Of an account that nobody configured. */
const USUAL_TICK: Millis = 30_000;

/**
 * Fleets whose wish changes within the span, in the order of their names. An account that nobody configured is at the
 * marketplace, as a new one would be.
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
    const savings = judgeSchedule(
      fleet.demand,
      periodMillis,
      span,
      readLonger(fleet, account?.tickMillis ?? USUAL_TICK, measured),
    );
    return savings === undefined
      ? []
      : [{ policy: fleet.name, periodMillis, span, savings, maxPrice: fleet.where.maxPrice }];
  });
  return judged.sort((a, b) => (a.policy < b.policy ? -1 : 1));
}
