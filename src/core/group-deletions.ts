// Which deletions that are due at one look go into one intent, and so into one call. It chooses none of them.
import { splitByCall, type Abilities } from './abilities.js';
import { MOST_IDS_A_CALL } from './billing-clock.js';
import type { DeleteAction } from './plan-types.js';

/** Those of one policy, earliest boundary first, as many as one call takes (100 at most), each with an outcome of its own. */
export function groupDeletions(
  actions: readonly DeleteAction[],
  { deletesPerCall }: Abilities,
): readonly (readonly DeleteAction[])[] {
  const groups = new Map<string, DeleteAction[]>();
  for (const action of actions) {
    const key = `${action.policy}/${action.recordOnly}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [action]);
    else group.push(action);
  }
  const mostPerCall = Math.min(MOST_IDS_A_CALL, deletesPerCall);
  return [...groups.values()].flatMap((group) => splitByCall(group, mostPerCall));
}
