// From planned removals of disks and IPs to intents: a hundred of one policy go together, each with an outcome of its own. It
// chooses nothing.
import { splitByCall } from './abilities.js';
import { MOST_IDS_A_CALL } from './billing-clock.js';
import type { LedgerEntry, PartTarget } from './books.js';
import { formatMinute } from './instant.js';
import type { DeleteAction, Snapshot } from './plan-types.js';

type Facts = Partial<Pick<LedgerEntry, 'policy' | 'vmId' | 'vmName' | 'intent'>>;

/** What a commit offers to whoever writes intents into it. */
export interface IntentWriter {
  /** Returns the intent's id. */
  readonly open: (policy: string, targets: readonly PartTarget[]) => string;
  readonly tell: (text: string, facts: Facts) => void;
}

function groupRemovals(actions: readonly DeleteAction[]): readonly (readonly DeleteAction[])[] {
  const groups = new Map<string, DeleteAction[]>();
  for (const action of actions) {
    if (action.part === undefined) continue;
    const group = groups.get(action.policy);
    if (group === undefined) groups.set(action.policy, [action]);
    else group.push(action);
  }
  return [...groups.values()].flatMap((group) => splitByCall(group, MOST_IDS_A_CALL));
}

/** Writes an intent for each batch of parts among these deletions, and a ledger line for each part. */
export function writeRemovals(actions: readonly DeleteAction[], { books }: Snapshot, writer: IntentWriter): void {
  const leftBy = new Map((books.notes.leftParts ?? []).map((left) => [left.id, left]));
  for (const batch of groupRemovals(actions)) {
    const { policy } = batch[0]!;
    const targets = batch.map(({ vm, part, boundary, saves, reason }): PartTarget => ({
      kind: part!,
      partId: vm.id,
      name: vm.name,
      boundary,
      ...(saves === 0n ? {} : { saves }),
      reason: reason.code,
    }));
    const intent = writer.open(policy, targets);
    for (const { vm, boundary, reason } of batch) {
      const when = boundary === undefined ? '' : ` before ${formatMinute(boundary)}`;
      // What was made for a VM belongs to that VM's history.
      const left = leftBy.get(vm.id);
      const owner = { vmId: left?.vmId ?? vm.id, vmName: left?.vmName ?? vm.name };
      writer.tell(`remove ${vm.name}${when}: ${reason.text}`, { policy, intent, ...owner });
    }
  }
}
