// Whether the store is the one that this installation knows: one that was emptied recovers before anything is bought, one that
// was set back to an older generation is not planned with until a person confirms it. Decides that, and nothing about VMs.
import type { Books } from '../core/books.js';
import type { Instant } from '../core/types.js';
import type { GenerationRecord } from '../ports/store.js';
import { noteKeys, type Engine } from './engine.js';

/** Long enough for every process to have looked at the new store. */
const LOST_NOTE_MILLIS = 24 * 3_600_000;

/** Why nothing may be planned with this record; undefined: it is as new as what was seen before. */
export function describeSetBack(
  { memory }: Pick<Engine, 'memory'>,
  record: Pick<GenerationRecord, 'number' | 'hash'> | undefined,
): string | undefined {
  const seen = memory.readGeneration();
  if (seen === undefined || record === undefined || record.number > seen.number) return undefined;
  if (record.number === seen.number && record.hash === seen.hash) return undefined;
  const what =
    record.number === seen.number
      ? `holds other policies as generation ${record.number} than before`
      : `went back from generation ${seen.number} to ${record.number}`;
  return `the store ${what} (restored from a backup?): nothing is bought or deleted; look at \`purser plan\`, then \`purser apply\` confirms what shall hold`;
}

/** The number that the next generation must be above: an older store's numbers were given out already. */
export async function readHighestGeneration({ store, memory }: Pick<Engine, 'store' | 'memory'>): Promise<number> {
  const noted = Number((await store.readNote(noteKeys.highestGeneration)) ?? 0);
  return Math.max(noted, memory.readGeneration()?.number ?? 0);
}

/** Leaves word in a store that was set back, so that whoever applies next, anywhere, publishes above it. */
export async function noteHighestGeneration({ store, memory }: Pick<Engine, 'store' | 'memory'>): Promise<void> {
  await store.writeNote(noteKeys.highestGeneration, String(memory.readGeneration()?.number ?? 0));
}

/** Leaves word in an empty store that another one was lost: processes that come later know nothing of that. */
export async function noteStoreLost({ store, clock }: Pick<Engine, 'store' | 'clock'>): Promise<void> {
  await store.writeNote(noteKeys.storeLost, String(clock.now()), LOST_NOTE_MILLIS);
}

/**
 * Books that nothing was ever written to, although this installation has run before: the store was lost. A purchase may be on
 * its way that no list shows yet, so the books recover over `createSettle`.
 */
export async function markLost(
  { store, memory }: Pick<Engine, 'store' | 'memory'>,
  books: Books,
  now: Instant,
): Promise<Books> {
  const { notes, account } = books;
  if (notes.lastCompleteLook !== undefined || notes.recovering !== undefined) return books;
  const isLost = memory.knowsAccount(account) || (await store.readNote(noteKeys.storeLost)) !== undefined;
  if (!isLost) return books;
  return { ...books, notes: { ...notes, recovering: { since: now, looks: 0, isLost: true } } };
}
