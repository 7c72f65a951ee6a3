import { join } from 'node:path';
import { chmodSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as doctor } from '../../src/cli/commands/doctor.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { buildIntentId, buildMemberName } from '../../src/core/names.js';
import { makeFolder, runCommand, writeFleet, type Run } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

function readFindings({ documents }: Run): Readonly<Record<string, Finding>> {
  const [{ findings }] = documents as [{ findings: Finding[] }];
  return Object.fromEntries(findings.map((finding) => [finding.check, finding]));
}

async function examine(stage: Stage, env: Readonly<Record<string, string>> = {}) {
  const run = await stage.run(doctor, { json: true, env });
  return { code: run.code, findings: readFindings(run) };
}

/** The name that this installation would have given to a VM of the fleet. */
function nameMember({ engine }: Stage, fleet: string, index: number): string {
  const { installation } = engine.config;
  return buildMemberName(fleet, installation, buildIntentId('k3f9', installation), index);
}

describe('purser doctor', () => {
  it('finds nothing wrong where everything is in order', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    await stage.tick();
    const { code, findings } = await examine(stage);
    expect(code).toBe(0);
    for (const check of [
      'node',
      'zones',
      'installation',
      'key of main',
      'API of main',
      'product of main',
      'variant of main',
      'permissions of main',
      'clock of main',
      'redis',
      'in force',
    ])
      expect(findings[check]).toMatchObject({ state: 'ok' });
    expect(Object.values(findings).filter(({ state }) => state === 'problem')).toEqual([]);
  });

  it('tells one line a finding, the mend below, and the count', async () => {
    const stage = await openStage(redis.url);
    const { printed, code } = await stage.run(doctor, { env: { FLUENCE_API_KEY: 'wrong' } });
    expect(code).toBe(1);
    expect(printed).toMatch(/^problem {2}key of main +could not list the VMs.*403/m);
    expect(printed).toMatch(/^ +-> Make a key in the Fluence console/m);
    expect(printed).toMatch(/^problem {2}policies +There are none.*\n +-> purser init$/m);
    expect(printed.split('\n').at(-1)).toBe('2 problems, 1 note.');
  });

  it.each([
    ['a key that is missing', { FLUENCE_API_KEY: '' }, 'key of main', /no API key/],
    ['a Redis that is down', { PURSER_REDIS_URL: 'redis://127.0.0.1:1' }, 'redis', /can't be reached/],
  ])('tells %s', async (_what, env, check, text) => {
    const stage = await openStage(redis.url);
    const { code, findings } = await examine(stage, env);
    expect(code).toBe(1);
    expect(findings[check]).toMatchObject({ state: 'problem', text: expect.stringMatching(text) });
  });

  it('says once how a missing key is set', async () => {
    const stage = await openStage(redis.url);
    const { printed } = await stage.run(doctor, { env: { FLUENCE_API_KEY: '' } });
    expect(printed.split('FLUENCE_API_KEY_FILE')).toHaveLength(2);
  });

  it('tells an API that is down', async () => {
    const stage = await openStage(redis.url);
    stage.sandbox.faults.add({ rules: [{ match: { path: '/vms/v3' }, count: 0, effect: { kind: 'drop' } }] });
    const { code, findings } = await examine(stage);
    expect(code).toBe(1);
    expect(findings['API of main']).toMatchObject({ state: 'problem' });
  });

  it('tells clocks that differ', async () => {
    const stage = await openStage(redis.url);
    stage.sandbox.faults.add({ dateSkewMillis: 9 * 3_600_000 });
    const { findings } = await examine(stage);
    expect(findings['clock of main']).toMatchObject({ state: 'problem', text: expect.stringContaining('9 h') });
  });

  it('tells policies that are wrong, or not what is in force', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    const changed = { ...stage, cwd: makeFolder({ 'policies/web.yaml': writeFleet('web', 2) }) };
    const other = readFindings(await stage.run(doctor, { cwd: changed.cwd, json: true }));
    expect(other['in force']).toMatchObject({ state: 'note', mend: expect.stringContaining('purser apply') });
    const broken = makeFolder({ 'policies/web.yaml': 'kind: fleet\nname: web\n' });
    const wrong = readFindings(await stage.run(doctor, { cwd: broken, json: true }));
    expect(wrong['policies']).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('policies/web.yaml:1:1'),
    });
  });

  it('tells a freeze, an account that only observes, and VMs whose policy is gone', async () => {
    const stage = await openStage(redis.url, { PURSER_ACCOUNT_MODE: 'observe' });
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    await stage.claim('bygone', await stage.place('a', 'b'));
    await stage.engine.store.setFreeze({ since: stage.sandbox.now(), why: 'lunch' });
    const { code, findings } = await examine(stage);
    expect(code).toBe(0);
    expect(findings['freeze']).toMatchObject({ state: 'note', text: expect.stringContaining('lunch') });
    expect(findings['mode of main']).toMatchObject({ state: 'note', text: expect.stringContaining('observe') });
    expect(findings['unclaimed in main']).toMatchObject({
      state: 'note',
      text: expect.stringMatching(/2 VMs \(a, b\), 0\.600000/),
    });
  });

  it('stops at a configuration that can not be read, and says where', async () => {
    const cwd = makeFolder({ 'purser.yaml': 'tick: soon\n' });
    const run = await runCommand(doctor, { cwd, json: true });
    expect(run.code).toBe(1);
    expect(readFindings(run)['configuration']).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('purser.yaml:1:7'),
    });
  });

  it('starts no Redis and makes no folder', async () => {
    const cwd = makeFolder();
    const run = await runCommand(doctor, { cwd, json: true, env: { FLUENCE_API_KEY: '' } });
    expect(readFindings(run)['installation']).toMatchObject({ state: 'problem', mend: 'purser init' });
    expect(existsSync(join(cwd, '.purser'))).toBe(false);
  });

  it('asks for a key file that others can not read', async () => {
    const cwd = makeFolder({ key: 'secret-key\n' });
    chmodSync(join(cwd, 'key'), 0o644);
    const run = await runCommand(doctor, { cwd, json: true, env: { FLUENCE_API_KEY_FILE: join(cwd, 'key') } });
    expect(readFindings(run)['key of main']).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('chmod 600'),
    });
    expect(JSON.stringify(run.documents)).not.toContain('secret-key');
  });
});

