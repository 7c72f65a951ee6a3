// Secrets that fleets name and this process can't read. A worker elsewhere may have them, so it is only told. No value is kept.
import { findSecretFault } from '../config/read-secret.js';
import type { Plan } from '../core/plan-types.js';
import type { FleetPolicy, PolicySet } from '../core/policy-types.js';
import type { CommandContext } from './command.js';

export interface MissingSecret {
  readonly policy: string;
  /** A clause: `the variable TOKEN is not set`. */
  readonly fault: string;
}

function listOf({ name, vm }: FleetPolicy): readonly MissingSecret[] {
  return Object.values(vm.cloudInit?.secrets ?? {}).flatMap((source) => {
    const fault = findSecretFault(source);
    return fault === undefined ? [] : [{ policy: name, fault }];
  });
}

export function listMissingSecrets({ fleets }: Pick<PolicySet, 'fleets'>): readonly MissingSecret[] {
  return fleets.flatMap(listOf);
}

/** Notes those of the fleets that plans are about to buy for. */
export function noteMissingSecrets(context: CommandContext, { fleets }: PolicySet, plans: readonly Plan[]): void {
  const buying = new Set(
    plans.flatMap(({ actions }) => actions).map(({ kind, policy }) => kind === 'deploy' && policy),
  );
  const missing = listMissingSecrets({ fleets: fleets.filter(({ name }) => buying.has(name)) });
  for (const { policy, fault } of missing)
    context.note(`A secret of ${policy} is missing here: ${fault}. A worker without it buys nothing for ${policy}.`);
}
