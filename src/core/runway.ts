// How long a balance lasts: the coming charges paid one after the other until one can't be. Pure; where an account's product
// tells no balance it says what its VMs' own statuses tell. It foresees no purchase and no window.
import { isRunning } from './lifecycle.js';
import { sumMicros } from './money.js';
import type { ComingCharge } from './plan-types.js';
import type { Instant, Micros, Millis, Vm } from './types.js';

/** So near an end of the money is told to a person. */
export const RUNWAY_TOLD: Millis = 72 * 3_600_000;

export type Runway =
  /** Of everything that renews at present: the first boundary that can't be paid, and what is charged there. */
  | {
      readonly kind: 'ends';
      readonly balance: Micros;
      readonly at: Instant;
      readonly short: Micros;
      /** What is charged at that instant, dearest first; the service picks which of them it still pays. */
      readonly charges: readonly ComingCharge[];
      /** What everything that renews costs in one period. */
      readonly perPeriod: Micros;
    }
  /** Nothing is charged. */
  | { readonly kind: 'endless'; readonly balance: Micros };

/** Charges that come whatever Purser does: the others are let go. */
function listRenewing(charges: readonly ComingCharge[]): readonly ComingCharge[] {
  return charges.filter(({ fate, cost }) => (fate === 'renew' || fate === 'not-ours') && cost > 0n);
}

/**
 * `charges`: the next charge of each thing, with what becomes of it. What renews once is taken to renew at every boundary of its
 * own, `periodMillis` apart, so the answer is the earliest: demand that falls makes it later.
 */
export function reckonRunway(balance: Micros, charges: readonly ComingCharge[], periodMillis: Millis): Runway {
  const renewing = listRenewing(charges).toSorted((a, b) => a.at - b.at);
  const perPeriod = sumMicros(renewing.map(({ cost }) => cost));
  if (perPeriod === 0n) return { kind: 'endless', balance };
  const whole = balance > 0n ? balance / perPeriod : 0n;
  let left = balance - whole * perPeriod;
  for (let index = 0; index < renewing.length;) {
    const { at } = renewing[index]!;
    const together: ComingCharge[] = [];
    for (; renewing[index]?.at === at; index += 1) together.push(renewing[index]!);
    const sum = sumMicros(together.map(({ cost }) => cost));
    if (sum > left) {
      const later = Number(whole) * periodMillis;
      const shown = together.map((charge) => ({ ...charge, at: at + later }));
      const dearest = shown.sort((a, b) => (a.cost < b.cost ? 1 : a.cost > b.cost ? -1 : 0));
      return { kind: 'ends', balance, at: at + later, short: sum - left, charges: dearest, perPeriod };
    }
    left -= sum;
  }
  throw new RangeError('a rest of less than one period paid a whole one');
}

/** What a product that tells no balance shows all the same: VMs whose next period can't be paid, soonest first. */
export function listUnpayable(vms: readonly Vm[]): readonly Vm[] {
  return vms
    .filter(({ status }) => status === 'small-balance')
    .sort((a, b) => (a.paidUntil ?? Infinity) - (b.paidUntil ?? Infinity));
}

/** VMs whose reserve pays their next period whatever the balance is. */
export function countReserved(vms: readonly Vm[]): { readonly reserved: number; readonly running: number } {
  const running = vms.filter(({ status }) => isRunning(status));
  const has = ({ reserved, price }: Vm): boolean =>
    reserved !== undefined && price !== undefined && reserved >= price.amount;
  return { reserved: running.filter(has).length, running: running.length };
}

/** The line of a product's balances that holds the money; undefined: none can be told from the others. */
export function findMoney(
  balances: readonly { readonly feature: string; readonly balance: Micros | undefined }[] | undefined,
): Micros | undefined {
  const told = (balances ?? []).filter(({ balance }) => balance !== undefined);
  const named = told.filter(({ feature }) => /usd|money|credit/i.test(feature));
  const [only, second] = named.length > 0 ? named : told;
  return second === undefined ? only?.balance : undefined;
}
