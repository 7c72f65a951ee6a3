import { describe, expect, it } from 'vitest';
import { createScale } from '../../../../src/cli/render/simulation-page/scale.js';
import { drawStepArea, drawStepLine, type PathBox } from '../../../../src/cli/render/simulation-page/step-path.js';

const BOX: PathBox = { x: createScale(0, 10), y: createScale(0, 4), width: 100, height: 40, digits: 1 };
const POINTS = [
  { at: 0, value: 1 },
  { at: 5, value: 4 },
];

describe('step paths', () => {
  it('hold each value until the next, and the last one to the end', () => {
    expect(drawStepLine(POINTS, BOX)).toBe('M0 30L50 30L50 0L100 0');
  });

  it('begin where the first value does', () => {
    expect(drawStepLine(POINTS.slice(1), BOX)).toBe('M50 0L100 0');
  });

  it('close an area over the axis, or over a lower line', () => {
    expect(drawStepArea(POINTS, BOX)).toBe('M0 30L50 30L50 0L100 0L100 40L0 40Z');
    const lower = [{ at: 0, value: 1 }];
    expect(drawStepArea(POINTS, BOX, lower)).toBe('M0 30L50 30L50 0L100 0L100 30L0 30Z');
  });

  it('are empty without a point', () => {
    expect([drawStepLine([], BOX), drawStepArea([], BOX)]).toEqual(['', '']);
  });
});
