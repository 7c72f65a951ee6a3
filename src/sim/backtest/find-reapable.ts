// From when on a reap may take somebody else's VM: it is selected and its signal says that it is idle, for the first time. Whoever
// follows waits for more (evidence, an age, a deadline), so no follower can spare a boundary before. Pure.
import { matchesName } from '../../core/name-pattern.js';
import type { Scenario, ScenarioClock, ScenarioVm } from '../../core/scenario.js';
import type { Instant, Millis, Vm } from '../../core/types.js';
import { findPeriodEnd } from './bound/bound-problem.js';
import type { BacktestSetting } from './setting.js';

const MINUTE: Millis = 60_000;
/** Of all VMs together: a selection is asked so often at most, since nobody can tell when it changes. */
const MOST_ASKED = 500_000;

interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** When its signal says that it is idle, within [from, to). */
function listIdle({ idle }: Scenario, vm: ScenarioVm, { from, to }: Stretch): readonly Stretch[] {
  const trace = idle.find(({ vm: pattern }) => matchesName(vm.name, pattern));
  return (trace?.steps ?? []).flatMap(({ at, answer }, index, steps) => {
    const stretch = { from: Math.max(at, from), to: Math.min(steps[index + 1]?.at ?? to, to) };
    return answer === 'yes' && stretch.from < stretch.to ? [stretch] : [];
  });
}

/** The VM as a look at `at` shows it, if nobody has ended it. */
function showAt(vm: Vm, at: Instant, clock: ScenarioClock): Vm {
  let { paidUntil } = vm;
  while (paidUntil !== undefined && paidUntil <= at) paidUntil = findPeriodEnd(clock, paidUntil);
  return { ...vm, paidUntil };
}

/** `shown`: as a look shows it when it comes. undefined: no reap ever may, within the stretch. */
export function findReapable(
  { scenario, policies, settings }: BacktestSetting,
  vm: ScenarioVm,
  shown: Vm,
  stretch: Stretch,
): Instant | undefined {
  const reaps = policies.reaps.filter(({ mode }) => mode === 'act');
  if (reaps.length === 0) return undefined;
  const asked = ((scenario.to - scenario.from) / MINUTE) * scenario.vms.length;
  const step = Math.max(1, Math.ceil(asked / MOST_ASKED)) * MINUTE;
  let current = shown;
  const isSelected = (at: Instant): boolean => {
    if (current.paidUntil !== undefined && current.paidUntil <= at) current = showAt(current, at, scenario.clock);
    return reaps.some(({ select }) => select(current, { now: at, account: settings.name, policy: '' }));
  };
  for (const { from, to } of listIdle(scenario, vm, stretch)) {
    let before = from;
    for (let at = from; at < to; at = at + step < to ? at + step : at === to - 1 ? to : to - 1) {
      // It was selected at some instant since it was asked last.
      if (isSelected(at)) return before;
      before = at;
    }
  }
  return undefined;
}
