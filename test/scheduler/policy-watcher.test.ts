import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PurserError } from '../../src/core/errors.js';
import { startPolicyWatcher, type PolicyWatcher, type WatchedFiles } from '../../src/scheduler/policy-watcher.js';
import { publishPolicies } from '../../src/scheduler/publish.js';
import { createMemoryEngine, type MemoryEngine } from './memory-engine.js';

const LOOK = 2_000;

/** What the files say; `beside` are policies of others that a check finds in force. */
function checked(text: string, beside = ''): WatchedFiles {
  const documents = [{ path: 'policies/web.yaml', text }];
  return { hash: text + beside, filesHash: text, documents, policyHashes: { web: text } };
}

let engine: MemoryEngine;
let watcher: PolicyWatcher | undefined;
let told: string[];
/** What the next look at the files finds. */
let files: () => WatchedFiles;

async function start(): Promise<void> {
  const check = () => Promise.resolve().then(() => files());
  watcher = await startPolicyWatcher(engine, check, 'up', (text) => told.push(text));
}

async function looks(times = 1): Promise<void> {
  await vi.advanceTimersByTimeAsync(times * LOOK);
}

function fail(code: 'policy-unreadable' | 'policy-invalid', text: string): () => never {
  return () => {
    throw new PurserError(code, text);
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  engine = createMemoryEngine();
  watcher = undefined;
  told = [];
  files = () => checked('A');
});
afterEach(async () => {
  await watcher?.stop();
  vi.useRealTimers();
});

describe('a policy watcher at its start', () => {
  it('publishes its files where nothing is in force', async () => {
    await start();
    expect(engine.state.generation).toMatchObject({ number: 1, hash: 'A', by: 'up' });
    expect(told).toEqual(['Policies published as generation 1.']);
  });

  it('leaves the same content as it is', async () => {
    await publishPolicies(engine, checked('A'), 'apply');
    await start();
    expect(engine.state.generation).toMatchObject({ number: 1, by: 'apply' });
    expect(told).toEqual(['Generation 1 is in force.']);
  });

  it('never publishes over a different record: it says so, follows it, and stays with that', async () => {
    await publishPolicies(engine, checked('theirs'), 'apply');
    await start();
    await looks(5);
    expect(engine.state.generation).toMatchObject({ number: 1, hash: 'theirs' });
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('differ from generation 1');
    expect(told[0]).toContain('purser apply');
  });

  it('fails with what is wrong where the files are broken and nothing is in force', async () => {
    files = fail('policy-invalid', 'policies/web.yaml:3:1: no such key');
    await expect(start()).rejects.toMatchObject({ code: 'policy-invalid' });
    expect(engine.state.generation).toBeUndefined();
  });

  it('goes on with what is in force where its files are broken, and publishes them once they are mended', async () => {
    await publishPolicies(engine, checked('theirs'), 'apply');
    files = fail('policy-invalid', 'policies/web.yaml:3:1: no such key');
    await start();
    expect(watcher!.problem()).toContain('policies/web.yaml:3:1');
    expect(told).toEqual(['policies/web.yaml:3:1: no such key\nThe last good generation stays in force.']);
    files = () => checked('mended');
    await looks(2);
    expect(watcher!.problem()).toBeUndefined();
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'mended', by: 'up' });
  });
});

