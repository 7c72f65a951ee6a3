// Schedules: edge cases by hand, and every minute of a year in five zones against a second computation.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Demand } from '../../src/core/policy-types.js';
import { walkMinutes } from './local-minutes.js';
import type { PlainWindow } from './local-minutes.js';
import { checkText, writeFleet, writeScheduled } from './policy-texts.js';

const DAY = 86_400_000;

function writeWindow({ name, replicas, from, to, forMinutes, dates }: PlainWindow, index: number): string {
  const parts = [
    `name: ${name}`,
    `replicas: ${replicas}`,
    ...(from === undefined ? [] : [`from: "${from}"`]),
    ...(to === undefined ? [] : [`to: "${to}"`]),
    ...(forMinutes === undefined ? [] : [`for: ${forMinutes}m`]),
    ...(dates === undefined ? [] : [`holidays: list-${index}`]),
  ];
  return `{${parts.join(', ')}}`;
}

function compileWindows(zone: string, windows: readonly PlainWindow[]): Demand {
  const lists = windows.flatMap(({ dates }, index) =>
    dates === undefined ? [] : [`kind: holidays\nname: list-${index}\ndates: [${dates.join(', ')}]`],
  );
  const { set, problems } = checkText([writeScheduled(zone, windows.map(writeWindow)), ...lists].join('\n---\n'));
  expect(problems.filter(({ code }) => !code.startsWith('warning-'))).toEqual([]);
  return set!.fleets[0]!.demand;
}

/** Steps of 2027 as text: instant, wanted, window. */
function listSteps(zone: string, windows: readonly PlainWindow[], from: string, to: string): string[] {
  return compileWindows(zone, windows)(Date.parse(from), Date.parse(to)).map(
    ({ at, wanted, window }) => `${new Date(at).toISOString().slice(0, 16)} ${wanted} ${window ?? '-'}`,
  );
}

const one = (parts: Partial<PlainWindow>): PlainWindow[] => [{ name: 'w', replicas: 9, ...parts }];

