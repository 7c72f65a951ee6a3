import { beforeEach, describe, expect, it } from 'vitest';
import { CloudError } from '../../src/ports/cloud.js';
import { reconcileLease } from '../../src/scheduler/engine.js';
import { countLooks } from '../../src/scheduler/look-count.js';
import { createReconcileHandler } from '../../workers/reconcile.js';
import { createMemoryEngine, makeInventory, makeRecord, type MemoryEngine } from '../scheduler/memory-engine.js';

let engine: MemoryEngine;
beforeEach(() => {
  engine = createMemoryEngine();
  engine.state.generation = makeRecord();
});

function reconcile(cause: string, afterLook?: number) {
  const context = { signal: new AbortController().signal, attempt: 'one' };
  const asked = afterLook === undefined ? {} : { afterLook };
  return createReconcileHandler(engine)({ kind: 'reconcile', account: 'main', cause, ...asked }, context);
}

describe('a reconcile job', () => {
  it('looks, and says what the plan holds', async () => {
    expect(await reconcile('tick')).toEqual({ result: 'done', text: '0 to deploy, 0 to delete, 0 held' });
  });

  it('is done where another process is at it: the next tick comes by itself', async () => {
    engine.state.leases.set(reconcileLease('main'), 'other');
    expect(await reconcile('tick')).toMatchObject({ result: 'done' });
    expect(await reconcile('wake')).toMatchObject({ result: 'done' });
  });

  it('waits for a look that begins after what it was asked for', async () => {
    engine.state.leases.set(reconcileLease('main'), 'other');
    expect(await reconcile('approved', 0)).toMatchObject({ result: 'retry', afterMillis: 1_000 });
    engine.state.leases.clear();
    expect(await reconcile('approved', 0)).toMatchObject({ result: 'done' });
    expect(engine.cloud.calls.listVms).toBe(1);
  });

  it('is served, with all who asked before it, by one look that begins after the asking', async () => {
    const asked = await countLooks(engine.store, 'main');
    await reconcile('after delete', asked);
    for (let asker = 0; asker < 5; asker += 1)
      expect(await reconcile('after delete', asked)).toEqual({ result: 'done', text: 'a look has begun since' });
    expect(engine.cloud.calls.listVms).toBe(1);
  });

  it('looks again for who asked while a look was under way', async () => {
    const listVms = engine.cloud.listVms.bind(engine.cloud);
    let asked: number | undefined;
    engine.cloud.listVms = async () => {
      asked ??= await countLooks(engine.store, 'main');
      return listVms();
    };
    await reconcile('tick');
    await reconcile('after delete', asked);
    expect(engine.cloud.calls.listVms).toBe(2);
  });

  it('is no failure where the API can not be asked: that is told once, however many jobs come', async () => {
    const said: string[] = [];
    const handler = createReconcileHandler({ ...engine, tell: (text) => void said.push(text) });
    const refused = new CloudError('api-key-refused', 'the API answered 401', { effect: 'none' });
    engine.cloud.listVms = () => Promise.reject(refused);
    for (let job = 0; job < 5; job += 1) {
      const context = { signal: new AbortController().signal, attempt: 'one' };
      const outcome = await handler({ kind: 'reconcile', account: 'main', cause: 'tick' }, context);
      expect(outcome).toEqual({ result: 'done', text: 'the API answered 401' });
    }
    expect(said).toEqual([expect.stringContaining('The API key of main does not work')]);
  });

  it('tells of a list of VMs that could not be read', async () => {
    const said: string[] = [];
    const handler = createReconcileHandler({ ...engine, tell: (text) => void said.push(text) });
    engine.cloud.inventory = makeInventory({ state: 'failed', problems: ['connect ECONNREFUSED'] });
    const context = { signal: new AbortController().signal, attempt: 'one' };
    await handler({ kind: 'reconcile', account: 'main', cause: 'tick' }, context);
    engine.cloud.inventory = makeInventory();
    await handler({ kind: 'reconcile', account: 'main', cause: 'tick' }, context);
    expect(said).toEqual([expect.stringContaining('connect ECONNREFUSED'), expect.stringContaining('is back')]);
  });

  it('says what is missing where nothing is in force', async () => {
    engine.state.generation = undefined;
    expect(await reconcile('approved', 0)).toMatchObject({
      result: 'done',
      text: expect.stringContaining('no policies are in force') as string,
    });
  });
});
