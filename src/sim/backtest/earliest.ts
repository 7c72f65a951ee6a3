// The first of some instants, of which any may be missing. Nothing else.
import type { Instant } from '../../core/types.js';

export function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const at of instants) if (at !== undefined && (first === undefined || at < first)) first = at;
  return first;
}
