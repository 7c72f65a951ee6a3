// What all followers of one backtest have in common: the scenario, the policies as they are meant in it, the account, and what
// signals answer. Built once; pure.
import { matchesName } from '../../core/name-pattern.js';
import type { AccountSettings, Demand, FleetPolicy, PolicySet } from '../../core/policy-types.js';
import type { Scenario } from '../../core/scenario.js';
import type { Answer, Instant, Vm } from '../../core/types.js';
import { listWantedDisks } from '../../core/where.js';
import { demandOfSteps } from './demand-cursor.js';

export interface BacktestSetting {
  readonly scenario: Scenario;
  /** All of them acting, in the one account of the scenario; fleets want what the scenario says where it does. */
  readonly policies: PolicySet;
  readonly settings: AccountSettings;
  /** What is wanted in truth, whether or not a planner can know it beforehand. */
  readonly fleets: readonly { readonly name: string; readonly declared: Demand }[];
  /** The reap that selects it, or `other`. */
  readonly policyOfForeign: (vm: Vm, now: Instant) => string;
  readonly readSignal: (vmName: string, now: Instant) => Answer;
  /** Boot disks that fleets may want, in GB. */
  readonly storageGb: readonly number[];
}

export function listSizes(fleets: readonly Pick<FleetPolicy, 'where'>[]): readonly number[] {
  return [...new Set(fleets.flatMap(({ where }) => listWantedDisks(where)))];
}

/** The answer in force, and since when; `unknown` before the first. */
export function findAnswer(
  steps: readonly { readonly at: Instant; readonly answer: Answer }[],
  now: Instant,
): { readonly answer: Answer; readonly since: Instant } | undefined {
  const index = steps.findLastIndex(({ at }) => at <= now);
  if (index === -1) return undefined;
  const { answer } = steps[index]!;
  let first = index;
  while (first > 0 && steps[first - 1]!.answer === answer) first -= 1;
  return { answer, since: steps[first]!.at };
}

function actIn<Policy extends { readonly mode: string; readonly account: string }>(
  policy: Policy,
  account: string,
): Policy {
  return { ...policy, account, mode: policy.mode === 'pause' ? 'pause' : 'act' };
}

/** Policies that only observe are played as if they acted: a backtest is there to see what they would do. */
export function buildSetting(scenario: Scenario, given: PolicySet, settings: AccountSettings): BacktestSetting {
  const account = settings.name;
  const written = new Map(scenario.demands.map((demand) => [demand.policy, demandOfSteps(demand.steps)]));
  const fleets = given.fleets.map((fleet) => {
    const { accounts: _, ...own } = actIn(fleet, account);
    return { ...own, demand: written.get(fleet.name) ?? fleet.demand };
  });
  const policies: PolicySet = {
    ...given,
    fleets,
    reaps: given.reaps.map((reap) => actIn(reap, account)),
    orphans: given.orphans.map((orphans) => actIn(orphans, account)),
    // A scenario has no keys to keep.
    keys: [],
    // All of it is in one account.
    budgets: (given.budgets ?? []).map((budget) => ({
      ...budget,
      mode: budget.mode === 'pause' ? ('pause' as const) : ('act' as const),
      scope: { ...budget.scope, accounts: undefined },
    })),
  };
  const readSignal = (vmName: string, now: Instant): Answer => {
    const trace = scenario.idle.find(({ vm }) => matchesName(vmName, vm));
    return (trace === undefined ? undefined : findAnswer(trace.steps, now)?.answer) ?? 'unknown';
  };
  return {
    scenario,
    policies,
    settings,
    fleets: fleets.flatMap(({ name, demand, mode }) => (mode === 'pause' ? [] : [{ name, declared: demand }])),
    policyOfForeign: (vm, now) =>
      policies.reaps.find(({ select }) => select(vm, { now, account, policy: '' }))?.name ?? 'other',
    readSignal,
    storageGb: listSizes(fleets),
  };
}
