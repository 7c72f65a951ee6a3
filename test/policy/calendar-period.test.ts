// Calendar periods of a zone: against a clock read day by day through Intl, which knows nothing of how they are made.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MILLIS, HOUR_MILLIS } from '../../src/core/money.js';
import { compilePeriod } from '../../src/policy/calendar-period.js';
import { openZone } from '../../src/policy/zone.js';

const ZONES = [
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  // Clocks that change at midnight: the day begins at 01:00, or shows the hour before it twice.
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Havana',
  'America/Asuncion',
] as const;
const PERS = ['day', 'week', 'month'] as const;

interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: string;
}

function readDate(zone: string, at: number): LocalDate {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    year: Number(parts['year']),
    month: Number(parts['month']),
    day: Number(parts['day']),
    weekday: parts['weekday']!,
  };
}

function toText({ year, month, day }: LocalDate): string {
  return `${year}-${month}-${day}`;
}

/** Whether a period of this length begins with that local date. */
function begins(per: (typeof PERS)[number], date: LocalDate): boolean {
  return per === 'day' || (per === 'week' ? date.weekday === 'Mon' : date.day === 1);
}

const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });

describe('compilePeriod', () => {
  it.each([
    [
      'a month across the end of summer time',
      'Europe/Paris',
      'month',
      '2026-10-15T12:00Z',
      '2026-09-30T22:00Z',
      '2026-10-31T23:00Z',
    ],
    ['a week from Monday', 'Europe/Paris', 'week', '2026-11-22T22:59Z', '2026-11-15T23:00Z', '2026-11-22T23:00Z'],
    ['a day of 23 hours', 'Europe/Paris', 'day', '2027-03-28T06:00Z', '2027-03-27T23:00Z', '2027-03-28T22:00Z'],
    ['a day of 25 hours', 'Europe/Paris', 'day', '2026-10-25T06:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
    [
      'a day that begins at 01:00',
      'Africa/Cairo',
      'day',
      '2026-04-24T06:00Z',
      '2026-04-23T22:00Z',
      '2026-04-24T21:00Z',
    ],
    ['the first instant of a month', 'UTC', 'month', '2026-12-01T00:00Z', '2026-12-01T00:00Z', '2027-01-01T00:00Z'],
    [
      'the last instant of a month',
      'UTC',
      'month',
      '2026-11-30T23:59:59.999Z',
      '2026-11-01T00:00Z',
      '2026-12-01T00:00Z',
    ],
    ['February of a leap year', 'UTC', 'month', '2028-02-29T12:00Z', '2028-02-01T00:00Z', '2028-03-01T00:00Z'],
  ] as const)('knows %s', (_, zone, per, at, from, to) => {
    const period = compilePeriod(openZone(zone), per)(Date.parse(at));
    expect([period.from, period.to].map((edge) => new Date(edge).toISOString())).toEqual(
      [from, to].map((edge) => new Date(Date.parse(edge)).toISOString()),
    );
  });

  it('holds the instant, touches its neighbours, and is the same asked in any order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom(...PERS),
        fc.array(instants, { minLength: 1, maxLength: 5 }),
        (zone, per, asked) => {
          const periodAt = compilePeriod(openZone(zone), per);
          for (const at of asked) {
            const { from, to } = periodAt(at);
            expect(from <= at && at < to).toBe(true);
            expect(periodAt(to).from).toBe(to);
            expect(periodAt(from - 1).to).toBe(from);
            expect(compilePeriod(openZone(zone), per)(to - 1)).toEqual({ from, to });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('begins where the date on the wall becomes the first one of a period, and nowhere between', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.constantFrom(...PERS), instants, (zone, per, at) => {
        const { from, to } = compilePeriod(openZone(zone), per)(at);
        expect(begins(per, readDate(zone, from))).toBe(true);
        expect(toText(readDate(zone, from - 1))).not.toBe(toText(readDate(zone, from)));
        const dates = new Map<string, LocalDate>();
        for (let hour = from; hour < to; hour += HOUR_MILLIS) {
          const date = readDate(zone, hour);
          dates.set(toText(date), date);
        }
        // One of them begins a period: the first. A clock that is set back over midnight shows the day before once more.
        const first = toText(readDate(zone, from));
        const others = [...dates].filter(([text, date]) => text !== first && begins(per, date));
        expect(others.filter(([text]) => text !== toText(readDate(zone, from - 1)))).toEqual([]);
        expect(to - from).toBeGreaterThan({ day: 0.9, week: 6.9, month: 27.9 }[per] * DAY_MILLIS);
        expect(to - from).toBeLessThan({ day: 1.1, week: 7.1, month: 31.1 }[per] * DAY_MILLIS);
      }),
      { numRuns: 60 },
    );
  });
});
