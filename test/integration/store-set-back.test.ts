import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as apply } from '../../src/cli/commands/apply.js';
import { command as plan } from '../../src/cli/commands/plan.js';
import { command as status } from '../../src/cli/commands/status.js';
import { buildStoreKeys } from '../../src/queue/store-keys.js';
import { writeFiles, writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const WEB = 'policies/web.yaml';
let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

const readNumber = async ({ engine }: Stage) => (await engine.store.readGeneration())?.number;
const runYes = (stage: Stage) =>
  stage.run(apply, { loadWorkers: () => import('../../workers/registry.js'), options: { yes: true } });

/** Generation 1 wanted no VM, 2 wants one; then the record of 1 comes back, as from a backup. */
async function openSetBack(): Promise<Stage> {
  const stage = await openStage(redis.url);
  await stage.apply({ [WEB]: writeFleet('web', 0) });
  await stage.tick();
  const direct = new Redis({ path: redis.redis.socket });
  const key = buildStoreKeys(stage.engine.config.installation).generation;
  const backup = await direct.hgetall(key);
  await stage.apply({ [WEB]: writeFleet('web', 1) });
  expect((await stage.tick()).actions).toMatchObject([{ kind: 'deploy', count: 1 }]);
  await direct.hset(key, backup);
  await direct.quit();
  return stage;
}

describe('a store that went back to an older generation', () => {
  it('is not planned with, and status says why and what to do', async () => {
    const stage = await openSetBack();
    expect((await stage.tick()).actions).toEqual([]);
    const { printed } = await stage.run(status);
    expect(printed.replace(/\s+/g, ' ')).toContain('the store went back from generation 2 to 1');
    const planned = await stage.run(plan);
    expect(planned.noted).toMatch(/^The store went back from generation 2 to 1 .*`purser apply` confirms/);
    expect(await readNumber(stage)).toBe(1);
    expect(stage.sandbox.books().totals.created).toBe(0);
  });

  it.each([
    ['the files are those of the newest generation', 1],
    ['the files are those of the one that came back', 0],
  ])('is healed by apply, which publishes above both: %s', async (_name, replicas) => {
    const stage = await openSetBack();
    await stage.tick();
    writeFiles(stage.cwd, { [WEB]: writeFleet('web', replicas) });
    const { code } = await runYes(stage);
    expect(code).toBe(0);
    expect(await readNumber(stage)).toBe(3);
    expect(stage.sandbox.books().totals.created).toBe(replicas);
    const { holds } = await stage.tick();
    expect(holds.filter(({ reason }) => reason.code === 'recovering')).toEqual([]);
  });
});