describe('Demand', () => {
  it('is one step when a fleet has no schedule', () => {
    const demand = checkText(writeFleet()).set!.fleets[0]!.demand;
    expect(demand(5000, 5000 + 40 * DAY)).toEqual([{ at: 5000, wanted: 4, window: undefined }]);
  });

  it('opens at the first instant and is closed at the last', () => {
    expect(
      listSteps('UTC', one({ from: '0 8 * * *', to: '0 20 * * *' }), '2027-01-05T08:00Z', '2027-01-05T20:00Z'),
    ).toEqual(['2027-01-05T08:00 9 w']);
    expect(
      listSteps('UTC', one({ from: '0 8 * * *', to: '0 20 * * *' }), '2027-01-05T20:00Z', '2027-01-06T08:01Z'),
    ).toEqual(['2027-01-05T20:00 4 -', '2027-01-06T08:00 9 w']);
  });

  it('tells when the present step began, however long ago', () => {
    expect(
      listSteps('UTC', one({ from: '0 0 1 1 *', to: '0 0 1 12 *' }), '2027-09-15T00:00Z', '2027-10-01T00:00Z'),
    ).toEqual(['2027-01-01T00:00 9 w']);
  });

  it('knows rare windows that opened a year ago', () => {
    const steps = listSteps(
      'UTC',
      one({ from: '0 0 29 2 *', to: '0 0 28 2 *' }),
      '2025-02-27T00:00Z',
      '2025-03-01T00:00Z',
    );
    expect(steps).toEqual(['2024-02-29T00:00 9 w', '2025-02-28T00:00 4 -']);
  });

  it('lets the last listed of the open windows win', () => {
    const windows = [
      { name: 'day', replicas: 9, from: '0 8 * * *', to: '0 20 * * *' },
      { name: 'noon', replicas: 1, from: '0 12 * * *', to: '0 13 * * *' },
    ];
    expect(listSteps('UTC', windows, '2027-01-05T07:00Z', '2027-01-05T21:00Z')).toEqual([
      '2027-01-04T20:00 4 -',
      '2027-01-05T08:00 9 day',
      '2027-01-05T12:00 1 noon',
      '2027-01-05T13:00 9 day',
      '2027-01-05T20:00 4 -',
    ]);
    expect(listSteps('UTC', [windows[1]!, windows[0]!], '2027-01-05T07:00Z', '2027-01-05T19:00Z')).toHaveLength(2);
  });

  it('has the new window open at the common instant of two back-to-back ones', () => {
    const windows = [
      { name: 'a', replicas: 1, from: '0 8 * * *', to: '0 12 * * *' },
      { name: 'b', replicas: 2, from: '0 12 * * *', to: '0 16 * * *' },
    ];
    const expected = ['2027-01-05T08:00 1 a', '2027-01-05T12:00 2 b', '2027-01-05T16:00 4 -'];
    expect(listSteps('UTC', windows, '2027-01-05T08:00Z', '2027-01-05T17:00Z')).toEqual(expected);
    expect(listSteps('UTC', windows.toReversed(), '2027-01-05T08:00Z', '2027-01-05T17:00Z')).toEqual(expected);
  });

  it.each([
    // Paris: 2027-03-28 02:00 -> 03:00 (01:00Z), 2027-10-31 03:00 -> 02:00 (01:00Z)
    [
      'opens in a gap at its end',
      { from: '30 2 * * *', to: '0 5 * * *' },
      '2027-03-28',
      ['2027-03-27T04:00 4 -', '2027-03-28T01:00 9 w', '2027-03-28T03:00 4 -'],
    ],
    [
      'closes in a gap at its end',
      { from: '0 1 * * *', to: '30 2 * * *' },
      '2027-03-28',
      ['2027-03-28T00:00 9 w', '2027-03-28T01:00 4 -'],
    ],
    [
      'has no length when both edges lie in one gap',
      { from: '10 2 * * *', to: '50 2 * * *' },
      '2027-03-28',
      ['2027-03-27T01:50 4 -'],
    ],
    [
      'has no length when it closes at the end of the gap that it opens in',
      { from: '10 2 * * *', to: '0 3 * * *' },
      '2027-03-28',
      ['2027-03-27T02:00 4 -'],
    ],
    [
      'stays open when it closes and opens in one gap',
      { from: '50 2 * * *', to: '10 2 * * *' },
      '2027-03-28',
      ['2027-03-27T01:50 9 w'],
    ],
    [
      'opens at the first of two equal local times, and once',
      { from: '30 2 * * *', to: '45 2 * * *' },
      '2027-10-31',
      ['2027-10-31T00:30 9 w', '2027-10-31T00:45 4 -'],
    ],
    [
      'opens every hour but not twice in the repeated one',
      { from: '0 * * * *', to: '30 * * * *' },
      '2027-10-31',
      ['2027-10-31T00:00 9 w', '2027-10-31T00:30 4 -', '2027-10-31T02:00 9 w', '2027-10-31T02:30 4 -'],
    ],
    [
      'runs for real time across a gap',
      { from: '0 1 * * *', forMinutes: 180 },
      '2027-03-28',
      ['2027-03-28T00:00 9 w', '2027-03-28T03:00 4 -'],
    ],
  ] as const)('%s', (_, parts, date, expected) => {
    const from = Date.parse(`${date}T00:00Z`);
    const to = date === '2027-10-31' ? 3 : 6;
    const steps = listSteps(
      'Europe/Paris',
      one(parts),
      new Date(from).toISOString(),
      new Date(from + to * 3_600_000).toISOString(),
    );
    expect(date === '2027-10-31' && steps.length > expected.length ? steps.slice(1) : steps).toEqual(expected);
  });

  it('has holidays of 23, 24 and 25 hours', () => {
    const steps = listSteps(
      'Europe/Paris',
      one({ dates: ['2027-03-28', '2027-05-01', '2027-10-31'] }),
      '2027-01-01T00:00Z',
      '2027-12-31T00:00Z',
    );
    const instants = steps.slice(1).map((step) => Date.parse(`${step.slice(0, 16)}Z`));
    expect(
      [instants[1]! - instants[0]!, instants[3]! - instants[2]!, instants[5]! - instants[4]!].map(
        (millis) => millis / 3_600_000,
      ),
    ).toEqual([23, 24, 25]);
  });

  it('joins holidays that follow each other', () => {
    expect(
      listSteps(
        'UTC',
        one({ dates: ['2027-12-25', '2027-12-24', '2027-12-26'] }),
        '2027-12-24T00:00Z',
        '2027-12-30T00:00Z',
      ),
    ).toEqual(['2027-12-24T00:00 9 w', '2027-12-27T00:00 4 -']);
  });

  it('closes a single opening at the next firing of a cron', () => {
    expect(
      listSteps('UTC', one({ from: '2027-01-06T06:00', to: '0 20 * * FRI' }), '2027-01-06T06:00Z', '2027-01-30T00:00Z'),
    ).toEqual(['2027-01-06T06:00 9 w', '2027-01-08T20:00 4 -']);
  });

  it('skips a day that a zone never had', () => {
    // Apia crossed the date line: there was no 30 December 2011.
    expect(
      listSteps(
        'Pacific/Apia',
        one({ from: '0 8 * * FRI', to: '0 20 * * FRI' }),
        '2011-12-30T00:00Z',
        '2011-12-31T23:00Z',
      ),
    ).toHaveLength(1);
  });

  it('gives the same steps for parts of a time as for the whole', () => {
    const demand = compileWindows('America/St_Johns', [
      { name: 'a', replicas: 1, from: '15 2 * * *', to: '45 2 * * MON,THU' },
      { name: 'b', replicas: 2, from: '*/20 1-3 13 * FRI', forMinutes: 50 },
      { name: 'c', replicas: 3, dates: ['2027-03-14', '2027-11-07'] },
    ]);
    const start = Date.parse('2027-01-01T00:00Z');
    const whole = demand(start, start + 400 * DAY);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 380 * 1440 }), fc.integer({ min: 0, max: 20 * 1440 }), (offset, length) => {
        const from = start + offset * 60_000;
        const steps = demand(from, from + length * 60_000);
        const present = whole.findLast(({ at }) => at <= from)!;
        expect(steps[0]).toMatchObject({ wanted: present.wanted, window: present.window });
        expect(steps[0]!.at).toBeLessThanOrEqual(from);
        expect(steps.slice(1)).toEqual(whole.filter(({ at }) => at > from && at < from + length * 60_000));
      }),
    );
  });

  it('answers forty fleets for forty days, again and again', () => {
    const demands = Array.from({ length: 40 }, (_, index) =>
      compileWindows('Europe/Paris', one({ from: `${index} 8 * * MON-FRI`, to: `${index} 20 * * MON-FRI` })),
    );
    const now = Date.parse('2027-03-01T00:00Z');
    let steps = 0;
    for (let round = 0; round < 25; round += 1)
      for (const demand of demands) steps += demand(now + round * DAY, now + (round + 40) * DAY).length;
    expect(steps).toBeGreaterThan(50_000);
  });
});

