// The bound where prices move, as a flow of least cost. What is paid covers a demand on a line; the difference of neighbouring
// covering conditions is the balance of one node, so each instant is a node and each paid period an arc. Builds; never solves.
import type { Instant, Micros } from '../../../core/types.js';
import { findPeriodEnd, readerOf, type BoundProblem } from './bound-problem.js';

/**
 * Whole flows >= 0 on the arcs, so that what crosses from instant i to i + 1 is at least `needs[i]`, and as much leaves every
 * other node as enters it. Its least cost is the least money; the matrix is a network's, so whole numbers lose nothing.
 */
export interface CoverNetwork {
  readonly nodeCount: number;
  /** The nodes of the instants, ascending; the last is the end of the span. */
  readonly instants: readonly number[];
  /** The most that is wanted between an instant and the next; one fewer than instants. */
  readonly needs: readonly number[];
  readonly tails: readonly number[];
  readonly heads: readonly number[];
  readonly costs: readonly Micros[];
  /** A paid period; the others only let a VM go. */
  readonly isPaid: readonly boolean[];
}

/** What is paid until one instant: the arcs that end there, by the price that goes on with them. */
interface Arrival {
  readonly at: Instant;
  readonly byPrice: Map<Micros, number[]>;
}

/**
 * Where a purchase can be worth its money, proven by moving each of a cheapest plan as late as it goes: it stays where the demand rises,
 * right before its price rises, or where another VM's paid time ends while some are wanted. A VM is renewed only while that is cheaper
 * than the price of then; else buying anew is as good, and so it is where no price is kept. undefined when it takes more than `limit` arcs.
 */
export function buildCoverNetwork(problem: BoundProblem, limit: number): CoverNetwork | undefined {
  const { clock, keepsPrice, to } = problem;
  const wantedAt = readerOf(problem.demand);
  const priceAt = readerOf(problem.prices);
  const seeds = listSeeds(problem);
  // A later purchase is never paid until an earlier instant: ends come in the order of their beginnings.
  const arrivals: Arrival[] = [];
  const network = new NetworkBuilder();
  const times: Instant[] = [];
  let seed = 0;
  let first = 0;
  const pay = (tail: number, at: Instant, price: Micros): void => {
    const until = Math.min(findPeriodEnd(clock, at), to);
    const arc = network.addArc(tail, price, true);
    let arrival = arrivals.at(-1);
    if (arrival?.at !== until) arrivals.push((arrival = { at: until, byPrice: new Map() }));
    const arcs = arrival.byPrice.get(price);
    if (arcs === undefined) arrival.byPrice.set(price, [arc]);
    else arcs.push(arc);
  };
  for (;;) {
    if (network.arcCount > limit) return undefined;
    const at = Math.min(seeds[seed] ?? to, arrivals[first]?.at ?? to, to);
    const node = network.addInstant();
    times.push(at);
    const arrival = arrivals[first]?.at === at ? arrivals[first++] : undefined;
    const price = at < to ? priceAt(at).price : undefined;
    for (const [paid, arcs] of arrival?.byPrice ?? []) {
      if (at === to || !keepsPrice || (price !== undefined && paid >= price)) {
        network.endAt(arcs, node);
      } else {
        const renewed = network.addNode();
        network.endAt(arcs, renewed);
        network.endAt([network.addArc(renewed, 0n, false)], node);
        pay(renewed, at, paid);
      }
    }
    if (at === to) break;
    const isSeed = seeds[seed] === at;
    if (isSeed) seed += 1;
    if (price !== undefined && (isSeed || (arrival !== undefined && wantedAt(at).wanted > 0))) pay(node, at, price);
  }
  return network.build(listNeeds(problem, times));
}

/** Ascending: where the demand rises, and the last instants before the price does. */
function listSeeds({ demand, prices, unitMillis }: BoundProblem): readonly Instant[] {
  const seeds = new Set<Instant>();
  let wanted = 0;
  for (const step of demand) {
    if (step.wanted > wanted) seeds.add(step.at);
    wanted = step.wanted;
  }
  let price: Micros | undefined;
  for (const step of prices) {
    if (price !== undefined && (step.price === undefined || step.price > price)) seeds.add(step.at - unitMillis);
    price = step.price;
  }
  return [...seeds].sort((a, b) => a - b);
}

function listNeeds({ demand }: BoundProblem, times: readonly Instant[]): readonly number[] {
  const needs: number[] = [];
  let index = 0;
  for (const [place, at] of times.slice(0, -1).entries()) {
    const end = times[place + 1]!;
    while (index + 1 < demand.length && demand[index + 1]!.at <= at) index += 1;
    let need = demand[index]!.at < end ? demand[index]!.wanted : 0;
    while (index + 1 < demand.length && demand[index + 1]!.at < end) {
      index += 1;
      need = Math.max(need, demand[index]!.wanted);
    }
    needs.push(need);
  }
  return needs;
}

class NetworkBuilder {
  #nodeCount = 0;
  readonly #instants: number[] = [];
  readonly #tails: number[] = [];
  readonly #heads: number[] = [];
  readonly #costs: Micros[] = [];
  readonly #isPaid: boolean[] = [];

  get arcCount(): number {
    return this.#tails.length;
  }

  addNode(): number {
    return this.#nodeCount++;
  }

  addInstant(): number {
    const node = this.addNode();
    this.#instants.push(node);
    return node;
  }

  /** Its end is told by `endAt`. */
  addArc(tail: number, cost: Micros, isPaid: boolean): number {
    this.#tails.push(tail);
    this.#costs.push(cost);
    this.#isPaid.push(isPaid);
    return this.#tails.length - 1;
  }

  endAt(arcs: readonly number[], node: number): void {
    for (const arc of arcs) this.#heads[arc] = node;
  }

  build(needs: readonly number[]): CoverNetwork {
    return {
      nodeCount: this.#nodeCount,
      instants: this.#instants,
      needs,
      tails: this.#tails,
      heads: this.#heads,
      costs: this.#costs,
      isPaid: this.#isPaid,
    };
  }
}
