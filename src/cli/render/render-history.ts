// The history of one VM, out of the ledger: a line an entry, and for a VM that is gone the sentence that says why.
import type { LedgerEntry } from '../../core/books.js';
import { formatUsdc, sumMicros } from '../../core/money.js';
import { formatDateTime, toIso } from './format-instant.js';
import { oneLine, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { describeOutcome } from './render-outcome.js';

type Event = LedgerEntry['event'];

/** With these a VM leaves the account. */
const ENDS: ReadonlySet<Event> = new Set<Event>(['deleted', 'record-removed', 'gone']);

/** The sentences of a deletion that was decided, or of a machine that ended by itself. */
function findCause(history: readonly LedgerEntry[], end: LedgerEntry): LedgerEntry | undefined {
  if (end.event === 'gone') return undefined;
  return history.findLast(({ event, vmId }) => vmId !== undefined && (event === 'intent' || event === 'terminated'));
}

/** Why a VM isn't there any more, as far as the ledger knows. */
export function describeEnd(history: readonly LedgerEntry[]): string {
  // What was made for a VM stands in its history, too; a disk or an IP that served nobody has only its own.
  const end =
    history.findLast(({ event, part }) => ENDS.has(event) && part === undefined) ??
    history.findLast(({ event }) => event === 'part-removed');
  if (end === undefined) return 'It is gone, and the ledger does not say why: Purser did not see its end.';
  const cause = findCause(history, end);
  const by = end.policy === undefined ? '' : ` for ${end.policy}`;
  const when = formatDateTime(end.at);
  if (cause === undefined) return `Gone since ${when}: ${describeOutcome(end).text}.`;
  const verb = end.event === 'record-removed' ? 'Its record was removed' : 'Deleted';
  const saved = end.event !== 'record-removed' && end.money !== undefined ? ` Avoided ${formatUsdc(end.money)}.` : '';
  return `${verb} ${when}${by}. Why: ${oneLine(cause.text)}.${saved}`;
}

interface Line {
  readonly entry: LedgerEntry;
  readonly text: string;
}

function describeCharges(charges: readonly LedgerEntry[]): string {
  const last = charges.at(-1)!;
  if (charges.length === 1) return describeOutcome(last).text;
  const sum = formatUsdc(sumMicros(charges.map(({ money }) => money ?? 0n)));
  const why = last.why === undefined ? '' : `, the last time: ${last.why}`;
  return `charged ${charges.length} times, last ${formatDateTime(last.at)}; paid ${sum}${why}`;
}

/** What would differ from charge to charge: instants and figures. */
function isAlike(one: LedgerEntry, other: LedgerEntry): boolean {
  const wordsOf = ({ why = '' }: LedgerEntry): string => why.replaceAll(/\d/g, '');
  return wordsOf(one) === wordsOf(other);
}

/** Charges in a row are one line, as long as they have one reason: a VM that runs for weeks is charged for weeks. */
function joinCharges(history: readonly LedgerEntry[]): Line[] {
  const lines: Line[] = [];
  let charges: LedgerEntry[] = [];
  const flush = (): void => {
    const [first] = charges;
    if (first !== undefined) lines.push({ entry: first, text: describeCharges(charges) });
    charges = [];
  };
  for (const entry of history) {
    if (entry.event === 'charged') {
      if (charges.length > 0 && !isAlike(charges[0]!, entry)) flush();
      charges.push(entry);
      continue;
    }
    flush();
    lines.push({ entry, text: describeOutcome(entry).text });
  }
  flush();
  return lines;
}

/** Lines for `explain`; none for a VM that the ledger doesn't know. */
export function renderHistory(history: readonly LedgerEntry[], facts: RenderFacts): string[] {
  return joinCharges(history).flatMap(({ entry, text }) => {
    const lead = `  ${formatDateTime(entry.at)}  ${describeOutcome(entry).mark} ${(entry.policy ?? '-').padEnd(7)}  `;
    const [first = '', ...more] = wrapText(text, facts.width, lead.length, lead.length);
    return [lead + first, ...more];
  });
}

/** What is not known is left out. */
export function historyToJson(history: readonly LedgerEntry[]) {
  return history.map(({ at, event, policy, vmName, intent, text, money }) => ({
    at: toIso(at),
    kind: event,
    policy,
    vmName,
    intent,
    text,
    money: money === undefined ? undefined : formatUsdc(money),
  }));
}
