import { describe, expect, it } from 'vitest';
import { readAbsolute, readInstant } from '../../../src/policy/tests/read-instant.js';
import { openZone } from '../../../src/policy/zone.js';

const zone = openZone('Europe/Paris');
/** A Friday, 20:10 in Paris. */
const at = Date.parse('2026-11-20T19:10:00Z');

function read(text: string): string | undefined {
  const found = readInstant(text, { at, zone });
  return found === undefined ? undefined : `${new Date(found.at).toISOString().slice(0, 19)} ${found.precision / 1000}`;
}

describe('instants of policy tests', () => {
  it.each([
    ['now', '2026-11-20T19:10:00 60'],
    ['in 40m', '2026-11-20T19:50:00 60'],
    ['in 90s', '2026-11-20T19:11:30 1'],
    ['1h30m ago', '2026-11-20T17:40:00 60'],
    ['2d  ago', '2026-11-18T19:10:00 60'],
    ['20:11', '2026-11-20T19:11:00 60'],
    ['20:10', '2026-11-21T19:10:00 60'],
    ['06:50', '2026-11-21T05:50:00 60'],
    ['06:50:30', '2026-11-21T05:50:30 1'],
    ['today 06:50', '2026-11-20T05:50:00 60'],
    ['yesterday 06:50', '2026-11-19T05:50:00 60'],
    ['tomorrow 06:50', '2026-11-21T05:50:00 60'],
    ['2026-11-21T06:50', '2026-11-21T05:50:00 60'],
    ['2026-11-21 06:50:10', '2026-11-21T05:50:10 1'],
    ['2026-11-21T06:50Z', '2026-11-21T06:50:00 60'],
    ['2026-11-21T06:50-03:00', '2026-11-21T09:50:00 60'],
    // A time that the clock never shows is the first instant after the gap.
    ['2027-03-28T02:30', '2027-03-28T01:00:00 60'],
  ])('reads %s', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    '',
    'soon',
    '25:00',
    '6:50',
    '06:60',
    'in',
    'in 40',
    '40m',
    'ago',
    'in -5m',
    'Friday 06:50',
    '2026-11-31T06:50',
    '2026-11-20',
    '2026-11-20T06:50 CET',
    '1763665800',
  ])('refuses "%s"', (text) => expect(read(text)).toBeUndefined());

  it('takes for a plan only what needs no other instant', () => {
    expect(readAbsolute('2026-11-20T20:10', zone)?.at).toBe(at);
    for (const text of ['now', 'in 5m', '20:10', 'tomorrow 06:50']) expect(readAbsolute(text, zone)).toBeUndefined();
  });
});
