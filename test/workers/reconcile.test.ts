import { beforeEach, describe, expect, it } from 'vitest';
import { reconcileLease } from '../../src/scheduler/engine.js';
import { createReconcileHandler } from '../../workers/reconcile.js';
import { createMemoryEngine, makeRecord, type MemoryEngine } from '../scheduler/memory-engine.js';

let engine: MemoryEngine;
beforeEach(() => {
  engine = createMemoryEngine();
  engine.state.generation = makeRecord();
});

function reconcile(cause: string) {
  const context = { signal: new AbortController().signal, attempt: 'one' };
  return createReconcileHandler(engine)({ kind: 'reconcile', account: 'main', cause }, context);
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
    expect(await reconcile('approved')).toMatchObject({ result: 'retry', afterMillis: 1_000 });
    engine.state.leases.clear();
    expect(await reconcile('approved')).toMatchObject({ result: 'done' });
  });

  it('says what is missing where nothing is in force', async () => {
    engine.state.generation = undefined;
    expect(await reconcile('approved')).toMatchObject({
      result: 'done',
      text: expect.stringContaining('no policies are in force') as string,
    });
  });
});
