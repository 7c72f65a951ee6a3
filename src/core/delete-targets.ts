// What an intent keeps of each deletion, and which deletions go in one call. Decides nothing about VMs.
import { MOST_IDS_A_CALL } from './billing-clock.js';
import type { DeleteTarget } from './books.js';
import type { DeleteAction } from './plan-types.js';
import type { Vm } from './types.js';

/** `vm`: as it was observed; undefined where it isn't listed any more. */
export function toDeleteTarget(action: DeleteAction, vm: Vm | undefined): DeleteTarget {
  return {
    vmId: action.vm.id,
    vmName: action.vm.name,
    boundary: action.boundary,
    price: vm?.price,
    recordOnly: action.recordOnly,
    railExempt: action.railExempt,
    reaped: action.reaped,
    publicIp: vm?.publicIp,
    reason: action.reason.code,
    deadline: action.deadline,
    latestStart: action.latestStart,
  };
}

/** Deletions that are due at one look go together, earliest boundary first, 100 ids at most, each with an outcome of its own. */
export function groupDeletions(actions: readonly DeleteAction[]): readonly (readonly DeleteAction[])[] {
  const groups = new Map<string, DeleteAction[][]>();
  for (const action of actions) {
    const key = `${action.policy}/${action.recordOnly}`;
    const batches = groups.get(key) ?? [];
    const last = batches.at(-1);
    if (last === undefined || last.length >= MOST_IDS_A_CALL) batches.push([action]);
    else last.push(action);
    groups.set(key, batches);
  }
  return [...groups.values()].flat();
}
