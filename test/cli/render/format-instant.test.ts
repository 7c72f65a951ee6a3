import { expect, test } from 'vitest';
import {
  formatAgo,
  formatDateTime,
  formatEach,
  formatInstant,
  formatMoment,
  formatNear,
  formatPeriod,
  formatSpan,
  toIso,
  toOptionalIso,
} from '../../../src/cli/render/format-instant.js';
import { NOW, at } from './sample-plans.js';

test('instants have seconds in JSON, and milliseconds only when they are not zero', () => {
  expect(toIso(NOW)).toBe('2026-11-20T19:10:00Z');
  expect(toIso(NOW + 7)).toBe('2026-11-20T19:10:00.007Z');
  expect(toOptionalIso(undefined)).toBeUndefined();
});

test('an instant has its weekday, and its date once it is further than six days away', () => {
  expect(formatInstant(at('2026-11-21T06:50:59'), NOW)).toBe('Sat 06:50Z');
  expect(formatInstant(at('2026-11-26T19:10'), NOW)).toBe('Thu 19:10Z');
  expect(formatInstant(at('2026-11-26T19:10:01'), NOW)).toBe('Thu 2026-11-26 19:10Z');
  expect(formatInstant(at('2026-11-14T19:09'), NOW)).toBe('Sat 2026-11-14 19:09Z');
});

test('the day is left out only where the reader has just read it', () => {
  expect(formatNear(at('2026-11-20T23:59'), NOW, NOW)).toBe('23:59Z');
  expect(formatNear(at('2026-11-21T00:00'), NOW, NOW)).toBe('Sat 00:00Z');
  expect(formatNear(at('2026-11-21T06:44'), at('2026-11-21T06:50'), NOW)).toBe('06:44Z');
});

test('heads have the date and moments the seconds', () => {
  expect(formatDateTime(NOW)).toBe('Fri 2026-11-20 19:10Z');
  expect(formatMoment(NOW + 4000)).toBe('Fri 19:10:04Z');
});

test.each([
  [0, '0 ms'],
  [212, '212 ms'],
  [4000, '4 s'],
  [119_999, '119 s'],
  [120_000, '2 m'],
  [7_199_999, '119 m'],
  [7_200_000, '2 h'],
  [172_799_999, '47 h'],
  [12 * 86_400_000, '12 d'],
])('a span of %i ms is %s', (millis, text) => {
  expect(formatSpan(millis)).toBe(text);
});

test('ago looks both ways', () => {
  expect(formatAgo(NOW - 4000, NOW)).toBe('4 s ago');
  expect(formatAgo(NOW + 26_000, NOW)).toBe('in 26 s');
  expect(formatAgo(NOW + 999, NOW)).toBe('now');
});

test('periods are hours in JSON and words behind money', () => {
  expect([86_400_000, 3_600_000, 90_000].map(formatPeriod)).toEqual(['24h', '1h', '1m30s']);
  expect([86_400_000, 3_600_000, 7_200_000].map(formatEach)).toEqual(['a day', 'an hour', 'each 2h']);
});
