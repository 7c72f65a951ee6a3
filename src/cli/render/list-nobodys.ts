// The VMs of nobody as people should see them: those that a policy looks after stand with it, and are not told twice.
import type { OtherVm, Plan } from '../../core/plan-types.js';

/** `plan.others` without the foreign VMs that a reap or an orphans policy in the plan holds or deletes. */
export function listNobodys(plan: Plan): OtherVm[] {
  const keepers = new Set([...plan.reaps, ...(plan.orphans ?? [])].map(({ policy }) => policy));
  const told = new Set<string>();
  for (const { policy, vm } of plan.holds)
    if (vm !== undefined && policy !== undefined && keepers.has(policy)) told.add(vm.id);
  for (const action of plan.actions) if (action.kind === 'delete' && keepers.has(action.policy)) told.add(action.vm.id);
  return plan.others.filter((other) => other.kind !== 'foreign' || !told.has(other.vm.id));
}
