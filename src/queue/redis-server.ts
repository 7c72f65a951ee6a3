// One private redis-server process: finding the program, starting it, asking a socket whose server answers, stopping it.
// It never signals a process that isn't proved to be the server of the given folder.
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { PurserError } from '../core/errors.js';
import type { Millis } from '../core/types.js';
import { isPidAlive, isProcessOf } from './process-identity.js';

const PROGRAMS = ['redis-server', 'valkey-server'];
/** Reading a large append-only file takes its time; a server that doesn't answer at all is given up sooner. */
const LOAD_MILLIS: Millis = 120_000;
const SILENCE_MILLIS: Millis = 10_000;
const STOP_MILLIS: Millis = 5_000;
const POLL_MILLIS: Millis = 20;

/** ours: the server of this folder answers. foreign: another answers. silent: none does. */
export type ServerState =
  | { readonly state: 'ours'; readonly pid: number; readonly isLoading: boolean }
  | { readonly state: 'foreign' | 'silent' };

export interface ServerPlace {
  /** Real path (no symbolic links); holds the append-only file, log and pid file. */
  readonly directory: string;
  readonly socket: string;
}

export function findRedisServer(path = process.env['PATH'] ?? ''): string | undefined {
  for (const program of PROGRAMS) {
    for (const folder of path.split(delimiter)) {
      if (folder === '') continue;
      const candidate = join(folder, program);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function buildConfig({ directory, socket }: ServerPlace): string {
  return [
    'port 0',
    `unixsocket ${quote(socket)}`,
    'unixsocketperm 700',
    `dir ${quote(directory)}`,
    `pidfile ${quote(join(directory, 'redis.pid'))}`,
    `logfile ${quote(join(directory, 'redis.log'))}`,
    'daemonize no',
    'databases 1',
    'appendonly yes',
    // A purchase that was begun must not be forgotten in a crash, or it is made again.
    'appendfsync always',
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

async function withServer<T>(socket: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({
    path: socket,
    lazyConnect: true,
    retryStrategy: null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    commandTimeout: 2_000,
    disableClientInfo: true,
  });
  // Without a listener ioredis prints what the rejected promises say anyway.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

export async function inspectServer(place: ServerPlace): Promise<ServerState> {
  try {
    return await withServer(place.socket, async (redis) => {
      const info = await redis.info();
      const [, directory] = await redis.config('GET', 'dir');
      if (directory !== place.directory) return { state: 'foreign' };
      const pid = Number(/^process_id:(\d+)/m.exec(info)?.[1]);
      return { state: 'ours', pid, isLoading: /^loading:1/m.test(info) };
    });
  } catch {
    return { state: 'silent' };
  }
}

function readLogTail(directory: string): string {
  try {
    return readFileSync(join(directory, 'redis.log'), 'utf8').trim().split('\n').slice(-3).join(' | ');
  } catch {
    return 'it left no log';
  }
}

function failStart(place: ServerPlace, why: string): PurserError {
  return new PurserError(
    'redis-unreachable',
    `The private Redis in ${place.directory} did not start: ${why}. Its last words: ${readLogTail(place.directory)}`,
  );
}

/** Waits until the server of this folder answers and has read its file. `hasEnded` tells early that it never will. */
export async function awaitServer(place: ServerPlace, hasEnded: () => string | undefined): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const found = await inspectServer(place);
    if (found.state === 'ours' && !found.isLoading) return found.pid;
    const ended = hasEnded();
    if (ended !== undefined) throw failStart(place, ended);
    const bound = found.state === 'ours' ? LOAD_MILLIS : SILENCE_MILLIS;
    if (performance.now() - startedAt > bound) throw failStart(place, `no answer within ${bound / 1000} s`);
    await pause(POLL_MILLIS);
  }
}

/** A server that an earlier version started syncs once a second only. */
export async function syncEveryWrite({ socket }: ServerPlace): Promise<void> {
  await withServer(socket, (redis) => redis.config('SET', 'appendfsync', 'always'));
}

/** Starts a server that outlives this process. Its configuration goes over stdin; our environment (keys!) stays with us. */
export async function startServer(program: string, place: ServerPlace): Promise<number> {
  let ended: string | undefined;
  const child = spawn(program, ['-'], {
    cwd: place.directory,
    // A group of its own: Ctrl-C in the terminal must not reach it, we stop it ourselves.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] },
  });
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `${program} ended (${signal ?? `exit code ${code}`})`));
  child.stdin.on('error', () => undefined);
  child.stdin.end(buildConfig(place));
  child.unref();
  return awaitServer(place, () => ended);
}

/** The pid of a server of this folder that lives but doesn't answer; undefined where that can't be proved. */
export function findSilentServer(place: ServerPlace): number | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(join(place.directory, 'redis.pid'), 'utf8').trim());
  } catch {
    return undefined;
  }
  return Number.isInteger(pid) && pid > 1 && isProcessOf(pid, PROGRAMS, place.directory) ? pid : undefined;
}

async function awaitEnd(pid: number): Promise<boolean> {
  const startedAt = performance.now();
  while (isPidAlive(pid)) {
    if (performance.now() - startedAt > STOP_MILLIS) return false;
    await pause(POLL_MILLIS);
  }
  return true;
}

/** Ends a server that was proved to be ours but doesn't answer. */
export async function killServer(pid: number, place: ServerPlace): Promise<void> {
  if (!isProcessOf(pid, PROGRAMS, place.directory)) return;
  process.kill(pid, 'SIGKILL');
  await awaitEnd(pid);
}

/** Stops the server of this folder, if it runs; the append-only file is synced by Redis before it ends. */
export async function stopServer(place: ServerPlace): Promise<void> {
  const found = await inspectServer(place);
  if (found.state !== 'ours') return;
  // Redis answers a successful SHUTDOWN by closing the connection, which is an error to the client.
  await withServer(place.socket, (redis) => redis.shutdown('NOSAVE')).catch(() => undefined);
  if (!(await awaitEnd(found.pid))) await killServer(found.pid, place);
}
