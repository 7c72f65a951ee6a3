// What befalls a market from outside in a backtest, in order: demand that changes, VMs of other people, provider terminations,
// signals that turn. A list of instants with what happens; it plays nothing itself.
import { DAY_MILLIS } from '../../core/money.js';
import type { Scenario, ScenarioTermination, ScenarioVm } from '../../core/scenario.js';
import type { Instant } from '../../core/types.js';
import { drawUnit } from '../random.js';

export type Happening =
  | { readonly at: Instant; readonly kind: 'vm-comes'; readonly vm: ScenarioVm }
  | { readonly at: Instant; readonly kind: 'vm-goes'; readonly vm: ScenarioVm }
  | { readonly at: Instant; readonly kind: 'termination'; readonly termination: ScenarioTermination }
  /** Nothing in the market: what a signal answers. */
  | { readonly at: Instant; readonly kind: 'signal' };

/** Those that the scenario names, ascending; what comes with VMs by chance is drawn when they are bought. */
export function listHappenings({ vms, terminations, idle, from, to }: Scenario): readonly Happening[] {
  const happenings: Happening[] = [
    ...vms.map((vm) => ({ at: Math.max(vm.at, from), kind: 'vm-comes', vm }) as const),
    ...vms.flatMap((vm) => (vm.until === undefined ? [] : [{ at: vm.until, kind: 'vm-goes', vm } as const])),
    ...terminations.map((termination) => ({ at: termination.at, kind: 'termination', termination }) as const),
    ...idle.flatMap(({ steps }) => steps.map(({ at }) => ({ at, kind: 'signal' }) as const)),
  ];
  return happenings.filter(({ at }) => at >= from && at < to).sort((a, b) => a.at - b.at);
}

/** When the provider ends a VM that was bought at `at`: by chance, on average after so many days. */
export function drawTermination(scenario: Scenario, luck: string, at: Instant): Instant | undefined {
  const { meanDaysToTermination, seed } = scenario;
  if (meanDaysToTermination === undefined) return undefined;
  const days = -Math.log(1 - drawUnit(seed, `termination/${luck}`)) * meanDaysToTermination;
  return at + Math.ceil(days * DAY_MILLIS);
}
