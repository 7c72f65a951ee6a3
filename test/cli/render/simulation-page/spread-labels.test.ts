import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadLabels } from '../../../../src/cli/render/simulation-page/spread-labels.js';

describe('spreadLabels', () => {
  it('leaves labels where they are while there is room', () => {
    expect(spreadLabels([50, 0, 100], 17, 300)).toEqual([50, 0, 100]);
  });

  it('moves what lies over each other apart, and up from the foot', () => {
    expect(spreadLabels([290, 295, 10, 12], 20, 300)).toEqual([280, 300, 10, 30]);
  });

  it('keeps their order, their distance and the box', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 }), (wished) => {
        const places = spreadLabels(wished, 17, 300);
        const order = wished.map((_, index) => index).sort((a, b) => wished[a]! - wished[b]! || a - b);
        for (const [position, index] of order.entries()) {
          expect(places[index]).toBeGreaterThanOrEqual(0);
          expect(places[index]).toBeLessThanOrEqual(300);
          if (position > 0) expect(places[index]! - places[order[position - 1]!]!).toBeGreaterThanOrEqual(17);
        }
      }),
    );
  });
});
