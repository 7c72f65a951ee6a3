// The rows of a CSV of times and values -> steps, one row after the other: nothing is kept but the steps of the span, equal
// neighbours as one. Reads no file; every problem has its line and column.
import type { Instant } from '../../core/types.js';
import { describeValue } from '../placed-schema.js';
import type { Problem } from '../problems.js';
import type { Zone } from '../zone.js';
import { LONGEST_LINE, splitCells } from './csv-lines.js';
import type { Cell } from './csv-lines.js';
import { formatMoment, parseMoment } from './moment.js';

export interface TraceStep<Value> {
  readonly at: Instant;
  readonly value: Value;
}

export interface CellFault {
  readonly message: string;
  readonly hint: string;
}

/** What the second column holds. `beginsBefore`: of the time before the first row nothing may stay unknown. */
export interface TraceColumn<Value> {
  readonly name: string;
  readonly read: (text: string) => Value | CellFault;
  readonly beginsBefore: boolean;
}

export interface TraceSpan {
  readonly from: Instant;
  readonly to: Instant;
  /** Of times without an offset. */
  readonly zone: Zone;
}

const MOST_LINES = 5_000_000;
/** Who wrote one row wrong wrote most of them so. */
const MOST_PROBLEMS = 10;

export interface TraceReader<Value> {
  /** false: no more rows are wanted. */
  readonly addLine: (line: string) => boolean;
  readonly fail: (code: string, message: string, hint: string) => void;
  readonly end: () => { readonly steps: readonly TraceStep<Value>[]; readonly problems: readonly Problem[] };
}

function isFault(value: unknown): value is CellFault {
  return typeof value === 'object' && value !== null && 'message' in value;
}

/** Whole seconds since 1970, with decimals or not: the years 1973 to 2286. */
function readEpoch(text: string): Instant | undefined {
  return /^\d{9,10}(\.\d+)?$/.test(text) ? Math.floor(Number(text) * 1000) : undefined;
}

function readTime(text: string, zone: Zone): Instant | CellFault {
  const at = parseMoment(text, zone)?.at ?? readEpoch(text);
  if (at !== undefined) return at;
  if (text === '') return { message: '`time` is empty here.', hint: 'Fill it in, or take the line out.' };
  const hint = /^\d{13}$/.test(text)
    ? `These are milliseconds: write seconds, ${text.slice(0, 10)}.`
    : 'Write it as 2026-11-10T08:00:00Z, without an offset in the `timezone` of the scenario, or in seconds since 1970.';
  return { message: `${describeValue(text)} is not a time.`, hint };
}

interface Header {
  readonly time: number;
  readonly value: number;
  readonly width: number;
}

function readHeader(cells: readonly Cell[], name: string): Header | CellFault {
  const names = cells.map(({ text }) => text.toLowerCase());
  const [time, value] = [names.indexOf('time'), names.indexOf(name)];
  if (time !== -1 && value !== -1) return { time, value, width: cells.length };
  const separator = names.length === 1 ? ([';', '\t'].find((mark) => names[0]!.includes(mark)) ?? '') : '';
  const missing = time === -1 ? 'time' : name;
  return {
    message: `The first line must name the columns, and names no \`${missing}\`.`,
    hint: separator === '' ? `Begin with the line: time,${name}` : 'Separate the columns with commas.',
  };
}

interface TraceState<Value> {
  readonly file: string;
  readonly column: TraceColumn<Value>;
  readonly span: TraceSpan;
  readonly problems: Problem[];
  readonly steps: TraceStep<Value>[];
  header: Header | undefined;
  line: number;
  firstBlank: number | undefined;
  lastAt: Instant | undefined;
  /** The line of the first row, where that comes after the beginning of the span. */
  lateLine: number | undefined;
}

type Words = readonly [code: string, message: string, hint: string];

/** false: there are enough, and no more lines are wanted. */
function tell(state: TraceState<unknown>, column: number, [code, message, hint]: Words, line = state.line): boolean {
  const { file, problems } = state;
  const isOneMore = problems.length === MOST_PROBLEMS;
  const words = isOneMore
    ? { code: 'csv-unread', message: 'More is wrong from here on; no further line was read.', hint: '' }
    : { code, message, hint };
  problems.push({ file, line, column, path: '', ...words });
  return !isOneMore;
}

function checkTime(state: TraceState<unknown>, at: Instant): Words | undefined {
  if (state.lastAt === undefined || at > state.lastAt) return undefined;
  if (at === state.lastAt)
    return ['times-unsorted', 'This time is the same as that of the line before.', 'Keep one of them.'];
  const hint = 'Sort the lines by time; where a clock is put back, write times with their offset.';
  return ['times-unsorted', 'This time lies before that of the line before.', hint];
}

