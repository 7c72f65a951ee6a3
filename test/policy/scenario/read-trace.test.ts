// CSV files of times and values as people, sheets and databases write them: read, or refused with line and column.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/policy/problems.js';
import { createLineSplitter } from '../../../src/policy/scenario/csv-lines.js';
import { readTrace } from '../../../src/policy/scenario/read-trace.js';
import { createTraceReader } from '../../../src/policy/scenario/trace-rows.js';
import type { TraceColumn } from '../../../src/policy/scenario/trace-rows.js';
import { readScenario } from '../../../src/policy/scenario/read-scenario.js';
import { openZone } from '../../../src/policy/zone.js';
import { writeFleet } from '../policy-texts.js';
import { writeScenario } from './scenario-cases.js';

let baseDir = '';

beforeAll(async () => {
  baseDir = await mkdtemp(join(tmpdir(), 'purser-trace-'));
  await writeFile(join(baseDir, 'web.yaml'), writeFleet());
});

afterAll(async () => {
  await rm(baseDir, { recursive: true });
});

interface Read {
  readonly steps: readonly string[];
  readonly problems: readonly string[];
}

/** Reads it as the demand of a scenario that lasts from 2 to 30 November. */
async function readDemand(csv: string | Buffer, ...lines: readonly string[]): Promise<Read> {
  await writeFile(join(baseDir, 't.csv'), csv);
  await writeFile(join(baseDir, 's.yaml'), writeScenario('demand: {web: {csv: t.csv}}', ...lines));
  const { scenario, problems } = await readScenario('s.yaml', { baseDir });
  const steps = scenario?.demands[0]!.steps.map(
    ({ at, wanted }) => `${new Date(at).toISOString().slice(0, 16)} ${wanted}`,
  );
  return { steps: steps ?? [], problems: problems.map(({ line, column, code }) => `${line}:${column} ${code}`) };
}

const LINES = [
  'time,replicas',
  '2026-11-01T22:00Z,2',
  '2026-11-03T08:00Z,5',
  '2026-11-03T09:00Z,5',
  '2026-11-04T08:00Z,0',
];
const STEPS = ['2026-11-01T22:00 2', '2026-11-03T08:00 5', '2026-11-04T08:00 0'];

