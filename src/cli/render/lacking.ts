// Fleets that lack VMs which nobody can buy for them now, read off plans.
// A plan with nothing to do isn't a fleet that has all it wants.
import type { Plan } from '../../core/plan-types.js';
import type { ReasonCode } from '../../core/types.js';
import { countOf } from './phrase.js';

/** Why a fleet stays short until somebody, or the market, changes something. */
const UNABLE: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'no-offer',
  'cannot-target',
  'image-unknown',
  'key-unknown',
  'secret-missing',
  'no-balance',
  'budget',
  'backing-off',
  'gave-up',
]);

export interface Lacking {
  readonly policy: string;
  readonly vms: number;
  readonly why: ReasonCode;
}

function listOf({ fleets, holds, actions }: Plan): readonly Lacking[] {
  return fleets.flatMap(({ policy, wanted, running, launching, unseen = 0, elsewhere = 0 }): Lacking[] => {
    const hold = holds.find((each) => each.policy === policy && each.vm === undefined && UNABLE.has(each.reason.code));
    if (hold === undefined) return [];
    const bought = actions.reduce(
      (sum, action) => sum + (action.kind === 'deploy' && action.policy === policy ? action.count : 0),
      0,
    );
    const vms = wanted - running - launching - unseen - elsewhere - bought;
    return vms > 0 ? [{ policy, vms, why: hold.reason.code }] : [];
  });
}

/** One entry a fleet, whichever of its accounts could not buy. */
export function listLacking(plans: readonly Plan[]): readonly Lacking[] {
  const all = new Map(plans.flatMap(listOf).map((lacking) => [lacking.policy, lacking]));
  return [...all.values()];
}

/** `web lacks 2 VMs (no-offer)`. */
export function describeLacking({ policy, vms, why }: Lacking): string {
  return `${policy} lacks ${countOf(vms, 'VM')} (${why})`;
}
