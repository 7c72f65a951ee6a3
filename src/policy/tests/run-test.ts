// Runs one policy test: the snapshot is reckoned and planned as the tick does it, by the same functions, and the plan is judged.
import { planAccount } from '../../core/plan.js';
import type { Plan, Verdict } from '../../core/plan-types.js';
import { reckonSnapshot } from '../../core/reckon/reckon.js';
import type { PolicyTest } from './compile-tests.js';
import { judgePlan, type Difference } from './judge-plan.js';

/** Every rule that looked at a VM. */
export interface ExplainedVm {
  readonly vm: string;
  readonly verdicts: readonly Verdict[];
}

export interface TestResult {
  readonly test: PolicyTest;
  /** Empty: passed. */
  readonly differences: readonly Difference[];
  readonly plan: Plan;
  /** Of the VMs that differences are about. */
  readonly explained: readonly ExplainedVm[];
}

/** So many VMs are explained: what is wrong with one is mostly wrong with all. */
const MOST_EXPLAINED = 2;

/** Looks and plans as a tick does; writes nothing. */
function planSupposed({ supposed }: PolicyTest, traced?: string): Plan {
  const { policies, settings } = supposed;
  const { snapshot } = reckonSnapshot(supposed.snapshot, policies, settings);
  return planAccount({ snapshot, policies, settings, ...(traced === undefined ? {} : { traced }) });
}

export function runPolicyTest(test: PolicyTest): TestResult {
  const plan = planSupposed(test);
  const { vms } = test.supposed;
  const names = new Map([...vms].map(([name, { vm }]) => [vm.id, name]));
  const differences = judgePlan(plan, test.expectation, names);
  const concerned = [...new Set(differences.flatMap((difference) => difference.vms))].slice(0, MOST_EXPLAINED);
  const explained = concerned.flatMap((name): ExplainedVm[] => {
    const given = vms.get(name);
    return given === undefined ? [] : [{ vm: name, verdicts: planSupposed(test, given.vm.id).trace }];
  });
  return { test, differences, plan, explained };
}
