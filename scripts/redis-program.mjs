// Finds a Redis program and says how this system would install one. It decides; ensure-ready.mjs runs what it decided.
import { decideInstall, findProgram } from './system-program.mjs';

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

export function findRedis() {
  return findProgram(PROGRAMS, process.env.PATH, MORE_FOLDERS);
}

/** `decideInstall` for a missing Redis. */
export function decideRedisInstall(facts) {
  const missing = 'no redis-server or valkey-server was found';
  return decideInstall(INSTALLERS, { missing, advice: 'install Redis 6.2 or newer' }, facts);
}
