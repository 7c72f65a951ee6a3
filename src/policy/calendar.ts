// Every coming edge of every schedule, for `purser calendar` and for the warnings about daylight saving.
import type { FleetPolicy } from '../core/policy-types.js';
import type { Instant } from '../core/types.js';
import { findSchedule } from './demand.js';
import type { Schedule, ScheduledWindow } from './demand.js';
import { formatLocalClock, formatLocalDate, formatWithOffset } from './local-time.js';
import type { OffsetChange } from './zone.js';

export interface CalendarEdge {
  readonly policy: string;
  readonly at: Instant;
  /** The local clock with its offset, e.g. `2027-01-08T06:00:00+01:00`. */
  readonly local: string;
  readonly window: string;
  readonly edge: 'open' | 'close';
  /** How many are wanted just before, and from this instant on. */
  readonly before: number;
  readonly after: number;
  /** Whether the edge was moved or made unique by a change of the clock. */
  readonly daylightSaving: boolean;
}

/** What a change of the clock does to one window. */
interface ClockTouch {
  readonly at: Instant;
  readonly window: string;
  /** A sentence: when, what the clock does, and what the window does. */
  readonly text: string;
}

/** Whether the clock was set around an edge: it lies at a gap's end, or its local time occurs twice. */
function isMoved(schedule: Schedule, window: ScheduledWindow, at: Instant, opens: boolean): boolean {
  const { zone } = schedule;
  const change = zone.changesBetween(at - 26 * 3_600_000, at + 26 * 3_600_000)[0];
  if (change === undefined) return false;
  if (change.after > change.before)
    return (
      change.at === at &&
      window.window
        .listLocalEdges(change.at + change.before, change.at + change.after)
        .some((edge) => edge.opens === opens)
    );
  return zone.resolve(zone.toLocal(at)).kind === 'repeated';
}

function listFleetEdges(fleet: FleetPolicy, schedule: Schedule, from: Instant, to: Instant): CalendarEdge[] {
  const { zone } = schedule;
  const wantedAt = (at: Instant): number => fleet.demand(at, at)[0]!.wanted;
  return schedule.windows.flatMap((window) => {
    const edges = window.window.listIntervals(from, to).flatMap(({ opensAt, closesAt }) => [
      { at: opensAt, opens: true },
      { at: closesAt, opens: false },
    ]);
    return edges
      .filter(({ at }) => at >= from && at < to)
      .map(({ at, opens }): CalendarEdge => ({
        policy: fleet.name,
        at,
        local: formatWithOffset(zone.toLocal(at), zone.offsetAt(at)),
        window: window.name,
        edge: opens ? 'open' : 'close',
        before: wantedAt(at - 1),
        after: wantedAt(at),
        daylightSaving: isMoved(schedule, window, at, opens),
      }));
  });
}

/** Edges in [from, to) by time; at one instant closings come before openings. */
export function listEdges(fleets: readonly FleetPolicy[], from: Instant, to: Instant): readonly CalendarEdge[] {
  const edges = fleets.flatMap((fleet) => {
    const schedule = findSchedule(fleet.demand);
    return schedule === undefined ? [] : listFleetEdges(fleet, schedule, from, to);
  });
  return edges.sort(
    (left, right) => left.at - right.at || (left.edge === right.edge ? 0 : left.edge === 'close' ? -1 : 1),
  );
}

function describeTouch(window: ScheduledWindow, change: OffsetChange, zoneName: string): string | undefined {
  const low = change.at + Math.min(change.before, change.after);
  const high = change.at + Math.max(change.before, change.after);
  const edges = window.window.listLocalEdges(low, high);
  const opening = edges.find(({ opens }) => opens);
  const closing = edges.findLast(({ opens }) => !opens);
  if (opening === undefined && closing === undefined) return undefined;
  const clock = (local: number): string => formatLocalClock(local);
  const isGap = change.after > change.before;
  const day = formatLocalDate(change.at + change.before);
  const leap = `On ${day} the clock in ${zoneName} goes from ${clock(change.at + change.before)} ${isGap ? 'on' : 'back'} to ${clock(change.at + change.after)}`;
  if (isGap && opening !== undefined && closing !== undefined && closing.local > opening.local)
    return `${leap}: window "${window.name}" begins and ends within the missing time and does not open.`;
  const parts = [
    ...(opening === undefined ? [] : [['opens', opening.local] as const]),
    ...(closing === undefined ? [] : [['closes', closing.local] as const]),
  ].map(([verb, local]) =>
    isGap
      ? `${verb} at ${clock(high)} instead of ${clock(local)}`
      : `${verb} at the first ${clock(local)} of two, and once`,
  );
  return `${leap}: window "${window.name}" ${parts.join(' and ')}.`;
}

/** What each change of the clock in [from, to) does to edges that it hits. Windows that merely span it are as they are. */
export function listClockTouches(schedule: Schedule, from: Instant, to: Instant): readonly ClockTouch[] {
  return schedule.zone.changesBetween(from, to).flatMap((change) =>
    schedule.windows.flatMap((window) => {
      const text = describeTouch(window, change, schedule.zone.name);
      return text === undefined ? [] : [{ at: change.at, window: window.name, text }];
    }),
  );
}
