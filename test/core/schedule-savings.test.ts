// What a schedule saves at best, and which edges cost a charge: against known weeks, and against trying every minute.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPeriodsOfSteps } from '../../src/core/fewest-periods.js';
import { wantAlways } from '../../src/core/demand.js';
import type { Demand, DemandStep } from '../../src/core/policy-types.js';
import { judgeSchedule } from '../../src/core/schedule-savings.js';
import { DAY, HOUR, MINUTE } from './samples.js';

/** A Monday, at midnight. */
const MONDAY = Date.UTC(2026, 10, 23);
const WEEK = { from: MONDAY, to: MONDAY + 7 * DAY };

interface Window {
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly minutes: number;
  readonly wanted: number;
}

/** The same window on these days of every week, `base` outside. */
function weekly(base: number, { days, fromMinute, minutes, wanted }: Window): Demand {
  return (from, to) => {
    const steps: DemandStep[] = [{ at: Number.NEGATIVE_INFINITY, wanted: base, window: undefined }];
    for (let week = -5; week <= 5; week += 1) {
      for (const day of days) {
        const at = MONDAY + (week * 7 + day) * DAY + fromMinute * MINUTE;
        steps.push({ at, wanted, window: 'day' }, { at: at + minutes * MINUTE, wanted: base, window: undefined });
      }
    }
    const first = steps.findLastIndex((step) => step.at <= from);
    return steps.slice(first).filter((step, index) => index === 0 || step.at < to);
  };
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
    expect(judgeSchedule(weekly(0, long), DAY, WEEK)).toMatchObject({
      ...{ always: 21, needed: 6 },
      hints: [
        { window: 'day', edge: 'open', to: 'later', minutes: 10, saves: 3 },
        { window: 'day', edge: 'close', to: 'earlier', minutes: 10, saves: 3 },
      ],
    });
  });

  it('finds that a window that wants fewer would have to be longer', () => {
    const low = { days: [1], fromMinute: 480, minutes: 24 * 60 - 10, wanted: 0 };
    const { hints } = judgeSchedule(weekly(3, low), DAY, WEEK)!;
    for (const hint of hints)
      expect([hint.edge, hint.to]).toEqual(hint.edge === 'open' ? ['open', 'earlier'] : ['close', 'later']);
  });

  it('finds a window at noon that wants fewer on daily periods useless, and one over the weekend not', () => {
    const lunch = (minutes: number, days: readonly number[]): Demand => {
      const office = weekly(2, OFFICE);
      return (from, to) => {
        const begins = Array.from({ length: 10 }, (_, week) =>
          days.map((day) => MONDAY + ((week - 5) * 7 + day) * DAY),
        ).flat();
        const steps = office(MONDAY - 40 * DAY, MONDAY + 40 * DAY).flatMap((step): DemandStep[] => {
          const noon = begins.map((day) => day + 12 * HOUR).find((at) => at > step.at && at < step.at + 12 * HOUR);
          if (step.wanted !== 10 || noon === undefined) return [step];
          const low = { at: noon, wanted: 4, window: 'lunch' };
          return [step, low, { ...step, at: noon + minutes * MINUTE }];
        });
        const first = Math.max(
          0,
          steps.findLastIndex((step) => step.at <= from),
        );
        return steps.slice(first).filter((step, index) => index === 0 || step.at < to);
      };
    };
    expect(judgeSchedule(lunch(120, [0, 1, 2, 3, 4]), DAY, WEEK)!.useless).toEqual(['lunch']);
    expect(judgeSchedule(lunch(120, [0, 1, 2, 3, 4]), HOUR, WEEK)!.useless).toEqual([]);
    expect(
      judgeSchedule(weekly(10, { ...OFFICE, days: [5], fromMinute: 0, minutes: 2880, wanted: 2 }), DAY, WEEK)!.useless,
    ).toEqual([]);
  });

  it('has nothing to say where the wish never changes, is none, or the time holds no period', () => {
    expect(judgeSchedule(wantAlways(3), DAY, WEEK)).toBeUndefined();
    expect(judgeSchedule(wantAlways(0), DAY, WEEK)).toBeUndefined();
    expect(judgeSchedule(weekly(2, OFFICE), DAY, { from: MONDAY, to: MONDAY + HOUR })).toBeUndefined();
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
        const savings = judgeSchedule(weekly(base, window), period, WEEK);
        if (savings === undefined) return;
        const sweptFrom = WEEK.from - 14 * DAY;
        const count = (of: Window): number =>
          countPeriodsOfSteps(weekly(base, of)(sweptFrom, WEEK.to), period, { sweptFrom, ...WEEK });
        expect(savings.needed).toBe(count(window));
        expect(savings.needed).toBeLessThanOrEqual(savings.always + savings.peak);
        const closeBy = (minutes: number): number => {
          const sign = window.wanted > base ? -1 : 1;
          return savings.needed - count({ ...window, minutes: window.minutes + sign * minutes });
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
