// What a plan says a fleet has: what runs, what comes up, and what was there once and isn't listed.
import { expect, it } from 'vitest';
import { wantAlways } from '../../src/core/demand.js';
import { makeClaim, makeFleet, makeSnapshot, makeVm, MINUTE, NOON, planOf, PRICE } from './samples.js';

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

it('goes on telling what members cost that a listing lacks, and when they are charged again', () => {
  const paidUntil = NOON + 30 * MINUTE;
  const part = { kind: 'boot-disk', id: 'd1', name: 'x-b', price: PRICE, paidUntil, made: 'for-it' } as const;
  const claim = makeClaim('lost', { paidUntil, parts: [part] });
  const { fleets, charges } = planOf(makeSnapshot([], { claims: [claim] }), {
    fleets: [makeFleet({ demand: wantAlways(1) })],
  });
  expect(fleets[0]!.perDay).toBe(2n * PRICE.amount);
  const facts = { at: paidUntil, policy: 'web', cost: PRICE.amount, fate: 'renew' };
  expect(charges).toMatchObject([facts, { ...facts, part: { kind: 'boot-disk', id: 'd1' } }]);
  expect(charges[0]!.why).toContain('not in the last list');
});
