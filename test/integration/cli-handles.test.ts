import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as freeze } from '../../src/cli/commands/freeze.js';
import { command as protect } from '../../src/cli/commands/protect.js';
import { command as thaw } from '../../src/cli/commands/thaw.js';
import { command as unprotect } from '../../src/cli/commands/unprotect.js';
import { command as vms } from '../../src/cli/commands/vms.js';
import type { Change } from '../../src/core/books.js';
import { reconcileLease } from '../../src/scheduler/engine.js';
import { makeFolder, runCommand, writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

/** Nobody listens there. */
const NO_REDIS = { PURSER_REDIS_URL: 'redis://127.0.0.1:1' };

async function readNotes({ engine, sandbox }: Stage): Promise<readonly string[]> {
  const entries = await engine.store.readLedger('main', 0, sandbox.now());
  return entries.map(({ text }) => text);
}

describe('purser freeze and thaw', () => {
  it('freezes the store and the state directory, tells the ledger, and plans hold everything', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    const frozen = await stage.run(freeze, { options: { why: 'moving the database' }, json: true });
    expect(frozen.code).toBe(0);
    expect(frozen.documents).toMatchObject([{ frozen: true, why: 'moving the database', store: true }]);
    expect(existsSync(join(stage.cwd, '.purser/freeze'))).toBe(true);
    expect((await stage.engine.store.readHandles('main')).freeze).toMatchObject({ why: 'moving the database' });
    expect((await stage.tick()).actions).toEqual([]);

    expect((await stage.run(thaw)).printed).toContain('Thawed');
    expect(existsSync(join(stage.cwd, '.purser/freeze'))).toBe(false);
    expect((await stage.tick()).actions).toMatchObject([{ kind: 'deploy', count: 1 }]);
    const notes = await readNotes(stage);
    expect(notes).toContain('frozen by hand: moving the database');
    expect(notes).toContain('thawed by hand');
  });

  it('keeps since when, and why, when it is said twice', async () => {
    const stage = await openStage(redis.url);
    await stage.run(freeze, { options: { why: 'first' } });
    stage.sandbox.advanceBy(3_600_000);
    const again = await stage.run(freeze);
    expect(again.printed).toMatch(/^Frozen already, since .* \(first\)/);
    expect((await stage.engine.store.readHandles('main')).freeze).toMatchObject({ why: 'first' });
  });

  it('writes the file, says that only this machine knows, and ends with 1 when the named Redis is down', async () => {
    const stage = await openStage(redis.url);
    const frozen = await stage.run(freeze, { env: NO_REDIS });
    expect(frozen.code).toBe(1);
    expect(frozen.noted).toContain('Only this machine knows');
    expect(existsSync(join(stage.cwd, '.purser/freeze'))).toBe(true);
    const thawed = await stage.run(thaw, { env: NO_REDIS });
    expect(thawed.code).toBe(1);
    expect(thawed.printed).toContain('The store may still say frozen');
    expect(existsSync(join(stage.cwd, '.purser/freeze'))).toBe(false);
  });

  it('needs no store, no installation and no key: a file in the state directory is enough', async () => {
    const cwd = makeFolder();
    const frozen = await runCommand(freeze, { cwd });
    expect(frozen).toMatchObject({ code: 0, noted: '' });
    expect(existsSync(join(cwd, '.purser/freeze'))).toBe(true);
    expect(existsSync(join(cwd, '.purser/redis'))).toBe(false);
  });

  it('owns up that it can not end a freeze of the environment', async () => {
    const cwd = makeFolder();
    const thawed = await runCommand(thaw, { cwd, env: { PURSER_FREEZE: '1' } });
    expect(thawed.code).toBe(1);
    expect(thawed.printed).toContain('PURSER_FREEZE');
  });
});

/** As the gate does before a deletion is called for. */
async function doom({ engine: { store } }: Stage, vmId: string): Promise<void> {
  const { claims } = await store.readBooks('main');
  const claim = claims.find((known) => known.vmId === vmId)!;
  const lease = (await store.acquireLease(reconcileLease('main'), 'test', 10_000))!;
  const deletion = { intent: 'k3f9x2', calledAt: claim.claimedAt };
  const change: Change = { kind: 'claim', claim: { ...claim, state: 'doomed', deletion }, expect: claim.state };
  const { number } = (await store.readGeneration())!;
  await store.commit(lease, { account: 'main', generation: number, changes: [change], ledger: [] });
  await store.releaseLease(lease);
}

