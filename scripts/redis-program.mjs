// Finds a Redis program and says how this system would install one. It decides; ensure-ready.mjs runs what it decided.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['redis-server', 'valkey-server'];
/** Where packages put servers that a person's PATH may lack. */
const MORE_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** In the order of being tried. brew refuses to run as root, and needs none. */
const INSTALLERS = [
  {
    program: 'apt-get',
    steps: [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'],
    ],
    needsRoot: true,
  },
  { program: 'apk', steps: [['apk', 'add', '--no-cache', 'redis']], needsRoot: true },
  { program: 'dnf', steps: [['dnf', 'install', '-y', '/usr/bin/redis-server']], needsRoot: true },
  { program: 'brew', steps: [['brew', 'install', 'redis']], needsRoot: false },
];

/** The full path of the first of these programs; undefined when none is there. */
export function findProgram(names, path = process.env.PATH ?? '', more = []) {
  for (const name of names)
    for (const folder of [...path.split(delimiter).filter(Boolean), ...more]) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not here; the next folder.
      }
    }
  return undefined;
}

export function findRedis() {
  return findProgram(PROGRAMS, process.env.PATH, MORE_FOLDERS);
}

/**
 * What to do about a missing Redis: `{do: 'run' | 'ask', steps}` or `{do: 'tell', text}`.
 * `has(program)` says whether a program is there; root installs without asking, others only when a person can answer.
 */
export function decideRedisInstall({ isRoot, isTerminal, has }) {
  const sentence = (how) => `no redis-server or valkey-server was found; ${how}, then run this again.`;
  const installer = INSTALLERS.find(({ program, needsRoot }) => has(program) && !(isRoot && !needsRoot));
  if (installer === undefined) return { do: 'tell', text: sentence('install Redis 6.2 or newer') };
  const asRoot = installer.needsRoot && !isRoot;
  const steps = asRoot
    ? installer.steps.map((step) => ['sudo', 'RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive', ...step])
    : installer.steps;
  if (isRoot) return { do: 'run', steps };
  const last = `${asRoot ? 'sudo ' : ''}${installer.steps.at(-1).join(' ')}`;
  if (!isTerminal || (asRoot && !has('sudo'))) return { do: 'tell', text: sentence(`install it with \`${last}\``) };
  return { do: 'ask', steps };
}
