// Where a time axis is labelled, and with what: round instants in UTC, minutes to years apart by the length of the span.
import { DAY_MILLIS, HOUR_MILLIS } from '../../../core/money.js';
import type { Instant, Millis } from '../../../core/types.js';

export interface TimeTick {
  readonly at: Instant;
  readonly label: string;
  /** The day or year, where it isn't the tick before's. */
  readonly below: string | undefined;
}

const MINUTE_MILLIS = 60_000;
const STEPS: readonly Millis[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MILLIS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MILLIS),
  ...[1, 2, 7, 14].map((days) => days * DAY_MILLIS),
];
const MONTH_STEPS = [1, 2, 3, 6, 12] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
/** The first Monday of the epoch: weeks begin on Mondays. */
const FIRST_MONDAY: Instant = 4 * DAY_MILLIS;

function listEven(from: Instant, to: Instant, step: Millis): Instant[] {
  const origin = step >= 7 * DAY_MILLIS ? FIRST_MONDAY : 0;
  const first = origin + Math.ceil((from - origin) / step) * step;
  const ticks: Instant[] = [];
  for (let at = first; at <= to; at += step) ticks.push(at);
  return ticks;
}

function listMonths(from: Instant, to: Instant, step: number): Instant[] {
  const date = new Date(from);
  const began = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const ticks: Instant[] = [];
  for (let month = Math.ceil(began / step) * step; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > to) return ticks;
    if (at >= from) ticks.push(at);
  }
}

function nameDay(at: Instant): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

function nameWeekday(at: Instant): string {
  return WEEKDAYS[new Date(at).getUTCDay()]!;
}

function withChanges(ticks: readonly Instant[], label: (at: Instant) => string, below: (at: Instant) => string) {
  return ticks.map((at, index): TimeTick => {
    const own = below(at);
    const isSame = index > 0 && below(ticks[index - 1]!) === own;
    return { at, label: label(at), below: isSame ? undefined : own };
  });
}

/** At most `most` ticks, or some more where the span has more years than that. */
export function listTimeTicks(from: Instant, to: Instant, most: number): readonly TimeTick[] {
  const step = STEPS.find((millis) => (to - from) / millis < most);
  if (step === undefined) {
    const months = (to - from) / (30.4 * DAY_MILLIS);
    const apart = MONTH_STEPS.find((count) => months / count < most) ?? Math.ceil(months / 12 / most) * 12;
    const ticks = listMonths(from, to, apart);
    return withChanges(
      ticks,
      (at) => MONTHS[new Date(at).getUTCMonth()]!,
      (at) => String(new Date(at).getUTCFullYear()),
    );
  }
  const ticks = listEven(from, to, step);
  if (step >= DAY_MILLIS) return ticks.map((at) => ({ at, label: nameWeekday(at), below: nameDay(at) }));
  return withChanges(
    ticks,
    (at) => new Date(at).toISOString().slice(11, 16),
    (at) => `${nameWeekday(at)} ${nameDay(at)}`,
  );
}
