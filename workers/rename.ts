// Carries out one rename intent: one bulk PATCH, halves when one id spoils it. A name that could not be given is planned
// again by the next look; nothing else depends on it.
import { splitByCall } from '../src/core/abilities.js';
import type { Intent, RenameTarget } from '../src/core/books.js';
import { CloudError } from '../src/ports/cloud.js';
import type { JobHandler } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { describeWait, isFinalRefusal, passGate, takeTurn, type Gate } from './call-gate.js';
import { closeIntent, describeOutcome, toOutcome } from './close-intent.js';
import { findWork } from './find-work.js';
import { prepareCall, type Prepared } from './prepare-call.js';

type OpenGate = Extract<Gate, { open: true }>;

/** One run of one rename job. */
interface Run {
  readonly account: EngineAccount;
  readonly intent: Intent;
  readonly attempt: string;
  readonly signal: AbortSignal;
}

async function renameTargets(run: Run, targets: readonly RenameTarget[]): Promise<readonly string[]> {
  const { account, intent, attempt, signal } = run;
  try {
    await account.cloud.renameVms(
      targets.map(({ vmId, to }) => ({ id: vmId, name: to })),
      { signal, turn: attempt },
    );
    return [];
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.code !== 'api-not-found' || targets.length === 1)
      return targets.map(({ from }) => `${from}: ${error.message}`);
    const middle = Math.ceil(targets.length / 2);
    const failed: string[] = [];
    for (const half of [targets.slice(0, middle), targets.slice(middle)]) {
      const turn = await takeTurn(account, intent, attempt, signal);
      if (!turn.granted) return failed;
      failed.push(...(await renameTargets(run, half)));
    }
    return failed;
  }
}

async function renameBehindGate(
  run: Run,
  targets: readonly RenameTarget[],
  call: { readonly gate: OpenGate; readonly prepared: Prepared<void> },
): Promise<readonly string[]> {
  const { account, intent, attempt, signal } = run;
  if ('obstacle' in call.prepared) return [call.prepared.obstacle.message];
  if (!call.gate.isStillOpen()) return ['stopped before the call'];
  const failed: string[] = [];
  for (const [position, some] of splitByCall(targets, account.cloud.abilities.renamesPerCall).entries()) {
    if (position > 0 && !(await takeTurn(account, intent, attempt, signal)).granted) return failed;
    failed.push(...(await renameTargets(run, some)));
  }
  return failed;
}

function closed(intent: Intent, now: number, failed: readonly string[]): Intent {
  const error = failed.length === 0 ? undefined : { code: 'api-conflict', text: failed.join('; ').slice(0, 500) };
  return { ...intent, state: error === undefined ? 'done' : 'failed', calledAt: now, closedAt: now, error };
}

/** The handler of `rename` jobs. */
export function createRenameHandler(engine: Engine): JobHandler {
  return async (data, { attempt, signal }) => {
    const work = await findWork(engine, 'rename', data);
    if (work.outcome !== undefined) return work.outcome;
    const { account, intent } = work;
    const { targets } = intent.rename!;
    const prepared = await prepareCall(() => account.cloud.prepare({ signal }));
    const gate = await passGate(engine, account, intent, { attempt, abort: signal, doom: [] });
    const now = engine.clock.now();
    if (!gate.open) {
      const waits = describeWait(gate);
      if (waits !== undefined) return waits;
      if (!isFinalRefusal(gate)) return { result: 'done', text: `not called: ${gate.why}` };
      await closeIntent(engine, attempt, { intent: { ...intent, state: 'refused', closedAt: now }, ledger: [] });
      return { result: 'done', text: `not renamed: ${gate.why}` };
    }
    const run = { account, intent, attempt, signal };
    const failed = await renameBehindGate(run, targets, { gate, prepared });
    const ledger = failed.map((text) => describeOutcome(intent, now, 'note', `not renamed: ${text}`));
    const text = failed.length === 0 ? `${targets.length} named` : failed.join('; ');
    return toOutcome(
      await closeIntent(engine, attempt, { intent: closed(intent, engine.clock.now(), failed), ledger }),
      text,
    );
  };
}
