// Ctrl-C, as a real process gets it, while the API hangs.
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as apply } from '../../src/cli/commands/apply.js';
import { writeFiles, writeFleet } from '../cli/commands/fake-context.js';
import { childProgram } from './child-programs.js';
import { openStage, type Stage } from './cli-stage.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

const PROGRAM = childProgram('engine-up-child');
/** A call that has begun is seen through for some seconds. */
const LONGEST_END = 12_000;

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
  readonly millis: number;
}

/** Runs a command, and interrupts it once `isReached`. */
async function interrupt(stage: Stage, words: readonly string[], isReached: () => boolean): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: stage.cwd,
    env: { PATH: process.env['PATH'], ...stage.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    await eventually('it waits for the API', isReached, 30_000);
    const startedAt = performance.now();
    child.kill('SIGINT');
    const code = await ended;
    return { code, stderr, millis: performance.now() - startedAt };
  } finally {
    child.kill('SIGKILL');
  }
}

async function openHanging(
  method: 'GET' | 'POST',
  path: string,
  nth: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const stage = await openStage(redis.url, env);
  writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 2) });
  stage.sandbox.faults.add({ rules: [{ match: { method, path }, nth, count: 0, effect: { kind: 'hang' } }] });
  return stage;
}

const isHanging = (stage: Stage) => () => stage.sandbox.faults.rules.some(({ hits }) => hits > 0);

async function listStates(stage: Stage): Promise<readonly string[]> {
  const { intents } = await stage.engine.store.readBooks('main');
  return intents.map(({ state }) => state);
}

describe('Ctrl-C', () => {
  it('ends a plan at once, with 130 and one line', async () => {
    const stage = await openHanging('GET', '/vms/v3', 1);
    const { code, stderr, millis } = await interrupt(stage, ['plan'], isHanging(stage));
    expect([code, stderr]).toEqual([130, 'purser: interrupted.\n']);
    expect(millis).toBeLessThan(LONGEST_END);
  });

  it('leaves no purchase in doubt whose call had not begun: the next apply buys', async () => {
    // With one request at a time, one purchase hangs and the other waits for its turn.
    const stage = await openHanging('POST', '/vms/v3', 1, { PURSER_ACCOUNT_CONCURRENCY: '1' });
    writeFiles(stage.cwd, { 'policies/web.yaml': `${writeFleet('web', 2)}\n---\n${writeFleet('api', 2)}` });
    const { code, stderr, millis } = await interrupt(stage, ['apply', '--yes'], isHanging(stage));
    expect(code).toBe(130);
    expect(stderr).toMatch(/^Interrupted: [^\n]+\n$/);
    expect(millis).toBeLessThan(LONGEST_END);
    expect([...(await listStates(stage))].sort()).toEqual(['planned', 'unknown']);
    expect(stage.sandbox.books().totals.created).toBe(0);
    stage.sandbox.faults.clear();
    const loadWorkers = () => import('../../workers/registry.js');
    expect((await stage.run(apply, { loadWorkers, options: { yes: true } })).code).toBe(0);
    expect(stage.sandbox.books().totals.created).toBe(2);
  });

  it('ends an apply whose purchase hangs too; that call had begun, so its answer is settled by listings', async () => {
    const stage = await openHanging('POST', '/vms/v3', 1);
    const { code, stderr, millis } = await interrupt(stage, ['apply', '--yes'], isHanging(stage));
    expect(code).toBe(130);
    expect(stderr).toMatch(/^Interrupted: [^\n]+\n$/);
    expect(millis).toBeLessThan(LONGEST_END);
    expect(await listStates(stage)).toEqual(['unknown']);
  });
});
