// One window of a schedule as open intervals in real time. Local times are walked in the order of the local clock and
// turned into instants one by one, so both edges inside one gap fall together and the window has no length.
import { DAY_MILLIS } from '../core/money.js';
import type { Instant, Millis } from '../core/types.js';
import { FURTHEST_CRON_DAYS } from './cron.js';
import type { CronTimes } from './cron.js';
import { toDayNumber } from './local-time.js';
import type { LocalMillis, Zone } from './zone.js';

const MINUTE_MILLIS = 60_000;

export type WindowSpan =
  | { readonly kind: 'crons'; readonly from: CronTimes; readonly to: CronTimes }
  | { readonly kind: 'cron-for'; readonly from: CronTimes; readonly forMillis: Millis }
  | { readonly kind: 'once'; readonly from: LocalMillis; readonly to: LocalMillis | CronTimes }
  | { readonly kind: 'once-for'; readonly from: LocalMillis; readonly forMillis: Millis }
  /** Midnights, ascending. */
  | { readonly kind: 'days'; readonly dates: readonly LocalMillis[] };

/** Open in [opensAt, closesAt). An edge beyond the asked range may be given as -Infinity or Infinity. */
export interface Interval {
  readonly opensAt: Instant;
  readonly closesAt: Instant;
}

/** An edge as written, before zones: a window may lose it in a gap. */
export interface LocalEdge {
  readonly local: LocalMillis;
  readonly opens: boolean;
}

export interface CompiledWindow {
  /** What it was made of. */
  readonly span: WindowSpan;
  /** Every open interval that meets [from, to): ascending, apart from each other, none empty. */
  readonly listIntervals: (from: Instant, to: Instant) => readonly Interval[];
  /** The edges with from <= local < to on a clock that is never set, in its order. `for` windows have opening ones only. */
  readonly listLocalEdges: (from: LocalMillis, to: LocalMillis) => readonly LocalEdge[];
}

/** Drops empty intervals and joins those that touch. Takes them in the order of their opening. */
function joinIntervals(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const interval of intervals) {
    if (interval.opensAt >= interval.closesAt) continue;
    const last = joined.at(-1);
    if (last !== undefined && interval.opensAt <= last.closesAt)
      joined[joined.length - 1] = { opensAt: last.opensAt, closesAt: Math.max(last.closesAt, interval.closesAt) };
    else joined.push(interval);
  }
  return joined;
}

interface DayEdge {
  readonly minute: number;
  readonly opens: boolean;
}

/** A day's edges without those that change nothing. At a common minute the old closes and the new opens: it is open. */
function mergeDayEdges(opening: readonly number[], closing: readonly number[]): readonly DayEdge[] {
  const opens = new Set(opening);
  const edges: DayEdge[] = [];
  for (const minute of [...new Set([...opening, ...closing])].sort((left, right) => left - right)) {
    const edge = { minute, opens: opens.has(minute) };
    if (edges.at(-1)?.opens !== edge.opens) edges.push(edge);
  }
  return edges;
}

/** Edges of a `from` and a `to` cron on a local day, the first of each run only. */
function compileDayEdges(from: CronTimes, to: CronTimes): (day: number) => readonly DayEdge[] {
  const both = mergeDayEdges(from.minutes, to.minutes);
  const opening = mergeDayEdges(from.minutes, []);
  const closing = mergeDayEdges([], to.minutes);
  return (day) => {
    if (from.matchesDay(day)) return to.matchesDay(day) ? both : opening;
    return to.matchesDay(day) ? closing : [];
  };
}

function listCronEdges(cron: CronTimes, opens: boolean, from: LocalMillis, to: LocalMillis): LocalEdge[] {
  const edges: LocalEdge[] = [];
  for (let day = toDayNumber(from); day * DAY_MILLIS < to; day += 1) {
    if (!cron.matchesDay(day)) continue;
    for (const minute of cron.minutes) {
      const local = day * DAY_MILLIS + minute * MINUTE_MILLIS;
      if (local >= from && local < to) edges.push({ local, opens });
    }
  }
  return edges;
}

type Listing = Omit<CompiledWindow, 'span'>;

