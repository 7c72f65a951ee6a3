// A schedule with one line changed, as its author would change it: the window's own edge is moved and the whole compiled anew, so
// that what lies beneath it or over it counts. For advice; it writes no file.
import type { Demand } from '../core/policy-types.js';
import type { ScheduleEditor } from '../core/schedule-hints.js';
import type { Span } from '../core/schedule-savings.js';
import type { Millis } from '../core/types.js';
import type { CronTimes } from './cron.js';
import { compileDemand, findSchedule, type ScheduledWindow } from './demand.js';
import { compileWindow, type CompiledWindow, type Interval, type WindowSpan } from './windows.js';
import type { LocalMillis } from './zone.js';

const MINUTE_MILLIS = 60_000;
const MINUTES_A_DAY = 1440;

/** undefined: some of its times would come to another day, which no single cron says. */
function moveCron({ text, minutes, matchesDay }: CronTimes, byMillis: Millis): CronTimes | undefined {
  const moved = minutes.map((minute) => minute + byMillis / MINUTE_MILLIS);
  const days = new Set(moved.map((minute) => Math.floor(minute / MINUTES_A_DAY)));
  const [ahead = 0] = days;
  if (days.size > 1) return undefined;
  return {
    text,
    minutes: moved.map((minute) => minute - ahead * MINUTES_A_DAY),
    matchesDay: (day) => matchesDay(day - ahead),
  };
}

function moveTime(time: CronTimes | LocalMillis, byMillis: Millis): CronTimes | LocalMillis | undefined {
  return typeof time === 'number' ? time + byMillis : moveCron(time, byMillis);
}

function moveOpening(span: WindowSpan, byMillis: Millis): WindowSpan | undefined {
  switch (span.kind) {
    case 'crons':
    case 'cron-for': {
      const from = moveCron(span.from, byMillis);
      if (from === undefined) return undefined;
      // It closes when it did.
      return span.kind === 'crons' ? { ...span, from } : { ...span, from, forMillis: span.forMillis - byMillis };
    }
    case 'once':
      return { ...span, from: span.from + byMillis };
    case 'once-for':
      return { ...span, from: span.from + byMillis, forMillis: span.forMillis - byMillis };
    case 'days':
      return undefined;
  }
}

function moveClosing(span: WindowSpan, byMillis: Millis): WindowSpan | undefined {
  switch (span.kind) {
    case 'crons': {
      const to = moveCron(span.to, byMillis);
      return to === undefined ? undefined : { ...span, to };
    }
    case 'once': {
      const to = moveTime(span.to, byMillis);
      return to === undefined ? undefined : { ...span, to };
    }
    case 'cron-for':
    case 'once-for':
      return { ...span, forMillis: span.forMillis + byMillis };
    case 'days':
      return undefined;
  }
}

/** Holidays are whole days: nobody can move their edges. */
function moveSpan(span: WindowSpan, edge: 'open' | 'close', byMillis: Millis): WindowSpan | undefined {
  const moved = edge === 'open' ? moveOpening(span, byMillis) : moveClosing(span, byMillis);
  return moved !== undefined && 'forMillis' in moved && moved.forMillis <= 0 ? undefined : moved;
}

/** The same window, which lists each month once however often a schedule is compiled with it. */
function rememberIntervals(window: CompiledWindow): CompiledWindow {
  const known = new Map<string, readonly Interval[]>();
  return {
    ...window,
    listIntervals: (from, to) => {
      const key = `${from}/${to}`;
      const intervals = known.get(key) ?? window.listIntervals(from, to);
      known.set(key, intervals);
      return intervals;
    },
  };
}

/** What the edited schedule wants within the span. undefined: the demand is of no schedule. */
export function openScheduleEditor(demand: Demand, { from, to }: Span): ScheduleEditor | undefined {
  const schedule = findSchedule(demand);
  if (schedule === undefined) return undefined;
  const windows = schedule.windows.map((each) => ({ ...each, window: rememberIntervals(each.window) }));
  const compile = (changed: readonly ScheduledWindow[]) => compileDemand({ ...schedule, windows: changed })(from, to);
  return {
    moveEdge: (name, edge, byMillis) => {
      const index = windows.findIndex((each) => each.name === name);
      const known = windows[index];
      const span = known && moveSpan(known.window.span, edge, byMillis);
      if (known === undefined || span === undefined) return undefined;
      return compile(windows.with(index, { ...known, window: compileWindow(span, schedule.zone) }));
    },
    dropWindow: (name) => compile(windows.filter((each) => each.name !== name)),
  };
}
