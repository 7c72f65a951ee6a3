// Tables and properties of durations as people write them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/core/duration.js';

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['0s', 0],
    [' 5m ', 300_000],
  ])('reads %s', (text, millis) => {
    expect(parseDuration(text)).toBe(millis);
  });

  it.each(['', '5', 'm', '-5m', '1.5h', '5 m', '1h 30m', '5min', '9999999999999999d'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [120, '120ms'],
    [4_000, '4s'],
    [52 * 60_000, '52m'],
    [90 * 60_000, '1h30m'],
    [12 * 86_400_000, '12d'],
    [86_400_000 + 5_000, '1d'],
    [59_600, '1m'],
    [-4_000, '-4s'],
  ])('writes %d as %s', (millis, text) => {
    expect(formatDuration(millis)).toBe(text);
  });

  it('writes what parseDuration reads, less than a second unit of the smaller kind off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (millis) => {
        const read = parseDuration(formatDuration(millis));
        const slack = millis < 1000 ? 0 : millis < 3_600_000 ? 1_000 : millis < 86_400_000 ? 60_000 : 3_600_000;
        expect(read).toBeDefined();
        expect(Math.abs(read! - millis)).toBeLessThanOrEqual(slack);
      }),
    );
  });
});
