// The generation in force, compiled, for commands that change the books by hand: without one there is nobody to own a VM.
import { PurserError } from '../core/errors.js';
import type { PolicySet } from '../core/policy-types.js';
import type { GenerationRecord } from '../ports/store.js';
import type { Engine } from '../scheduler/engine.js';

export interface InForce {
  readonly record: GenerationRecord;
  readonly set: PolicySet;
}

/** Throws `policy-unknown` when none is in force. */
export async function requireInForce(engine: Pick<Engine, 'store' | 'compile'>): Promise<InForce> {
  const record = await engine.store.readGeneration();
  if (record !== undefined) return { record, set: engine.compile(record) };
  throw new PurserError(
    'policy-unknown',
    'No policies are in force here: run `purser apply` first, then do this again.',
  );
}
