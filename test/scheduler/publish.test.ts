import { beforeEach, describe, expect, it } from 'vitest';
import { publishPolicies, type CheckedPolicies } from '../../src/scheduler/publish.js';
import { HOUR, NOON } from '../core/samples.js';
import { createMemoryEngine, type MemoryEngine } from './memory-engine.js';

/** A set whose content is `hash`, of policies each with its own. */
function checked(hash: string, policyHashes: Record<string, string>): CheckedPolicies {
  return { hash, documents: [{ path: 'policies/a.yaml', text: hash }], policyHashes };
}

let engine: MemoryEngine;
beforeEach(() => {
  engine = createMemoryEngine();
});

describe('publishing policies', () => {
  it('gives the first set number 1, with its documents, its instant and who did it', async () => {
    const { record, isNew } = await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    expect(isNew).toBe(true);
    expect(record).toEqual({
      number: 1,
      hash: 'A',
      publishedAt: NOON,
      documents: [{ path: 'policies/a.yaml', text: 'A' }],
      policies: { web: { hash: 'w1', since: NOON } },
      by: 'apply',
    });
  });

  it('keeps number, instant and publisher when the content is the same', async () => {
    const first = await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    engine.clock.step(HOUR);
    const again = await publishPolicies(engine, checked('A', { web: 'w1' }), 'up');
    expect(again).toEqual({ record: first.record, isNew: false });
    expect(engine.state.generation).toEqual(first.record);
  });

  it('raises the number with the content, also when an earlier content comes back', async () => {
    await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    await publishPolicies(engine, checked('B', { web: 'w2' }), 'apply');
    const { record, isNew } = await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    expect([record.number, isNew]).toEqual([3, true]);
  });

  it('carries since when an unchanged policy stands, and counts a changed or a new one from now', async () => {
    await publishPolicies(engine, checked('A', { web: 'w1', ci: 'c1' }), 'apply');
    engine.clock.step(HOUR);
    const { record } = await publishPolicies(engine, checked('B', { web: 'w1', ci: 'c2', farm: 'f1' }), 'apply');
    expect(record.policies).toEqual({
      web: { hash: 'w1', since: NOON },
      ci: { hash: 'c2', since: NOON + HOUR },
      farm: { hash: 'f1', since: NOON + HOUR },
    });
  });

  it('does not carry it over a generation in which the policy was gone', async () => {
    await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    await publishPolicies(engine, checked('B', {}), 'apply');
    engine.clock.step(HOUR);
    const { record } = await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    expect(record.policies['web']!.since).toBe(NOON + HOUR);
  });

  it('takes a number above all that were given out when the store went back, also for the same content', async () => {
    const first = await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    await publishPolicies(engine, checked('B', { web: 'w2' }), 'apply');
    engine.state.generation = first.record;
    const { record, isNew } = await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    expect([record.number, record.hash, isNew]).toEqual([3, 'A', true]);
  });

  it('does so on another machine too, where a process left word of the newest number', async () => {
    engine.state.notes.set('highest-generation', '17');
    const { record } = await publishPolicies(engine, checked('A', { web: 'w1' }), 'apply');
    expect(record.number).toBe(18);
  });

  it('is refused over any other generation than the one that its documents were chosen beside', async () => {
    const chosen = { ...checked('A and B', { web: 'w1' }), beside: 1 };
    await publishPolicies(engine, checked('B', { web: 'w0' }), 'up');
    await publishPolicies(engine, checked('C', { web: 'w2' }), 'up');
    await expect(publishPolicies(engine, chosen, 'apply')).rejects.toMatchObject({ code: 'generation-changed' });
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'C' });
    const { record } = await publishPolicies(engine, { ...chosen, beside: 2 }, 'apply');
    expect(record).toMatchObject({ number: 3, hash: 'A and B' });
    // Who is late with what is in force already has nothing left to do.
    expect(await publishPolicies(engine, { ...chosen, beside: 2 }, 'apply')).toMatchObject({ isNew: false });
  });

  it('is refused over a record that somebody published in between, which stays', async () => {
    const { store } = engine;
    const theirs = checked('T', { web: 't1' });
    const between = {
      ...engine,
      store: {
        ...store,
        async readGeneration() {
          const seen = await store.readGeneration();
          await publishPolicies(engine, theirs, 'somebody else');
          return seen;
        },
      },
    };
    const late = publishPolicies(between, checked('A', { web: 'w1' }), 'apply');
    await expect(late).rejects.toMatchObject({ code: 'generation-changed' });
    expect(engine.state.generation).toMatchObject({ number: 1, hash: 'T', by: 'somebody else' });
  });
});
