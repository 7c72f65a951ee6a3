// A fleet's schedule as written -> compiled, with every problem that a schema can't see. Works on documents that may be
// wrong in any way; a schedule with a broken window isn't compiled.
import { DAY_MILLIS } from '../core/money.js';
import type { Instant } from '../core/types.js';
import { listClockTouches } from './calendar.js';
import { FURTHEST_CRON_DAYS } from './cron.js';
import type { Schedule, ScheduledWindow } from './demand.js';
import type { PlacedDocument } from './placed-yaml.js';
import { isError } from './problems.js';
import type { DocumentPath, Problem } from './problems.js';
import { readList, readNumber, readText, readValue } from './read-value.js';
import { readWindowSpan, reportProblem } from './read-window.js';
import type { HolidayDates, Reading } from './read-window.js';
import { suggestZone } from './suggest-zone.js';
import { compileWindow } from './windows.js';
import type { WindowSpan } from './windows.js';
import { findZoneName, openZone } from './zone.js';
import type { Zone } from './zone.js';

/** As in the schema; what stands beyond is told there and not looked at. */
const MOST_WINDOWS = 200;
const YEAR_MILLIS = 366 * DAY_MILLIS;
const EVER: readonly [Instant, Instant] = [-8e15, 8e15];

function readZone(reading: Reading): Zone | undefined {
  const path = ['schedule', 'timezone'];
  const value = readValue(reading.document, path);
  if (value === undefined) {
    const message = 'This schedule names no zone, so its times are UTC.';
    reportProblem(
      reading,
      ['schedule'],
      'warning-zone-default',
      message,
      'Add `timezone`, such as Europe/Paris (or UTC, if meant).',
      'key',
    );
    return openZone('UTC');
  }
  if (typeof value !== 'string') return undefined;
  const name = findZoneName(value);
  if (name !== undefined) return openZone(name);
  return reportProblem(reading, path, 'zone-unknown', `\`${value}\` is not an IANA zone.`, suggestZone(value));
}

/** Whether it ever opens or closes, and whether it is over. */
function checkOpenings(
  reading: Reading,
  path: DocumentPath,
  span: WindowSpan,
  window: ScheduledWindow['window'],
  now: Instant,
): void {
  const place = [...path, span.kind === 'days' ? 'holidays' : 'from'];
  const isFixed = span.kind === 'once' || span.kind === 'once-for' || span.kind === 'days';
  if (isFixed) {
    const intervals = window.listIntervals(...EVER);
    const last = intervals.at(-1);
    if (last === undefined)
      reportProblem(reading, place, 'window-never-opens', 'This window never opens: the clock skips all of it.');
    else if (last.closesAt <= now)
      reportProblem(
        reading,
        place,
        'warning-window-past',
        'This window is over and will not open again.',
        'Delete it, or give it a new date.',
      );
    return;
  }
  const soon = window.listIntervals(now, now + YEAR_MILLIS);
  const intervals = soon.length > 0 ? soon : window.listIntervals(now, now + FURTHEST_CRON_DAYS * DAY_MILLIS);
  const first = intervals[0];
  if (first === undefined)
    reportProblem(reading, place, 'window-never-opens', 'This window never opens: it closes whenever it would open.');
  else if (intervals.length === 1 && first.opensAt <= now && first.closesAt > now + YEAR_MILLIS)
    reportProblem(
      reading,
      place,
      'warning-window-always-open',
      'This window never closes.',
      'Write its number as `replicas` instead.',
    );
}

function readWindows(reading: Reading, zone: Zone | undefined, now: Instant): readonly ScheduledWindow[] | undefined {
  const firstByName = new Map<string, number>();
  const windows: ScheduledWindow[] = [];
  const entries = readList(reading.document, ['schedule', 'windows']);
  for (const index of entries.slice(0, MOST_WINDOWS).keys()) {
    const path = ['schedule', 'windows', index];
    if (typeof entries[index] !== 'object' || entries[index] === null || Array.isArray(entries[index])) continue;
    const name = readText(reading.document, [...path, 'name']);
    const earlier = name === undefined ? undefined : firstByName.get(name);
    if (earlier !== undefined)
      reportProblem(
        reading,
        [...path, 'name'],
        'window-name-twice',
        `Window ${earlier + 1} is named \`${name}\` too.`,
        'Give each its own name.',
      );
    else if (name !== undefined) firstByName.set(name, index);
    const span = readWindowSpan(reading, path);
    if (span === undefined || zone === undefined) continue;
    const window = compileWindow(span, zone);
    checkOpenings(reading, path, span, window, now);
    windows.push({ name: name ?? '', replicas: readNumber(reading.document, [...path, 'replicas']) ?? 0, window });
  }
  return windows.length === entries.length ? windows : undefined;
}

/**
 * Reads the `schedule` of a fleet document. `schedule` is undefined when something in it is wrong. Warns of what the clock
 * changes of the coming year do to its edges.
 */
export function readSchedule(
  document: PlacedDocument,
  holidays: HolidayDates,
  now: Instant,
): { readonly schedule: Schedule | undefined; readonly problems: readonly Problem[] } {
  const reading: Reading = { document, holidays, problems: [] };
  const replicas = readNumber(document, ['replicas']) ?? 0;
  if (readValue(document, ['schedule']) === undefined)
    return { schedule: { zone: openZone('UTC'), replicas, windows: [] }, problems: [] };
  const zone = readZone(reading);
  const windows = readWindows(reading, zone, now);
  if (zone === undefined || windows === undefined || reading.problems.some(isError))
    return { schedule: undefined, problems: reading.problems };
  const schedule: Schedule = { zone, replicas, windows };
  for (const { window, text } of listClockTouches(schedule, now, now + YEAR_MILLIS)) {
    const index = windows.findIndex(({ name }) => name === window);
    reportProblem(reading, ['schedule', 'windows', index], 'warning-daylight-saving', text);
  }
  return { schedule, problems: reading.problems };
}