function compileCrons(from: CronTimes, to: CronTimes, zone: Zone): Listing {
  const edgesOfDay = compileDayEdges(from, to);
  /** Whether it is open when the day begins, as the last edge before it says. */
  const isOpenBefore = (day: number): boolean => {
    for (let earlier = day - 1; earlier >= day - FURTHEST_CRON_DAYS; earlier -= 1) {
      const last = edgesOfDay(earlier).at(-1);
      if (last !== undefined) return last.opens;
    }
    return false;
  };
  /** The edges that change something on these days, in the local clock's order. */
  const listChanges = (firstDay: number, lastDay: number): LocalEdge[] => {
    const changes: LocalEdge[] = [];
    let isOpen = isOpenBefore(firstDay);
    for (let day = firstDay; day <= lastDay; day += 1) {
      for (const { minute, opens } of edgesOfDay(day)) {
        if (opens === isOpen) continue;
        changes.push({ local: day * DAY_MILLIS + minute * MINUTE_MILLIS, opens });
        isOpen = opens;
      }
    }
    return changes;
  };
  return {
    listIntervals: (start, end) => {
      // A day more on both sides: the clock may have been set by up to a day.
      const firstDay = toDayNumber(zone.toLocal(start)) - 2;
      const lastDay = toDayNumber(zone.toLocal(end)) + 2;
      const found: Interval[] = [];
      let openedAt: Instant | undefined = isOpenBefore(firstDay) ? -Infinity : undefined;
      for (const { local, opens } of listChanges(firstDay, lastDay)) {
        const { at } = zone.resolve(local);
        if (openedAt !== undefined) found.push({ opensAt: openedAt, closesAt: at });
        openedAt = opens ? at : undefined;
      }
      if (openedAt !== undefined) found.push({ opensAt: openedAt, closesAt: Infinity });
      return joinIntervals(found).filter(({ opensAt, closesAt }) => opensAt < end && closesAt > start);
    },
    listLocalEdges: (start, end) =>
      listChanges(toDayNumber(start), toDayNumber(end)).filter(({ local }) => local >= start && local < end),
  };
}

function compileCronFor(from: CronTimes, forMillis: Millis, zone: Zone): Listing {
  return {
    listIntervals: (start, end) => {
      const edges = listCronEdges(
        from,
        true,
        zone.toLocal(start) - forMillis - 2 * DAY_MILLIS,
        zone.toLocal(end) + 2 * DAY_MILLIS,
      );
      const found = edges.map(({ local }) => {
        const { at } = zone.resolve(local);
        return { opensAt: at, closesAt: at + forMillis };
      });
      return joinIntervals(found).filter(({ opensAt, closesAt }) => opensAt < end && closesAt > start);
    },
    listLocalEdges: (start, end) => listCronEdges(from, true, start, end),
  };
}

function compileFixed(intervals: readonly Interval[], edges: readonly LocalEdge[]): Listing {
  const joined = joinIntervals(intervals);
  return {
    listIntervals: (start, end) => joined.filter(({ opensAt, closesAt }) => opensAt < end && closesAt > start),
    listLocalEdges: (start, end) => edges.filter(({ local }) => local >= start && local < end),
  };
}

/** The first time after a reading at which a cron fires. */
function findNextFiring(cron: CronTimes, after: LocalMillis): LocalMillis {
  for (let day = toDayNumber(after); day <= toDayNumber(after) + FURTHEST_CRON_DAYS; day += 1) {
    const next = listCronEdges(cron, false, day * DAY_MILLIS, (day + 1) * DAY_MILLIS).find(
      ({ local }) => local > after,
    );
    if (next !== undefined) return next.local;
  }
  return Infinity;
}

function compileSpan(span: WindowSpan, zone: Zone): Listing {
  switch (span.kind) {
    case 'crons':
      return compileCrons(span.from, span.to, zone);
    case 'cron-for':
      return compileCronFor(span.from, span.forMillis, zone);
    case 'once': {
      const to = typeof span.to === 'number' ? span.to : findNextFiring(span.to, span.from);
      const interval = { opensAt: zone.resolve(span.from).at, closesAt: zone.resolve(to).at };
      return compileFixed(
        [interval],
        [
          { local: span.from, opens: true },
          { local: to, opens: false },
        ],
      );
    }
    case 'once-for': {
      const { at } = zone.resolve(span.from);
      return compileFixed([{ opensAt: at, closesAt: at + span.forMillis }], [{ local: span.from, opens: true }]);
    }
    case 'days': {
      const intervals = span.dates.map((date) => ({
        opensAt: zone.resolve(date).at,
        closesAt: zone.resolve(date + DAY_MILLIS).at,
      }));
      const edges = span.dates.flatMap((date) => [
        { local: date, opens: true },
        { local: date + DAY_MILLIS, opens: false },
      ]);
      return compileFixed(intervals, edges);
    }
  }
}

/** Makes a window of what was written. Pure; what never opens gives no intervals. */
export function compileWindow(span: WindowSpan, zone: Zone): CompiledWindow {
  return { span, ...compileSpan(span, zone) };
}
