// What a charge was for, judged by the books as they were when it came: whose the VM or the part was, and whether anybody
// wanted it then. It counts no money and changes nothing.
import type { Claim } from '../books.js';
import type { ChargeUse } from '../charge-records.js';
import { clipEvidence, judgeIdle } from '../evidence.js';
import { parseMemberName } from '../names.js';
import { findFleet } from '../ownership.js';
import type { LeftPart } from '../part-books.js';
import type { Instant, Millis, Part, Vm } from '../types.js';
import { findStrangersPurchase } from './reckon-purchases.js';
import type { Reckoning } from './reckoning.js';

export interface Use {
  readonly policy: string | undefined;
  readonly use: ChargeUse;
}

const FOREIGN: Use = { policy: undefined, use: 'foreign' };

/** Whether its deletion had begun at the boundary; what a look tells late, of a boundary before that, nobody missed. */
export function hadBegunBy({ state, deletion, stateSince }: Claim, boundary: Instant | undefined): boolean {
  return state === 'doomed' && boundary !== undefined && boundary > (deletion?.calledAt ?? stateSince);
}

/** A deletion that was called for in this period and surely failed: the charge that follows was missed, not chosen. */
export function hasFailedDeletion(reckoning: Reckoning, claim: Claim): boolean {
  const period = claim.price?.periodMillis ?? 0;
  return [...reckoning.intents.values()].some(
    (intent) =>
      reckoning.now - intent.createdAt < period &&
      intent.delete?.targets.some((target) => target.vmId === claim.vmId && target.outcome?.result === 'failed') ===
        true,
  );
}

/** The reap that had called it idle throughout when the boundary came, if one had. */
function findReap({ policies, snapshot, settings, now }: Reckoning, vmId: string, at: Instant): string | undefined {
  const reap = policies.reaps.find(({ name, account, idle }) => {
    if (account !== settings.name) return false;
    const found = snapshot.books.evidence.find((known) => known.policy === name && known.vmId === vmId);
    const evidence = clipEvidence(found, snapshot.stoodSince[name]);
    const { says, since } = judgeIdle(evidence, idle, now);
    return says === 'idle' && since !== undefined && at - since >= idle.forMillis;
  });
  return reap?.name;
}

function judgeUnclaimed(reckoning: Reckoning, vm: Vm, at: Instant): Use {
  const reap = findReap(reckoning, vm.id, at);
  if (reap !== undefined) return { policy: reap, use: 'idle' };
  // Known by its name alone: it counts as a member of its fleet, and nothing is bought in its place.
  const named = parseMemberName(vm.name, reckoning.settings.installation);
  const fleet = named === undefined ? undefined : findFleet(reckoning.policies.fleets, named.fleet);
  return fleet === undefined ? FOREIGN : { policy: fleet.name, use: 'wanted' };
}

function judgeClaimed(reckoning: Reckoning, claim: Claim, at: Instant): Use {
  const { state, stateSince, origin, unwanted, forPeers } = claim;
  const isReaped = origin === 'reaped';
  const fleet = isReaped ? undefined : findFleet(reckoning.policies.fleets, claim.policy);
  const policy = fleet?.name ?? claim.policy;
  if (hadBegunBy(claim, at)) return { policy, use: 'missed' };
  if (isReaped) return { policy, use: 'idle' };
  if (state === 'parked') {
    // What turned up late was surplus when it was bought.
    const wasWanted = stateSince > at && origin !== 'late';
    if (wasWanted) return { policy, use: 'wanted' };
    if (hasFailedDeletion(reckoning, claim)) return { policy, use: 'missed' };
    const servesNobody = unwanted === 'mismatched' || unwanted === 'launch-timeout';
    return { policy, use: servesNobody ? 'idle' : 'parked' };
  }
  if (state === 'doomed') return { policy, use: 'parked' };
  // Its policy is gone, or it serves nobody as it is.
  return { policy, use: fleet === undefined || forPeers === 'misfit' ? 'idle' : 'wanted' };
}

/** Its claim, unless that is about to be given up as a stranger's. */
export function findClaimOf(reckoning: Reckoning, vm: Vm): Claim | undefined {
  const claim = reckoning.claims.get(vm.id);
  if (claim === undefined || findStrangersPurchase(reckoning, claim, vm) !== undefined) return undefined;
  return claim;
}

export function judgeVmUse(reckoning: Reckoning, vm: Vm, at: Instant): Use {
  const claim = findClaimOf(reckoning, vm);
  return claim === undefined ? judgeUnclaimed(reckoning, vm, at) : judgeClaimed(reckoning, claim, at);
}

/** What comes with a purchase may be listed some looks after the VM itself. */
const SHOWN_AFTER: Millis = 10 * 60_000;

/** Whether what is attached may still be what its purchase made: later on a person's hand may be behind it. */
export function isFresh({ activeAt }: Claim, now: Instant): boolean {
  return activeAt === undefined || now - activeAt <= SHOWN_AFTER;
}

/** Of what is attached to a VM. What a person gave it is nobody's but that person's. */
export function judgeAttachedUse(reckoning: Reckoning, vm: Vm, part: Part, at: Instant): Use {
  const claim = findClaimOf(reckoning, vm);
  if (claim === undefined) return FOREIGN;
  const made =
    claim.parts?.find(({ id }) => id === part.id)?.made ?? (isFresh(claim, reckoning.now) ? 'untold' : 'by-others');
  if (made === 'by-others') return FOREIGN;
  const judged = judgeClaimed(reckoning, claim, at);
  return judged.use === 'missed' && made !== 'for-it' ? { ...judged, use: 'parked' } : judged;
}

/** Of what is attached to nothing. `left`: an ended VM of ours left it. */
export function judgeFreeUse(left: LeftPart | undefined, at: Instant): Use {
  if (left === undefined) return { policy: undefined, use: 'idle' };
  // What was charged between the end of its VM and the look that saw it nobody could have avoided.
  return { policy: left.policy, use: left.since < at ? 'missed' : 'idle' };
}
