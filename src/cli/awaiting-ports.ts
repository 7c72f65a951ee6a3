// VMs that run without their declared ports for now. The marketplace takes ports with a purchase; the cloud opens them on network
// interfaces, which a VM has when it is up. Read off plans; it opens nothing.
import type { Plan } from '../core/plan-types.js';
import type { PolicySet } from '../core/policy-types.js';

/** Those that are still launching, and those whose ports the next run sets. */
export function countAwaitingPorts(plans: readonly Plan[], { fleets }: Pick<PolicySet, 'fleets'>): number {
  const withPorts = new Set(fleets.filter(({ vm }) => vm.ports.length > 0).map(({ name }) => name));
  const launching = plans
    .filter(({ product }) => product === 'cloud')
    .flatMap((plan) => plan.fleets.filter(({ policy }) => withPorts.has(policy)))
    .map((fleet) => fleet.launching);
  const due = plans.flatMap(({ actions }) =>
    actions.map((action) => (action.kind === 'ports' ? action.vms.length : 0)),
  );
  return [...launching, ...due].reduce((sum, each) => sum + each, 0);
}
