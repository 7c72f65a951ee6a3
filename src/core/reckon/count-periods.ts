// How many periods a look shows as charged that comes late. Boundaries alone tell it: what each charge was isn't listed.
import { DAY_MILLIS } from '../money.js';
import type { Instant, Millis } from '../types.js';

/** A launch takes no longer, so more than this after whole days tells of a first one that was cut short by a common boundary. */
const LONGEST_LAUNCH: Millis = 30 * 60_000;

/** Between two boundaries, by the first look after several of them. */
export function countPeriods(before: Instant, now: Instant, periodMillis: Millis): bigint {
  return BigInt(Math.max(1, Math.round((now - before) / periodMillis)));
}

/**
 * Since it was bought, or the last look that showed it unpaid: on a rolling clock whole periods and a launch, on a fixed one a
 * shorter first. Only days have common boundaries.
 */
export function countFirstPeriods(since: Instant, paidUntil: Instant, periodMillis: Millis): bigint {
  const whole = Math.floor((paidUntil - since) / periodMillis);
  const rest = paidUntil - since - whole * periodMillis;
  const wasCut = periodMillis >= DAY_MILLIS && whole > 0 && rest > LONGEST_LAUNCH;
  return BigInt(Math.max(1, wasCut ? whole + 1 : whole));
}

/** `first period`, `next period`, `first 3 periods`. */
export function describePeriods(isFirst: boolean, periods: number): string {
  const which = isFirst ? 'first' : 'next';
  return periods === 1 ? `${which} period` : `${which} ${periods} periods`;
}
