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
  /** Is left out, highest first, when the table is too wide with all of it shortened. JSON has everything. */
  readonly yields?: number;
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

/** The columns that fit when those that may be shortened are as short as they get. */
function chooseColumns(
  columns: readonly Column[],
  natural: readonly number[],
  width: number | undefined,
): readonly number[] {
  let chosen = columns.map((_, index) => index);
  const leastOf = (index: number): number =>
    columns[index]!.shrinks === true ? Math.min(LEAST_WIDTH, natural[index]!) : natural[index]!;
  const isTooWide = (): boolean =>
    width !== undefined && chosen.reduce((sum, index) => sum + leastOf(index) + GAP.length, -GAP.length) > width;
  while (isTooWide()) {
    const most = Math.max(...chosen.map((index) => columns[index]!.yields ?? 0));
    if (most === 0) return chosen;
    chosen = chosen.filter((index) => columns[index]!.yields !== most);
  }
  return chosen;
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
  const all = rows.map((row) => row.map(oneLine));
  const natural = columns.map((column, index) =>
    all.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), column.title.length),
  );
  const chosen = chooseColumns(columns, natural, facts.width);
  const shown = chosen.map((index) => columns[index]!);
  const cells = all.map((row) => chosen.map((index) => row[index] ?? ''));
  const widths = fitWidths(
    shown,
    chosen.map((index) => natural[index]!),
    facts.width,
  );
  const titles = shown.map((column) => column.title);
  const head = paint(layOutRow(titles, shown, widths), 'strong', facts.colours);
  return [head, ...cells.map((row) => layOutRow(row, shown, widths))].join('\n');
}
