// What `spend` says of coming charges as a whole: what is renewed, what is avoided, what is bought besides. Sums and sentences only.
import type { ComingPurchases } from '../../core/coming-purchases.js';
import { sumMicros } from '../../core/money.js';
import type { Instant, Micros } from '../../core/types.js';
import { formatInstant } from './format-instant.js';
import { countOf, listNames } from './phrase.js';
import type { AccountSpend } from './spend-report.js';

export type Coming = NonNullable<AccountSpend['coming']>;

export interface ComingSums {
  readonly renewed: Micros;
  readonly avoided: Micros;
  readonly bought: Micros;
  /** What will be charged. */
  readonly total: Micros;
}

export function sumComing({ groups, purchases, boughtNow }: Coming): ComingSums {
  const going = groups.filter(({ fate }) => fate === 'delete' || fate === 'deleting');
  const avoided = sumMicros(going.map(({ cost }) => cost));
  const renewed = sumMicros(groups.map(({ cost }) => cost)) - avoided;
  const bought = boughtNow + sumMicros(purchases.map(({ cost }) => cost));
  return { renewed, avoided, bought, total: renewed + bought };
}

/** So many later ones are told by their times. */
const MOST_LATER = 3;

/** ` (bought from 06:57Z)`, where that is before it is wanted. */
function describeBought({ at, boughtAt }: ComingPurchases, now: Instant): string {
  return boughtAt >= at ? '' : ` (bought from ${formatInstant(boughtAt, now)})`;
}

function describeLater({ later }: ComingPurchases, now: Instant): string {
  if (later.length === 0) return '';
  const told = later.slice(0, MOST_LATER).map(({ at, wanted }) => `${wanted} from ${formatInstant(at, now)}`);
  const untold = later.length - told.length;
  return `; then ${listNames(untold === 0 ? told : [...told, `more ${countOf(untold, 'time')} after that`])}`;
}

/** `shop wants 5 from Mon 07:00Z, 4 more than will be there; then 7 from Tue 07:00Z`, and who holds it back. */
export function describePurchases(purchases: ComingPurchases, now: Instant): string {
  const { policy, at, wanted, more, heldBack, budgets, isFrozen } = purchases;
  const bought = isFrozen || heldBack === more ? '' : describeBought(purchases, now);
  const wish = `${policy} wants ${wanted} from ${formatInstant(at, now)}${bought}, ${more} more than will be there`;
  if (isFrozen) return `${wish}, but all is frozen: nothing is bought until \`purser thaw\``;
  const later = describeLater(purchases, now);
  if (heldBack === 0) return `${wish}${later}`;
  const count = heldBack === more ? (more === 1 ? 'it' : 'them') : `${heldBack} of them`;
  const by = budgets.length === 0 ? 'a budget' : `budget ${listNames(budgets)}`;
  return `${wish}, but ${by} holds ${count} back${later}`;
}
