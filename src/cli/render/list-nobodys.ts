// The VMs of nobody as people should see them: those that a reap looks after stand with it, and are not told twice.
import type { OtherVm, Plan } from '../../core/plan-types.js';

/** `plan.others` without the foreign VMs that a reap in the plan holds or deletes. */
export function listNobodys(plan: Plan): OtherVm[] {
  const reaps = new Set(plan.reaps.map((reap) => reap.policy));
  const told = new Set<string>();
  for (const { policy, vm } of plan.holds)
    if (vm !== undefined && policy !== undefined && reaps.has(policy)) told.add(vm.id);
  for (const action of plan.actions) if (action.kind === 'delete' && reaps.has(action.policy)) told.add(action.vm.id);
  return plan.others.filter((other) => other.kind !== 'foreign' || !told.has(other.vm.id));
}
