// A line of the log as a person reads it among the lines of `up`; elsewhere it stays JSON. It leaves out no field that says
// what happened, and reads no clock.
import type { Instant } from '../../core/types.js';
import { formatMoment } from './format-instant.js';
import { oneLine } from './phrase.js';

/** What pino writes of itself, and what the line says elsewhere. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'account', 'err']);
const WARNING = 40;
const ERROR = 50;

interface LogRecord {
  readonly level?: number;
  readonly time?: number;
  readonly msg?: string;
  readonly account?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
  readonly [field: string]: unknown;
}

function readRecord(line: string): LogRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}

function describeField([name, value]: readonly [string, unknown]): string {
  return `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

/**
 * `Fri 19:12:04Z  ! main     An outcome came too late to be written (intent ab12cd, state lapsed)`. `now`: of the clock that the
 * other lines go by; without it the record's own time. Of an error the stack follows.
 */
export function renderLogLine(line: string, now?: Instant): string {
  const record = readRecord(line);
  if (record === undefined) return line.trimEnd();
  const { level = 0, time = 0, msg = '', account = 'purser', err } = record;
  const fields = Object.entries(record).filter(([name, value]) => !SAID_ELSEWHERE.has(name) && value !== undefined);
  const facts = [...(err?.message === undefined ? [] : [err.message]), ...fields.map(describeField)].map(oneLine);
  const more = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  const mark = level >= WARNING ? '!' : '.';
  const text = `${formatMoment(now ?? time)}  ${mark} ${account.padEnd(7)}  ${oneLine(msg)}${more}`;
  return level >= ERROR && err?.stack !== undefined ? `${text}\n${err.stack}` : text;
}
