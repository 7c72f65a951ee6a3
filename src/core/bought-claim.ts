// The claim of a VM that a purchase was just answered with. Nothing of it was listed yet, so nothing is taken for known.
import type { Claim, Intent } from './books.js';
import type { Instant } from './types.js';

/** `intent`: of a deploy. Its price is the one that was planned; the VM's own word replaces it at the first look. */
export function buildBoughtClaim(
  intent: Intent,
  vm: { readonly id: string; readonly name: string },
  now: Instant,
): Claim {
  return {
    vmId: vm.id,
    vmName: vm.name,
    policy: intent.policy,
    origin: 'bought',
    intent: intent.id,
    claimedAt: now,
    generation: intent.generation,
    price: intent.deploy?.offer.price,
    paidUntil: undefined,
    seenAt: undefined,
    activeAt: undefined,
    state: 'member',
    stateSince: now,
    unwanted: undefined,
    railExempt: false,
    deletion: undefined,
    endedSince: undefined,
    endedLooks: undefined,
    missing: undefined,
  };
}
