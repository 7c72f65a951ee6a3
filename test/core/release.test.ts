// Whom to let go at the next boundary: against trying every choice, and the order among equals.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseReleases, type Candidate } from '../../src/core/release.js';
import { daily } from './samples.js';

function candidate(id: string, boundary: number, over: Partial<Candidate> = {}): Candidate {
  return { id, boundary, price: daily(100n), healthy: true, ...over };
}

/** Whether letting these go keeps the need covered at the boundary of each of them. */
function isAllowed(released: readonly Candidate[], alive: number, needAt: (boundary: number) => number): boolean {
  return released.every(({ boundary }) => {
    const gone = released.filter((other) => other.boundary <= boundary).length;
    return alive - gone >= needAt(boundary);
  });
}

const needs = fc.array(fc.nat(6), { minLength: 6, maxLength: 6 });
const crowds = fc
  .array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 8 })
  .map((all) =>
    all.map(([boundary, price, healthy], index) =>
      candidate(`vm${index}`, boundary, { price: daily(BigInt(price)), healthy }),
    ),
  );

function subsets(all: readonly Candidate[]): readonly (readonly Candidate[])[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, index) => (bits >> index) & 1));
}

describe('chooseReleases', () => {
  it('lets go as many as any allowed choice does when prices are equal', () => {
    fc.assert(
      fc.property(crowds, needs, fc.nat(3), (crowd, need, others) => {
        const equal = crowd.map((one) => ({ ...one, price: daily(100n) }));
        const alive = equal.length + others;
        const needAt = (boundary: number) => need[boundary]!;
        const chosen = chooseReleases(equal, alive, needAt);
        const allowed = subsets(equal).filter((some) => isAllowed(some, alive, needAt));
        expect(chosen.size).toBe(Math.max(...allowed.map((some) => some.length)));
      }),
      { numRuns: 300 },
    );
  });

  it('always leaves enough at each boundary, whatever the prices', () => {
    fc.assert(
      fc.property(crowds, needs, fc.nat(3), (crowd, need, others) => {
        const alive = crowd.length + others;
        const chosen = chooseReleases(crowd, alive, (boundary) => need[boundary]!);
        const released = crowd.filter((one) => chosen.has(one.id));
        expect(isAllowed(released, alive, (boundary) => need[boundary]!)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nobody whom it could also let go', () => {
    fc.assert(
      fc.property(crowds, needs, (crowd, need) => {
        const chosen = chooseReleases(crowd, crowd.length, (boundary) => need[boundary]!);
        const released = crowd.filter((one) => chosen.has(one.id));
        for (const one of crowd) {
          if (chosen.has(one.id)) continue;
          expect(isAllowed([...released, one], crowd.length, (boundary) => need[boundary]!)).toBe(false);
        }
      }),
    );
  });

  it.each([
    ['the dearer', [candidate('a', 1), candidate('b', 2, { price: daily(200n) })], 'b'],
    ['the unhealthy of one boundary', [candidate('a', 1), candidate('b', 1, { healthy: false })], 'b'],
    ['the nearest boundary', [candidate('a', 2), candidate('b', 1)], 'b'],
    ['the first by id', [candidate('b', 1), candidate('a', 1)], 'a'],
    ['the nearest before the unhealthy', [candidate('a', 2, { healthy: false }), candidate('b', 1)], 'b'],
  ] as const)('prefers %s', (_what, crowd, expected) => {
    expect([...chooseReleases(crowd, 2, () => 1)]).toEqual([expected]);
  });

  it('keeps all that are needed and lets go all that are not', () => {
    const crowd = [candidate('a', 1), candidate('b', 2)];
    expect(chooseReleases(crowd, 2, () => 2).size).toBe(0);
    expect(chooseReleases(crowd, 2, () => 9).size).toBe(0);
    expect(chooseReleases(crowd, 2, () => 0).size).toBe(2);
  });
});