describe('a CSV of demand', () => {
  it.each([
    ['LF', LINES.join('\n')],
    ['CRLF', `${LINES.join('\r\n')}\r\n`],
    ['CR', `${LINES.join('\r')}\r`],
    ['a byte order mark', `\uFEFF${LINES.join('\n')}\n`],
    ['blank lines at the end', `${LINES.join('\n')}\n\n  \n\n`],
    ['quoted cells', LINES.map((line) => line.replace(/(.*),(.*)/, '"$1" , "$2"')).join('\n')],
    ['blanks around cells', LINES.map((line) => ` ${line.replace(',', ' , ')} `).join('\n')],
    ['columns the other way round', LINES.map((line) => line.split(',').reverse().join(',')).join('\n')],
    [
      'columns that nobody asked for',
      LINES.map((line, index) => `${index},"a,""b""",${line}`)
        .join('\n')
        .replace('0,"a,""b"""', 'id,note'),
    ],
    [
      'seconds since 1970',
      LINES.map((line) => line.replace(/^2026[^,]*/, (time) => String(Date.parse(time) / 1000))).join('\n'),
    ],
    [
      'offsets',
      LINES.map((line) => line.replace(/T22:00Z/, 'T23:00+01:00').replace('T08:00Z', 'T03:00-0500')).join('\n'),
    ],
    [
      'a blank between date and time',
      LINES.map((line) => line.replace('T', ' ').replace(':00Z', ':00:00.000Z')).join('\n'),
    ],
    [
      'earlier lines, of which the last counts',
      LINES.join('\n').replace('2026-11-01T22', '2026-10-01T22:00Z,9\n2026-11-01T22'),
    ],
    ['later lines, which are not played', `${LINES.join('\n')}\n2026-11-30T00:00Z,7\n2027-01-01T00:00Z,8\n`],
  ])('is read with %s', async (_, csv) => {
    expect(await readDemand(csv)).toEqual({ steps: STEPS, problems: [] });
  });

  it("counts times without an offset in the scenario's zone", async () => {
    const read = await readDemand(LINES.join('\n').replaceAll('Z', ''), 'timezone: Europe/Paris');
    expect(read.steps).toEqual(['2026-11-01T21:00 2', '2026-11-03T07:00 5', '2026-11-04T07:00 0']);
  });

  it.each([
    ['nothing', '', '1:1 file-empty'],
    ['blank lines alone', '\n\n', '1:1 file-empty'],
    ['no first line', LINES.slice(1).join('\n'), '1:1 csv-header'],
    ['another column', 'time,value\n', '1:1 csv-header'],
    ['semicolons', LINES.join('\n').replaceAll(',', ';'), '1:1 csv-header'],
    ['its first line alone', 'time,replicas\n', '1:1 csv-header'],
    ['an empty value', 'time,replicas\n2026-11-01T22:00Z,\n', '2:19 csv-value'],
    ['a missing column', 'time,replicas\n2026-11-01T22:00Z\n', '2:1 csv-columns'],
    ['a decimal comma', 'time,replicas\n2026-11-01T22:00Z,2,5\n', '2:21 csv-columns'],
    ['a text', 'time,replicas\n2026-11-01T22:00Z,many\n', '2:19 csv-value'],
    ['less than none', 'time,replicas\n2026-11-01T22:00Z,  -3\n', '2:21 csv-value'],
    ['a fraction', 'time,replicas\n2026-11-01T22:00Z,"2.5"\n', '2:20 csv-value'],
    ['more than there can be', 'time,replicas\n2026-11-01T22:00Z,100001\n', '2:19 csv-value'],
    ['an empty time', 'time,replicas\n,3\n', '2:1 csv-time'],
    ['a time that does not exist', 'time,replicas\n2026-11-31T22:00Z,3\n', '2:1 csv-time'],
    ['milliseconds', 'time,replicas\n1793570400000,3\n', '2:1 csv-time'],
    ['times that are not sorted', `${LINES.join('\r\n')}\r\n2026-11-03T10:00Z,1`, '6:1 times-unsorted'],
    ['a time twice', `${LINES.join('\n')}\n2026-11-04T09:00+01:00,1`, '6:1 times-unsorted'],
    ['a quote that is not closed', 'time,replicas\n"2026-11-01T22:00Z,3\n', '2:1 csv-quote'],
    ['text after a quote', 'time,replicas\n2026-11-01T22:00Z,"3"4\n', '2:19 csv-quote'],
    ['an empty line between others', LINES.join('\n').replace('\n2026-11-04', '\n\n2026-11-04'), '5:1 csv-blank'],
    ['a beginning that is too late', 'time,replicas\n2026-11-02T00:01Z,3\n', '2:1 begins-late'],
    ['a beginning after the end', 'time,replicas\n2026-12-02T00:01Z,3\n', '2:1 begins-late'],
    ['a line without an end', `time,replicas\n${'1'.repeat(20_000)}`, '2:1 csv-line-long'],
  ])('is refused with %s', async (_, csv, problem) => {
    expect(await readDemand(csv)).toEqual({ steps: [], problems: [problem] });
  });

  it('counts one column as one', async () => {
    await writeFile(join(baseDir, 't.csv'), 'time,replicas\n2026-11-01T22:00Z\n');
    await writeFile(join(baseDir, 's.yaml'), writeScenario('demand: {web: {csv: t.csv}}'));
    const { problems } = await readScenario('s.yaml', { baseDir });
    expect(problems.map(({ message }) => message)).toEqual(["This line has 1 column, fewer than the first one's 2."]);
  });

  it('is refused where it is not UTF-8', async () => {
    const latin = Buffer.concat([Buffer.from('time,replicas\n2026-11-01T22:00Z,3\n'), Buffer.from([0xe9, 0x0a])]);
    expect((await readDemand(latin)).problems).toEqual([expect.stringMatching(/^[123]:1 file-not-utf8$/)]);
    expect((await readDemand(Buffer.from(LINES.join('\n'), 'utf16le'))).problems).not.toEqual([]);
  });

  it('says what is wrong with the first ten lines, and that it read no further', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => `2026-11-01T22:${index},x`);
    const { problems } = await readDemand(['time,replicas', ...rows].join('\n'));
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('12:18 csv-unread');
  });

  it('speaks of what was written', async () => {
    await writeFile(join(baseDir, 't.csv'), 'time,replicas\n2026-11-01T22:00Z,2.5\n');
    await writeFile(join(baseDir, 's.yaml'), writeScenario('demand: {web: {csv: t.csv}}'));
    const { problems } = await readScenario('s.yaml', { baseDir });
    expect(problems.map(formatProblem)).toEqual(['t.csv:2:19 2.5 is not a whole number. Write 3, or 2.']);
  });
});

