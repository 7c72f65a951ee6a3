// The lower bound of a backtest: the least money with which any follower could cover the demand as declared. Picks the way to
// reckon it and tells how far to believe it; every total that it gives is proven in exact money never to be too high.
import { sumMicros } from '../../core/money.js';
import type { Instant, Millis } from '../../core/types.js';
import { periodOf, toBoundProblem, type BoundInput, type BoundProblem } from './bound/bound-problem.js';
import { coarsenProblem, type Coarseness } from './bound/coarsen-problem.js';
import { buildCoverNetwork, type CoverNetwork } from './bound/cover-network.js';
import { proveCover, type ProvenCover } from './bound/prove-cover.js';
import { solveCover } from './bound/solve-cover.js';
import { sweepPeriods } from './bound/sweep-periods.js';
import type { LowerBound } from './report.js';

/** `periods` are those of the plan that costs `total`: where money decides it may pay more and cheaper ones than another. */
export interface FoundBound extends Omit<LowerBound, 'tookMillis'> {
  /** No follower pays less than `total`, but perhaps none pays as little: the problem was too large to be solved as it is. */
  readonly isRelaxed: boolean;
  /** Some were wanted at an instant before `until` when nothing could be bought yet; they are left out. The last one's. */
  readonly uncoverableUntil: Instant | undefined;
}

/** Two weeks of hourly periods, prices and five-minute steps have about a hundred thousand, which take some five seconds. */
const MOST_ARCS = 120_000;

const MINUTE: Millis = 60_000;

/** From the finest on; each step's networks are smaller. */
const COARSENESSES: readonly Coarseness[] = [
  { unitMillis: undefined, mostPrices: undefined },
  { unitMillis: undefined, mostPrices: 64 },
  { unitMillis: undefined, mostPrices: 16 },
  { unitMillis: MINUTE, mostPrices: 64 },
  { unitMillis: 5 * MINUTE, mostPrices: 64 },
  { unitMillis: 5 * MINUTE, mostPrices: 16 },
  { unitMillis: 15 * MINUTE, mostPrices: 16 },
  { unitMillis: 60 * MINUTE, mostPrices: 16 },
];

/**
 * The least money that covers each input's demand on [from, to), summed. A VM that is bought at an instant's price pays that
 * price for each of its periods, or what is asked at each boundary (`keepsPrice`), is there at once and may be let go at any boundary; nothing fails, capacity and rails don't
 * bind, and all that comes is known. Periods that begin before `to` count whole. A real follower that covers less than the
 * demand (it waits for launches, or for a price) may pay less than this. Deterministic. Blocks the thread while it solves.
 */
export async function findLowerBound(
  inputs: readonly BoundInput[],
  from: Instant,
  to: Instant,
  mostArcs: number = MOST_ARCS,
): Promise<FoundBound> {
  const found: FoundBound[] = [];
  for (const input of inputs) found.push(await findOne(input, from, to, mostArcs));
  const uncoverable = found.flatMap((one) => one.uncoverableUntil ?? []);
  return {
    total: sumMicros(found.map((one) => one.total)),
    periods: found.reduce((sum, one) => sum + one.periods, 0),
    method: found.some((one) => one.method === 'min-cost') ? 'min-cost' : 'sweep',
    isRelaxed: found.some((one) => one.isRelaxed),
    uncoverableUntil: uncoverable.length === 0 ? undefined : Math.max(...uncoverable),
  };
}

async function findOne(input: BoundInput, from: Instant, to: Instant, mostArcs: number): Promise<FoundBound> {
  const { problem, uncoverable } = toBoundProblem(input, from, to);
  const shared = { uncoverableUntil: uncoverable?.until, isRelaxed: false } as const;
  if (problem.from >= to || problem.demand.every((step) => step.wanted === 0)) {
    return { ...shared, total: 0n, periods: 0, method: 'sweep' };
  }
  const [first, ...others] = problem.prices;
  if (first?.price !== undefined && others.length === 0) {
    const periods = sweepPeriods(problem);
    return { ...shared, total: first.price * BigInt(periods), periods, method: 'sweep' };
  }
  const shaped = shapeNetwork(problem, mostArcs);
  const solved = shaped && (await solveCover(shaped.network));
  const proven = shaped && solved && proveCover(shaped.network, solved);
  if (proven === undefined) return { ...shared, ...payCheapest(problem), method: 'min-cost', isRelaxed: true };
  return { ...shared, ...proven, method: 'min-cost', isRelaxed: shaped!.isRelaxed };
}

/** The finest network that is small enough; undefined when none is. */
function shapeNetwork(
  problem: BoundProblem,
  mostArcs: number,
): { readonly network: CoverNetwork; readonly isRelaxed: boolean } | undefined {
  for (const [rank, coarseness] of COARSENESSES.entries()) {
    if (coarseness.unitMillis !== undefined && periodOf(problem.clock) % coarseness.unitMillis !== 0) continue;
    const network = buildCoverNetwork(coarsenProblem(problem, coarseness), mostArcs);
    if (network !== undefined) return { network, isRelaxed: rank > 0 };
  }
  return undefined;
}

/** No plan has fewer periods than the sweep, and none of them costs less than the cheapest price. */
function payCheapest(problem: BoundProblem): ProvenCover {
  const periods = sweepPeriods(problem);
  const known = problem.prices.flatMap((step) => (step.price === undefined ? [] : [step.price]));
  return { periods, total: known.reduce((least, price) => (price < least ? price : least)) * BigInt(periods) };
}
