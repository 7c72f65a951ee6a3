// The program as people run it: bin/purser.mjs with the build, which is made first where the sources have moved on.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { findPackageRoot } from '../../src/version.js';

/** Throws what the build says when it fails. */
export function buildProgram(): void {
  const script = join(findPackageRoot(), 'scripts', 'ensure-ready.mjs');
  execFileSync(process.execPath, [script, '--no-redis'], { stdio: 'pipe' });
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export function startProgram(
  words: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): RunningProgram {
  const program = join(findPackageRoot(), 'bin', 'purser.mjs');
  const child = spawn(process.execPath, [program, ...words], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  return { child, stdout: () => out, stderr: () => err, ended };
}
