// What a plan says a fleet has: what runs, what comes up, and what was there once and isn't listed.
import { expect, it } from 'vitest';
import { wantAlways } from '../../src/core/demand.js';
import { makeClaim, makeFleet, makeSnapshot, makeVm, NOON, planOf } from './samples.js';

it('tells members that a listing lacks apart from those that were never listed yet', () => {
  const claims = [
    makeClaim('up'),
    makeClaim('lost'),
    makeClaim('fresh', { seenAt: undefined, activeAt: undefined, claimedAt: NOON }),
  ];
  const snapshot = makeSnapshot([makeVm('up', { name: claims[0]!.vmName })], { claims });
  const { fleets } = planOf(snapshot, { fleets: [makeFleet({ demand: wantAlways(3) })] });
  expect(fleets).toMatchObject([{ wanted: 3, running: 1, launching: 1, unseen: 1 }]);
});
