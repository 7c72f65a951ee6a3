import { describe, expect, it } from 'vitest';
import { renderSimulationPage } from '../../../../src/cli/render/simulation-page/render-simulation-page.js';
import { readHtml, type ReadElement } from './read-html.js';
import { buildSampleReport, HARMFUL } from './sample-report.js';

const report = buildSampleReport();
const html = renderSimulationPage(report, { product: 'marketplace' });
const elements = readHtml(html);

function listCharts(from: readonly ReadElement[]): readonly ReadElement[] {
  return from.filter(({ name, attributes }) => name === 'svg' && attributes.get('role') === 'img');
}

/** Rows of the body of the n-th table that a summary announces. */
function readTable(from: readonly ReadElement[], summary: RegExp): { readonly said: string; readonly rows: number } {
  const at = from.findIndex(({ name, text }) => name === 'summary' && summary.test(text));
  const body = from.findIndex(({ name }, index) => index > at && name === 'tbody');
  const after = from.findIndex(({ parents }, index) => index > body && !parents.includes('tbody'));
  const rows = from.slice(body, after === -1 ? undefined : after).filter(({ name }) => name === 'tr');
  return { said: from[at]!.text, rows: rows.length };
}

function textOf(from: readonly ReadElement[]): string {
  return from[0]!.text.replace(/\s+/g, ' ');
}

