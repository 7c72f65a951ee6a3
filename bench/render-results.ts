// The results as a table for people: bench/results.md, and the same on the terminal. Formats only.
import type { BenchRow } from './measure.js';

export interface Machine {
  readonly cores: number;
  readonly node: string;
  /** When the run ended, ISO 8601. */
  readonly at: string;
}

const COLUMNS = ['name', 'ratio', 'limit', 'ok', 'detail'] as const;

/** Three digits that count; a plain number, never an exponent. */
export function formatRatio(ratio: number): string {
  return ratio === 0 || Math.abs(ratio) >= 100 ? ratio.toFixed(0) : ratio.toFixed(ratio < 1 ? 3 : 2);
}

function cellsOf({ name, ratio, limit, ok, detail }: BenchRow): string[] {
  return [name, formatRatio(ratio), formatRatio(limit), ok ? 'yes' : 'NO', detail.replaceAll('|', '\\|')];
}

function renderLine(cells: readonly string[], widths: readonly number[]): string {
  return `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
}

/** A Markdown table whose columns are aligned. */
export function renderTable(rows: readonly BenchRow[]): string {
  const lines = [[...COLUMNS], ...rows.map(cellsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]!.length)));
  const ruler = widths.map((width) => '-'.repeat(width));
  const [head, ...body] = lines;
  return [head!, ruler, ...body].map((cells) => renderLine(cells, widths)).join('\n');
}

/** The whole of bench/results.md. */
export function renderResults(rows: readonly BenchRow[], machine: Machine): string {
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`. Every ratio was measured side by side in one run, the sides taking turns, and is one of',
    `medians. Absolute figures are those of this run: ${machine.cores} cores, Node ${machine.node}, ${machine.at}.`,
    '',
    renderTable(rows),
    '',
  ].join('\n');
}
