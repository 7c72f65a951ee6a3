// The claim of a VM that a person gives to a fleet. Pure: what is known of the VM is what the listing showed.
import type { Claim } from '../core/books.js';
import { isRunning } from '../core/lifecycle.js';
import type { Instant, Vm } from '../core/types.js';

export interface Adoption {
  readonly policy: string;
  readonly generation: number;
  readonly now: Instant;
  /** The intent that bought it, where that is known: its VMs are counted and named by it. */
  readonly intent: string | undefined;
}

export function buildAdoptedClaim(vm: Vm, { policy, generation, now, intent }: Adoption): Claim {
  return {
    vmId: vm.id,
    vmName: vm.name,
    policy,
    origin: 'adopted',
    intent,
    claimedAt: now,
    generation,
    price: vm.price,
    paidUntil: vm.paidUntil,
    seenAt: now,
    activeAt: isRunning(vm.status) ? now : undefined,
    state: 'member',
    stateSince: now,
    unwanted: undefined,
    railExempt: false,
    deletion: undefined,
    missing: undefined,
  };
}
