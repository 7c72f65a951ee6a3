// Says that the store went back to an older generation, before a plan is shown that goes above it. Confirming is up to `apply`.
import type { Composition } from '../compose.js';
import type { GenerationRecord } from '../ports/store.js';
import { describeSetBack, readHighestGeneration } from '../scheduler/store-trust.js';
import type { CommandContext } from './command.js';

/** Returns the newest generation that was ever in force: whatever is published next is newer. */
export async function tellSetBack(
  context: CommandContext,
  engine: Composition,
  present: GenerationRecord | undefined,
): Promise<number> {
  const text = describeSetBack(engine, present);
  if (text !== undefined) context.note(`${text[0]!.toUpperCase()}${text.slice(1)}.`);
  return readHighestGeneration(engine);
}
