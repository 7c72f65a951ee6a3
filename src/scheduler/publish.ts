// Policies in force: the accepted set is one record in the store, with a rising number. Publishing is refused over a record
// that somebody else put there meanwhile. Nothing here reads files or compiles policies.
import { PurserError } from '../core/errors.js';
import type { GenerationRecord } from '../ports/store.js';
import type { Engine } from './engine.js';
import { describeSetBack, readHighestGeneration } from './store-trust.js';

/** A set of files that was checked and found without errors. */
export interface CheckedPolicies {
  readonly hash: string;
  readonly documents: GenerationRecord['documents'];
  /** By name and former name. */
  readonly policyHashes: Readonly<Record<string, string>>;
  /** The generation that was in force when they were chosen (0: none); undefined: they are right over any. */
  readonly beside?: number;
}

/** What a record was published from. */
export function toPolicies({ hash, documents, policies }: GenerationRecord): CheckedPolicies {
  const hashes = Object.entries(policies).map(([name, policy]) => [name, policy.hash] as const);
  return { hash, documents, policyHashes: Object.fromEntries(hashes) };
}

/** Since when each policy stands: since the record that first held this very content. */
function carrySince(
  before: GenerationRecord | undefined,
  next: CheckedPolicies,
  now: number,
): GenerationRecord['policies'] {
  return Object.fromEntries(
    Object.entries(next.policyHashes).map(([name, hash]) => {
      const known = before?.policies[name];
      return [name, known?.hash === hash ? known : { hash, since: now }];
    }),
  );
}

function refuseChanged(): PurserError {
  const text =
    'Somebody else published policies meanwhile: nothing was published. Look at the plan, then run it again.';
  return new PurserError('generation-changed', text, { saysRemedy: true });
}

/**
 * Makes the set the present generation. The same content stays what it is: no new number, unless the store was set back and
 * the number was given out before. Throws `generation-changed` when somebody published since it was chosen.
 */
export async function publishPolicies(
  engine: Pick<Engine, 'store' | 'clock' | 'memory'>,
  policies: CheckedPolicies,
  by: string,
): Promise<{ readonly record: GenerationRecord; readonly isNew: boolean }> {
  const { store, clock, memory } = engine;
  const before = await store.readGeneration();
  const highest = await readHighestGeneration(engine);
  const isSetBack = (before?.number ?? 0) < highest || describeSetBack(engine, before) !== undefined;
  if (before?.hash === policies.hash && !isSetBack) {
    memory.noteGeneration(before);
    return { record: before, isNew: false };
  }
  // Some of the documents were taken from that generation: over a later one they would bring back what it replaced.
  if (policies.beside !== undefined && policies.beside !== (before?.number ?? 0)) throw refuseChanged();
  const now = clock.now();
  const { hash, documents } = policies;
  const next = { hash, documents, publishedAt: now, policies: carrySince(before, policies, now), by };
  const record = await store.publishGeneration(next, before?.number ?? 0, highest);
  if (record === undefined) throw refuseChanged();
  memory.noteGeneration(record);
  return { record, isNew: true };
}
