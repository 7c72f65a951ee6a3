// Brings what `npm test` and `npm run demo` lack on a fresh machine: packages, the build, a Redis program. Says one line a
// step on stderr and nothing when all is there. Plain Node without packages; it never touches a Redis that runs already.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { isBuilt, isInstalled, markInstalled, root } from './freshness.mjs';
import { decideRedisInstall, findProgram, findRedis } from './redis-program.mjs';

const POLICY_FILE = '/usr/sbin/policy-rc.d';

class NotReady extends Error {}

function say(text) {
  process.stderr.write(`purser: ${text}\n`);
}

/** Runs a program with its output on stderr: stdout belongs to the command that comes after this one. */
function run([program, ...args], environment = {}) {
  const child = spawnSync(program, args, {
    cwd: root,
    stdio: ['inherit', 2, 2],
    env: { ...process.env, ...environment },
  });
  if (child.status === 0) return;
  const why = child.error?.message ?? `it ended with ${child.signal ?? `exit code ${child.status}`}`;
  throw new NotReady(
    `\`${[program, ...args].join(' ')}\` failed: ${why}. Mend what it says above, then run this again.`,
  );
}

function ensurePackages() {
  if (isInstalled()) return;
  say('installing packages (npm ci) ...');
  run(['npm', 'ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error']);
  markInstalled();
}

async function ensureBuild() {
  if (isBuilt()) return;
  say('building ...');
  const { buildProject } = await import('./build.mjs');
  if (!buildProject()) throw new NotReady('the build failed; the lines above say where.');
}

/**
 * Debian starts and enables a service with the package. We want the program alone: a policy file (or, under sudo, RUNLEVEL)
 * keeps it from being started, and where systemd runs it is disabled too. A policy file that was there before stays.
 */
function installQuietly(steps) {
  const addsPolicy = steps[0][0] === 'apt-get' && !existsSync(POLICY_FILE);
  if (addsPolicy) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const step of steps) run(step, { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' });
  } finally {
    if (addsPolicy) rmSync(POLICY_FILE, { force: true });
  }
  if (steps[0].includes('apt-get') && existsSync('/run/systemd/system')) {
    const disable = ['systemctl', 'disable', '--now', 'redis-server'];
    run(steps[0][0] === 'sudo' ? ['sudo', ...disable] : disable);
  }
}

async function ask(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`purser: ${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

async function ensureRedis() {
  if (findRedis() !== undefined) return;
  const decision = decideRedisInstall({
    isRoot: process.getuid?.() === 0,
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    has: (program) => findProgram([program]) !== undefined,
  });
  if (decision.do === 'tell') throw new NotReady(decision.text);
  const commands = decision.steps.map((step) => step.join(' ')).join(' && ');
  if (decision.do === 'ask' && !(await ask(`no redis-server was found. Install it with \`${commands}\`?`)))
    throw new NotReady('no redis-server or valkey-server was found; install one, then run this again.');
  say(`installing redis-server (${commands}) ...`);
  installQuietly(decision.steps);
  if (findRedis() === undefined) throw new NotReady('the package is installed, yet no redis-server is on PATH.');
}

try {
  ensurePackages();
  await ensureBuild();
  if (!process.argv.includes('--no-redis')) await ensureRedis();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  say(error.message);
  process.exitCode = 1;
}
