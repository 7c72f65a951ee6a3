import { describe, expect, it } from 'vitest';
import { askReconcile } from '../../src/scheduler/ask-reconcile.js';
import { createMemoryEngine } from './memory-engine.js';

describe('asking for a look', () => {
  it('enqueues one reconcile of the account, and another when it is asked for again later', async () => {
    const engine = createMemoryEngine();
    await askReconcile(engine, 'main', 'approved');
    await askReconcile(engine, 'main', 'approved');
    expect([...engine.queue.jobs.values()]).toEqual([
      { kind: 'reconcile', account: 'main', cause: 'approved', afterLook: 0 },
    ]);
    engine.clock.step(1);
    await askReconcile(engine, 'main', 'approved');
    expect(engine.queue.jobs.size).toBe(2);
  });
});
