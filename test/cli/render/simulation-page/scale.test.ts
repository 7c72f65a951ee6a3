import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScale, listValueTicks, toPercent } from '../../../../src/cli/render/simulation-page/scale.js';

describe('createScale', () => {
  it('places the lowest at 0, the highest at 1, and what lies outside at the edges', () => {
    const { place } = createScale(100, 300);
    expect([50, 100, 150, 300, 999].map(place)).toEqual([0, 0, 0.25, 1, 1]);
  });

  it('places everything at 0 where there is no span', () => {
    expect(createScale(5, 5).place(5)).toBe(0);
  });
});

describe('listValueTicks', () => {
  it.each([
    [10, 5, 1, [0, 2, 4, 6, 8, 10]],
    [3, 5, 1, [0, 1, 2, 3]],
    [0, 5, 1, [0, 1]],
    [97, 5, 1, [0, 20, 40, 60, 80, 100]],
    [1001, 5, 1, [0, 500, 1000, 1500]],
  ])('of 0 to %d, at most %d steps', (highest, most, least, ticks) => {
    expect(listValueTicks(highest, most, least)).toEqual(ticks);
  });

  it('reaches the highest value in even steps of 1, 2 or 5, no more than asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 2, max: 10 }), (highest, most) => {
        const ticks = listValueTicks(highest, most, 1);
        const step = ticks[1]!;
        expect(String(step)).toMatch(/^[125]0*$/);
        expect(ticks).toEqual(ticks.map((_, index) => index * step));
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest);
        expect(ticks.at(-1)! - highest).toBeLessThan(Math.max(step, 2));
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
      }),
    );
  });
});

describe('toPercent', () => {
  it('has two digits behind the point at most', () => {
    expect([0, 1 / 3, 0.5, 1].map(toPercent)).toEqual(['0%', '33.33%', '50%', '100%']);
  });
});
