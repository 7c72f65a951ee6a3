// What became of disks and IPs that a policy had removed because they served nobody: told once, at the first look that lacks them.
// What an ended VM of ours left behind is told with that VM (reckon-parts.ts). It calls for nothing.
import type { PartTarget } from '../books.js';
import { formatDuration } from '../duration.js';
import { mapHolders } from '../parts.js';
import type { Instant } from '../types.js';
import { tell, type Reckoning } from './reckoning.js';

interface Removal {
  readonly target: PartTarget;
  readonly policy: string;
  readonly intent: string;
  readonly calledAt: Instant;
}

/** The last accepted call for each part. */
function listRemovals({ intents }: Reckoning): ReadonlyMap<string, Removal> {
  const removals = new Map<string, Removal>();
  for (const { id: intent, policy, removeParts, calledAt } of intents.values()) {
    for (const target of removeParts?.targets ?? []) {
      if (target.outcome?.result !== 'accepted' || calledAt === undefined) continue;
      const known = removals.get(target.partId);
      if (known === undefined || known.calledAt < calledAt)
        removals.set(target.partId, { target, policy, intent, calledAt });
    }
  }
  return removals;
}

/** `free`: what a believed listing shows attached to nothing. Before the notes of what serves nobody are written anew. */
export function reckonRemoved(reckoning: Reckoning, free: ReadonlySet<string>): void {
  const { idleSince = [], leftParts = [] } = reckoning.snapshot.books.notes;
  const lacking = idleSince.filter(({ id, looks }) => looks === undefined && !free.has(id));
  if (lacking.length === 0) return;
  const ofEndedVms = new Set(leftParts.map(({ id }) => id));
  const holders = mapHolders(reckoning.vmById.values());
  const removals = listRemovals(reckoning);
  for (const { id } of lacking) {
    const removal = removals.get(id);
    // Only a listing that began after the call says anything about it.
    const isAnswered = removal !== undefined && reckoning.snapshot.inventory.startedAt >= removal.calledAt;
    if (!isAnswered || ofEndedVms.has(id) || holders.has(id)) continue;
    const { target, policy, intent, calledAt } = removal;
    const { name, kind: part, boundary, saves: money } = target;
    const left = boundary === undefined ? undefined : boundary - reckoning.now;
    const when = left === undefined || left < 0 ? '' : `, ${formatDuration(left)} before its boundary`;
    const text = `${name} is gone ${formatDuration(reckoning.now - calledAt)} after the call${when}`;
    const facts = { policy, intent, vmId: id, vmName: name, part };
    tell(reckoning, 'part-removed', text, left === undefined || left < 0 ? facts : { ...facts, money });
  }
}
