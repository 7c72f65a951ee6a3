// The least money of a small problem by trying out everything: at each instant of a list any VM may be bought, and at each
// boundary any may be let go. Shares no thought with the product's bound; for tests.
import type { Micros } from '../../../../src/core/types.js';

export interface SmallProblem {
  /** Every instant at which something may happen, ascending: those where demand, prices and boundaries change among them. */
  readonly instants: readonly number[];
  readonly wantedAt: (at: number) => number;
  readonly priceAt: (at: number) => Micros | undefined;
  /** false: a renewal costs what a purchase does then. */
  readonly keepsPrice: boolean;
  readonly periodEnd: (at: number) => number;
  readonly to: number;
}

interface Rented {
  readonly until: number;
  readonly price: Micros;
}

/** undefined: nobody can cover it. */
export function findCheapestPlan(problem: SmallProblem): Micros | undefined {
  const { instants, wantedAt, priceAt, keepsPrice, periodEnd } = problem;
  // Of those that run at one instant, the `peak` that were bought first and the `peak` that end last cover all that others do.
  const most = 2 * Math.max(...instants.map(wantedAt));
  const known = new Map<string, Micros | undefined>();

  function search(index: number, rented: readonly Rented[]): Micros | undefined {
    const at = instants[index];
    if (at === undefined) return 0n;
    const key = `${index}/${rented.map((vm) => `${vm.until}:${vm.price}`).join()}`;
    if (known.has(key)) return known.get(key);
    const ending = rented.filter((vm) => vm.until <= at);
    const staying = rented.filter((vm) => vm.until > at);
    const price = priceAt(at);
    let best: Micros | undefined;
    for (let renewed = 0; renewed < 2 ** ending.length; renewed += 1) {
      const kept = ending.filter((_, place) => (renewed >> place) % 2 === 1);
      const renewal = (vm: Rented): Micros => (keepsPrice ? vm.price : (price ?? vm.price));
      const cost = kept.reduce((sum, vm) => sum + renewal(vm), 0n);
      const again = kept.map((vm) => ({ until: periodEnd(at), price: vm.price }));
      if (again.length > 0 && isDoubled(ending, renewed)) continue;
      for (let bought = 0; bought === 0 || staying.length + again.length + bought <= most; bought += 1) {
        if (bought > 0 && price === undefined) break;
        if (staying.length + again.length + bought < wantedAt(at)) continue;
        const fresh = Array.from({ length: bought }, () => ({ until: periodEnd(at), price: price ?? 0n }));
        const next = [...staying, ...again, ...fresh].sort((a, b) => a.until - b.until || Number(a.price - b.price));
        const rest = search(index + 1, next);
        if (rest === undefined) continue;
        const total = rest + cost + BigInt(bought) * (price ?? 0n);
        if (best === undefined || total < best) best = total;
      }
    }
    known.set(key, best);
    return best;
  }
  return search(0, []);
}

/** The same prices are kept by a smaller choice: of equal VMs the first ones. */
function isDoubled(ending: readonly Rented[], kept: number): boolean {
  return ending.some(
    (vm, place) => place > 0 && vm.price === ending[place - 1]!.price && ((kept >> (place - 1)) & 3) === 2,
  );
}
