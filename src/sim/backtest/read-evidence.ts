// The evidence that a scenario's traces stand for: as if every VM with a trace had been asked at its interval up to now. It asks
// nobody, and says nothing about VMs without a trace: their signals are unknown.
import { matchesName } from '../../core/name-pattern.js';
import type { Evidence, Instant, Vm } from '../../core/types.js';
import { findAnswer, type BacktestSetting } from './setting.js';

export function readEvidence(
  { scenario, policies }: BacktestSetting,
  vms: readonly Vm[],
  now: Instant,
): readonly Evidence[] {
  if (policies.reaps.length === 0 || scenario.idle.length === 0) return [];
  return vms.flatMap((vm): Evidence[] => {
    const trace = scenario.idle.find(({ vm: pattern }) => matchesName(vm.name, pattern));
    const found = trace === undefined ? undefined : findAnswer(trace.steps, now);
    if (found === undefined) return [];
    const from = Math.max(found.since, vm.createdAt ?? now);
    const text = `idle = ${found.answer}`;
    return policies.reaps.map(({ name, idle }) => {
      const samples = Math.floor((now - from) / idle.everyMillis) + 1;
      return { policy: name, vmId: vm.id, runs: [{ answer: found.answer, from, to: now, samples, text }] };
    });
  });
}
