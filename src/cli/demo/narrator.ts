// Tells the demo as it happens: windows that open and close, and the ledger, equal lines of one instant as one. It invents
// nothing: every line is an edge of a schedule, an entry of the ledger, or something the script did.
import type { LedgerEntry } from '../../core/books.js';
import type { FleetPolicy } from '../../core/policy-types.js';
import type { Instant } from '../../core/types.js';
import { listEdges } from '../../policy/calendar.js';
import { formatMoment } from '../render/format-instant.js';
import { paint } from '../render/paint.js';
import { renderOutcome } from '../render/render-outcome.js';

/** Entries that would only repeat what another line says. */
const SILENT: ReadonlySet<LedgerEntry['event']> = new Set([
  'intent',
  'charged',
  'delete-called',
  'active',
  'doomed',
  'gone',
]);

export interface Narrator {
  hear(entry: LedgerEntry): void;
  /** Prints what was heard, and the edges up to this instant. */
  tell(now: Instant): void;
  say(now: Instant, text: string): void;
}

function groupEntries(entries: readonly LedgerEntry[]): readonly (readonly LedgerEntry[])[] {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const key = `${entry.event}/${entry.policy ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

/** `web-d0abc12300 and 3 more: ...`: the first entry speaks for all. */
function joinGroup(group: readonly LedgerEntry[]): LedgerEntry {
  const [first, ...others] = group;
  if (others.length === 0 || first!.vmName === undefined) return first!;
  const name = `${first!.vmName} and ${others.length} more`;
  const money = first!.money === undefined ? undefined : group.reduce((sum, entry) => sum + (entry.money ?? 0n), 0n);
  return { ...first!, vmName: name, text: first!.text.replaceAll(first!.vmName, name), money };
}

export function createNarrator(
  fleets: readonly FleetPolicy[],
  colours: boolean,
  print: (line: string) => void,
): Narrator {
  let heard: LedgerEntry[] = [];
  let toldUntil: Instant | undefined;
  return {
    hear(entry) {
      if (!SILENT.has(entry.event)) heard.push(entry);
    },
    tell(now) {
      if (toldUntil !== undefined && now > toldUntil) {
        for (const edge of listEdges(fleets, toldUntil + 1, now + 1)) {
          const verb = edge.edge === 'open' ? 'opens' : 'closes';
          const text = `${edge.policy}: window "${edge.window}" ${verb}, ${edge.before} -> ${edge.after} wanted`;
          print(`${formatMoment(edge.at)}  ${paint(`# ${text}`, 'strong', colours)}`);
        }
      }
      toldUntil = now;
      for (const group of groupEntries(heard)) print(renderOutcome(joinGroup(group), { colours }));
      heard = [];
    },
    say(now, text) {
      print(`${formatMoment(now)}  ${paint(`* ${text}`, 'alarm', colours)}`);
    },
  };
}
