// Brings what `npm test` and `npm run demo` lack on a fresh machine: packages, the build, a Redis program and, with
// `--browser`, the browser of the tests. Says one line a step on stderr and nothing when all is there. Plain Node without
// packages; it never touches a Redis that runs already.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { isBuilt, isInstalled, markInstalled, root } from './freshness.mjs';
import { decideBrowserInstall, findBrowser } from './browser-program.mjs';
import { decideRedisInstall, findRedis } from './redis-program.mjs';
import { findProgram } from './system-program.mjs';

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
function installQuietly(steps, service) {
  const addsPolicy = steps[0][0] === 'apt-get' && !existsSync(POLICY_FILE);
  if (addsPolicy) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const step of steps) run(step, { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' });
  } finally {
    if (addsPolicy) rmSync(POLICY_FILE, { force: true });
  }
  if (service !== undefined && steps[0].includes('apt-get') && existsSync('/run/systemd/system')) {
    const disable = ['systemctl', 'disable', '--now', service];
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

/** `decide`: of `{isRoot, isTerminal, has}`; `name`: what is missing, in words. */
async function chooseSteps(name, decide) {
  const decision = decide({
    isRoot: process.getuid?.() === 0,
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    has: (program) => findProgram([program]) !== undefined,
  });
  if (decision.do === 'tell') throw new NotReady(decision.text);
  const commands = decision.steps.map((step) => step.join(' ')).join(' && ');
  if (decision.do === 'ask' && !(await ask(`no ${name} was found. Install it with \`${commands}\`?`)))
    throw new NotReady(`no ${name} was found; install one, then run this again.`);
  say(`installing ${name} (${commands}) ...`);
  return decision.steps;
}

async function ensureRedis() {
  if (findRedis() !== undefined) return;
  const steps = await chooseSteps('redis-server', decideRedisInstall);
  installQuietly(steps, 'redis-server');
  if (findRedis() === undefined) throw new NotReady('the package is installed, yet no redis-server is on PATH.');
}

/** Without one only the tests that open a page fail, and say so: all others are still worth running. */
async function ensureBrowser() {
  if (findBrowser() !== undefined) return;
  try {
    const steps = await chooseSteps('chromium', decideBrowserInstall);
    installQuietly(steps);
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    say(`${error.message} Until then the tests that open a page in a browser fail.`);
  }
}

try {
  ensurePackages();
  await ensureBuild();
  if (!process.argv.includes('--no-redis')) await ensureRedis();
  if (process.argv.includes('--browser')) await ensureBrowser();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  say(error.message);
  process.exitCode = 1;
}
