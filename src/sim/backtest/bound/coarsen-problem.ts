// Makes a bound's problem smaller so that its least money can only fall: a lower bound stays one. Time becomes a grid (demand
// asked at its points alone, a purchase at the cheapest price since the point before), prices are rounded down. Pure.
import type { Instant, Micros, Millis } from '../../../core/types.js';
import { modulo, periodOf, readerOf, type BoundProblem, type PriceStep, type WantedStep } from './bound-problem.js';

/** undefined: left as it is. */
export interface Coarseness {
  /** Divides the clock's period. */
  readonly unitMillis: Millis | undefined;
  readonly mostPrices: number | undefined;
}

export function coarsenProblem(problem: BoundProblem, { unitMillis, mostPrices }: Coarseness): BoundProblem {
  const rounded = mostPrices === undefined ? problem : roundPrices(problem, mostPrices);
  return unitMillis === undefined ? rounded : putOnGrid(rounded, unitMillis);
}

/**
 * Any plan becomes one of the grid that costs no more: each purchase waits for the next point, a renewed VM's ends with it. At
 * a point as many are paid as before, and so they are until the next, since everything begins and ends at points. Where
 * boundaries are fixed they are points, and a purchase that waits for one saves the period before it.
 */
function putOnGrid(problem: BoundProblem, unit: Millis): BoundProblem {
  const { clock, keepsPrice, to } = problem;
  if (periodOf(clock) % unit !== 0) throw new RangeError(`${unit} ms don't divide ${periodOf(clock)} ms.`);
  const from = problem.from + (clock.kind === 'fixed' ? modulo(clock.timeOfDayMillis - problem.from, unit) : 0);
  const wantedAt = readerOf(problem.demand);
  const demand: WantedStep[] = [];
  const prices: PriceStep[] = [];
  let priceIndex = 0;
  for (let at = from; at < to; at += unit) {
    const { wanted } = wantedAt(at);
    if (demand.at(-1)?.wanted !== wanted) demand.push({ at, wanted });
    const since = Math.max(at - unit + 1, problem.from);
    while (startOf(problem.prices, priceIndex + 1) <= since) priceIndex += 1;
    let price = problem.prices[priceIndex]?.price;
    for (let ahead = priceIndex + 1; startOf(problem.prices, ahead) <= at; ahead += 1) {
      price = cheaper(price, problem.prices[ahead]?.price);
    }
    if (prices.length === 0 || prices.at(-1)!.price !== price) prices.push({ at, price });
  }
  return { from, to: Math.max(from, to), clock, keepsPrice, unitMillis: unit, demand, prices };
}

function startOf(steps: readonly PriceStep[], index: number): Instant {
  return steps[index]?.at ?? Number.POSITIVE_INFINITY;
}

function cheaper(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function roundPrices(problem: BoundProblem, most: number): BoundProblem {
  const known = [...new Set(problem.prices.flatMap((step) => (step.price === undefined ? [] : [step.price])))];
  if (known.length <= most) return problem;
  known.sort((a, b) => (a < b ? -1 : 1));
  const rounded = new Map<Micros, Micros>();
  for (const [rank, price] of known.entries()) {
    const step = Math.floor((rank * most) / known.length);
    rounded.set(price, known[Math.ceil((step * known.length) / most)]!);
  }
  const prices: PriceStep[] = [];
  for (const { at, price } of problem.prices) {
    const next = price === undefined ? undefined : rounded.get(price);
    if (prices.length === 0 || prices.at(-1)!.price !== next) prices.push({ at, price: next });
  }
  return { ...problem, prices };
}