describe('the page of a backtest', () => {
  it('is one well-formed document that asks nothing of anybody', () => {
    expect(elements[0]!.name).toBe('html');
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/https?:|\/\/[a-z]|src=|@import|url\((?!#)|<script|<link|\son\w+=/);
  });

  it('of a month of office hours stays far below a megabyte', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(300_000);
  });

  it('says first what was played and the verdict', () => {
    const text = textOf(elements);
    expect(text).toContain('Played2026-11-02T00:00Z to 2026-11-30T00:00Z (28d), in virtual time, on the marketplace');
    expect(text).toContain('Purser would have paid 68.763520 for 224 periods: 1.009 times the least');
    expect(text).toContain('8.595440 less than a cron job');
    expect(text).toContain('Boundaries missed: 0.');
  });

  it('shows all followers, the gap and where it comes from, what each policy cost, and the notes', () => {
    const text = textOf(elements);
    expect(text).toContain('Purser68.7635201.0092243431');
    for (const word of ['immediate77.358960', 'lastMinutes76.238960', 'neverDelete103.145280', 'lower bound68.149560'])
      expect(text).toContain(word);
    expect(text).toContain('all of it0.613960');
    expect(text).toContain('prices that move-0.306980');
    expect(text).not.toContain('rails0');
    expect(text).toContain('office only observes: played as if it acted');
    expect(text).toContain(
      'Budget team: 68.763520 of 80.000000 a month (85.9 %) in 2026-11 (as much of it as the span holds); ' +
        '80% of expected (notify) from Sun 2026-11-22 00:00Z; 100% of spent (stop-growth) never',
    );
  });

  it('gives every chart a title, a description and a table', () => {
    const charts = listCharts(elements);
    expect(charts).toHaveLength(3);
    const ids = new Map(elements.map((element) => [element.attributes.get('id'), element]));
    for (const chart of charts) {
      const [title, description] = chart.attributes
        .get('aria-labelledby')!
        .split(' ')
        .map((id) => ids.get(id));
      expect([title?.name, description?.name]).toEqual(['title', 'desc']);
      expect(title!.text).not.toBe('');
      expect(description!.text).toContain('2026-11-02T00:00Z to 2026-11-30T00:00Z');
    }
    const figures = elements.filter(({ name }) => name === 'figure');
    expect(figures).toHaveLength(3);
    expect(elements.filter(({ name, parents }) => name === 'table' && parents.includes('figure'))).toHaveLength(3);
  });

  it('gives ids once, and refers to none that is missing', () => {
    const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(ids).toEqual([...new Set(ids)]);
    const referred = [...html.matchAll(/url\(#([\w-]+)\)|href="#([\w-]+)"/g)].map(([, one, other]) => one ?? other);
    expect(referred.filter((id) => !ids.includes(id!))).toEqual([]);
    expect(referred.length).toBeGreaterThan(10);
  });

  it('has in its tables as many rows as the charts have points', () => {
    const { fleets, vms } = report.timeline!;
    const points = fleets.get('office')!.length;
    expect(readTable(elements, /change/)).toEqual({ said: `Table: ${points} changes`, rows: points });
    expect(readTable(elements, /charge/)).toEqual({ said: 'Table: 28 instants with a charge', rows: 28 });
    expect(readTable(elements, /VMs/)).toEqual({ said: `Table: ${vms.length} VMs`, rows: vms.length });
    expect(readTable(elements, /day/)).toEqual({ said: 'Table: cost by day and policy, 28 rows', rows: 28 });
  });

  it('draws each VM with its end: deleted or ended by the provider, with what was paid beyond it', () => {
    const marks = (id: string): number => elements.filter(({ attributes }) => attributes.get('href') === id).length;
    expect(marks('#vms-deletion')).toBe(31);
    expect(marks('#vms-provider')).toBe(1);
    expect(textOf(elements)).toContain('34 VMs, 216 paid periods; 31 deleted, 1 ended by the provider.');
    const unused = elements.filter(({ attributes }) => attributes.get('class') === 'unused');
    expect(unused.map(({ attributes }) => attributes.get('width'))).toContain('1.64%');
  });
});

describe('a page with much on it', () => {
  const many = buildSampleReport({ moreVms: 5000, changes: 9000 });
  const large = renderSimulationPage(many);
  const read = readHtml(large);

  it('draws 200 bars and says so; the table says how many of all it has', () => {
    const bars = read.filter(({ name, attributes }) => name === 'text' && attributes.get('class') === 'name');
    expect(bars).toHaveLength(200);
    const text = textOf(read);
    expect(text).toContain('200 of them are drawn, of each policy those that were bought first');
    expect(text).toContain('ci: 166 of 5000 VMs');
    expect(readTable(read, /VMs/)).toEqual({ said: 'Table: the first 3000 of 5034 VMs', rows: 3000 });
  });

  it('thins a long series and says so, but keeps its only peak', () => {
    const text = textOf(read);
    expect(text).toContain('Parked: never any. Drawn coarsely: of each stretch');
    expect(text).toContain('Wanted: 0 to 97.');
    const { said, rows } = readTable(read, /of 9000 changes/);
    expect(said).toContain(`Table: ${rows} of 9000 changes`);
    expect(rows).toBeLessThanOrEqual(2000);
    // 97 of the axis' 100, in 180 pixels.
    const wanted = read.find(({ attributes }) => attributes.get('class') === 'wanted dense')!;
    expect(/[ML][\d.]+ 5\.4L/.test(wanted.attributes.get('d')!)).toBe(true);
    expect(/<td class="figure">97<\/td>/.test(large)).toBe(true);
  });
});

describe('a page with names that mean harm', () => {
  it('shows them as text, wherever they stand', () => {
    const harmful = buildSampleReport({ name: HARMFUL, days: 7 });
    const older = { file: HARMFUL, report: harmful };
    const page = renderSimulationPage(harmful, { comparison: older });
    const count = (name: string): number => readHtml(page).filter((element) => element.name === name).length;
    expect(count('script')).toBe(0);
    expect(count('table')).toBe(count('details') + 3);
    expect(page).not.toContain('\u202e');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  });
});

describe('a page that compares', () => {
  const older = { file: 'old.yaml', report: buildSampleReport({ days: 28 }) };
  const dearer = { ...older.report, purser: { ...older.report.purser, total: older.report.purser.total + 1_000_001n } };
  const compared = readHtml(renderSimulationPage(report, { comparison: { file: 'old.yaml', report: dearer } }));

  it('shows both beside each other in words, tables and curves', () => {
    const text = textOf(compared);
    expect(text).toContain(
      'With old.yaml Purser would have paid 69.763521: 1.000001 more than with the scenario&#39;s policies.',
    );
    expect(text).toContain('Purser with old.yaml69.763521');
    expect(text).toContain('Paid with old.yaml');
    expect(text).not.toContain('older');
    expect(text).toContain('the scenario 68.763520');
    expect(text).toContain('old.yaml 68.763520');
    expect(text).toContain('Purser as in the scenario: 68.763520');
    expect(text).toContain('Purser with old.yaml: 68.763520');
    const curves = compared.filter(({ attributes }) => attributes.get('class')?.startsWith('curve '));
    expect(curves).toHaveLength(6);
  });
});

describe('a page that compares files with files', () => {
  const dear = buildSampleReport({ days: 28 });
  const [first, ...others] = dear.purser.byDay;
  const purser = { ...dear.purser, byDay: [{ ...first!, cost: 5n, periods: 3 }, ...others] };
  const other = { ...dear, purser, gap: { ...dear.gap, launch: 7n } };
  const comparison = { file: 'policies/new/office.yaml', base: 'policies/office.yaml', report: other };
  const text = textOf(readHtml(renderSimulationPage(report, { comparison })));

  it('calls both sides by their files, and shortens names from their beginning where there is little room', () => {
    expect(text).toContain('Purser with policies/office.yaml: 68.763520');
    expect(text).toContain('Purser with policies/new/office.yaml: 68.763520');
    expect(text).toContain('the first 68.763520');
    expect(text).toContain('the second 68.763520');
    const cut = { ...comparison, file: 'policies/office-by-night.yaml' };
    expect(textOf(readHtml(renderSimulationPage(report, { comparison: cut })))).toContain('…-night.yaml 68.763520');
  });

  it('has the days, the gap and the budgets of both', () => {
    expect(text).toContain('2026-11-02office2.4558400.000005103');
    expect(text).toContain('launches that take time0.0000000.000007');
    expect(text).toContain('Budget team with policies/office.yaml: 68.763520 of 80.000000 a month (85.9 %)');
    expect(text).toContain('Budget team with policies/new/office.yaml: 68.763520 of');
  });
});

describe('words of notes', () => {
  it('that stand between backticks are code, whatever they say', () => {
    const notes = [`\`offers:\` gives \`${HARMFUL}\``, 'a lone ` stays'];
    const page = renderSimulationPage({ ...report, notes });
    expect(page).toContain('<li><code>offers:</code> gives <code>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(page).toContain('<li>a lone ` stays</li>');
  });
});

describe('a page of a backtest without a timeline', () => {
  it('has the figures, and says that nothing is drawn', () => {
    const bare = readHtml(renderSimulationPage({ ...report, timeline: undefined }));
    expect(listCharts(bare)).toEqual([]);
    expect(textOf(bare)).toContain('so nothing is drawn');
    expect(textOf(bare)).toContain('68.763520');
  });
});

describe('a page of nothing', () => {
  it('is still a page', () => {
    const timeline = { fleets: new Map(), vms: [], paid: new Map() };
    const empty = readHtml(renderSimulationPage({ ...report, to: report.from, timeline }));
    expect(textOf(empty)).toContain('No VM was rented.');
    expect(textOf(empty)).toContain('No fleet was played.');
    expect(textOf(empty)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
