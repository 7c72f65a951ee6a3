import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/cli/parse-instant.js';

const NOW = Date.parse('2026-11-21T10:00:00Z');

describe('parseInstant', () => {
  it.each([
    ['2026-11-22T06:44:00Z', '2026-11-22T06:44:00Z'],
    ['2026-11-22T06:44', '2026-11-22T06:44:00Z'],
    ['2026-11-22', '2026-11-22T00:00:00Z'],
    ['2026-11-22T08:00+02:00', '2026-11-22T06:00:00Z'],
    ['6h', '2026-11-21T16:00:00Z'],
    ['+90s', '2026-11-21T10:01:30Z'],
  ])('reads %s', (written, meant) => {
    expect(parseInstant(written, NOW)).toBe(Date.parse(meant));
  });

  it.each(['tomorrow', '2027-02-30', '2026-13-01', '2026-11-21 10:00', '25:00', ''])(
    'refuses "%s" with what is right',
    (written) => {
      expect(() => parseInstant(written, NOW)).toThrow(/is no instant: write 2026-11-21T10:00:00Z/);
    },
  );

  it('leaves an option that was not given alone', () => {
    expect(parseInstant(undefined, NOW)).toBeUndefined();
  });
});
