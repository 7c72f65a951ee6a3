// Prints ledger entries as they come, those that come together as one line. The decisions themselves (`intent`) are not
// printed: what came of them is.
import type { LedgerEntry } from '../core/books.js';
import type { CommandContext } from './command.js';
import { joinOutcomes } from './render/join-outcomes.js';
import { renderOutcome } from './render/render-outcome.js';

/** A listener for followLedger. What is heard in one go is joined before it is printed. */
export function createOutcomePrinter(context: Pick<CommandContext, 'print' | 'facts'>): (entry: LedgerEntry) => void {
  let heard: LedgerEntry[] = [];
  const flush = (): void => {
    for (const entry of joinOutcomes(heard)) context.print(renderOutcome(entry, context.facts));
    heard = [];
  };
  return (entry) => {
    if (entry.event === 'intent') return;
    if (heard.length === 0) queueMicrotask(flush);
    heard.push(entry);
  };
}
