// Calendar days, weeks and months of a zone, as a pure function from an instant to its period. Where the clock changes at a
// period's edge, the edge is the first instant at which the clock shows its time or is past it.
import type { BudgetPeriod, BudgetPolicy } from '../core/budgets/budget-policy.js';
import { DAY_MILLIS } from '../core/money.js';
import type { Instant } from '../core/types.js';
import type { LocalMillis, Zone } from './zone.js';

const WEEK_MILLIS = 7 * DAY_MILLIS;
/** The first Monday of the epoch: 1970-01-05. */
const MONDAY = 4 * DAY_MILLIS;

type Per = BudgetPolicy['per'];

/** The number of the period that holds a local reading, counted from the epoch. */
function numberOf(local: LocalMillis, per: Per): number {
  if (per === 'day') return Math.floor(local / DAY_MILLIS);
  if (per === 'week') return Math.floor((local - MONDAY) / WEEK_MILLIS);
  const date = new Date(local);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The local midnight at which the period of this number begins. */
function startOf(number: number, per: Per): LocalMillis {
  if (per === 'day') return number * DAY_MILLIS;
  if (per === 'week') return MONDAY + number * WEEK_MILLIS;
  return Date.UTC(Math.floor(number / 12), ((number % 12) + 12) % 12, 1);
}

/** Makes `periodAt` of a budget; what it answered last is kept, since looks ask for the same period again and again. */
export function compilePeriod(zone: Zone, per: Per): BudgetPolicy['periodAt'] {
  const edge = (number: number): Instant => zone.resolve(startOf(number, per)).at;
  let last: BudgetPeriod | undefined;
  return (at) => {
    if (last !== undefined && last.from <= at && at < last.to) return last;
    let number = numberOf(zone.toLocal(at), per);
    // A clock that is set back over midnight shows the day before once more: that hour belongs to the new day.
    while (edge(number + 1) <= at) number += 1;
    while (edge(number) > at) number -= 1;
    last = { from: edge(number), to: edge(number + 1) };
    return last;
  };
}
