// What a schedule saves, in sentences: charges needed of those that its peak would cost all the time, the gaps that are long enough
// to save anything, and the edge of a window that costs a charge. The figures are computed elsewhere.
import type { EdgeHint } from '../../core/schedule-hints.js';
import type { ScheduleSavings, Span } from '../../core/schedule-savings.js';
import { costOver, DAY_MILLIS, formatUsdc } from '../../core/money.js';
import type { Instant, Millis, Price } from '../../core/types.js';
import { formatInstant, formatPeriod } from './format-instant.js';
import { countOf } from './phrase.js';

export interface FleetSavings {
  readonly policy: string;
  readonly periodMillis: Millis;
  readonly span: Span;
  readonly savings: ScheduleSavings;
  /** What a member costs at the most. */
  readonly maxPrice: Price;
}

/** So many gaps are named; more are counted. */
const MOST_GAPS = 2;

function describeSpan({ from, to }: Span): string {
  return to - from === 7 * DAY_MILLIS ? 'a week' : `in ${countOf(Math.round((to - from) / DAY_MILLIS), 'day')}`;
}

function describeGaps({ quiet }: ScheduleSavings, periodMillis: Millis, now: Instant): string {
  const longer = `gaps longer than ${formatPeriod(periodMillis)}`;
  if (quiet.length > MOST_GAPS) return `in ${quiet.length} ${longer}`;
  const named = quiet.map(({ from, to }) => `${formatInstant(from, now)} to ${formatInstant(to, now)}`);
  return `only ${longer} save: ${named.join(', ')}`;
}

/** A gap that is a few minutes longer is filled by launches and deletions. */
function describeNoGap({ quiet }: ScheduleSavings): string {
  return quiet.length === 0 ? 'no gap is' : 'no gap is enough';
}

/** `window "day" closing 10m earlier would save 3 more`. */
function describeHint({ window, edge, minutes, to, saves }: EdgeHint): string {
  const verb = edge === 'close' ? 'closing' : 'opening';
  return `window "${window}" ${verb} ${minutes}m ${to} would save ${saves} more`;
}

/** The hints that matter first: the fewest minutes, then the most saved; one a window, since its two ends save the same charge. */
function chooseHints(hints: readonly EdgeHint[], most: number): readonly EdgeHint[] {
  const sorted = [...hints].sort(
    (a, b) => a.minutes - b.minutes || b.saves - a.saves || (a.edge < b.edge ? -1 : a.edge > b.edge ? 1 : 0),
  );
  const seen = new Set<string>();
  return sorted.filter(({ window }) => !seen.has(window) && seen.add(window)).slice(0, most);
}

/** One line of at most `mostHints` hints. */
export function describeSavings(
  { savings, periodMillis, span }: FleetSavings,
  now: Instant,
  mostHints: number,
): string {
  const saved = savings.always - savings.paid;
  const useless = savings.useless.map(
    (window) => `window "${window}" saves nothing: what it lets go is paid for anyway`,
  );
  const hints = [...useless, ...chooseHints(savings.hints, mostHints).map(describeHint)];
  if (saved <= 0) {
    const why = `${describeNoGap(savings)} longer than the ${formatPeriod(periodMillis)} that one pays for`;
    return [`schedule saves no charge: ${why}`, ...hints].join('; ');
  }
  const head = `schedule saves ${saved} of ${countOf(savings.always, 'charge')} ${describeSpan(span)}`;
  const gaps = savings.quiet.length === 0 ? [] : [describeGaps(savings, periodMillis, now)];
  return [head, ...gaps, ...hints].join('; ');
}

/** Which number to lower: `one VM fewer saves a week: 5 charges (at most 2.500000) in window "day", ...`. */
export function describeLines({ savings, periodMillis, span, maxPrice }: FleetSavings): string {
  const most = costOver(maxPrice, periodMillis);
  const lines = savings.lines.map(({ window, replicas, oneFewerSaves: saves }) => {
    const where = window === undefined ? 'outside the windows' : `in window "${window}"`;
    const spared =
      saves === 0 ? 'nothing' : `${countOf(saves, 'charge')} (at most ${formatUsdc(most * BigInt(saves))})`;
    return `${spared} ${where} (${replicas})`;
  });
  return `one VM fewer saves ${describeSpan(span)}: ${lines.join(', ')}`;
}

/** What is worth a glance: how many charges, without where and why. */
export function describeSavingsBriefly({ savings, periodMillis, span }: FleetSavings): string {
  const { always, paid } = savings;
  if (always <= paid)
    return `schedule saves no charge: ${describeNoGap(savings)} longer than ${formatPeriod(periodMillis)}`;
  return `schedule saves ${always - paid} of ${countOf(always, 'charge')} ${describeSpan(span)}`;
}

/** Fields of `plan --json` and of tables. */
export function savingsToJson({ savings, periodMillis, span }: FleetSavings) {
  const { always, needed, paid, hints, useless, lines } = savings;
  const days = (span.to - span.from) / DAY_MILLIS;
  return {
    days,
    period: formatPeriod(periodMillis),
    always,
    needed,
    paid,
    saved: Math.max(0, always - paid),
    hints,
    useless,
    lines: lines.map(({ window = null, replicas, oneFewerSaves }) => ({ window, replicas, oneFewerSaves })),
  };
}
