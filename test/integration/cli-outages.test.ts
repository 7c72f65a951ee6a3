import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as apply } from '../../src/cli/commands/apply.js';
import { command as doctor } from '../../src/cli/commands/doctor.js';
import { command as freeze } from '../../src/cli/commands/freeze.js';
import { command as plan } from '../../src/cli/commands/plan.js';
import { command as protect } from '../../src/cli/commands/protect.js';
import { command as status } from '../../src/cli/commands/status.js';
import { command as thaw } from '../../src/cli/commands/thaw.js';
import { writeFiles, writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

/** A fleet was planned once; then the sandbox ends, and its clock and its API with it. */
async function openDeadStage(): Promise<Stage> {
  const stage = await openStage(redis.url);
  await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
  await stage.tick();
  await stage.sandbox.close();
  return stage;
}

describe('without the API, and without the clock of the sandbox', () => {
  it('freeze and thaw work, in the store and in the state directory', async () => {
    const stage = await openDeadStage();
    expect(await stage.run(freeze, { options: { why: 'all is dark' } })).toMatchObject({ code: 0, noted: '' });
    expect(existsSync(join(stage.cwd, '.purser/freeze'))).toBe(true);
    expect((await stage.engine.store.readHandles('main')).freeze).toMatchObject({ why: 'all is dark' });
    expect(await stage.run(thaw)).toMatchObject({ code: 0, noted: '' });
    expect((await stage.engine.store.readHandles('main')).freeze).toBeUndefined();
    expect(existsSync(join(stage.cwd, '.purser/freeze'))).toBe(false);
  });

  it('protect works', async () => {
    const stage = await openDeadStage();
    expect((await stage.run(protect, { operands: ['db-1'] })).code).toBe(0);
    expect((await stage.engine.store.readHandles('main')).protect).toEqual(['db-1']);
  });

  it('status tells what was planned last, and that the clock can not be asked', async () => {
    const stage = await openDeadStage();
    const { code, printed } = await stage.run(status);
    expect(code).toBe(0);
    expect(printed).toContain('web');
    expect(printed.replace(/\s+/g, ' ')).toContain("No sandbox's clock can be read at");
  });

  it('plan and apply say that they can not look, fail, and put nothing in force', async () => {
    const stage = await openDeadStage();
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 2) });
    const blind = { env: { PURSER_CLOCK: 'system' } };
    const refused: unknown = expect.objectContaining({ code: 'api-unreachable' });
    await expect(stage.run(plan, { ...blind, options: { detailedExitcode: true } })).rejects.toEqual(refused);
    await expect(stage.run(apply, { ...blind, options: { yes: true } })).rejects.toEqual(refused);
    expect((await stage.engine.store.readGeneration())!.number).toBe(1);
  });

  it('doctor tells what is wrong, and still looks at the store', async () => {
    const stage = await openDeadStage();
    await stage.run(freeze);
    const { code, printed } = await stage.run(doctor);
    expect(code).toBe(1);
    expect(printed).toContain('Frozen');
    expect(printed).toMatch(/redis/);
  });
});

describe('thaw', () => {
  it('asks for a look at once where something was frozen, and for none where nothing was', async () => {
    const stage = await openStage(redis.url);
    await stage.run(freeze);
    await stage.run(thaw);
    expect((await stage.engine.queue.counts()).waiting).toBe(1);
    await stage.run(thaw);
    expect((await stage.engine.queue.counts()).waiting).toBe(1);
  });
});

describe('with one of two accounts whose key is refused', () => {
  it('plan, apply and status go on with the other, say which is missing, and fail', async () => {
    const stage = await openStage(redis.url);
    const account = (keyEnv: string) => `{url: '${stage.sandbox.url}', keyEnv: ${keyEnv}, mode: act}`;
    writeFiles(stage.cwd, {
      'purser.yaml': `accounts:\n  main: ${account('GOOD_KEY')}\n  other: ${account('BAD_KEY')}\n`,
      'policies/web.yaml': writeFleet('web', 1, 'account: main'),
    });
    const env = { GOOD_KEY: stage.sandbox.key, BAD_KEY: 'nobody-knows-it' };
    const planned = await stage.run(plan, { env });
    expect(planned).toMatchObject({ code: 1, printed: expect.stringContaining('+ deploy 1') as string });
    expect(planned.noted).toMatch(/^Account other is missing here: .*403/);
    const loadWorkers = () => import('../../workers/registry.js');
    const applied = await stage.run(apply, { env, options: { yes: true }, loadWorkers });
    expect(applied).toMatchObject({ code: 1, printed: expect.stringContaining('bought web-') as string });
    expect(applied.noted.split('Account other is missing here')).toHaveLength(2);
    const { printed } = await stage.run(status, { env });
    expect(printed).toMatch(/web +act +1/);
    expect(printed).toContain('other');
  });
});
