// Asks a reap's signals again right before its call. Only a fresh `yes` lets a foreign VM go; anything else keeps it.
import { evaluateExpression } from '../src/core/evidence.js';
import type { DeleteTarget, Intent } from '../src/core/books.js';
import type { Signal, SignalExpression } from '../src/core/policy-types.js';
import type { Engine } from '../src/scheduler/engine.js';

export interface IdleConfirmation {
  /** VM id -> why it is kept. */
  readonly doubts: ReadonlyMap<string, string>;
}

/** All signals that an expression asks, each once. */
export function listSignals(expression: SignalExpression): readonly Signal[] {
  switch (expression.op) {
    case 'signal':
      return [expression.signal];
    case 'not':
      return listSignals(expression.part);
    case 'all':
    case 'any': {
      const signals = expression.parts.flatMap(listSignals);
      return [...new Map(signals.map((signal) => [signal.id, signal])).values()];
    }
  }
}

/** Probes every reaped target; fleets' surplus and records need no evidence. */
export async function confirmIdle(
  engine: Engine,
  intent: Intent,
  targets: readonly DeleteTarget[],
  abort: AbortSignal,
): Promise<IdleConfirmation> {
  const reaped = targets.filter((target) => target.reaped && target.reason !== 'deletion-retry');
  const doubts = new Map<string, string>();
  if (reaped.length === 0) return { doubts };
  const record = await engine.store.readGeneration();
  const reap =
    record === undefined ? undefined : engine.compile(record).reaps.find((known) => known.name === intent.policy);
  if (reap === undefined) {
    for (const { vmId } of reaped) doubts.set(vmId, 'its policy is gone');
    return { doubts };
  }
  const signals = listSignals(reap.idle.expression);
  const questions = reaped.flatMap(({ vmId, vmName, publicIp }) =>
    signals.map((signal) => ({ signal, vm: { id: vmId, name: vmName, publicIp } })),
  );
  const samples = await engine.askSignals(questions, abort);
  for (const [position, target] of reaped.entries()) {
    const own = new Map(signals.map((signal, offset) => [signal.id, samples[position * signals.length + offset]!]));
    const { answer, text } = evaluateExpression(reap.idle.expression, own);
    if (answer !== 'yes')
      doubts.set(target.vmId, answer === 'no' ? `busy again: ${text}` : `unknown right before the call: ${text}`);
  }
  return { doubts };
}
