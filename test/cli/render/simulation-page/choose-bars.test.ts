import { describe, expect, it } from 'vitest';
import {
  chooseBars,
  countUnused,
  findPaidUntil,
  listPaidBlocks,
} from '../../../../src/cli/render/simulation-page/choose-bars.js';
import type { VmLife } from '../../../../src/sim/backtest/report.js';

function buildVm(policy: string, createdAt: number, changes: Partial<VmLife> = {}): VmLife {
  const name = `${policy}-${createdAt}`;
  const unknown = { activeAt: undefined, deletionCalledAt: undefined, endedAt: undefined, endedBy: undefined };
  return { id: name, name, policy, createdAt, periods: [], ...unknown, ...changes };
}

function buildMany(policy: string, count: number): VmLife[] {
  return Array.from({ length: count }, (_, index) => buildVm(policy, count - index));
}

const PERIODS = [
  { from: 20, to: 30, cost: 1n },
  { from: 0, to: 10, cost: 1n },
  { from: 5, to: 99, cost: 1n, part: 'boot-disk' as const },
  { from: 10, to: 20, cost: 1n },
  { from: 40, to: 50, cost: 1n },
];

describe('chooseBars', () => {
  it('draws all where they fit, policies in their order, VMs by when they were bought', () => {
    const groups = chooseBars([...buildMany('b', 2), ...buildMany('a', 1)], ['a', 'b'], 10);
    expect(groups.map(({ policy, drawn }) => [policy, drawn.map(({ createdAt }) => createdAt)])).toEqual([
      ['a', [1]],
      ['b', [1, 2]],
    ]);
  });

  it('shares the bars: what one policy does not need the others have, and the first VMs of each are drawn', () => {
    const vms = [...buildMany('large', 500), ...buildMany('small', 20), ...buildMany('other', 500)];
    const groups = chooseBars(vms, ['large', 'small'], 200);
    expect(groups.map(({ policy, drawn, count }) => [policy, drawn.length, count])).toEqual([
      ['large', 90, 500],
      ['small', 20, 20],
      ['other', 90, 500],
    ]);
    expect(groups[0]!.drawn[0]!.createdAt).toBe(1);
  });
});

describe('the paid life of a VM', () => {
  it('is in blocks of one period each, without its disks and IPs', () => {
    expect(listPaidBlocks(buildVm('a', 0, { periods: PERIODS }), false)).toEqual([
      { from: 0, to: 10 },
      { from: 10, to: 20 },
      { from: 20, to: 30 },
      { from: 40, to: 50 },
    ]);
  });

  it('is in blocks of what follows without a gap, where periods are too short', () => {
    expect(listPaidBlocks(buildVm('a', 0, { periods: PERIODS }), true)).toEqual([
      { from: 0, to: 30 },
      { from: 40, to: 50 },
    ]);
  });

  it('is unused from its end to the end of what was paid', () => {
    expect(findPaidUntil(buildVm('a', 0, { periods: PERIODS }))).toBe(50);
    expect(countUnused(buildVm('a', 0, { periods: PERIODS, endedAt: 44 }))).toBe(6);
    expect(countUnused(buildVm('a', 0, { periods: PERIODS, endedAt: 51 }))).toBe(0);
    expect(countUnused(buildVm('a', 0, { periods: PERIODS }))).toBe(0);
    expect(countUnused(buildVm('a', 0, { endedAt: 44 }))).toBe(0);
  });
});
