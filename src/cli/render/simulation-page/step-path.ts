// Step lines and the areas below or between them as SVG path data. A value holds until the next point, the last one to the end.
import type { Scale } from './scale.js';
import type { SeriesPoint } from './thin-series.js';

/** The box that paths are written in: `width` wide, `height` high, the lowest value at its foot. */
export interface PathBox {
  readonly x: Scale;
  readonly y: Scale;
  readonly width: number;
  readonly height: number;
  /** Digits behind the point. */
  readonly digits: number;
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function listCorners(points: readonly SeriesPoint[], { x, y, width, height, digits }: PathBox): Corner[] {
  const corners: Corner[] = [];
  for (const { at, value } of points) {
    const corner = { x: round(x.place(at) * width, digits), y: round((1 - y.place(value)) * height, digits) };
    const last = corners.at(-1);
    if (last !== undefined && last.x !== corner.x) corners.push({ x: corner.x, y: last.y });
    if (last?.y !== corner.y) corners.push(corner);
  }
  const last = corners.at(-1);
  if (last !== undefined && last.x < width) corners.push({ x: width, y: last.y });
  return corners;
}

function join(corners: readonly Corner[], first: 'M' | 'L'): string {
  return corners.map(({ x, y }, index) => `${index === 0 ? first : 'L'}${x} ${y}`).join('');
}

export function drawStepLine(points: readonly SeriesPoint[], box: PathBox): string {
  return join(listCorners(points, box), 'M');
}

/** The area between a step line and another below it, which begins at the same instant; without one, the axis. */
export function drawStepArea(
  points: readonly SeriesPoint[],
  box: PathBox,
  lower: readonly SeriesPoint[] = points.slice(0, 1).map(({ at }) => ({ at, value: box.y.lowest })),
): string {
  const upper = listCorners(points, box);
  if (upper.length === 0) return '';
  return `${join(upper, 'M')}${join(listCorners(lower, box).reverse(), 'L')}Z`;
}
