// A real `purser up` on a stage of the tests, for as long as a task takes. It judges nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childProgram } from './child-programs.js';
import type { Stage } from './cli-stage.js';
import { eventually } from './store-redis.js';

const PROGRAM = childProgram('engine-up-child');

/** Runs the task once `up` has said that it runs, and ends `up` whatever happens. `env` goes over the stage's. */
export async function besideUp<T>(
  stage: Stage,
  task: () => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const child = spawn(process.execPath, [PROGRAM, 'up'], {
    cwd: stage.cwd,
    env: { ...process.env, ...stage.env, PURSER_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
  const ended = once(child, 'exit');
  try {
    await eventually('it runs', () => text.includes('purser up: installation') || child.exitCode !== null, 40_000);
    return await task();
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}
