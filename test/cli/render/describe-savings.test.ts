// Sentences about what a schedule saves: the gaps, the edges, and a schedule that saves nothing.
import { expect, test } from 'vitest';
import {
  describeLines,
  describeSavings,
  describeSavingsBriefly,
  savingsToJson,
  type FleetSavings,
} from '../../../src/cli/render/describe-savings.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** A Monday. */
const FROM = Date.UTC(2026, 10, 23);
const GAP = { from: FROM + 4 * DAY + 19 * HOUR, to: FROM + 7 * DAY + 7 * HOUR };
const HINT = { window: 'day', edge: 'close', minutes: 10, to: 'earlier', saves: 3 } as const;

function savingsOf(over: Partial<FleetSavings['savings']> = {}, days = 7): FleetSavings {
  const savings = {
    always: 70,
    needed: 54,
    paid: 54,
    peak: 10,
    quiet: [GAP],
    hints: [],
    useless: [],
    lines: [],
    ...over,
  };
  const maxPrice = { amount: 20_000n, periodMillis: HOUR };
  return { policy: 'office', periodMillis: DAY, span: { from: FROM, to: FROM + days * DAY }, savings, maxPrice };
}

test('what is saved is told with the gaps that save it', () => {
  expect(describeSavings(savingsOf(), FROM, 1)).toBe(
    'schedule saves 16 of 70 charges a week; only gaps longer than 24h save: Fri 19:00Z to Mon 2026-11-30 07:00Z',
  );
  expect(describeSavings(savingsOf({ quiet: [GAP, GAP, GAP] }, 30), FROM, 1)).toBe(
    'schedule saves 16 of 70 charges in 30 days; in 3 gaps longer than 24h',
  );
});

test('a schedule without a gap of a period saves nothing, and says so', () => {
  expect(describeSavings(savingsOf({ paid: 71, quiet: [] }), FROM, 1)).toBe(
    'schedule saves no charge: no gap is longer than the 24h that one pays for',
  );
});

test('what is saved is told as it is paid in truth, and the fewest that could be are told to programs', () => {
  const savings = savingsOf({ needed: 58, paid: 64, quiet: [] }, 14);
  expect(describeSavings(savings, FROM, 1)).toBe('schedule saves 6 of 70 charges in 14 days');
  expect(describeSavingsBriefly(savings)).toBe('schedule saves 6 of 70 charges in 14 days');
  expect(savingsToJson(savings)).toMatchObject({ needed: 58, paid: 64, saved: 6 });
  // A gap that launches and deletions fill.
  expect(describeSavings(savingsOf({ paid: 70 }), FROM, 1)).toBe(
    'schedule saves no charge: no gap is enough longer than the 24h that one pays for',
  );
});

test('windows that save nothing are named, also where others do', () => {
  expect(describeSavings(savingsOf({ quiet: [], useless: ['lunch'] }), FROM, 1)).toBe(
    'schedule saves 16 of 70 charges a week; window "lunch" saves nothing: what it lets go is paid for anyway',
  );
  expect(savingsToJson(savingsOf({ useless: ['lunch'] }))).toMatchObject({ useless: ['lunch'] });
});

test('of the two ends of a window one hint is told, the fewest minutes first, as many as are asked for', () => {
  const other = { ...HINT, window: 'night', edge: 'open', to: 'later', minutes: 4 } as const;
  const hints = [{ ...HINT, edge: 'open', to: 'later' } as const, HINT, other];
  expect(describeSavings(savingsOf({ quiet: [], hints }), FROM, 1)).toBe(
    'schedule saves 16 of 70 charges a week; window "night" opening 4m later would save 3 more',
  );
  expect(describeSavings(savingsOf({ quiet: [], hints }), FROM, 3)).toBe(
    'schedule saves 16 of 70 charges a week; window "night" opening 4m later would save 3 more; window "day" closing 10m earlier would save 3 more',
  );
});

const LINES = [
  { window: 'day', replicas: 10, oneFewerSaves: 5 },
  { window: undefined, replicas: 2, oneFewerSaves: 1 },
  { window: 'lunch', replicas: 4, oneFewerSaves: 0 },
];

test('each number of the schedule has what one VM fewer would save, in charges and in money', () => {
  expect(describeLines(savingsOf({ lines: LINES }))).toBe(
    'one VM fewer saves a week: 5 charges (at most 2.400000) in window "day" (10), ' +
      '1 charge (at most 0.480000) outside the windows (2), nothing in window "lunch" (4)',
  );
  expect(savingsToJson(savingsOf({ lines: LINES })).lines).toEqual([
    { window: 'day', replicas: 10, oneFewerSaves: 5 },
    { window: null, replicas: 2, oneFewerSaves: 1 },
    { window: 'lunch', replicas: 4, oneFewerSaves: 0 },
  ]);
});

test('programs get the figures', () => {
  expect(savingsToJson(savingsOf({ hints: [HINT] }))).toEqual({
    ...{ days: 7, period: '24h', always: 70, needed: 54, paid: 54, saved: 16, hints: [HINT], useless: [], lines: [] },
  });
});