describe('a policy watcher that runs', () => {
  it('publishes when its own files change', async () => {
    await start();
    files = () => checked('B');
    await looks(3);
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'B', by: 'up' });
    expect(told.slice(1)).toEqual(['The policy files changed: generation 2 is in force.']);
  });

  it('publishes nothing of files that are about to be replaced: two looks must agree', async () => {
    await start();
    files = () => checked('half written');
    await looks();
    files = () => checked('A');
    await looks(3);
    expect(engine.state.generation).toMatchObject({ number: 1, hash: 'A' });
    files = () => checked('B');
    await looks();
    files = () => checked('C');
    await looks();
    expect(engine.state.generation!.number).toBe(1);
    await looks();
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'C' });
  });

  it('takes no agreement from before its files could not be read', async () => {
    await start();
    files = () => checked('B');
    await looks();
    files = fail('policy-unreadable', 'policies: no such file or folder');
    await looks();
    files = () => checked('B');
    await looks();
    expect(engine.state.generation!.hash).toBe('A');
    await looks();
    expect(engine.state.generation!.hash).toBe('B');
  });

  it('reads its files again, and says nothing, where somebody publishes while it does', async () => {
    await start();
    files = () => ({ ...checked('B', ' and theirs'), beside: engine.state.generation!.number });
    await looks();
    let isFirst = true;
    files = () => {
      const read = { ...checked('B', ' and theirs'), beside: engine.state.generation!.number };
      if (isFirst) engine.state.generation = { ...engine.state.generation!, number: 2, hash: 'theirs' };
      isFirst = false;
      return read;
    };
    await looks();
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'theirs' });
    await looks();
    expect(engine.state.generation).toMatchObject({ number: 3, hash: 'B and theirs' });
    expect(told.slice(1)).toEqual(['The policy files changed: generation 3 is in force.']);
  });

  it('publishes its change over a record of somebody else: the files were edited under its eyes', async () => {
    await start();
    await publishPolicies(engine, checked('theirs'), 'apply');
    await looks();
    expect(engine.state.generation!.hash).toBe('theirs');
    files = () => checked('B');
    await looks(2);
    expect(engine.state.generation).toMatchObject({ number: 3, hash: 'B' });
  });

  it('publishes nothing when only policies of others changed', async () => {
    await start();
    await publishPolicies(engine, checked('theirs', ' and B'), 'apply');
    files = () => checked('A', ' and B');
    await looks(3);
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'theirs and B' });
    expect(told).toHaveLength(1);
  });

  it('says nothing about a change that changes no policy', async () => {
    await start();
    files = () => ({ ...checked('A'), filesHash: 'A with a comment' });
    await looks(3);
    expect(engine.state.generation!.number).toBe(1);
    expect(told).toHaveLength(1);
  });

  it.each([
    ['vanished', 'policy-unreadable', 'policies: no such file or folder'],
    ['is empty', 'policy-unreadable', 'policies holds no policy'],
    ['is broken', 'policy-invalid', 'policies/web.yaml:1:1: not YAML'],
  ] as const)('keeps the last good generation while its folder %s, and tells it once', async (_what, code, text) => {
    await start();
    files = fail(code, text);
    await looks(5);
    expect(engine.state.generation).toMatchObject({ number: 1, hash: 'A' });
    expect(watcher!.problem()).toBe(text);
    expect(told.slice(1)).toEqual([`${text}\nThe last good generation stays in force.`]);
    files = () => checked('A');
    await looks(2);
    expect(watcher!.problem()).toBeUndefined();
    expect(told.slice(2)).toEqual(['The policies can be read again.']);
    expect(engine.state.generation!.number).toBe(1);
  });

  it('tells each new problem', async () => {
    await start();
    files = fail('policy-invalid', 'first');
    await looks(2);
    files = fail('policy-invalid', 'second');
    await looks(2);
    expect(told.slice(1).map((text) => text.split('\n')[0])).toEqual(['first', 'second']);
  });

  it('gives a store back the record that it lost, though the files have vanished meanwhile', async () => {
    await start();
    files = fail('policy-unreadable', 'policies: no such file or folder');
    await looks();
    engine.state.generation = undefined;
    await looks();
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'A', documents: checked('A').documents });
    expect(told.some((text) => text.includes('had lost its policies'))).toBe(true);
  });

  it('gives back what was in force, not what its own files say', async () => {
    await publishPolicies(engine, checked('theirs'), 'apply');
    await start();
    engine.state.generation = undefined;
    await looks(3);
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'theirs' });
    expect(engine.state.notes.has('store-lost')).toBe(true);
  });

  it('tells once of a store that went back to an older generation, and publishes nothing over it', async () => {
    await start();
    const older = engine.state.generation!;
    files = () => checked('B');
    await looks(2);
    engine.state.generation = older;
    await looks(3);
    expect(engine.state.generation).toBe(older);
    expect(told.filter((text) => text.includes('went back from generation 2 to 1'))).toHaveLength(1);
  });

  it('publishes an edit above every number that was given out, also over a store that went back', async () => {
    await start();
    const older = engine.state.generation!;
    files = () => checked('B');
    await looks(2);
    engine.state.generation = older;
    await looks();
    files = () => checked('C');
    await looks(2);
    expect(engine.state.generation).toMatchObject({ number: 3, hash: 'C' });
  });

  it('survives a store that is away, and publishes a change of that time afterwards', async () => {
    await start();
    engine.state.outage = new PurserError('redis-unreachable', 'Redis is away');
    files = () => checked('B');
    await looks(3);
    expect(told.slice(1)).toEqual(['Redis is away\nThe last good generation stays in force.']);
    engine.state.outage = undefined;
    await looks(2);
    expect(engine.state.generation).toMatchObject({ number: 2, hash: 'B' });
  });

  it('looks no more once it is stopped, and leaves no timer', async () => {
    await start();
    await watcher!.stop();
    files = () => checked('B');
    await looks(3);
    expect(engine.state.generation!.hash).toBe('A');
    expect(vi.getTimerCount()).toBe(0);
  });
});
