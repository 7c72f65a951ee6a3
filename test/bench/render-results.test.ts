// bench/results.md: a table that lines up, and figures a person can read.
import { describe, expect, it } from 'vitest';
import { judgeAtLeast, judgeAtMost } from '../../bench/measure.js';
import { formatRatio, renderResults, renderTable } from '../../bench/render-results.js';

const rows = [
  judgeAtMost('planning / JSON.parse', 2.046, 3, 'plan 20 ms | parse 10 ms'),
  judgeAtLeast('no-op / bare', 0.4321, 0.5, 'slow'),
];

describe('the table of results', () => {
  it('has a column for each part of a row, lined up, and says loudly what broke its limit', () => {
    expect(renderTable(rows).split('\n')).toEqual([
      '| name                  | ratio | limit | ok  | detail                    |',
      '| --------------------- | ----- | ----- | --- | ------------------------- |',
      '| planning / JSON.parse | 2.05  | 3.00  | yes | plan 20 ms \\| parse 10 ms |',
      '| no-op / bare          | 0.432 | 0.500 | NO  | slow                      |',
    ]);
  });

  it('names the machine and the time in results.md, and ends with a line break', () => {
    const text = renderResults(rows, { cores: 2, node: '20.20.2', at: '2026-11-20T10:00:00Z' });
    expect(text).toContain('2 cores, Node 20.20.2, 2026-11-20T10:00:00Z');
    expect(text).toContain(renderTable(rows));
    expect(text).toMatch(/[^\n]\n$/);
  });
});

describe('formatRatio', () => {
  it.each([
    [0, '0'],
    [0.00149, '0.001'],
    [0.5, '0.500'],
    [1.234, '1.23'],
    [99.94, '99.94'],
    [1234.5, '1235'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('shows %d as %s', (ratio, text) => {
    expect(formatRatio(ratio)).toBe(text);
  });
});
