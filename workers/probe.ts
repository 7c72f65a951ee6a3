// Gathers evidence: asks the signals of the reaps about the VMs that the last plan named, and writes the samples down as
// runs. It decides nothing; what can't be read is `unknown`.
import { appendSample, evaluateExpression } from '../src/core/evidence.js';
import type { ProbeTarget } from '../src/core/plan-types.js';
import type { ReapPolicy } from '../src/core/policy-types.js';
import type { Evidence } from '../src/core/types.js';
import type { JobHandler } from '../src/ports/queue.js';
import { noteKeys, type Engine } from '../src/scheduler/engine.js';
import { listSignals } from './confirm-idle.js';

interface DueProbe {
  readonly target: ProbeTarget;
  readonly reap: ReapPolicy;
  readonly known: Evidence | undefined;
}

/** Targets whose last sample is about an interval old; a little early is better than a gap. */
function chooseDue(
  targets: readonly ProbeTarget[],
  reaps: ReadonlyMap<string, ReapPolicy>,
  evidence: readonly Evidence[],
  now: number,
): readonly DueProbe[] {
  const known = new Map(evidence.map((entry) => [`${entry.policy}/${entry.vmId}`, entry]));
  return targets.flatMap((target) => {
    const reap = reaps.get(target.policy);
    if (reap === undefined) return [];
    const own = known.get(`${target.policy}/${target.vm.id}`);
    const last = own?.runs.at(-1)?.to;
    return last !== undefined && now - last < reap.idle.everyMillis * 0.75 ? [] : [{ target, reap, known: own }];
  });
}

async function gather(engine: Engine, due: readonly DueProbe[], signal: AbortSignal): Promise<readonly Evidence[]> {
  const questions = due.flatMap(({ target, reap }) =>
    listSignals(reap.idle.expression).map((asked) => ({
      signal: asked,
      vm: { id: target.vm.id, name: target.vm.name, publicIp: target.publicIp },
    })),
  );
  const samples = await engine.askSignals(questions, signal);
  let next = 0;
  return due.map(({ target, reap, known }) => {
    const asked = listSignals(reap.idle.expression);
    const own = new Map(asked.map((question, offset) => [question.id, samples[next + offset]!]));
    next += asked.length;
    const answer = evaluateExpression(reap.idle.expression, own);
    const at = Math.max(...[...own.values()].map((sample) => sample.at));
    const { forMillis, everyMillis } = reap.idle;
    const runs = appendSample(known?.runs ?? [], { ...answer, at }, everyMillis, at - 2 * forMillis);
    return { policy: reap.name, vmId: target.vm.id, runs };
  });
}

/** The handler of `probe` jobs. */
export function createProbeHandler(engine: Engine): JobHandler {
  return async (data, { signal }) => {
    await engine.clock.sync();
    const record = await engine.store.readGeneration();
    const note = await engine.store.readNote(noteKeys.probes(data.account));
    if (record === undefined || note === undefined) return { result: 'done', text: 'nothing to ask' };
    const reaps = new Map(engine.compile(record).reaps.map((reap) => [reap.name, reap]));
    const { evidence } = await engine.store.readBooks(data.account);
    const due = chooseDue(JSON.parse(note) as ProbeTarget[], reaps, evidence, engine.clock.now());
    if (due.length === 0) return { result: 'done', text: 'nothing is due' };
    const gathered = await gather(engine, due, signal);
    if (signal.aborted) return { result: 'retry', afterMillis: 0, text: 'stopped' };
    await engine.store.writeEvidence(data.account, gathered);
    return { result: 'done', text: `${gathered.length} VMs asked` };
  };
}
