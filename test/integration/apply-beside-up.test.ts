// With real processes: `apply` beside an `up` that only observes, since nobody said the account's mode.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as apply } from '../../src/cli/commands/apply.js';
import { writeFleet, writeFiles } from '../cli/commands/fake-context.js';
import { openStage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';
import { besideUp } from './up-process.js';

let redis: TestRedis;
beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

describe('`apply --yes` beside an `up` that observes (mode not said)', () => {
  it('carries out what it showed', async () => {
    const stage = await openStage(redis.url, { PURSER_ACCOUNT_MODE: '' });
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    await besideUp(stage, async () => {
      const results: string[] = [];
      for (let wanted = 2; wanted <= 4; wanted += 1) {
        writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', wanted) });
        const run = await stage.run(apply, {
          options: { yes: true },
          loadWorkers: () => import('../../workers/registry.js'),
        });
        const { vms } = await stage.engine.accounts.get('main')!.cloud.listVms();
        results.push(`wanted ${wanted}: exit ${run.code}, there are ${vms.length}`);
        stage.sandbox.advanceBy(5_000);
      }
      expect(results).toEqual([2, 3, 4].map((wanted) => `wanted ${wanted}: exit 0, there are ${wanted}`));
    });
  });
});

describe('what `apply` says of deadlines', () => {
  it.each([
    ['an `up` that acts keeps them', 'act', 'purser up, which runs, keeps it.'],
    ['one that only observes does not', '', 'by then run purser apply, or let purser up run.'],
  ])('%s', async (_, mode, said) => {
    const stage = await openStage(redis.url, { PURSER_ACCOUNT_MODE: mode });
    const applyFleet = async (wanted: number): Promise<string> => {
      writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', wanted) });
      const loadWorkers = () => import('../../workers/registry.js');
      const { printed } = await stage.run(apply, { options: { yes: true }, loadWorkers });
      stage.sandbox.advanceBy(10 * 60_000);
      return printed;
    };
    await applyFleet(2);
    await besideUp(stage, async () => {
      const printed = await applyFleet(1);
      expect(printed).toMatch(/\nNext deadline \w{3} [\d:]{5}Z: .*$/);
      expect(printed.endsWith(said)).toBe(true);
    });
  });
});
