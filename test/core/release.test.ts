// Whom to let go at the next boundary: against trying every choice, and the order among equals.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseReleases, type Candidate } from '../../src/core/release.js';
import { daily } from './samples.js';

function candidate(id: string, boundary: number, over: Partial<Candidate> = {}): Candidate {
  return { id, boundary, price: daily(100n), healthy: true, ...over };
}

/** Whether letting these go keeps the need covered from the boundary of each of them until what it has paid itself is over. */
function isAllowed(
  released: readonly Candidate[],
  alive: number,
  needAt: (boundary: number, paidUntil: number) => number,
): boolean {
  return released.every(({ boundary, paidUntil = boundary }) => {
    const gone = released.filter((other) => other.boundary <= paidUntil).length;
    return alive - gone >= needAt(boundary, paidUntil);
  });
}

/** The most that is needed from one boundary to another. */
function peakOf(need: readonly number[]): (boundary: number, paidUntil: number) => number {
  return (boundary, paidUntil) => Math.max(...need.slice(boundary, paidUntil + 1));
}

const needs = fc.array(fc.nat(6), { minLength: 6, maxLength: 6 });
const crowds = fc
  .array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 8 })
  .map((all) =>
    all.map(([boundary, price, healthy], index) =>
      candidate(`vm${index}`, boundary, { price: daily(BigInt(price)), healthy }),
    ),
  );

/** Some of them with a disk that comes due before they do. */
const crowdsWithParts = fc
  .tuple(crowds, fc.array(fc.nat(5), { minLength: 8, maxLength: 8 }))
  .map(([all, later]) => all.map((one, index) => ({ ...one, paidUntil: Math.max(one.boundary, later[index]!) })));

function subsets(all: readonly Candidate[]): readonly (readonly Candidate[])[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, index) => (bits >> index) & 1));
}

