// The one table: aligned columns, no boxes. Cut with an ellipsis only where a terminal's width is known.
import { paint } from './paint.js';
import { oneLine } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { cutToWidth, padToWidth, widthOf } from './text-width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Is shortened, longest first, when the table is wider than the terminal. */
  readonly shrinks?: boolean;
}

const GAP = '  ';
const LEAST_WIDTH = 8;

function fitWidths(columns: readonly Column[], widths: number[], width: number | undefined): number[] {
  if (width === undefined) return widths;
  const fitted = [...widths];
  let excess = fitted.reduce((sum, each) => sum + each + GAP.length, -GAP.length) - width;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      if (column.shrinks !== true || fitted[index]! <= LEAST_WIDTH) continue;
      if (widest === -1 || fitted[index]! > fitted[widest]!) widest = index;
    }
    if (widest === -1) return fitted;
    fitted[widest]! -= 1;
    excess -= 1;
  }
  return fitted;
}

function layOutRow(cells: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  return columns
    .map((column, index) => {
      const width = widths[index]!;
      return padToWidth(cutToWidth(cells[index] ?? '', width), width, column.align);
    })
    .join(GAP)
    .trimEnd();
}

/** Lines joined by newlines, without one at the end. Cells are made one line each; the head is bold with colours. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  facts: Pick<RenderFacts, 'width' | 'colours'>,
): string {
  const cells = rows.map((row) => row.map(oneLine));
  const natural = columns.map((column, index) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), column.title.length),
  );
  const widths = fitWidths(columns, natural, facts.width);
  const titles = columns.map((column) => column.title);
  const head = paint(layOutRow(titles, columns, widths), 'strong', facts.colours);
  return [head, ...cells.map((row) => layOutRow(row, columns, widths))].join('\n');
}