describe('purser doctor --recover', () => {
  /** A store that knows nothing of two VMs whose names say `web`, and one whose fleet is gone. */
  async function openLost(): Promise<Stage> {
    const stage = await openStage(redis.url);
    await stage.place(nameMember(stage, 'web', 0), nameMember(stage, 'web', 1), nameMember(stage, 'old', 2), 'db-1');
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    await stage.tick();
    return stage;
  }

  it('claims by name what fleets in force must have bought, and ends recovering', async () => {
    const stage = await openLost();
    const before = await examine(stage);
    expect(before.findings['books of main']).toMatchObject({
      state: 'problem',
      mend: expect.stringContaining('--recover'),
    });
    const done = await stage.run(doctor, { options: { recover: true, yes: true } });
    expect(done.code).toBe(0);
    expect(done.printed).toContain('2 VMs claimed');
    expect(done.printed).toContain('1 VM of fleets that are not in force');
    const books = await stage.engine.store.readBooks('main');
    expect(books.claims.map(({ vmName, policy, origin }) => [vmName, policy, origin])).toEqual(
      expect.arrayContaining([
        [nameMember(stage, 'web', 0), 'web', 'adopted'],
        [nameMember(stage, 'web', 1), 'web', 'adopted'],
      ]),
    );
    expect(books.claims).toHaveLength(2);
    expect(books.notes.recovering).toBeUndefined();
    const plan = await stage.tick();
    expect(plan.holds.filter(({ reason }) => reason.code === 'recovering')).toEqual([]);
    expect(plan.fleets).toMatchObject([{ policy: 'web', wanted: 1, running: 2 }]);
    const after = await examine(stage);
    expect(after.findings).not.toHaveProperty('books of main');
    expect(after.findings['known by name in main']).toMatchObject({ state: 'note' });
  });

  it('asks first, and where nobody can be asked changes nothing', async () => {
    const stage = await openLost();
    await expect(stage.run(doctor, { options: { recover: true } })).rejects.toMatchObject({
      code: 'confirmation-needed',
    });
    const books = await stage.engine.store.readBooks('main');
    expect(books.claims).toEqual([]);
    expect(books.notes.recovering).toBeDefined();
  });

  it('does nothing on half a list', async () => {
    const stage = await openLost();
    stage.sandbox.faults.add({ rules: [{ match: { path: '/vms/v3' }, count: 0, effect: { kind: 'drop' } }] });
    await expect(stage.run(doctor, { options: { recover: true, yes: true } })).rejects.toMatchObject({
      code: 'api-unreadable',
    });
    expect((await stage.engine.store.readBooks('main')).claims).toEqual([]);
  });

  it('has nothing to do where nothing was lost', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    await stage.tick();
    const { printed } = await stage.run(doctor, { options: { recover: true, yes: true } });
    expect(printed).toBe('No account is recovering: there is nothing to do.');
  });
});