const schedules: readonly PlainWindow[] = [
  { name: 'night', replicas: 1, from: '30 1 * * *', to: '15 3 * * *' },
  { name: 'late', replicas: 2, from: '15 2 * * SUN', to: '45 2 * * 0,3' },
  { name: 'first', replicas: 3, from: '0 23 1,15 * FRI', to: '30 2 */2 * *' },
  { name: 'often', replicas: 4, from: '*/20 0-4 * MAR-APR,SEP-NOV SAT-SUN', to: '10-50/20 * * * *' },
  { name: 'long', replicas: 5, from: '5 2 28 * *', forMinutes: 1500 },
  {
    name: 'holiday',
    replicas: 0,
    dates: ['2027-03-14', '2027-03-28', '2027-04-04', '2027-10-03', '2027-10-31', '2027-11-07', '2027-12-25'],
  },
  { name: 'sale', replicas: 15, from: '2027-03-14T02:30', to: '2027-04-04T02:10' },
];

describe.each(['Europe/Paris', 'America/Los_Angeles', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns'])(
  'Demand in %s',
  (zone) => {
    it('agrees with a second computation at every minute of a year', () => {
      const from = Date.parse('2027-01-01T00:00Z');
      const to = Date.parse('2028-01-01T00:00Z');
      // All together and in smaller groups: what a window hides is checked too.
      const groups = [[0, 1, 2, 3, 4, 5, 6], [0], [1], [2, 3], [4, 5]].map((indices) => ({
        indices,
        steps: compileWindows(
          zone,
          indices.map((index) => schedules[index]!),
        )(from, to),
        position: 0,
        differences: [] as string[],
      }));
      walkMinutes(zone, schedules, from, to, 60 * 1440, (at, open) => {
        for (const group of groups) {
          const { steps, indices } = group;
          while (group.position + 1 < steps.length && steps[group.position + 1]!.at <= at) group.position += 1;
          const winner = indices.findLast((index) => open[index]);
          const expected = winner === undefined ? undefined : schedules[winner]!.name;
          const { window } = steps[group.position]!;
          if (window !== expected && group.differences.length < 5)
            group.differences.push(`${new Date(at).toISOString()}: ${window ?? 'none'}, not ${expected ?? 'none'}`);
        }
      });
      expect(groups.map(({ differences }) => differences)).toEqual(groups.map(() => []));
      expect(groups.every(({ steps }) => steps.length > 10 && steps.every(({ at }) => at % 60_000 === 0))).toBe(true);
    }, 60_000);
  },
);
