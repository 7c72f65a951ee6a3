import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinSeries, type SeriesPoint } from '../../../../src/cli/render/simulation-page/thin-series.js';

const valueOf = ({ value }: SeriesPoint): number => value;

function toPoints(values: readonly number[]): readonly SeriesPoint[] {
  return values.map((value, index) => ({ at: index, value }));
}

describe('thinSeries', () => {
  it('keeps all where there are few', () => {
    const points = toPoints([1, 5, 2]);
    expect(thinSeries(points, { from: 0, to: 3, columns: 2 }, [valueOf])).toBe(points);
  });

  it('keeps a peak that is one point wide', () => {
    const points = toPoints(Array.from({ length: 10_000 }, (_, index) => (index === 4321 ? 99 : 0)));
    const thinned = thinSeries(points, { from: 0, to: 10_000, columns: 50 }, [valueOf]);
    expect(thinned).toContainEqual({ at: 4321, value: 99 });
    expect(thinned.length).toBeLessThanOrEqual(150);
  });

  it('keeps the lowest, the highest and the last value of each column, in order, of points that were given', () => {
    const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 30, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 14 }), (list, columns) => {
        const points = toPoints(list);
        const thinned = thinSeries(points, { from: 0, to: list.length, columns }, [valueOf]);
        expect(points.filter((point) => thinned.includes(point))).toEqual(thinned);
        expect(thinned.length).toBeLessThanOrEqual(columns * 3);
        for (let column = 0; column < columns; column += 1) {
          const isIn = ({ at }: SeriesPoint): boolean => Math.floor((at / list.length) * columns) === column;
          const before = points.filter(isIn).map(valueOf);
          const after = thinned.filter(isIn).map(valueOf);
          expect([Math.min(...after), Math.max(...after), after.at(-1)]).toEqual([
            Math.min(...before),
            Math.max(...before),
            before.at(-1),
          ]);
        }
      }),
    );
  });
});
