// With real processes: `apply` beside an `up` that only observes, since nobody said the account's mode.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as apply } from '../../src/cli/commands/apply.js';
import { writeFleet, writeFiles } from '../cli/commands/fake-context.js';
import { openStage } from './cli-stage.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

const PROGRAM = fileURLToPath(new URL('./engine-up-child.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
let redis: TestRedis;
beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

describe('`apply --yes` beside an `up` that observes (mode not said)', () => {
  it('carries out what it showed', async () => {
    const stage = await openStage(redis.url, { PURSER_ACCOUNT_MODE: '' });
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    const child = spawn(process.execPath, ['--import', TSX, PROGRAM, 'up'], {
      cwd: stage.cwd,
      env: { ...process.env, ...stage.env, PURSER_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
    const ended = once(child, 'exit');
    try {
      await eventually('it runs', () => text.includes('purser up: installation') || child.exitCode !== null, 40_000);
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
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  });
});
