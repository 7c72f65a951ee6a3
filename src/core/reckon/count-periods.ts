// How many periods a look shows as charged that comes late. Boundaries alone tell it: what each charge was isn't listed.
import type { Instant, Millis } from '../types.js';

/** A launch takes no longer, so more than this after whole periods tells of a first one that was cut short by a common boundary. */
const LONGEST_LAUNCH: Millis = 30 * 60_000;

/** Between two boundaries, by the first look after several of them. */
export function countPeriods(before: Instant, now: Instant, periodMillis: Millis): bigint {
  return BigInt(Math.max(1, Math.round((now - before) / periodMillis)));
}

/** Since it was bought, where no look came before: on a rolling clock whole periods and a launch, on a fixed one a shorter first. */
export function countFirstPeriods(boughtAt: Instant, paidUntil: Instant, periodMillis: Millis): bigint {
  const whole = Math.floor((paidUntil - boughtAt) / periodMillis);
  const rest = paidUntil - boughtAt - whole * periodMillis;
  const launch = Math.min(LONGEST_LAUNCH, periodMillis / 2);
  return BigInt(Math.max(1, whole > 0 && rest > launch ? whole + 1 : whole));
}

/** `first period`, `next period`, `first 3 periods`. */
export function describePeriods(isFirst: boolean, periods: bigint): string {
  const which = isFirst ? 'first' : 'next';
  return periods === 1n ? `${which} period` : `${which} ${periods} periods`;
}
