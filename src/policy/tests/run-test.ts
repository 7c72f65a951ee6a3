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
const MOST_LOOKED_AT = 20;

function isSameVerdicts(left: readonly Verdict[], right: readonly Verdict[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ rule, says, text }, index) => {
      const other = right[index]!;
      return other.rule === rule && other.says === says && other.text === text;
    })
  );
}

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
  const concerned = [...new Set(differences.flatMap((difference) => difference.vms))].slice(0, MOST_LOOKED_AT);
  const explained: ExplainedVm[] = [];
  for (const name of concerned) {
    const given = vms.get(name);
    if (given === undefined || explained.length === MOST_EXPLAINED) continue;
    const verdicts = planSupposed(test, given.vm.id).trace;
    // VMs that are alike have the same told of them.
    if (!explained.some((other) => isSameVerdicts(other.verdicts, verdicts))) explained.push({ vm: name, verdicts });
  }
  return { test, differences, plan, explained };
}
