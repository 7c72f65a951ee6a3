// Carries out one rename intent: one bulk PATCH, halves when one id spoils it. A name that could not be given is planned
// again by the next look; nothing else depends on it.
import type { Intent, RenameTarget } from '../src/core/books.js';
import { CloudError } from '../src/ports/cloud.js';
import type { JobHandler } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { isFinalRefusal, passGate, retryLater, waitForToken } from './call-gate.js';
import { closeIntent, describeOutcome, toOutcome } from './close-intent.js';
import { findWork } from './find-work.js';

async function renameTargets(
  engine: Engine,
  account: EngineAccount,
  targets: readonly RenameTarget[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    await account.cloud.renameVms(
      targets.map(({ vmId, to }) => ({ id: vmId, name: to })),
      { signal },
    );
    return [];
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.code !== 'api-not-found' || targets.length === 1)
      return targets.map(({ from }) => `${from}: ${error.message}`);
    const middle = Math.ceil(targets.length / 2);
    const failed: string[] = [];
    for (const half of [targets.slice(0, middle), targets.slice(middle)]) {
      if (!(await waitForToken(engine, account, signal))) return failed;
      failed.push(...(await renameTargets(engine, account, half, signal)));
    }
    return failed;
  }
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
    const gate = await passGate(engine, account, intent, { attempt, abort: signal, doom: [] });
    const now = engine.clock.now();
    if (!gate.open) {
      const later = retryLater(gate);
      if (later !== undefined) return later;
      if (!isFinalRefusal(gate)) return { result: 'done', text: `not called: ${gate.why}` };
      await closeIntent(engine, attempt, { intent: { ...intent, state: 'refused', closedAt: now }, ledger: [] });
      return { result: 'done', text: `not renamed: ${gate.why}` };
    }
    const failed = gate.isStillOpen()
      ? await renameTargets(engine, account, targets, signal)
      : ['stopped before the call'];
    const ledger = failed.map((text) => describeOutcome(intent, now, 'note', `not renamed: ${text}`));
    const text = failed.length === 0 ? `${targets.length} named` : failed.join('; ');
    return toOutcome(
      await closeIntent(engine, attempt, { intent: closed(intent, engine.clock.now(), failed), ledger }),
      text,
    );
  };
}
