import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MILLIS, HOUR_MILLIS } from '../../../../src/core/money.js';
import { listTimeTicks } from '../../../../src/cli/render/simulation-page/time-ticks.js';

const FROM = Date.UTC(2026, 10, 2);

function read(from: number, to: number): readonly string[] {
  return listTimeTicks(from, to, 9).map(({ label, below }) => [label, below].filter(Boolean).join('/'));
}

describe('listTimeTicks', () => {
  it('names hours within a day, with the day where it changes', () => {
    expect(read(FROM + 20 * HOUR_MILLIS, FROM + 27 * HOUR_MILLIS)).toEqual([
      '20:00/Mon 2 Nov',
      '21:00',
      '22:00',
      '23:00',
      '00:00/Tue 3 Nov',
      '01:00',
      '02:00',
      '03:00',
    ]);
  });

  it('names days of a week, and Mondays of a month', () => {
    expect(read(FROM, FROM + 3 * DAY_MILLIS)).toEqual([
      '00:00/Mon 2 Nov',
      '12:00',
      '00:00/Tue 3 Nov',
      '12:00',
      '00:00/Wed 4 Nov',
      '12:00',
      '00:00/Thu 5 Nov',
    ]);
    expect(read(FROM + HOUR_MILLIS, FROM + 5 * DAY_MILLIS)).toEqual([
      'Tue/3 Nov',
      'Wed/4 Nov',
      'Thu/5 Nov',
      'Fri/6 Nov',
      'Sat/7 Nov',
    ]);
    expect(read(FROM - DAY_MILLIS, FROM + 27 * DAY_MILLIS)).toEqual([
      'Mon/2 Nov',
      'Mon/9 Nov',
      'Mon/16 Nov',
      'Mon/23 Nov',
    ]);
  });

  it('names months of a year, with the year where it changes', () => {
    expect(read(FROM, Date.UTC(2027, 10, 2))).toEqual(['Jan/2027', 'Mar', 'May', 'Jul', 'Sep', 'Nov']);
  });

  it('keeps to the span, ascending, a readable number of them', () => {
    const span = fc.tuple(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 10 * 60_000, max: 30 * 365 * DAY_MILLIS }),
    );
    fc.assert(
      fc.property(span, ([from, length]) => {
        const ticks = listTimeTicks(from, from + length, 9).map(({ at }) => at);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(10);
        expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
        expect(ticks[0]).toBeGreaterThanOrEqual(from);
        expect(ticks.at(-1)).toBeLessThanOrEqual(from + length);
        for (const at of ticks) expect(at % 60_000).toBe(0);
      }),
    );
  });
});
