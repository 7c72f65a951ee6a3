// A second computation of schedules, for tests only, that shares nothing with src/policy: it walks real time minute by
// minute, reads the local clock from Intl, has its own cron matcher, and keeps each window's state as a person would.

/** `from`/`to`: cron or local time; `forMinutes` instead of `to`; or `dates`. */
export interface PlainWindow {
  readonly name: string;
  readonly replicas: number;
  readonly from?: string;
  readonly to?: string;
  readonly forMinutes?: number;
  readonly dates?: readonly string[];
}

const NAMES: Readonly<Record<string, number>> = {
  SUN: 0,
  MON: 1,
  TUE: 2,
  WED: 3,
  THU: 4,
  FRI: 5,
  SAT: 6,
  JAN: 1,
  FEB: 2,
  MAR: 3,
  APR: 4,
  MAY: 5,
  JUN: 6,
  JUL: 7,
  AUG: 8,
  SEP: 9,
  OCT: 10,
  NOV: 11,
  DEC: 12,
};

function toNumber(text: string): number {
  return NAMES[text.toUpperCase()] ?? Number(text);
}

/** The values that a field allows. */
function readField(field: string, least: number, most: number): ReadonlySet<number> {
  const allowed = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [low = '', high = low] = range === '*' ? [String(least), String(most)] : range.split('-');
    const from = toNumber(low);
    const to = toNumber(high) < from ? toNumber(high) + 7 : toNumber(high);
    for (let value = from; value <= to; value += Number(step)) allowed.add(value);
  }
  return allowed;
}

type Matcher = (now: LocalMinute) => boolean;

function readEdge(edge: string | undefined): Matcher {
  if (edge === undefined) return () => false;
  if (edge.includes('T') && edge.includes(':')) return (now) => edge === now.text;
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = ''] = edge.split(' ');
  const minutes = readField(minuteText, 0, 59);
  const hours = readField(hourText, 0, 23);
  const days = readField(dayText, 1, 31);
  const months = readField(monthText, 1, 12);
  const weekdays = readField(weekdayText, 0, 6);
  return ({ minute, hour, day, month, weekday }) => {
    if (!minutes.has(minute) || !hours.has(hour) || !months.has(month)) return false;
    const isDay = days.has(day);
    const isWeekday = weekdays.has(weekday) || (weekday === 0 && weekdays.has(7));
    return dayText === '*' || weekdayText === '*' ? isDay && isWeekday : isDay || isWeekday;
  };
}

interface LocalMinute {
  readonly text: string;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

/** Local minutes count from the epoch as if the zone were UTC. */
function describeMinute(local: number): LocalMinute {
  const date = new Date(local * 60_000);
  return {
    text: date.toISOString().slice(0, 16),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

/**
 * Which windows are open at each minute of [from, to), in their order; the array is used again for the next minute.
 * `warmUpMinutes` of earlier time bring the states up. Both bounds are whole minutes, in epoch milliseconds.
 */
export function walkMinutes(
  zone: string,
  windows: readonly PlainWindow[],
  from: number,
  to: number,
  warmUpMinutes: number,
  visit: (at: number, open: readonly boolean[]) => void,
): void {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const edges = windows.map(({ from: opens, to: closes }) => ({ opens: readEdge(opens), closes: readEdge(closes) }));
  const isOpen = windows.map(() => false);
  const shownOpen = windows.map(() => false);
  const openUntil = windows.map(() => -Infinity);
  let latest: number | undefined;
  for (let at = from - warmUpMinutes * 60_000; at < to; at += 60_000) {
    const shown = format.format(at);
    const local = Date.parse(`${shown.replace(' ', 'T')}Z`) / 60_000;
    // Each local minute happens once: a second showing brings nothing, and skipped ones happen all at once, in order.
    for (let minute = latest === undefined ? local : latest + 1; minute <= local; minute += 1) {
      const now = describeMinute(minute);
      for (const [index, window] of windows.entries()) {
        if (edges[index]!.closes(now)) isOpen[index] = false;
        if (!edges[index]!.opens(now)) continue;
        if (window.forMinutes === undefined) isOpen[index] = true;
        else openUntil[index] = Math.max(openUntil[index]!, at + window.forMinutes * 60_000);
      }
    }
    latest = Math.max(latest ?? local, local);
    if (at < from) continue;
    const today = shown.slice(0, 10);
    for (const [index, window] of windows.entries())
      shownOpen[index] = isOpen[index] === true || at < openUntil[index]! || window.dates?.includes(today) === true;
    visit(at, shownOpen);
  }
}