describe('chooseReleases', () => {
  it('lets go as many as any allowed choice does when prices and ends are equal', () => {
    fc.assert(
      fc.property(crowds, needs, fc.nat(3), (crowd, need, others) => {
        const equal = crowd.map((one) => ({ ...one, price: daily(100n) }));
        const alive = equal.length + others;
        const needAt = peakOf(need);
        const chosen = chooseReleases(equal, alive, needAt);
        const allowed = subsets(equal).filter((some) => isAllowed(some, alive, needAt));
        expect(chosen.size).toBe(Math.max(...allowed.map((some) => some.length)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['machines of one boundary', crowds],
    ['machines whose disks come due before they do', crowdsWithParts],
  ])('always leaves enough until what is paid is over, whatever the prices: %s', (_what, some) => {
    fc.assert(
      fc.property(some, needs, fc.nat(3), (crowd, need, others) => {
        const alive = crowd.length + others;
        const chosen = chooseReleases(crowd, alive, peakOf(need));
        const released = crowd.filter((one) => chosen.has(one.id));
        expect(isAllowed(released, alive, peakOf(need))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nobody whom it could also let go', () => {
    fc.assert(
      fc.property(crowdsWithParts, needs, (crowd, need) => {
        const chosen = chooseReleases(crowd, crowd.length, peakOf(need));
        const released = crowd.filter((one) => chosen.has(one.id));
        for (const one of crowd) {
          if (chosen.has(one.id)) continue;
          expect(isAllowed([...released, one], crowd.length, peakOf(need))).toBe(false);
        }
      }),
    );
  });

  it.each([
    ['the dearer', [candidate('a', 1), candidate('b', 2, { price: daily(200n) })], 'b'],
    ['the unhealthy of one boundary', [candidate('a', 1), candidate('b', 1, { healthy: false })], 'b'],
    ['the nearest boundary', [candidate('a', 2), candidate('b', 1)], 'b'],
    ['the one paid less long', [candidate('a', 1, { paidUntil: 3 }), candidate('b', 1, { paidUntil: 2 })], 'b'],
    ['the first by id', [candidate('b', 1), candidate('a', 1)], 'a'],
    ['the nearest before the unhealthy', [candidate('a', 2, { healthy: false }), candidate('b', 1)], 'b'],
  ] as const)('prefers %s', (_what, crowd, expected) => {
    expect([...chooseReleases(crowd, 2, () => 1).keys()]).toEqual([expected]);
  });

  it('never lets two go that each alone could, where the later end needs one of them', () => {
    // The disk of the first comes due before it does; both would be gone when one is wanted again.
    const crowd = [candidate('a', 1, { paidUntil: 4 }), candidate('b', 3)];
    expect(chooseReleases(crowd, 2, peakOf([0, 0, 0, 1, 1])).size).toBe(1);
  });

  it('lets whoever is needed at the first boundary go for a later one, after all who go for their first', () => {
    // One is wanted until 2; both are paid themselves until 3, their disks until 1 and 2.
    const price = daily(50n);
    const later = [{ boundary: 3, price }];
    const crowd = [
      candidate('a', 1, { paidUntil: 3, later, price: daily(200n) }),
      candidate('b', 2, { paidUntil: 3, later }),
    ];
    const need = [1, 1, 0, 0];
    expect([...chooseReleases(crowd, 2, peakOf(need))]).toEqual([['a', 0]]);
    expect([...chooseReleases(crowd, 1, peakOf(need))]).toEqual([['b', 0]]);
    expect([...chooseReleases([crowd[0]!], 1, peakOf(need))]).toEqual([['a', 1]]);
    expect(chooseReleases([crowd[0]!], 1, peakOf([1, 1, 1, 1])).size).toBe(0);
  });

  it('keeps whoever is needed at its own boundary, where its disk comes due a little later', () => {
    const crowd = [candidate('a', 3, { paidUntil: 2 })];
    expect(chooseReleases(crowd, 1, peakOf([0, 0, 1, 0])).size).toBe(0);
    expect(chooseReleases(crowd, 1, peakOf([1, 1, 0, 0])).size).toBe(1);
  });

  it('keeps all that are needed and lets go all that are not', () => {
    const crowd = [candidate('a', 1), candidate('b', 2)];
    expect(chooseReleases(crowd, 2, () => 2).size).toBe(0);
    expect(chooseReleases(crowd, 2, () => 9).size).toBe(0);
    expect(chooseReleases(crowd, 2, () => 0).size).toBe(2);
  });

  describe('of a fleet with a spread', () => {
    const places = fc.array(fc.constantFrom('FR', 'DE', 'IT'), { minLength: 1, maxLength: 9 });
    function stand(all: readonly Candidate[]): ReadonlyMap<string, number> {
      const counts = new Map<string, number>();
      for (const { place } of all) counts.set(place!, (counts.get(place!) ?? 0) + 1);
      return counts;
    }

    it('leaves equals standing as evenly as any choice of so many could', () => {
      fc.assert(
        fc.property(places, fc.nat(9), fc.integer({ min: 1, max: 3 }), (list, wanted, max) => {
          const all = list.map((place, index) => candidate(`vm${index}`, 1, { place }));
          const chosen = chooseReleases(all, all.length, () => wanted, { max, counts: stand(all) });
          expect(chosen.size).toBe(Math.max(0, all.length - wanted));
          const fullestOf = (gone: ReadonlySet<Candidate>): number =>
            Math.max(0, ...stand(all.filter((one) => !gone.has(one))).values());
          const equallyMany = subsets(all).filter((some) => some.length === chosen.size);
          const best = Math.min(...equallyMany.map((some) => fullestOf(new Set(some))));
          expect(fullestOf(new Set(all.filter(({ id }) => chosen.has(id))))).toBe(best);
        }),
        { numRuns: 200 },
      );
    });

    it('lets go, of equal prices, what its place has too many of, before what is paid less long', () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.constantFrom('FR', 'DE', 'IT'), fc.nat(5)), { minLength: 1, maxLength: 9 }),
          fc.nat(9),
          fc.integer({ min: 1, max: 3 }),
          (list, wanted, max) => {
            const all = list.map(([place, boundary], index) => candidate(`vm${index}`, boundary, { place }));
            const counts = stand(all);
            const chosen = chooseReleases(all, all.length, () => wanted, { max, counts });
            const left = stand(all.filter(({ id }) => !chosen.has(id)));
            const tooMany = (of: ReadonlyMap<string, number>): number =>
              [...of.values()].reduce((sum, count) => sum + Math.max(0, count - max), 0);
            expect(tooMany(left)).toBe(Math.max(0, tooMany(counts) - chosen.size));
          },
        ),
        { numRuns: 300 },
      );
    });

    it('lets the dearer go before what its place has too many of, and of equals the unhealthy before the fullest place', () => {
      const all = [
        candidate('a', 1, { place: 'FR' }),
        candidate('b', 1, { place: 'FR' }),
        candidate('c', 1, { place: 'DE', price: daily(200n) }),
        candidate('d', 1, { place: 'IT', healthy: false }),
      ];
      const choose = (wanted: number, max: number) => [
        ...chooseReleases(all, all.length, () => wanted, { max, counts: stand(all) }).keys(),
      ];
      expect(choose(3, 1)).toEqual(['c']);
      expect(choose(2, 1)).toEqual(['c', 'a']);
      expect(choose(2, 2)).toEqual(['c', 'd']);
    });
  });
});
