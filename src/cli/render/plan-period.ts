// What a plan shows of its account's billing: the period and, as far as the VMs tell, whether they share one boundary.
import { DAY_MILLIS, HOUR_MILLIS } from '../../core/money.js';
import { formatMinute } from '../../core/instant.js';
import type { Plan } from '../../core/plan-types.js';
import type { Millis } from '../../core/types.js';
import { formatPeriod } from './format-instant.js';

/** The period of the prices in the plan, else that of the product. */
export function findPeriodMillis(plan: Plan): Millis {
  for (const action of plan.actions) if (action.kind === 'deploy') return action.offer.price.periodMillis;
  for (const other of plan.others) if (other.price !== undefined) return other.price.periodMillis;
  return plan.product === 'cloud' ? HOUR_MILLIS : DAY_MILLIS;
}

/** `rolling 24 h`, or `24 h, all charged at 17:55Z` where every VM shares one boundary. Says only what the VMs show. */
export function describeBilling(plan: Plan): string {
  const periodMillis = findPeriodMillis(plan);
  const period = formatPeriod(periodMillis).replace(/(\d+)(\D)/, '$1 $2');
  const phases = new Set(plan.charges.map((charge) => charge.at % periodMillis));
  if (phases.size > 1) return `rolling ${period}`;
  const [first] = plan.charges;
  return first === undefined || plan.charges.length === 1
    ? period
    : `${period}, all charged at ${formatMinute(first.at)}`;
}