function keepStep<Value>(state: TraceState<Value>, at: Instant, value: Value): void {
  const { span, steps } = state;
  if (state.lastAt === undefined && at > span.from) state.lateLine = state.line;
  state.lastAt = at;
  if (at >= span.to) return;
  // Of what lies before the span only the last counts.
  if (at <= span.from) steps.length = 0;
  if (steps.at(-1)?.value !== value) steps.push({ at, value });
}

function addRow<Value>(state: TraceState<Value>, cells: readonly Cell[], { time, value, width }: Header): boolean {
  if (cells.length !== width) {
    const isMore = cells.length > width;
    const found = `${cells.length} ${cells.length === 1 ? 'column' : 'columns'}`;
    const message = `This line has ${found}, ${isMore ? 'more' : 'fewer'} than the first one's ${width}.`;
    const hint = isMore ? 'Quote a text that holds a comma.' : 'Fill in what is missing, or take the line out.';
    return tell(state, isMore ? cells[width]!.column : 1, ['csv-columns', message, hint]);
  }
  const at = readTime(cells[time]!.text, state.span.zone);
  if (isFault(at)) return tell(state, cells[time]!.column, ['csv-time', at.message, at.hint]);
  const found = state.column.read(cells[value]!.text);
  if (isFault(found)) return tell(state, cells[value]!.column, ['csv-value', found.message, found.hint]);
  const disorder = checkTime(state, at);
  if (disorder !== undefined) return tell(state, cells[time]!.column, disorder);
  keepStep(state, at, found);
  return true;
}

const TOO_LONG: Words = ['csv-line-long', 'This line is far too long for a table.', 'Check that this is a CSV file.'];
const TOO_MANY: Words = [
  'csv-too-long',
  'This file has more than 5 million lines.',
  'Leave out what lies before `from` and after `to`, and lines that change nothing.',
];
const BLANK: Words = ['csv-blank', 'This line is empty, and more lines follow.', 'Take it out.'];
const QUOTE: Words = [
  'csv-quote',
  'This quote is not closed where its column ends.',
  'Close it on the same line; write a quote inside as "".',
];

/** false: no more lines are wanted. */
function addLine<Value>(state: TraceState<Value>, text: string): boolean {
  state.line += 1;
  const limit = text.length > LONGEST_LINE ? TOO_LONG : state.line > MOST_LINES ? TOO_MANY : undefined;
  if (limit !== undefined) {
    tell(state, 1, limit);
    return false;
  }
  if (text.trim() === '') {
    state.firstBlank ??= state.line;
    return true;
  }
  const blank = state.firstBlank;
  state.firstBlank = undefined;
  if (blank !== undefined && !tell(state, 1, BLANK, blank)) return false;
  const cells = splitCells(text);
  if (typeof cells === 'number') return tell(state, cells, QUOTE);
  if (state.header !== undefined) return addRow(state, cells, state.header);
  const found = readHeader(cells, state.column.name);
  if (!isFault(found)) state.header = found;
  else tell(state, 1, ['csv-header', found.message, found.hint]);
  return state.header !== undefined;
}

function finish<Value>(state: TraceState<Value>): ReturnType<TraceReader<Value>['end']> {
  const { column, span, problems, steps } = state;
  if (problems.length === 0 && state.header === undefined)
    tell(state, 1, ['file-empty', 'This file holds nothing.', `Begin with the line: time,${column.name}`], 1);
  else if (problems.length === 0 && state.lastAt === undefined)
    tell(state, 1, ['csv-header', 'This file holds no line but its first.', 'Add lines of times and values.'], 1);
  else if (state.lateLine !== undefined && column.beginsBefore) {
    const from = formatMoment(span.from, span.zone);
    const message = `The scenario begins before this first time, at ${from}: what \`${column.name}\` is until then is unknown.`;
    tell(state, 1, ['begins-late', message, 'Add a line at or before that time.'], state.lateLine);
  }
  return { steps, problems };
}

/** Reads row after row; the first line names the columns. Others than `time` and the asked one are not read. */
export function createTraceReader<Value>(
  file: string,
  column: TraceColumn<Value>,
  span: TraceSpan,
): TraceReader<Value> {
  const state: TraceState<Value> = {
    file,
    column,
    span,
    problems: [],
    steps: [],
    header: undefined,
    line: 0,
    firstBlank: undefined,
    lastAt: undefined,
    lateLine: undefined,
  };
  return {
    addLine: (line) => addLine(state, line),
    fail: (...words) => void tell(state, 1, words, state.line + 1),
    end: () => finish(state),
  };
}
