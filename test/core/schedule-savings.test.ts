// What a schedule saves at best, and which edges cost a charge: against known weeks, and against trying every minute.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPeriodsOfSteps } from '../../src/core/fewest-periods.js';
import { wantAlways } from '../../src/core/demand.js';
import type { Demand } from '../../src/core/policy-types.js';
import { judgeSchedule } from '../../src/core/schedule-savings.js';
import type { Millis } from '../../src/core/types.js';
import { openScheduleEditor } from '../../src/policy/edit-schedule.js';
import { DAY, HOUR } from './samples.js';
import { scheduleWeek, type WeekWindow } from './week-schedule.js';

/** A Monday, at midnight. */
const MONDAY = Date.UTC(2026, 10, 23);
const WEEK = { from: MONDAY, to: MONDAY + 7 * DAY };

interface Window {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly minutes: number;
  readonly wanted: number;
}

function windowsOf({ days, fromMinute, minutes, wanted }: Window): readonly WeekWindow[] {
  const [first = 0] = days;
  const from = first * 1440 + fromMinute;
  return [{ name: 'day', from, to: from + minutes, wanted, days: days.map((day) => day - first) }];
}

/** The same window on these days of every week, `base` outside. */
function weekly(base: number, window: Window): Demand {
  return scheduleWeek(base, windowsOf(window));
}

/** Of members that are there at once and gone at once. */
function judge(demand: Demand, periodMillis: Millis) {
  return judgeSchedule(demand, periodMillis, WEEK, { openEditor: openScheduleEditor });
}

const OFFICE = { days: [0, 1, 2, 3, 4], fromMinute: 480, minutes: 720, wanted: 10 };

