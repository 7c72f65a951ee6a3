// `purser calendar`: every coming edge of every schedule. The instants and local times are computed elsewhere.
import type { CalendarEdge } from '../../policy/calendar.js';
import { formatDateTime, toIso } from './format-instant.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';

export function renderCalendar(
  entries: readonly CalendarEdge[],
  facts: Pick<RenderFacts, 'width' | 'colours'>,
): string {
  if (entries.length === 0) return 'No schedule has an edge in this time.';
  return renderTable(
    [
      { title: 'AT' },
      { title: 'LOCAL' },
      { title: 'POLICY' },
      { title: 'WINDOW' },
      { title: 'EDGE' },
      { title: 'WANTED', align: 'right' },
      { title: 'NOTE', shrinks: true },
    ],
    entries.map((entry) => [
      formatDateTime(entry.at),
      entry.local.replace('T', ' '),
      entry.policy,
      entry.window,
      entry.edge,
      entry.before === entry.after ? String(entry.after) : `${entry.before} -> ${entry.after}`,
      entry.daylightSaving ? 'daylight saving' : '',
    ]),
    facts,
  );
}

export function calendarToJson(entries: readonly CalendarEdge[]) {
  return entries.map((entry) => ({
    policy: entry.policy,
    at: toIso(entry.at),
    local: entry.local,
    window: entry.window,
    edge: entry.edge,
    before: entry.before,
    after: entry.after,
    daylightSaving: entry.daylightSaving,
  }));
}
