// Carries out one key intent: adds one SSH key to the account, or removes one. Both may be repeated without harm: a key that is
// there is taken over, one that is gone needs no removing. It chooses nothing.
import type { Intent, KeyChange } from '../src/core/books.js';
import { CloudError, type Cloud } from '../src/ports/cloud.js';
import type { JobHandler } from '../src/ports/queue.js';
import type { Engine } from '../src/scheduler/engine.js';
import { describeWait, isFinalRefusal, passGate } from './call-gate.js';
import { closeIntent, describeOutcome, toOutcome } from './close-intent.js';
import { findWork } from './find-work.js';

async function change(cloud: Cloud, key: KeyChange, signal: AbortSignal): Promise<KeyChange> {
  if (key.change === 'remove') {
    await cloud.removeKey(key.fingerprint, { signal });
    return key;
  }
  const added = await cloud.addKey({ name: key.name, publicKey: key.publicKey }, { signal });
  // Under another name it is somebody's, who added it after the look.
  const isOurs = added.name === key.name;
  return { ...key, fingerprint: added.fingerprint, ...(isOurs ? {} : { wasThere: true as const }) };
}

/** What a refusal and a lost answer mean for the intent. */
function fail(intent: Intent, now: number, error: CloudError): Intent {
  const state = error.effect === 'none' ? 'failed' : 'lapsed';
  return { ...intent, state, calledAt: now, closedAt: now, error: { code: error.code, text: error.message } };
}

/** The handler of `key` jobs. */
export function createKeyHandler(engine: Engine): JobHandler {
  return async (data, { attempt, signal }) => {
    const work = await findWork(engine, 'key', data);
    if (work.outcome !== undefined) return work.outcome;
    const { account, intent } = work;
    const key = intent.key!;
    const gate = await passGate(engine, account, intent, { attempt, abort: signal, doom: [] });
    const now = engine.clock.now();
    if (!gate.open) {
      const waits = describeWait(gate);
      if (waits !== undefined) return waits;
      if (!isFinalRefusal(gate)) return { result: 'done', text: `not called: ${gate.why}` };
      await closeIntent(engine, attempt, { intent: { ...intent, state: 'refused', closedAt: now }, ledger: [] });
      return { result: 'done', text: `key not changed: ${gate.why}` };
    }
    const verb = key.change === 'add' ? 'added' : 'removed';
    // The product may have to read first: it takes a turn for each of its requests, and must not wait for ours.
    await account.traffic.end(attempt, { service: 'unused' });
    if (!gate.isStillOpen()) return { result: 'retry', afterMillis: 1_000, text: 'stopped before the call' };
    let next: Intent;
    let text: string;
    try {
      const done = await change(account.cloud, key, signal);
      next = { ...intent, state: 'done', calledAt: now, closedAt: engine.clock.now(), key: done };
      text =
        done.wasThere === true ? `the SSH key "${key.name}" was there already` : `${verb} the SSH key "${key.name}"`;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      next = fail(intent, engine.clock.now(), error);
      text = `the SSH key "${key.name}" was not ${verb}: ${error.message}`;
    }
    const ledger = [describeOutcome(intent, now, 'note', text)];
    return toOutcome(await closeIntent(engine, attempt, { intent: next, ledger }), text);
  };
}
