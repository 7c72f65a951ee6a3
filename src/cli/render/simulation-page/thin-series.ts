// Fewer points for the same picture: a long series is cut into columns of equal time, and each column keeps its lowest, its
// highest and its last value, so that no peak disappears however short it was.
import type { Instant } from '../../../core/types.js';

/** Holds from `at` on, until the next one. */
export interface SeriesPoint {
  readonly at: Instant;
  readonly value: number;
}

/** Which of a column's points must stay, by one measure of them. */
function keepExtremes<T extends object>(column: readonly T[], valueOf: (point: T) => number, kept: Set<T>): void {
  let lowest = column[0]!;
  let highest = lowest;
  for (const point of column) {
    if (valueOf(point) < valueOf(lowest)) lowest = point;
    if (valueOf(point) > valueOf(highest)) highest = point;
  }
  for (const point of [lowest, highest, column.at(-1)!]) kept.add(point);
}

/**
 * The points to draw, ascending as they were given. All of them where there are no more than `columns * 2`; else at most three a
 * column and measure. `measures`: by what extremes are judged, each by itself.
 */
export function thinSeries<T extends { readonly at: Instant }>(
  points: readonly T[],
  { from, to, columns }: { readonly from: Instant; readonly to: Instant; readonly columns: number },
  measures: readonly ((point: T) => number)[],
): readonly T[] {
  if (points.length <= columns * 2 || to <= from) return points;
  const byColumn = new Map<number, T[]>();
  for (const point of points) {
    const column = Math.min(columns - 1, Math.max(0, Math.floor(((point.at - from) / (to - from)) * columns)));
    const known = byColumn.get(column);
    if (known === undefined) byColumn.set(column, [point]);
    else known.push(point);
  }
  const kept = new Set<T>();
  for (const column of byColumn.values()) for (const measure of measures) keepExtremes(column, measure, kept);
  return points.filter((point) => kept.has(point));
}
