// `purser calendar`: every coming edge of every schedule. The instants and local times are computed elsewhere.
import type { CalendarEdge } from '../../policy/calendar.js';
import { describeLines, describeSavings, type FleetSavings } from './describe-savings.js';
import { formatDateTime, toIso } from './format-instant.js';
import { wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable } from './render-table.js';

/** So many hints a fleet. */
const MOST_HINTS = 3;

/** Each on a paragraph of its own, beneath the edges that it is about. */
function renderSavings(savings: readonly FleetSavings[], facts: RenderFacts): string[] {
  if (savings.length === 0) return [];
  const wide = Math.max(...savings.map(({ policy }) => policy.length)) + 2;
  const lines = savings.flatMap((each) => {
    const sentences = [describeSavings(each, facts.now, MOST_HINTS), describeLines(each)];
    const [first = '', ...more] = sentences.flatMap((text) => {
      const [begin = '', ...rest] = wrapText(text, facts.width, wide, wide);
      return [' '.repeat(wide) + begin, ...rest];
    });
    return [each.policy.padEnd(wide) + first.trimStart(), ...more];
  });
  return [lines.join('\n')];
}

export function renderCalendar(
  entries: readonly CalendarEdge[],
  savings: readonly FleetSavings[],
  facts: RenderFacts,
): string {
  if (entries.length === 0) return 'No schedule has an edge in this time.';
  const table = renderTable(
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
  return [table, ...renderSavings(savings, facts)].join('\n\n');
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
