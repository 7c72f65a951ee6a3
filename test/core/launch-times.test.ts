import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addLaunch, describeLaunch, findLaunchTimeout, readLaunches } from '../../src/core/launch-times.js';
import type { LaunchSamples } from '../../src/core/launch-times.js';
import { makeNotes, MINUTE, SIZE } from './samples.js';

const ORDER = { configuration: SIZE, country: 'FR' };
const FIVE = [1, 2, 3, 4, 20].map((minutes) => minutes * MINUTE);
const OF_FR: LaunchSamples = { configuration: SIZE, place: 'FR', millis: FIVE };

describe('readLaunches', () => {
  it('goes by what was ordered and where, once there are five samples of it', () => {
    const read = readLaunches(makeNotes({ launchMillis: [MINUTE], launches: [OF_FR] }));
    expect(read(ORDER)).toEqual({
      ...{ p50Millis: 3 * MINUTE, p95Millis: 20 * MINUTE, samples: 5 },
      ...{ of: 'configuration', configuration: SIZE, place: 'FR' },
    });
  });

  it('falls back to the account while there are few, elsewhere, of another configuration, and for what nobody knows', () => {
    const launches = [OF_FR, { configuration: SIZE, place: 'DE', millis: FIVE.slice(0, 4) }];
    const read = readLaunches(makeNotes({ launchMillis: [MINUTE, 2 * MINUTE], launches }));
    const ofAccount = { p50Millis: MINUTE, p95Millis: 2 * MINUTE, samples: 2, of: 'account' };
    for (const order of [{ ...ORDER, country: 'DE' }, { ...ORDER, configuration: 'other' }, undefined])
      expect(read(order)).toEqual(ofAccount);
  });

  it('reads books that know the whole account alone, and books that know nothing', () => {
    expect(readLaunches(makeNotes({ launchMillis: [5 * MINUTE] }))(ORDER)).toMatchObject({ of: 'account', samples: 1 });
    expect(readLaunches(makeNotes())(ORDER)).toEqual({
      ...{ p50Millis: 3 * MINUTE, p95Millis: 3 * MINUTE, samples: 0, of: 'nothing' },
    });
  });

  it('keeps clusters of one country apart', () => {
    const launches = [{ ...OF_FR, place: 'cluster-1' }];
    const read = readLaunches(makeNotes({ launches }));
    expect(read({ ...ORDER, clusterId: 'cluster-1' }).of).toBe('configuration');
    expect(read({ ...ORDER, clusterId: 'cluster-2' }).of).toBe('nothing');
  });
});

describe('addLaunch', () => {
  it('keeps the newest fifty of each, the one measured last at the end', () => {
    let known: readonly LaunchSamples[] = [{ ...OF_FR, place: 'DE' }];
    for (let millis = 1; millis <= 60; millis += 1) known = addLaunch(known, ORDER, millis);
    known = addLaunch(known, { ...ORDER, country: 'DE' }, 7);
    expect(known.map(({ place }) => place)).toEqual(['FR', 'DE']);
    expect(known[0]!.millis).toEqual(Array.from({ length: 50 }, (_, index) => index + 11));
    expect(known[1]!.millis).toEqual([...FIVE, 7]);
  });

  it('forgets the place that was not measured for longest, beyond two hundred', () => {
    const places = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 300, maxLength: 600 });
    fc.assert(
      fc.property(places, (list) => {
        let known: readonly LaunchSamples[] = [];
        for (const place of list) known = addLaunch(known, { ...ORDER, country: `P${place}` }, 1);
        const lastOnes = [...new Set([...list].reverse())].slice(0, 200).reverse();
        expect(known.map(({ place }) => place)).toEqual(lastOnes.map((place) => `P${place}`));
      }),
      { numRuns: 30 },
    );
  });
});

describe('findLaunchTimeout', () => {
  it('is four times the p95, and a quarter of an hour at least', () => {
    expect(findLaunchTimeout({ p95Millis: MINUTE })).toBe(15 * MINUTE);
    expect(findLaunchTimeout({ p95Millis: 10 * MINUTE })).toBe(40 * MINUTE);
  });
});

describe('describeLaunch', () => {
  it('says whose samples it goes by', () => {
    const notes = makeNotes({ launchMillis: [MINUTE], launches: [OF_FR] });
    expect(describeLaunch(readLaunches(notes)(ORDER))).toBe(
      `a launch takes 3m, 95 of 100 at most 20m (5 of ${SIZE} in FR)`,
    );
    expect(describeLaunch(readLaunches(notes)(undefined))).toBe(
      'a launch takes 1m, 95 of 100 at most 1m (1 of the whole account)',
    );
    expect(describeLaunch(readLaunches(makeNotes())(undefined))).toBe(
      'a launch is supposed to take 3m: none was measured yet',
    );
  });
});
