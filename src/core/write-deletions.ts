// Deletions of a plan as intents, with the claims that they need; and what waits in the queue, confirmed or let go. Chooses none
// of them.
import { openIntent, setClaim, tell, type Builder } from './commit-builder.js';
import { toDeleteTarget } from './delete-targets.js';
import { groupDeletions } from './group-deletions.js';
import { formatMinute } from './instant.js';
import { judgeQueued } from './let-go.js';
import type { DeleteAction } from './plan-types.js';

/** Every target of a deletion has a claim in state parked (or doomed already, when it is called for again). */
function claimForDeletion(builder: Builder, action: DeleteAction, intent: string): void {
  const { plan } = builder.input;
  const claim = builder.claims.get(action.vm.id);
  if (claim?.state === 'doomed') {
    setClaim(builder, { ...claim, deletion: { intent, calledAt: claim.deletion?.calledAt ?? plan.at } });
    return;
  }
  const parked = {
    state: 'parked',
    stateSince: plan.at,
    unwanted: action.reason.code,
    railExempt: action.railExempt,
  } as const;
  if (claim !== undefined) {
    setClaim(builder, { ...claim, ...(claim.state === 'parked' ? { unwanted: action.reason.code } : parked) });
    return;
  }
  const vm = builder.vmById.get(action.vm.id);
  setClaim(builder, {
    vmId: action.vm.id,
    vmName: action.vm.name,
    policy: action.policy,
    origin: 'reaped',
    intent: undefined,
    claimedAt: plan.at,
    generation: plan.generation,
    price: vm?.price,
    paidUntil: vm?.paidUntil,
    seenAt: plan.at,
    activeAt: undefined,
    deletion: undefined,
    missing: undefined,
    ...parked,
  });
}

function addDeletion(builder: Builder, batch: readonly DeleteAction[]): void {
  const { policy } = batch[0]!;
  const targets = batch.map((action) => toDeleteTarget(action, builder.vmById.get(action.vm.id)));
  const intent = openIntent(builder, 'delete', policy, { delete: { targets } });
  for (const action of batch) {
    claimForDeletion(builder, action, intent.id);
    // That it ended was told when it was seen.
    if (action.recordOnly) continue;
    const when = action.boundary === undefined ? '' : ` before ${formatMinute(action.boundary)}`;
    tell(builder, 'intent', `delete ${action.vm.name}${when}: ${action.reason.text}`, {
      policy,
      vmId: action.vm.id,
      vmName: action.vm.name,
      intent: intent.id,
    });
  }
}

/** Writes down what is due, as many to an intent as one call takes. */
export function writeDeletions(builder: Builder, actions: readonly DeleteAction[]): void {
  for (const batch of groupDeletions(actions, builder.abilities)) addDeletion(builder, batch);
}

/** What waits in the queue is confirmed or let go: a member is one again then, a foreign VM is of nobody. */
export function tendQueued(builder: Builder): void {
  const { plan, snapshot, settings } = builder.input;
  const { claims, intents } = judgeQueued(plan, snapshot.books, builder.claims, settings);
  for (const intent of intents) builder.otherChanges.push({ kind: 'intent', intent, expect: 'planned' });
  for (const claim of claims) {
    const { policy, vmId, vmName } = claim;
    if (claim.origin === 'reaped') {
      builder.claims.delete(vmId);
      builder.claimChanges.set(vmId, { kind: 'unclaim', vmId, expect: 'parked' });
      continue;
    }
    // What it was bought as doesn't change: kept parked, it takes nobody's place.
    if (claim.unwanted === 'mismatched') continue;
    const member = { state: 'member', stateSince: plan.at, unwanted: undefined, railExempt: false } as const;
    setClaim(builder, { ...claim, ...member });
    const text = `${vmName}: its deletion waited and is not wanted any more`;
    tell(builder, 'taken-back', text, { policy, vmId, vmName });
  }
}
