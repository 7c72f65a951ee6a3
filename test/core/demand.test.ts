// Questions about a demand, against looking at every instant.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNextAbove, findNextChange, findPeak, findStepAt, peakReader, wantAlways } from '../../src/core/demand.js';
import { demandOf } from './samples.js';

/** Steps at small integer instants, so that every instant can be looked at. */
const demands = fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), fc.nat(4)), { maxLength: 8 }).map((gaps) => {
  let at = 0;
  return demandOf(gaps.map(([gap, wanted]) => [(at += gap), wanted] as const));
});
const instants = fc.integer({ min: -5, max: 90 });

describe('a demand', () => {
  it('peaks at the most that is wanted at any instant, both ends included', () => {
    fc.assert(
      fc.property(demands, instants, fc.nat(30), (demand, from, length) => {
        const each = Array.from({ length: length + 1 }, (_, index) => findStepAt(demand, from + index).wanted);
        expect(findPeak(demand, from, from + length)).toBe(Math.max(...each));
      }),
    );
  });

  it('has its next change and its next excess where an instant first shows them', () => {
    fc.assert(
      fc.property(demands, instants, fc.nat(4), (demand, at, count) => {
        const later = Array.from({ length: 60 }, (_, index) => at + 1 + index);
        const { wanted } = findStepAt(demand, at);
        const change = later.find((instant) => findStepAt(demand, instant).wanted !== wanted);
        expect(findNextChange(demand, at, at + 61)?.at).toBe(change);
        const above = findNextAbove(demand, at, at + 61, count);
        const rise = later.find(
          (instant) => findStepAt(demand, instant).at === instant && findStepAt(demand, instant).wanted > count,
        );
        expect(above).toBe(rise);
      }),
    );
  });

  it('without windows wants the same for ever', () => {
    expect(findPeak(wantAlways(3), 0, 1e15)).toBe(3);
    expect(findNextChange(wantAlways(3), 0, 1e15)).toBeUndefined();
  });
});

describe('peakReader', () => {
  it('answers what findPeak answers, in any order of questions', () => {
    fc.assert(
      fc.property(
        demands,
        instants,
        fc.nat(20),
        fc.array(fc.tuple(instants, fc.nat(20)), { maxLength: 10 }),
        (demand, from, within, asked) => {
          const read = peakReader(demand, from, within);
          for (const [at, longer] of asked) {
            expect(read(at)).toBe(findPeak(demand, at, at + within));
            expect(read(at, at + longer)).toBe(findPeak(demand, at, at + longer + within));
          }
        },
      ),
    );
  });
});
