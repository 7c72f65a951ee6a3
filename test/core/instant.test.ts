// Instants as words, against the calendar's own text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDayMinute, formatMinute } from '../../src/core/instant.js';

describe('instants', () => {
  it('read as their ISO text does, to the minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e14, max: 8.64e15 }), (at) => {
        const iso = new Date(at).toISOString();
        const [day, time] = iso.split('T');
        expect(formatMinute(at)).toBe(`${time!.slice(0, 5)}Z`);
        if (/^\d{4}-/.test(iso)) expect(formatDayMinute(at)).toBe(`${day!} ${time!.slice(0, 5)}Z`);
      }),
      { numRuns: 500 },
    );
  });

  it('that no calendar holds are said to be so', () => {
    for (const at of [8.64e15 + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(formatDayMinute(at)).toBe('a time out of range');
    }
    expect(() => formatMinute(Number.NaN)).not.toThrow();
  });
});