describe('purser protect and unprotect', () => {
  it('said twice say so, and write the ledger once', async () => {
    const stage = await openStage(redis.url);
    await stage.place('db-1');
    const said: string[] = [];
    for (const command of [protect, protect, unprotect, unprotect])
      said.push((await stage.run(command, { operands: ['db-1'] })).printed);
    expect(said[2]).toBe('No longer protected by hand: db-1.');
    expect(said[3]).toBe('Not protected by hand: db-1. Nothing was changed.');
    const ledger = await stage.engine.store.readLedger('main', 0, stage.sandbox.now());
    expect(ledger.map(({ text }) => text)).toEqual([
      'db-1 is protected by hand',
      'db-1 is no longer protected by hand',
    ]);
  });

  it('protects a VM by its id, whatever it is called later, in the store and in the state directory', async () => {
    const stage = await openStage(redis.url);
    const [vm] = await stage.place('db-1');
    const done = await stage.run(protect, { operands: ['db-1'], json: true });
    expect(done.documents).toEqual([
      { protected: 'db-1', vms: [{ account: 'main', id: vm!.id, name: 'db-1', doomed: false }], store: true },
    ]);
    expect((await stage.engine.store.readHandles('main')).protect).toEqual([vm!.id]);
    expect(readFileSync(join(stage.cwd, '.purser/protect'), 'utf8')).toBe(`${vm!.id}\n`);
    expect((await stage.run(vms, { json: true })).documents).toMatchObject([[{ name: 'db-1', protected: true }]]);

    await stage.run(unprotect, { operands: ['db-1'] });
    expect((await stage.engine.store.readHandles('main')).protect).toEqual([]);
    expect(existsSync(join(stage.cwd, '.purser/protect'))).toBe(false);
    expect((await readNotes(stage)).filter((text) => text.startsWith('db-1 is'))).toEqual([
      'db-1 is protected by hand',
      'db-1 is no longer protected by hand',
    ]);
  });

  it('says when it comes too late: a deletion that has begun goes on', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 2) });
    const [vm, other] = await stage.place('db-1', 'db-2');
    await stage.claim('web', [vm!, other!]);
    await doom(stage, vm!.id);
    const done = await stage.run(protect, { operands: ['db-1'] });
    expect(done).toMatchObject({ code: 1, printed: '' });
    expect(done.noted).toContain(`Too late for db-1 (${vm!.id}): its deletion has begun`);
    expect(await stage.run(protect, { operands: ['db-2'] })).toMatchObject({ code: 0, noted: '' });
    const { documents } = await stage.run(protect, { operands: ['db-1'], json: true });
    expect(documents).toMatchObject([{ vms: [{ id: vm!.id, doomed: true }] }]);
  });

  it('protects every VM that bears the name', async () => {
    const stage = await openStage(redis.url);
    await stage.place('twin', 'twin');
    const { documents } = await stage.run(protect, { operands: ['twin'], json: true });
    expect(documents).toMatchObject([{ vms: [{ name: 'twin' }, { name: 'twin' }] }]);
    expect((await stage.engine.store.readHandles('main')).protect).toHaveLength(2);
  });

  it('warns about a VM that is not listed, and protects the name all the same', async () => {
    const stage = await openStage(redis.url);
    const done = await stage.run(protect, { operands: ['tomorrow'] });
    expect(done).toMatchObject({ code: 0, noted: 'No VM is listed by the id or name "tomorrow".' });
    expect((await stage.engine.store.readHandles('main')).protect).toEqual(['tomorrow']);
  });

  it('works while the API is away', async () => {
    const stage = await openStage(redis.url);
    const done = await stage.run(protect, { operands: ['db-1'], env: { FLUENCE_API_KEY: 'wrong' } });
    expect(done.code).toBe(0);
    expect(done.noted).toContain('could not be looked up');
    expect((await stage.engine.store.readHandles('main')).protect).toEqual(['db-1']);
  });

  it('tells when purser.yaml goes on protecting it', async () => {
    const stage = await openStage(redis.url);
    await stage.place('db-1');
    const done = await stage.run(unprotect, { operands: ['db-1'], env: { PURSER_PROTECT: 'vm.name == "db-1"' } });
    expect(done.printed).toContain('still protects db-1');
  });
});
