// What a change must know beforehand (the key, the variant of the API, ids), asked for in front of the gate: nothing may be
// awaited behind it. What goes wrong is kept until the gate is open, because only who passed it may write the outcome.
import { PurserError } from '../src/core/errors.js';
import { CloudError } from '../src/ports/cloud.js';

/** What keeps a call from being made, and is no defect. */
const OBSTACLES: ReadonlySet<string> = new Set(['secret-missing', 'frozen']);

export type Prepared<Value> = { readonly value: Value } | { readonly obstacle: PurserError };

export async function prepareCall<Value>(prepare: () => Promise<Value>): Promise<Prepared<Value>> {
  try {
    return { value: await prepare() };
  } catch (error) {
    const isObstacle = error instanceof CloudError || (error instanceof PurserError && OBSTACLES.has(error.code));
    if (isObstacle) return { obstacle: error };
    throw error;
  }
}
