// Reads what the cloud says about an account's money: balances, charges, the cost of an order. Amounts are USD in decimal texts,
// and may be negative; one that can't be read is left out of a balance and makes a charge unreadable.
import { parseUsdc } from '../../core/money.js';
import type { Instant, Micros } from '../../core/types.js';
import type { Balance, Estimate } from '../../ports/cloud.js';
import { isCount, isObject, quoteValue, readInstant, readItems, readOptionalText, Unreadable } from '../read-values.js';
import { readObject } from './read-wire.js';

/** What was really charged for something in a time. */
export interface Charge {
  /** undefined: summed over a coarser unit. */
  readonly resourceId: string | undefined;
  readonly resourceName: string | undefined;
  readonly resourceType: string | undefined;
  readonly clusterId: string | undefined;
  readonly periodStart: Instant | undefined;
  readonly cost: Micros;
}

const LONGEST_AMOUNT = 40;

function readAmount(value: unknown): Micros | undefined {
  return typeof value === 'string' && value.length <= LONGEST_AMOUNT ? parseUsdc(value) : undefined;
}

function needAmount(value: unknown, field: string): Micros {
  const amount = readAmount(value);
  if (amount === undefined) throw new Unreadable(`${field} is ${quoteValue(value)}, not an amount of USD`);
  return amount;
}

export function readBalances(json: unknown): readonly Balance[] {
  return readItems(json, 'balances').flatMap((entry) => {
    const feature = isObject(entry) ? readOptionalText(entry['featureKey']) : undefined;
    if (!isObject(entry) || feature === undefined) return [];
    const days = entry['usageDaysLeft'];
    return [
      {
        feature,
        balance: readAmount(entry['balance']),
        usage: readAmount(entry['usage']),
        estimatedUsage: readAmount(entry['estimatedUsage']),
        overage: readAmount(entry['overage']),
        daysLeft: isCount(days, 0, 1e6) ? days : undefined,
      },
    ];
  });
}

/** `{total, ...}`: the sum of everything asked for. */
export function readChargeTotal(json: unknown): Micros {
  return needAmount(readObject(json, 'charges')['total'], 'total');
}

export function readCharges(json: unknown): readonly Charge[] {
  return readItems(json, 'charges').map((entry) => {
    if (!isObject(entry)) throw new Unreadable(`a charge is ${quoteValue(entry)}`);
    const start = readOptionalText(entry['periodStart']);
    return {
      resourceId: readOptionalText(entry['resourceId']),
      resourceName: readOptionalText(entry['resourceName']),
      resourceType: readOptionalText(entry['resourceType']),
      clusterId: readOptionalText(entry['clusterId']),
      // A bare date is the start of that day.
      periodStart: readInstant(/^\d{4}-\d\d-\d\d$/.test(start ?? '') ? `${start}T00:00:00Z` : start, 'periodStart'),
      cost: needAmount(entry['totalCost'], 'totalCost'),
    };
  });
}

/** The answer for an hour of one VM, times `count`. The cloud charges one hour in advance. */
export function readCost(json: unknown, count: number): Estimate {
  const cost = readObject(json, 'a cost');
  if (cost['periodSecs'] !== 3600)
    throw new Unreadable(`periodSecs is ${quoteValue(cost['periodSecs'])}, though the cost of an hour was asked for`);
  const each = needAmount(cost['totalCost'], 'totalCost');
  if (each < 0n) throw new Unreadable(`totalCost is ${quoteValue(cost['totalCost'])}`);
  const whole = each * BigInt(count);
  return { depositAmount: whole, depositPeriods: 1, totalPricePerPeriod: whole, maxPricePerPeriod: each, count };
}