describe('judgeSchedule', () => {
  it('finds that office hours on daily periods save the weekends alone', () => {
    const savings = judgeSchedule(weekly(2, OFFICE), DAY, WEEK)!;
    expect(savings).toMatchObject({ always: 70, needed: 54, peak: 10, hints: [] });
    // The weekend before reaches into the week, and is the same again.
    expect(savings.quiet).toEqual([{ from: MONDAY + 4 * DAY + 20 * HOUR, to: MONDAY + 7 * DAY + 8 * HOUR }]);
  });

  it('finds what one VM fewer spares: by day one charge a workday, at night the weekend alone', () => {
    expect(judgeSchedule(weekly(2, OFFICE), DAY, WEEK)!.lines).toEqual([
      { window: 'day', replicas: 10, oneFewerSaves: 5 },
      { window: undefined, replicas: 2, oneFewerSaves: 2 },
    ]);
    expect(judgeSchedule(weekly(2, OFFICE), HOUR, WEEK)!.lines).toEqual([
      { window: undefined, replicas: 2, oneFewerSaves: 7 * 24 - 5 * 12 },
      { window: 'day', replicas: 10, oneFewerSaves: 60 },
    ]);
    // What wants nobody has nobody to spare.
    expect(judgeSchedule(weekly(0, OFFICE), DAY, WEEK)!.lines).toEqual([
      { window: 'day', replicas: 10, oneFewerSaves: 5 },
    ]);
  });

  it('finds that the same hours by the hour save every night', () => {
    expect(judgeSchedule(weekly(2, OFFICE), HOUR, WEEK)).toMatchObject({ always: 1680, needed: 14 * 24 + 5 * 12 * 8 });
  });

  it('finds a window that is ten minutes too long, at either end', () => {
    const long = { days: [1], fromMinute: 480, minutes: 24 * 60 + 10, wanted: 3 };
    expect(judge(weekly(0, long), DAY)).toMatchObject({
      ...{ always: 21, needed: 6 },
      hints: [
        { window: 'day', edge: 'open', to: 'later', minutes: 10, saves: 3 },
        { window: 'day', edge: 'close', to: 'earlier', minutes: 10, saves: 3 },
      ],
    });
  });

  it('finds that a window that wants fewer would have to be longer', () => {
    const low = { days: [1], fromMinute: 480, minutes: 24 * 60 - 10, wanted: 0 };
    const { hints } = judge(weekly(3, low), DAY)!;
    expect(hints).not.toEqual([]);
    for (const hint of hints)
      expect([hint.edge, hint.to]).toEqual(hint.edge === 'open' ? ['open', 'earlier'] : ['close', 'later']);
  });

  it('finds a window at noon that wants fewer on daily periods useless, and one over the weekend not', () => {
    const lunch = { name: 'lunch', from: 12 * 60, to: 14 * 60, wanted: 4, days: OFFICE.days };
    const demand = scheduleWeek(2, [...windowsOf(OFFICE), lunch]);
    expect(judge(demand, DAY)!.useless).toEqual(['lunch']);
    expect(judge(demand, HOUR)!.useless).toEqual([]);
    const weekend = { ...OFFICE, days: [5], fromMinute: 0, minutes: 2880, wanted: 2 };
    expect(judge(weekly(10, weekend), DAY)!.useless).toEqual([]);
  });

  it('finds a window useless by what lies beneath it: one that is wanted fewer in on Monday morning saves that day', () => {
    const day = { name: 'day', from: 8 * 60, to: 20 * 60, wanted: 10, days: OFFICE.days };
    const late = { name: 'late', from: 6 * 1440, to: 7 * 1440 + 10 * 60, wanted: 2 };
    // What is wanted before it opens is two as well: it is the day beneath it that it lowers.
    expect(judge(scheduleWeek(2, [day, late]), HOUR)!.useless).toEqual([]);
    expect(judge(scheduleWeek(2, [day, late]), DAY)!.useless).toEqual(['late']);
  });

  it('has nothing to say where the wish never changes, is none, or the time holds no period', () => {
    expect(judgeSchedule(wantAlways(3), DAY, WEEK)).toBeUndefined();
    expect(judgeSchedule(wantAlways(0), DAY, WEEK)).toBeUndefined();
    expect(judgeSchedule(weekly(2, OFFICE), DAY, { from: MONDAY, to: MONDAY + HOUR })).toBeUndefined();
  });

  it('promises nothing for a charge that an edge moves past the end of the span', () => {
    // The span ends right after it opens on a Monday: ten minutes later, and the charge comes after the end.
    const once = { days: [0], fromMinute: 480, minutes: 24 * 60 - 30, wanted: 3 };
    const span = { from: WEEK.from + 9 * HOUR, to: WEEK.to + 8 * HOUR + 5 * 60_000 };
    const judged = judgeSchedule(weekly(0, once), DAY, span, { openEditor: openScheduleEditor })!;
    expect(judged).toMatchObject({ needed: 3, hints: [] });
  });

  it('gives hints that hold, and none of fewer minutes, as trying every minute shows', () => {
    const windows = fc.record({
      days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }).map((days) => days.sort()),
      fromMinute: fc.integer({ min: 60, max: 240 }),
      minutes: fc.integer({ min: 130, max: 800 }),
      wanted: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(windows, fc.nat(3), fc.constantFrom(HOUR, 5 * HOUR, DAY), (window, base, period) => {
        const savings = judge(weekly(base, window), period);
        if (savings === undefined) return;
        const sweptFrom = WEEK.from - 14 * DAY;
        const count = (of: Window, after = 0): number => {
          const span = { sweptFrom, from: WEEK.from + after, to: WEEK.to + after };
          return countPeriodsOfSteps(weekly(base, of)(sweptFrom, span.to), period, span);
        };
        expect(savings.needed).toBe(count(window));
        expect(savings.needed).toBeLessThanOrEqual(savings.always + savings.peak);
        const closeBy = (minutes: number): number => {
          const sign = window.wanted > base ? -1 : 1;
          const moved = { ...window, minutes: window.minutes + sign * minutes };
          // What an edge moves past the end of the week is none saved: it must hold an hour later, too.
          return Math.min(...[0, HOUR].map((after) => count(window, after) - count(moved, after)));
        };
        const hint = savings.hints.find(({ edge }) => edge === 'close');
        if (hint === undefined) return;
        expect(closeBy(hint.minutes)).toBe(hint.saves);
        expect(hint.saves).toBeGreaterThan(0);
        expect(closeBy(hint.minutes - 1)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });
});
