// Carries out one rename intent: one bulk PATCH, halves when one id spoils it. A name that could not be given is planned
// again by the next look; nothing else depends on it.
import type { Intent, RenameTarget } from '../src/core/books.js';
import { CloudError } from '../src/ports/cloud.js';
import type { JobHandler } from '../src/ports/queue.js';
import type { Engine, EngineAccount } from '../src/scheduler/engine.js';
import { describeWait, isFinalRefusal, passGate, takeTurn } from './call-gate.js';
import { closeIntent, describeOutcome, toOutcome } from './close-intent.js';

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

function closed(intent: Intent, now: number, failed: readonly string[]): Intent {
  const error = failed.length === 0 ? undefined : { code: 'api-conflict', text: failed.join('; ').slice(0, 500) };
  return { ...intent, state: error === undefined ? 'done' : 'failed', calledAt: now, closedAt: now, error };
}

/** The handler of `rename` jobs. */
export function createRenameHandler(engine: Engine): JobHandler {
  return async (data, { attempt, signal }) => {
    if (data.kind !== 'rename') throw new Error(`not a rename job: ${data.kind}`);
    await engine.clock.sync();
    const account = engine.accounts.get(data.account);
    const intent = await engine.store.readIntent(data.account, data.intent);
    if (account === undefined || intent?.rename === undefined)
      return { result: 'done', text: 'nothing to do: no such intent' };
    if (intent.state !== 'planned' && intent.state !== 'calling')
      return { result: 'done', text: `nothing to do: it is ${intent.state}` };
    const gate = await passGate(engine, account, intent, { attempt, abort: signal, doom: [] });
    const now = engine.clock.now();
    if (!gate.open) {
      const waits = describeWait(gate);
      if (waits !== undefined) return waits;
      if (!isFinalRefusal(gate)) return { result: 'done', text: `not called: ${gate.why}` };
      await closeIntent(engine, attempt, { intent: { ...intent, state: 'refused', closedAt: now }, ledger: [] });
      return { result: 'done', text: `not renamed: ${gate.why}` };
    }
    const failed = gate.isStillOpen()
      ? await renameTargets({ account, intent, attempt, signal }, intent.rename.targets)
      : ['stopped before the call'];
    const ledger = failed.map((text) => describeOutcome(intent, now, 'note', `not renamed: ${text}`));
    const text = failed.length === 0 ? `${intent.rename.targets.length} named` : failed.join('; ');
    return toOutcome(
      await closeIntent(engine, attempt, { intent: closed(intent, engine.clock.now(), failed), ledger }),
      text,
    );
  };
}
