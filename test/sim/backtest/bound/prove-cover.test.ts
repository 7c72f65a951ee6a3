import { describe, expect, it } from 'vitest';
import type { CoverNetwork } from '../../../../src/sim/backtest/bound/cover-network.js';
import { buildCoverNetwork } from '../../../../src/sim/backtest/bound/cover-network.js';
import { proveCover, type SolvedCover } from '../../../../src/sim/backtest/bound/prove-cover.js';
import { solveCover } from '../../../../src/sim/backtest/bound/solve-cover.js';

/** One VM for three hours; the price falls after the first and rises after the second. */
const network: CoverNetwork = buildCoverNetwork(
  {
    from: 0,
    to: 30,
    clock: { kind: 'rolling', periodMillis: 10 },
    keepsPrice: true,
    unitMillis: 1,
    demand: [{ at: 0, wanted: 1 }],
    prices: [
      { at: 0, price: 300n },
      { at: 10, price: 100n },
      { at: 20, price: 200n },
    ],
  },
  100,
)!;

async function solve(): Promise<{ flows: number[]; potentials: number[] }> {
  const solved: SolvedCover = (await solveCover(network))!;
  return { flows: Array.from(solved.flows), potentials: Array.from(solved.potentials) };
}

function shifted(values: readonly number[], place: number, by: number): number[] {
  return values.map((value, index) => (index === place ? value + by : value));
}

describe('proveCover', () => {
  it('proves what the solver found, in exact money', async () => {
    expect(proveCover(network, await solve())).toEqual({ total: 500n, periods: 3 });
  });

  it('forgives what floating point lost', async () => {
    const { flows, potentials } = await solve();
    const noisy = { flows: flows.map((flow) => flow + 1e-9), potentials: potentials.map((worth) => worth - 1e-7) };
    expect(proveCover(network, noisy)).toEqual({ total: 500n, periods: 3 });
  });

  it('believes no flow that is dearer, leaves a need open, is negative or flows from nowhere', async () => {
    const { flows, potentials } = await solve();
    const paid = flows.findIndex((flow) => flow === 1);
    for (const by of [1, -1, -2, Number.NaN]) {
      expect(proveCover(network, { flows: shifted(flows, paid, by), potentials })).toBeUndefined();
    }
    expect(proveCover(network, { flows: flows.map((flow) => flow * 2), potentials })).toBeUndefined();
    expect(proveCover(network, { flows: flows.map(() => 0), potentials })).toBeUndefined();
    expect(proveCover(network, { flows: [], potentials })).toBeUndefined();
  });

  it('believes no potentials that promise more than an arc costs, or less than the flow does', async () => {
    const { flows, potentials } = await solve();
    const first = network.instants[0]!;
    for (const by of [1, -1, Number.NaN]) {
      expect(proveCover(network, { flows, potentials: shifted(potentials, first, by) })).toBeUndefined();
    }
    expect(proveCover(network, { flows, potentials: potentials.map(() => 0) })).toBeUndefined();
    expect(proveCover(network, { flows, potentials: potentials.map((worth) => -worth) })).toBeUndefined();
    expect(proveCover(network, { flows, potentials: [] })).toBeUndefined();
  });
});

describe('buildCoverNetwork', () => {
  it('gives up beyond the limit', () => {
    const problem = {
      from: 0,
      to: 30,
      clock: { kind: 'rolling', periodMillis: 10 },
      keepsPrice: true,
      unitMillis: 1,
      demand: [{ at: 0, wanted: 1 }],
      prices: [{ at: 0, price: 300n }],
    } as const;
    expect(buildCoverNetwork(problem, 3)?.costs).toEqual([300n, 300n, 300n]);
    expect(buildCoverNetwork(problem, 1)).toBeUndefined();
  });
});
