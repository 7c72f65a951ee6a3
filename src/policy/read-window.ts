// One window of a schedule as written -> its span, with every problem that a schema can't see. Works on documents that may
// be wrong in any way. Compiles nothing and knows no zone.
import { parseDuration } from '../core/duration.js';
import { DAY_MILLIS } from '../core/money.js';
import { suggestWord } from './closest-word.js';
import { isCronLike, readCron } from './cron.js';
import type { CronTimes } from './cron.js';
import { parseLocalDate, parseLocalTime } from './local-time.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { readText, readValue } from './read-value.js';
import type { WindowSpan } from './windows.js';
import type { LocalMillis } from './zone.js';

/** Dates of the holidays lists by name. */
export type HolidayDates = ReadonlyMap<string, readonly LocalMillis[]>;

const LONGEST_FOR_MILLIS = 366 * DAY_MILLIS;

type Edge = CronTimes | LocalMillis;

/** A schedule being read; problems are gathered in it. */
export interface Reading {
  readonly document: PlacedDocument;
  readonly holidays: HolidayDates;
  readonly problems: Problem[];
}

export function reportProblem(
  reading: Reading,
  path: DocumentPath,
  code: string,
  message: string,
  hint = '',
  part: 'key' | 'value' = 'value',
): undefined {
  reading.problems.push(placeProblem(reading.document, path, { code, message, hint }, part));
}

function readEdge(reading: Reading, path: DocumentPath): Edge | undefined {
  const text = readText(reading.document, path);
  if (text === undefined) return undefined;
  const time = parseLocalTime(text);
  if (time !== undefined) return time;
  if (parseLocalDate(text) !== undefined) {
    const message = `\`${text}\` is a date without a time.`;
    return reportProblem(
      reading,
      path,
      'date-without-time',
      message,
      `Write ${text}T00:00, or for whole days use \`holidays\`.`,
    );
  }
  if (/^\d{4}-\d{1,2}-\d{1,2}/.test(text)) {
    const zoned = parseLocalTime(text.replace(/(Z|[+-]\d{2}:?\d{2})$/, ''));
    const spaced = parseLocalTime(text.replace(' ', 'T'));
    const hint =
      zoned !== undefined
        ? "Times are local to the schedule's timezone: leave the zone out."
        : spaced !== undefined
          ? `Write ${text.replace(' ', 'T')}.`
          : 'Write a date that exists and a time, such as 2027-01-08T06:00.';
    return reportProblem(reading, path, 'time-wrong', `\`${text}\` is not a local time.`, hint);
  }
  if (!isCronLike(text))
    return reportProblem(reading, path, 'time-wrong', `\`${text}\` is neither a cron nor a local time.`);
  const result = readCron(text);
  if ('cron' in result) return result.cron;
  return reportProblem(reading, path, result.problem.code, result.problem.message, result.problem.hint);
}

function readHolidayDates(reading: Reading, path: DocumentPath): WindowSpan | undefined {
  const name = readText(reading.document, [...path, 'holidays']);
  if (name === undefined) return undefined;
  const dates = reading.holidays.get(name);
  if (dates !== undefined) return { kind: 'days', dates };
  const hint = suggestWord(name, reading.holidays.keys(), 'Declare it: a document of kind holidays with this name.');
  return reportProblem(
    reading,
    [...path, 'holidays'],
    'holidays-unknown',
    `There is no holidays list \`${name}\`.`,
    hint,
  );
}

/** Which of from, to, for and holidays stand together; tells what is wrong with the set. */
function checkWindowKeys(reading: Reading, path: DocumentPath): 'holidays' | 'to' | 'for' | undefined {
  const has = (key: string): boolean => readValue(reading.document, [...path, key]) !== undefined;
  if (has('holidays')) {
    const other = ['from', 'to', 'for'].find(has);
    if (other === undefined) return 'holidays';
    return reportProblem(
      reading,
      [...path, other],
      'window-keys',
      `\`${other}\` can't stand beside \`holidays\`, which means whole days.`,
      'Make two windows.',
      'key',
    );
  }
  if (!has('from'))
    return reportProblem(
      reading,
      path,
      'window-keys',
      'This window says nowhere when it opens.',
      'Add `from` with `to` or `for`, or `holidays`.',
    );
  if (has('to') && has('for'))
    return reportProblem(
      reading,
      [...path, 'for'],
      'window-keys',
      '`to` and `for` both say when this window closes.',
      'Keep one of them.',
      'key',
    );
  if (has('to')) return 'to';
  if (has('for')) return 'for';
  return reportProblem(reading, path, 'window-keys', 'This window says nowhere when it closes.', 'Add `to` or `for`.');
}

function readForSpan(reading: Reading, path: DocumentPath): WindowSpan | undefined {
  const from = readEdge(reading, [...path, 'from']);
  const text = readText(reading.document, [...path, 'for']);
  const forMillis = text === undefined ? undefined : parseDuration(text);
  if (forMillis === undefined) return undefined;
  const forPath = [...path, 'for'];
  if (forMillis === 0)
    return reportProblem(
      reading,
      forPath,
      'window-never-opens',
      'A window `for` no time never opens.',
      'Write a longer duration.',
    );
  if (forMillis > LONGEST_FOR_MILLIS)
    return reportProblem(reading, forPath, 'value-wrong', '`for` is longer than 366 days.', 'Use `from` and `to`.');
  if (from === undefined) return undefined;
  return typeof from === 'number' ? { kind: 'once-for', from, forMillis } : { kind: 'cron-for', from, forMillis };
}

function readToSpan(reading: Reading, path: DocumentPath): WindowSpan | undefined {
  const from = readEdge(reading, [...path, 'from']);
  const to = readEdge(reading, [...path, 'to']);
  if (from === undefined || to === undefined) return undefined;
  const toPath = [...path, 'to'];
  if (typeof from === 'number') {
    if (typeof to === 'number' && to === from)
      return reportProblem(reading, toPath, 'window-equal-edges', '`from` and `to` are the same.', 'Make `to` later.');
    if (typeof to === 'number' && to < from)
      return reportProblem(
        reading,
        toPath,
        'window-backwards',
        '`to` lies before `from`.',
        'Exchange them, or check the year.',
      );
    return { kind: 'once', from, to };
  }
  if (typeof to === 'number')
    return reportProblem(
      reading,
      toPath,
      'window-mixed',
      'A cron `from` with a single time as `to` would open again after it, and never close.',
      'Use a cron for both, or a local time for both.',
    );
  const same = from.text.trim().split(/\s+/).join(' ') === to.text.trim().split(/\s+/).join(' ');
  if (same)
    return reportProblem(
      reading,
      toPath,
      'window-equal-edges',
      '`from` and `to` are the same.',
      'For all day long write `replicas` without a window.',
    );
  return { kind: 'crons', from, to };
}

/** What the window at `path` says; undefined, and a problem reported, when it says nothing sensible. */
export function readWindowSpan(reading: Reading, path: DocumentPath): WindowSpan | undefined {
  const keys = checkWindowKeys(reading, path);
  if (keys === 'holidays') return readHolidayDates(reading, path);
  if (keys === 'for') return readForSpan(reading, path);
  return keys === 'to' ? readToSpan(reading, path) : undefined;
}
