// What an intent keeps of each deletion; which go in one call is in group-deletions.ts. Decides nothing about VMs.
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
    // Of a VM with parts the boundary may be one of theirs.
    ...(vm?.paidUntil === undefined || vm.paidUntil === action.boundary ? {} : { paidUntil: vm.paidUntil }),
  };
}
