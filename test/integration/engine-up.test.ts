import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sim/sandbox-server.js';
import { childProgram } from './child-programs.js';
import { describeFleet, listKept, MINUTE } from './engine-rig.js';
import { eventually } from './store-redis.js';

const PROGRAM = childProgram('engine-up-child');

interface Up {
  readonly process: ChildProcess;
  said(): string;
  ended: Promise<readonly [number | null, string | null]>;
}

let folder: string;
let sandbox: RunningSandbox;
const started: Up[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'purser-up-'));
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'policies', 'web.yaml'), describeFleet('web', 2));
  sandbox = await startSandbox();
});
afterAll(async () => {
  for (const up of started) {
    up.process.kill('SIGTERM');
    await up.ended;
  }
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function startUp(): Up {
  const child = spawn(process.execPath, [PROGRAM, 'up'], {
    cwd: folder,
    env: {
      ...process.env,
      FLUENCE_API_URL: sandbox.url,
      FLUENCE_API_KEY: sandbox.key,
      PURSER_CLOCK: 'sandbox',
      PURSER_INSTALLATION: 'ab',
      PURSER_ACCOUNT_MODE: 'act',
      PURSER_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
  const up: Up = {
    process: child,
    said: () => text,
    ended: once(child, 'exit') as unknown as Up['ended'],
  };
  started.push(up);
  return up;
}

async function awaitRunning(up: Up): Promise<void> {
  await eventually('it runs', () => up.said().includes('purser up: installation ab'), 40_000);
}

describe('two `up` on one state directory', () => {
  it('are one too many: the second says who holds it, and takes over when the first is dead', async () => {
    const first = startUp();
    await awaitRunning(first);
    const second = startUp();
    expect((await second.ended)[0]).toBe(1);
    expect(second.said()).toContain(`is held by \`purser up\` (pid ${first.process.pid} on `);

    first.process.kill('SIGKILL');
    await first.ended;
    const third = startUp();
    await awaitRunning(third);
    // Its private Redis is the one that the first had left behind, books included.
    await eventually('two were bought', () => sandbox.books().totals.created === 2, 20_000);
    sandbox.advanceBy(5 * MINUTE);
    await eventually(
      'both run',
      () => listKept(sandbox.books(), 'web').filter((vm) => vm.status === 'active').length === 2,
    );
    const startedAt = performance.now();
    third.process.kill('SIGTERM');
    expect((await third.ended)[0]).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(sandbox.books().totals.created).toBe(2);
  });
});
