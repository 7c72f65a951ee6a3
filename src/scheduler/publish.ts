// Policies in force: the accepted set is one record in the store, with a rising number. Publishing is refused over a record
// that somebody else put there meanwhile. Nothing here reads files or compiles policies.
import type { GenerationRecord, Store } from '../ports/store.js';
import type { Clock } from '../ports/clock.js';
import { PurserError } from '../core/errors.js';

/** A set of files that was checked and found without errors. */
export interface CheckedPolicies {
  readonly hash: string;
  readonly documents: GenerationRecord['documents'];
  /** By name and former name. */
  readonly policyHashes: Readonly<Record<string, string>>;
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

/**
 * Makes the set the present generation. The same content stays what it is: no new number. Throws `generation-changed` when
 * somebody published in between.
 */
export async function publishPolicies(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  policies: CheckedPolicies,
  by: string,
): Promise<{ readonly record: GenerationRecord; readonly isNew: boolean }> {
  const before = await store.readGeneration();
  if (before?.hash === policies.hash) return { record: before, isNew: false };
  const now = clock.now();
  const { hash, documents } = policies;
  const next = { hash, documents, publishedAt: now, policies: carrySince(before, policies, now), by };
  const record = await store.publishGeneration(next, before?.number ?? 0);
  if (record === undefined) {
    throw new PurserError(
      'generation-changed',
      'Somebody else published policies at this very moment. Look at the plan and apply again.',
    );
  }
  return { record, isNew: true };
}
