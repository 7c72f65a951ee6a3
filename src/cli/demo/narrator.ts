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
      for (const entry of joinOutcomes(heard)) print(renderOutcome(entry, { colours }));
      heard = [];
    },
    say(now, text) {
      print(`${formatMoment(now)}  ${paint(`* ${text}`, 'alarm', colours)}`);
    },
  };
}
