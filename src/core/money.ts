// Money: integer micro-USDC and exact comparison of prices across periods. No floats, and the one place that rounds.
import type { Instant, Micros, Millis, Price } from './types.js';

export const HOUR_MILLIS: Millis = 3_600_000;
export const DAY_MILLIS: Millis = 86_400_000;

const DECIMAL = /^(-?)(\d*)(?:\.(\d*))?$/;

/**
 * Reads a decimal string of USDC (`"0.30698"`, `".30697"`, `"2"`) into micro-USDC. More than six decimals are rounded up
 * (away from zero), so that a cost is never understated. Anything else gives undefined; nothing throws.
 */
export function parseUsdc(text: string): Micros | undefined {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const kept = fraction.slice(0, 6).padEnd(6, '0');
  const roundsUp = /[1-9]/.test(fraction.slice(6));
  const micros = BigInt(whole === '' ? '0' : whole) * 1_000_000n + BigInt(kept) + (roundsUp ? 1n : 0n);
  return sign === '-' ? -micros : micros;
}

/** Writes micro-USDC as USDC with exactly six decimals: `0.306980`. */
export function formatUsdc(micros: Micros): string {
  const sign = micros < 0n ? '-' : '';
  const absolute = micros < 0n ? -micros : micros;
  return `${sign}${absolute / 1_000_000n}.${(absolute % 1_000_000n).toString().padStart(6, '0')}`;
}

/** Negative when `a` is cheaper than `b` for the same time. Exact: compares a.amount / a.period with b.amount / b.period. */
export function comparePrices(a: Price, b: Price): number {
  if (a.periodMillis === b.periodMillis) return a.amount < b.amount ? -1 : a.amount > b.amount ? 1 : 0;
  const left = a.amount * BigInt(b.periodMillis);
  const right = b.amount * BigInt(a.periodMillis);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** What a price costs over `millis`, in micro-USDC, rounded up. For telling, never for deciding. */
export function costOver(price: Price, millis: Millis): Micros {
  const period = BigInt(price.periodMillis);
  return (price.amount * BigInt(millis) + period - 1n) / period;
}

/** What is paid for the time after `endedAt` that nobody gets; undefined where nothing is, or where it isn't known. */
export function findUnused(
  paid: { readonly price: Price | undefined; readonly paidUntil: Instant | undefined },
  endedAt: Instant,
): Micros | undefined {
  const { price, paidUntil } = paid;
  if (price === undefined || paidUntil === undefined || paidUntil <= endedAt) return undefined;
  return costOver(price, Math.min(price.periodMillis, paidUntil - endedAt));
}

/** `0.019650 an hour`. */
export function describePrice({ amount, periodMillis }: Price): string {
  return `${formatUsdc(amount)} ${periodMillis === HOUR_MILLIS ? 'an hour' : 'a day'}`;
}

/** The same money per another period, rounded down: a cap that was converted never allows more than was said. */
export function convertCap(cap: Price, periodMillis: Millis): Price {
  if (cap.periodMillis === periodMillis) return cap;
  return { amount: (cap.amount * BigInt(periodMillis)) / BigInt(cap.periodMillis), periodMillis };
}

/** The price plus so many percent, rounded down to the micro. */
export function addPercent(price: Price, percent: number): Price {
  return { amount: (price.amount * BigInt(100 + percent)) / 100n, periodMillis: price.periodMillis };
}

export function sumMicros(amounts: Iterable<Micros>): Micros {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
