// What becomes of a coming charge, in a few words: whole phrases by the reason's code, because a sentence that was cut says
// something else. Pure.
import type { ComingCharge, OtherVm, Plan } from '../../core/plan-types.js';
import type { ReasonCode } from '../../core/types.js';
import { labelOf } from './phrase.js';

/** Where the code alone would read badly. */
const PHRASES: Partial<Record<ReasonCode, string>> = {
  'too-young': 'younger than its policy asks',
  'not-idle-long-enough': 'idle, but not for long enough yet',
  'charge-pending': 'its last charge is not seen yet',
  'boundary-unknown': 'its boundary is not told',
  'status-unknown': 'its status is not known',
  'small-balance': 'none if the balance stays too small',
  'owned-by-fleet': 'its fleet decides',
  'known-by-name': 'known by name alone',
  'two-claimants': 'two policies claim it',
  'too-late': 'too late for a deletion to land',
  'not-deletable': 'the service allows no deletion yet',
  'no-time-to-delete': 'more deletions than the rate allows',
  rail: 'a rail refused its deletion',
  'needs-approval': 'its deletion waits for approval',
  'in-use': 'not told as free',
  observing: 'its policy only observes',
  'untrusted-inventory': 'the list of VMs is not believed',
  'untrusted-clock': 'the clocks differ',
  'key-replaced': 'the API key was replaced',
};

const NOBODYS = { foreign: "not Purser's", unclaimed: 'unclaimed', 'known-by-name': 'known by name alone' } as const;

/** A few words that all VMs of one fate share: `busy`, `unclaimed`, `wanted`. `other`: it, if it is nobody's. */
function describeCause(charge: ComingCharge, other: OtherVm | undefined): string {
  if (charge.code !== undefined) return PHRASES[charge.code] ?? labelOf(charge.code).replaceAll('-', ' ');
  if (other !== undefined) return other.protected ? 'protected' : NOBODYS[other.kind];
  if (charge.policy === undefined) return "not Purser's";
  return charge.fate === 'renew' ? 'wanted' : 'not wanted';
}

/** The charges of a plan with what really becomes of them. */
export function judgeCharges(plan: Plan): readonly ComingCharge[] {
  const judge = createOutlook(plan);
  return plan.charges.map((charge) => ({ ...charge, fate: judge(charge).fate }));
}

export interface ChargeOutlook {
  readonly fate: ComingCharge['fate'];
  readonly why: string;
}

/**
 * Says of each charge of the plan what becomes of it. What the plan would delete is charged all the same while its account or
 * its policy only observes.
 */
export function createOutlook(plan: Plan): (charge: ComingCharge) => ChargeOutlook {
  const others = new Map(plan.others.map((other) => [other.vm.id, other]));
  const modes = new Map(
    [...plan.fleets, ...plan.reaps, ...(plan.orphans ?? [])].map(({ policy, mode }) => [policy, mode]),
  );
  return (charge) => {
    const isHeldBack = charge.fate === 'delete';
    if (isHeldBack && plan.mode !== 'act') return { fate: 'renew', why: `the account has mode: ${plan.mode}` };
    const mode = charge.policy === undefined ? 'act' : (modes.get(charge.policy) ?? 'act');
    if (isHeldBack && mode !== 'act') return { fate: 'renew', why: `its policy has mode: ${mode}` };
    return { fate: charge.fate, why: describeCause(charge, others.get(charge.vm.id)) };
  };
}