describe('a CSV of idle answers', () => {
  it('knows yes, no and unknown, and nothing before its first line', async () => {
    await writeFile(
      join(baseDir, 'i.csv'),
      'time,idle\n2026-11-03T08:00Z,no\n2026-11-03T09:00Z,YES\n2026-11-03T10:00Z,unknown\n',
    );
    await writeFile(join(baseDir, 's.yaml'), writeScenario('idle: [{vm: "web-*", csv: i.csv}]'));
    const { scenario, problems } = await readScenario('s.yaml', { baseDir });
    expect(problems).toEqual([]);
    expect(scenario!.idle[0]!.steps.map(({ answer }) => answer)).toEqual(['no', 'yes', 'unknown']);
  });

  it('is refused with anything else', async () => {
    await writeFile(join(baseDir, 'i.csv'), 'time,idle\n2026-11-03T08:00Z,true\n2026-11-03T09:00Z,\n');
    await writeFile(join(baseDir, 's.yaml'), writeScenario('idle: [{vm: "web-*", csv: i.csv}]'));
    const { problems } = await readScenario('s.yaml', { baseDir });
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual(['2:19', '3:19']);
  });
});

const COLUMN: TraceColumn<number> = { name: 'replicas', read: Number, beginsBefore: true };
const SPAN = { from: Date.parse('2026-11-02T00:00Z'), to: Date.parse('2026-11-30T00:00Z'), zone: openZone('UTC') };

async function writeRows(
  name: string,
  count: number,
  rowOf: (index: number) => string,
): Promise<{ path: string; shown: string }> {
  const path = join(baseDir, name);
  const stream = createWriteStream(path);
  stream.write('time,replicas\n');
  for (let index = 0; index < count; index += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, count - index) }, (_, offset) => rowOf(index + offset));
    if (!stream.write(`${rows.join('\n')}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return { path, shown: name };
}

describe('readTrace', () => {
  it('reads a million lines, and keeps those alone that change something', async () => {
    const begin = SPAN.from / 1000;
    const file = await writeRows(
      'million.csv',
      1_000_000,
      (index) => `${begin + index},${Math.floor(index / 250_000)}`,
    );
    const trace = await readTrace(file, COLUMN, SPAN);
    expect(trace).toEqual({
      steps: [0, 1, 2, 3].map((value) => ({ at: SPAN.from + value * 250_000_000, value })),
      problems: [],
    });
  });

  it('refuses a file that is too large before it reads it', async () => {
    await writeFile(join(baseDir, 'huge.csv'), 'time,replicas\n');
    await truncate(join(baseDir, 'huge.csv'), 300_000_000);
    expect(await readTrace({ path: join(baseDir, 'huge.csv'), shown: 'huge.csv' }, COLUMN, SPAN)).toMatchObject({
      code: 'file-too-large',
      message: 'This file is larger than 200 MB.',
    });
  });
});

describe('createTraceReader', () => {
  it('stops after five million lines', () => {
    const reader = createTraceReader('t.csv', COLUMN, SPAN);
    reader.addLine('time,replicas');
    let lines = 1;
    while (reader.addLine('')) lines += 1;
    expect(lines).toBe(5_000_000);
    expect(reader.end().problems).toMatchObject([{ line: 5_000_001, code: 'csv-too-long' }]);
  });
});

describe('createLineSplitter', () => {
  it('cuts the same lines wherever the pieces end', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ',', '"'), maxLength: 4 });
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(line), ends, fc.array(fc.nat(60)), (lines, end, cuts) => {
        const text = lines.map((one) => one + end).join('');
        const found: string[] = [];
        const splitter = createLineSplitter((one) => found.push(one) > 0);
        const places = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].sort((a, b) => a - b);
        for (const [index, place] of places.entries()) splitter.push(text.slice(places[index - 1] ?? 0, place));
        splitter.end();
        expect(found).toEqual(lines);
      }),
    );
  });
});
