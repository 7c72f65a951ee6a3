// Local clock readings and instants, in zones with every kind of change.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findZoneName, openZone } from '../../src/policy/zone.js';

const utc = (text: string): number => Date.parse(`${text}Z`);

describe('openZone', () => {
  it.each([
    ['Europe/Paris', '2027-03-28T02:30', '2027-03-28T01:00', 'gap'],
    ['Europe/Paris', '2027-03-28T02:00', '2027-03-28T01:00', 'gap'],
    ['Europe/Paris', '2027-03-28T03:00', '2027-03-28T01:00', 'plain'],
    ['Europe/Paris', '2027-10-31T02:00', '2027-10-31T00:00', 'repeated'],
    ['Europe/Paris', '2027-10-31T03:00', '2027-10-31T02:00', 'plain'],
    ['Australia/Lord_Howe', '2027-10-03T02:15', '2027-10-02T15:30', 'gap'],
    ['America/Los_Angeles', '2027-11-07T01:30', '2027-11-07T08:30', 'repeated'],
    ['Asia/Kathmandu', '2027-11-07T00:00', '2027-11-06T18:15', 'plain'],
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00', 'gap'],
    ['America/Havana', '2027-11-07T00:30', '2027-11-07T04:30', 'repeated'],
  ])('resolves in %s the local time %s', (name, local, at, kind) => {
    expect(openZone(name).resolve(utc(local))).toEqual({ at: utc(at), kind });
  });

  it('brings every instant back, or to the first of two equal readings', () => {
    const zone = openZone('America/St_Johns');
    fc.assert(
      fc.property(fc.integer({ min: utc('2026-01-01T00:00'), max: utc('2029-01-01T00:00') }), (at) => {
        const { at: resolved, kind } = zone.resolve(zone.toLocal(at));
        expect(kind).not.toBe('gap');
        expect(kind === 'plain' ? resolved : zone.toLocal(resolved)).toBe(kind === 'plain' ? at : zone.toLocal(at));
        expect(resolved).toBeLessThanOrEqual(at);
      }),
    );
  });

  it('keeps the order of local times', () => {
    const zone = openZone('Australia/Lord_Howe');
    const time = fc.integer({ min: utc('2027-01-01T00:00'), max: utc('2028-01-01T00:00') });
    fc.assert(
      fc.property(time, time, (left, right) => {
        expect(
          Math.sign(zone.resolve(left).at - zone.resolve(right).at) * Math.sign(left - right),
        ).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('findZoneName', () => {
  it('knows places and UTC, and neither offsets nor abbreviations', () => {
    expect(['Europe/Paris', 'europe/paris', 'UTC', 'America/Argentina/Buenos_Aires'].map(findZoneName)).not.toContain(
      undefined,
    );
    expect(['PST', 'IST', 'CET', '+01:00', 'Paris', 'Europe/Pari', '', '../etc'].map(findZoneName)).toEqual(
      Array.from({ length: 8 }),
    );
  });
});
