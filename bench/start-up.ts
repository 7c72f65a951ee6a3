// `purser --help` against `node -e 0`: what a person waits for at every command, measured as whole processes.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { judgeAtMost, takeTurns, type BenchRow } from './measure.js';

const LIMIT = 3;
const ROUNDS = 25;
/** From dist/bench/start-up.js. */
const PROGRAM = fileURLToPath(new URL('../../bin/purser.mjs', import.meta.url));

/** Milliseconds from the start of a process to its end. Throws when it fails. */
function timeProcess(parameters: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  const millis = performance.now() - startedAt;
  if (status !== 0) throw new Error(`node ${parameters.join(' ')} failed: ${stderr}`);
  return millis;
}

export async function benchStartUp(): Promise<readonly BenchRow[]> {
  const taken = await takeTurns(
    { help: () => timeProcess([PROGRAM, '--help']), bare: () => timeProcess(['-e', '0']) },
    ROUNDS,
    3,
  );
  const detail = `purser --help ${taken.help.toFixed(0)} ms, node -e 0 ${taken.bare.toFixed(0)} ms; ${ROUNDS} rounds`;
  return [judgeAtMost('purser --help / node -e 0', taken.help / taken.bare, LIMIT, detail)];
}
