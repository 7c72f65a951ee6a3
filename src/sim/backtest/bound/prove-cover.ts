// Whether a solver's answer is the least cost of a cover network, recomputed in whole numbers and exact money. Believes nothing
// that the solver says: it takes the flow and the nodes' potentials, and proves them by each other. Pure.
import type { Micros } from '../../../core/types.js';
import type { CoverNetwork } from './cover-network.js';

/** As a solver in floating point gives it, in the order of the network's arcs and nodes. */
export interface SolvedCover {
  readonly flows: ArrayLike<number>;
  readonly potentials: ArrayLike<number>;
}

export interface ProvenCover {
  readonly total: Micros;
  readonly periods: number;
}

/**
 * The rounded flow covers what is needed, and the rounded potentials show that nothing cheaper does: no arc saves more than it
 * costs, and what they add up to is the flow's own cost. undefined where either does not hold.
 */
export function proveCover(network: CoverNetwork, solved: SolvedCover): ProvenCover | undefined {
  const cost = priceFlow(network, solved.flows);
  if (cost === undefined) return undefined;
  return floorOf(network, solved.potentials) === cost.total ? cost : undefined;
}

/** What the flow costs; undefined where it doesn't cover the needs. */
function priceFlow(network: CoverNetwork, given: ArrayLike<number>): ProvenCover | undefined {
  const balance = new Array<number>(network.nodeCount).fill(0);
  let total = 0n;
  let periods = 0;
  for (const [arc, tail] of network.tails.entries()) {
    const flow = Math.round(given[arc] ?? Number.NaN);
    if (!Number.isSafeInteger(flow) || flow < 0) return undefined;
    if (flow === 0) continue;
    balance[tail]! += flow;
    balance[network.heads[arc]!]! -= flow;
    total += network.costs[arc]! * BigInt(flow);
    if (network.isPaid[arc]!) periods += flow;
  }
  let paid = 0;
  for (const [place, node] of network.instants.entries()) {
    paid += balance[node]!;
    balance[node] = 0;
    if (paid < (network.needs[place] ?? 0)) return undefined;
  }
  return paid === 0 && balance.every((rest) => rest === 0) ? { total, periods } : undefined;
}

/** No flow that covers the needs costs less than this; undefined where the potentials don't show it. */
function floorOf(network: CoverNetwork, given: ArrayLike<number>): Micros | undefined {
  const potentials: bigint[] = [];
  for (let node = 0; node < network.nodeCount; node += 1) {
    const rounded = Math.round(given[node] ?? Number.NaN);
    if (!Number.isSafeInteger(rounded)) return undefined;
    potentials.push(BigInt(rounded));
  }
  for (const [arc, tail] of network.tails.entries()) {
    if (potentials[tail]! - potentials[network.heads[arc]!]! > network.costs[arc]!) return undefined;
  }
  let floor = 0n;
  for (const [place, need] of network.needs.entries()) {
    const worth = potentials[network.instants[place]!]! - potentials[network.instants[place + 1]!]!;
    if (worth < 0n) return undefined;
    floor += worth * BigInt(need);
  }
  return floor;
}
