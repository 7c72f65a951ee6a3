// Runs every static check and says at the end which failed: format, types, lint, import rule, dead code. All of them run even
// when one fails. Leaves the outcome in reports/check.json for .ci/run. It changes no file.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { root } from './freshness.mjs';

/** The longest first, so that neither core waits at the end. */
const STEPS = [
  { name: 'lint', program: 'eslint', args: ['--max-warnings', '0', '.'] },
  { name: 'types', program: 'tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'format', program: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'dead code', program: 'knip', args: ['--no-progress'] },
  {
    name: 'import rule',
    program: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', 'src', 'workers', 'bench'],
  },
  { name: 'tidy', program: 'vitest', args: ['run', '--reporter=dot', 'test/project/tidy.test.ts'] },
];
/** The machines that run this have two cores. */
const AT_ONCE = 2;

function runStep({ program, args }) {
  const child = spawn(join(root, 'node_modules/.bin', program), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const started = performance.now();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    const finish = (passed, more = '') =>
      resolve({ passed, output: output + more, seconds: (performance.now() - started) / 1000 });
    child.on('error', (error) => finish(false, `${error.message}\n`));
    child.on('close', (code) => finish(code === 0));
  });
}

const results = [];
const waiting = [...STEPS];

async function runWaiting() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const { passed, output, seconds } = await runStep(step);
    results.push({ name: step.name, passed });
    process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${step.name} (${seconds.toFixed(1)} s)\n`);
    if (!passed) process.stdout.write(`${output.trimEnd()}\n\n`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));
mkdirSync(join(root, 'reports'), { recursive: true });
writeFileSync(join(root, 'reports/check.json'), `${JSON.stringify(results)}\n`);
const failed = results.filter((result) => !result.passed).map((result) => result.name);
if (failed.length > 0) {
  process.stdout.write(`check: ${failed.join(', ')} failed\n`);
  process.exitCode = 1;
}
