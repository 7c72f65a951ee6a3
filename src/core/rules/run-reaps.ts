// All reaps of an account, over the same evidence; what no reap may touch, and why. Each reap itself is in reap-idle.ts.
import { readProtectHandles } from '../ownership.js';
import { holdPolicy, type Draft, type PlanContext } from '../plan-context.js';
import type { OtherVm } from '../plan-types.js';
import type { Reason } from '../types.js';
import { indexEvidence, listSharedAddresses, matchReaps, reapIdle } from './reap-idle.js';

/** VMs that are neither members nor foreign: their policy is gone, the books don't know them, or a create just made them. */
function explainUnclaimed(
  context: PlanContext,
  others: readonly OtherVm[],
  fleetOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, Reason> {
  const reasons = new Map<string, Reason>();
  const foreign = new Set(context.foreign);
  for (const vm of context.snapshot.inventory.vms) {
    if (foreign.has(vm) || fleetOf.has(vm.id)) continue;
    reasons.set(vm.id, { code: 'create-pending', text: 'it was just bought; its fleet is about to claim it' });
  }
  for (const { kind, vm, policy } of others) {
    if (kind === 'unclaimed')
      reasons.set(vm.id, {
        code: 'unclaimed',
        text: `${policy ?? 'a policy'} bought it and is gone: no rule deletes it`,
      });
    if (kind === 'known-by-name')
      reasons.set(vm.id, {
        code: 'known-by-name',
        text: 'its name is ours but the books do not know it; never reaped',
      });
  }
  return reasons;
}

export function runReaps(context: PlanContext, draft: Draft): void {
  if (context.policies.reaps.length === 0) return;
  const { fleetOf } = context;
  const doomed = new Set(context.books.claims.filter((claim) => claim.state === 'doomed').map((claim) => claim.vmId));
  const facts = {
    evidence: indexEvidence(context.books.evidence),
    matches: matchReaps(context, fleetOf),
    fleetOf,
    unclaimed: explainUnclaimed(context, draft.others, fleetOf),
    doomed,
    handles: readProtectHandles(context.books.handles.protect),
    sharedAddresses: listSharedAddresses(context.snapshot.inventory.vms),
  };
  for (const reap of context.policies.reaps) {
    if (reap.mode === 'pause')
      holdPolicy(context, draft, reap.name, { code: 'paused', text: 'mode: pause; nothing is planned or done' });
    else reapIdle(context, draft, reap, facts);
  }
}
