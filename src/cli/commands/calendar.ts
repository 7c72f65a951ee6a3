// `purser calendar`: every coming edge of every schedule. Needs neither a key nor Redis nor purser.yaml.
import { PurserError } from '../../core/errors.js';
import { DAY_MILLIS } from '../../core/money.js';
import type { Instant } from '../../core/types.js';
import { listEdges } from '../../policy/calendar.js';
import { requireValid } from '../../policy/policies-in-force.js';
import type { CommandContext, CommandModule } from '../command.js';
import { judgeFleetSavings } from '../fleet-savings.js';
import { parseInstant } from '../parse-instant.js';
import { judgeFiles } from '../policy-files.js';
import { readNow } from '../read-now.js';
import { calendarToJson, renderCalendar } from '../render/render-calendar.js';

const DEFAULT_SPAN = 7 * DAY_MILLIS;
/** Beyond this a listing is a mistake; zones' rules so far ahead are guesses anyway. */
const LONGEST_SPAN = 5 * 366 * DAY_MILLIS;

function readSpan({ options }: CommandContext, now: Instant): { readonly from: Instant; readonly to: Instant } {
  const from = parseInstant(options['from'], now) ?? now;
  const to = parseInstant(options['to'], now) ?? from + DEFAULT_SPAN;
  if (to <= from) throw new PurserError('option-invalid', '--to must lie after --from (default: now).');
  if (to - from > LONGEST_SPAN) throw new PurserError('option-invalid', 'At most five years can be listed at once.');
  return { from, to };
}

export const command: CommandModule = {
  operands: '[path...]',
  options: [
    ['--from <instant>', 'first instant: ISO 8601, a date, or a duration from now (default: now)'],
    ['--to <instant>', 'listed up to here, this instant left out (default: 7 days later)'],
  ],
  example: 'purser calendar --to 30d\npurser calendar office.yaml --from 2027-03-01 --to 2027-04-01',
  async run(context) {
    const now = await readNow(context.config());
    const { from, to } = readSpan(context, now);
    const { fleets } = requireValid({ ...(await judgeFiles(context, now)), policyHashes: {} });
    const edges = listEdges(fleets, from, to);
    if (context.json) context.printJson(calendarToJson(edges));
    else {
      // Less than a week of a schedule says little of what it saves.
      const savings = judgeFleetSavings(context.config(), fleets, { from, to: Math.max(to, from + DEFAULT_SPAN) });
      context.print(renderCalendar(edges, savings, { ...context.facts, now }));
    }
    return 0;
  },
};
