// What the schedules of fleets save with the periods of their accounts, for commands that show it. Asks nobody: the product says
// how long a period is.
import { DAY_MILLIS, HOUR_MILLIS } from '../core/money.js';
import type { FleetPolicy } from '../core/policy-types.js';
import { judgeSchedule, type Span } from '../core/schedule-savings.js';
import type { Instant, Millis, Product } from '../core/types.js';
import type { FleetSavings } from './render/describe-savings.js';

/** As far as plans and status look ahead. */
const WEEK: Millis = 7 * DAY_MILLIS;

interface Accounts {
  readonly accounts: readonly { readonly name: string; readonly product: Product }[];
}

/** In the week from an instant on. */
export function judgeWeek(known: Accounts, fleets: readonly FleetPolicy[], from: Instant): readonly FleetSavings[] {
  return judgeFleetSavings(known, fleets, { from, to: from + WEEK });
}

/**
 * Fleets whose wish changes within the span, in the order of their names. An account that nobody configured is at the
 * marketplace, as a new one would be.
 */
export function judgeFleetSavings(
  { accounts }: Accounts,
  fleets: readonly FleetPolicy[],
  span: Span,
): readonly FleetSavings[] {
  const only = accounts.length === 1 ? accounts[0] : undefined;
  const judged = fleets.flatMap((fleet): FleetSavings[] => {
    const account = accounts.find(({ name }) => name === fleet.account) ?? only;
    const periodMillis = account?.product === 'cloud' ? HOUR_MILLIS : DAY_MILLIS;
    const savings = judgeSchedule(fleet.demand, periodMillis, span);
    return savings === undefined ? [] : [{ policy: fleet.name, periodMillis, span, savings }];
  });
  return judged.sort((a, b) => (a.policy < b.policy ? -1 : 1));
}
