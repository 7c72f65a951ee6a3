import { describe, expect, it } from 'vitest';
import { compareBilled } from '../../src/core/compare-billed.js';
import type { VmTally } from '../../src/core/tallies.js';
import { DAY, NOON } from './samples.js';

const DAY_1 = Math.floor(NOON / DAY) * DAY;

function tally(vmId: string, amount: bigint, over: Partial<VmTally> = {}): VmTally {
  return { day: DAY_1, policy: 'web', use: 'wanted', vmId, vmName: `vm-${vmId}`, part: undefined, amount, ...over };
}

describe('what was counted beside what was billed', () => {
  it('differs thing by thing and day by day, whatever the uses and the spelling of ids', () => {
    const part = { kind: 'boot-disk', id: 'D1' } as const;
    const counted = [tally('a', 3n), tally('a', 4n, { use: 'parked' }), tally('a', 5n, { part }), tally('b', 9n)];
    const billed = [
      { day: DAY_1, id: 'A', name: 'vm-a', cost: 7n },
      { day: DAY_1, id: 'd1', name: 'disk', cost: 6n },
      { day: DAY_1 + DAY, id: 'c', name: undefined, cost: 1n },
    ];
    expect(compareBilled(counted, billed, DAY_1)).toEqual({
      counted: 21n,
      billed: 14n,
      differences: [
        { day: DAY_1, id: 'D1', name: 'boot-disk of vm-a', vmId: 'a', counted: 5n, billed: 6n },
        { day: DAY_1, id: 'b', name: 'vm-b', vmId: 'b', counted: 9n, billed: 0n },
        { day: DAY_1 + DAY, id: 'c', name: 'c', vmId: undefined, counted: 0n, billed: 1n },
      ],
    });
  });

  it('leaves out days before counting', () => {
    const billed = [{ day: DAY_1, id: 'a', name: 'vm-a', cost: 7n }];
    expect(compareBilled([tally('a', 3n)], billed, DAY_1 + DAY)).toEqual({ counted: 0n, billed: 0n, differences: [] });
  });
});
