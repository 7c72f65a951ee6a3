import { describe, expect, it } from 'vitest';
import { rowByDay, rowByPolicy, rowByVm, sumTallies, tellRenamed } from '../../src/core/spend-rows.js';
import type { VmTally } from '../../src/core/tallies.js';
import { DAY, makeFleet } from './samples.js';

function tally(policy: string | undefined, use: VmTally['use'], amount: bigint, over: Partial<VmTally> = {}): VmTally {
  return { day: 0, policy, use, vmId: '1', vmName: 'web-1', part: undefined, amount, ...over };
}

const tallies = [
  tally('web', 'wanted', 5n),
  tally('ci', 'wanted', 9n, { vmId: '2', vmName: 'ci-1' }),
  tally('web', 'parked', 1n, { day: DAY, vmName: 'web-renamed' }),
  tally(undefined, 'foreign', 99n, { vmId: '3', vmName: 'db' }),
  tally('web', 'missed', 2n, { part: { kind: 'boot-disk', id: 'd' } }),
];

describe('rows of what was paid', () => {
  it('by policy are dearest first, and no policy last', () => {
    expect(rowByPolicy(tallies).map(({ policy, total }) => [policy, total])).toEqual([
      ['ci', 9n],
      ['web', 8n],
      [undefined, 99n],
    ]);
    expect(rowByPolicy(tallies)[1]!.sums).toEqual({ wanted: 5n, parked: 1n, idle: 0n, missed: 2n, foreign: 0n });
  });

  it('of a policy that was renamed since say what it is called now', () => {
    const fleets = [makeFleet({ name: 'bureau', formerly: ['ci'] }), makeFleet({ name: 'web' })];
    expect(tellRenamed(rowByPolicy(tallies), fleets).map(({ policy, nowCalled }) => [policy, nowCalled])).toEqual([
      ['ci', 'bureau'],
      ['web', undefined],
      [undefined, undefined],
    ]);
  });

  it('by day are in order', () => {
    expect(rowByDay(tallies.toReversed()).map(({ day, total }) => [day, total])).toEqual([
      [0, 115n],
      [DAY, 1n],
    ]);
  });

  it('by VM join its parts and its names, under the last', () => {
    const rows = rowByVm(tallies).map(({ vm, policy, total }) => [vm!.name, policy, total]);
    expect(rowByVm(tallies, new Map([['1', 'present']])).at(-1)!.vm!.name).toBe('present');
    expect(rows).toEqual([
      ['db', undefined, 99n],
      ['ci-1', 'ci', 9n],
      ['web-renamed', 'web', 8n],
    ]);
  });

  it('come to the same whole', () => {
    for (const rows of [rowByPolicy(tallies), rowByDay(tallies), rowByVm(tallies)]) {
      expect(rows.reduce((sum, { total }) => sum + total, 0n)).toBe(sumTallies(tallies).total);
    }
  });
});
