// Tells the demo as it happens: windows that open and close, and the ledger, equal lines of one instant as one. It invents
// nothing: every line is an edge of a schedule, an entry of the ledger, or something the script did.
import type { LedgerEntry } from '../../core/books.js';
import type { FleetPolicy } from '../../core/policy-types.js';
import type { Instant } from '../../core/types.js';
import { listEdges } from '../../policy/calendar.js';
import { formatMoment } from '../render/format-instant.js';
import { paint } from '../render/paint.js';
import { joinOutcomes } from '../render/join-outcomes.js';
import { renderOutcome } from '../render/render-outcome.js';
import { createRhythm } from './rhythm.js';

/** Entries that would only repeat what another line says. */
const SILENT: ReadonlySet<LedgerEntry['event']> = new Set([
  'intent',
  'charged',
  'delete-called',
  'active',
  'doomed',
  'gone',
]);

/** Entries that come at each edge of a schedule, with the words of their sums. */
const RHYTHMIC: Partial<Record<LedgerEntry['event'], string>> = { parked: 'parked', 'taken-back': 'taken back' };

export interface Narrator {
  hear(entry: LedgerEntry): void;
  /** Prints what was heard, and the edges up to this instant. */
  tell(now: Instant): void;
  say(now: Instant, text: string): void;
  /** Prints what is left to be summed up. */
  end(): void;
}

type Edge = ReturnType<typeof listEdges>[number];

function groupByHappening(entries: readonly LedgerEntry[]): ReadonlyMap<string, readonly LedgerEntry[]> {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const key = `${entry.policy ?? ''}/${entry.event}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return groups;
}

export function createNarrator(
  fleets: readonly FleetPolicy[],
  colours: boolean,
  print: (line: string) => void,
): Narrator {
  let heard: LedgerEntry[] = [];
  let toldUntil: Instant | undefined;
  const rhythm = createRhythm();
  const tellEdge = ({ at, policy, window, edge, before, after }: Edge): void => {
    const [verb, past] = edge === 'open' ? ['opens', 'opened'] : ['closes', 'closed'];
    if (!rhythm.isNews({ at, policy, what: `window "${window}" ${past}`, vms: undefined })) return;
    const text = `${policy}: window "${window}" ${verb}, ${before} -> ${after} wanted`;
    print(`${formatMoment(at)}  ${paint(`# ${text}`, 'strong', colours)}`);
  };
  const tellEntries = (entries: readonly LedgerEntry[]): void => {
    const [{ at, policy = '', event }] = entries as [LedgerEntry];
    const what = RHYTHMIC[event];
    if (what !== undefined && !rhythm.isNews({ at, policy, what, vms: entries.length })) return;
    for (const entry of joinOutcomes(entries)) print(renderOutcome(entry, { colours }));
  };
  const tellSums = (now: Instant | undefined): void => {
    for (const { at, policy, text } of rhythm.takeSums(now))
      print(`${formatMoment(at)}  ${paint('.', 'faint', colours)} ${policy.padEnd(7)}  ${text}`);
  };
  return {
    hear(entry) {
      if (!SILENT.has(entry.event)) heard.push(entry);
    },
    tell(now) {
      tellSums(now);
      if (toldUntil !== undefined && now > toldUntil) listEdges(fleets, toldUntil + 1, now + 1).forEach(tellEdge);
      toldUntil = now;
      for (const group of groupByHappening(heard).values()) tellEntries(group);
      heard = [];
    },
    say(now, text) {
      print(`${formatMoment(now)}  ${paint(`* ${text}`, 'alarm', colours)}`);
    },
    end: () => tellSums(undefined),
  };
}
