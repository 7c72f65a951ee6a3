// The private Redis of a state directory, shared by all processes that use it: the first starts it, the last one to leave
// stops it, and what a killed one left behind is found and used. Its data stay in the append-only file.
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PurserError } from '../core/errors.js';
import type { Millis } from '../core/types.js';
import type { Log } from './connection.js';
import { readLockFile, takeLockFile, writeLockFile, type LockFile } from './lock-file.js';
import { isPidAlive } from './process-identity.js';
import {
  awaitServer,
  findRedisServer,
  findSilentServer,
  inspectServer,
  killServer,
  syncEveryWrite,
  startServer,
  stopServer,
  type ServerPlace,
} from './redis-server.js';

/** Paths of sockets end at 104 (macOS) or 108 (Linux) bytes. */
const LONGEST_SOCKET_PATH = 100;
const LOCK_WAIT_MILLIS: Millis = 150_000;
const LOCK_POLL_MILLIS: Millis = 25;
/** How often each process that uses it looks whether it still runs. */
const WATCH_MILLIS: Millis = 1_000;

export interface EmbeddedRedis {
  /** For createRedisStore and the others: `unix:///...`. */
  readonly url: string;
  readonly socket: string;
  /** Of the server now; changes when it died and was started again. */
  readonly pid: number;
  /** false: another process had started it. */
  readonly startedByUs: boolean;
  /** Leaves it; the last one to leave stops it. */
  close(): Promise<void>;
}

interface Place extends ServerPlace {
  readonly owners: string;
  readonly lockPath: string;
}

/** A folder that only we can read; anybody may have made one of that name in the system's temporary folder before us. */
function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const facts = lstatSync(path);
  if (!facts.isDirectory() || facts.uid !== process.getuid?.()) {
    throw new PurserError(
      'redis-unreachable',
      `${path} must be a folder of our own, for the socket of the private Redis.`,
    );
  }
  chmodSync(path, 0o700);
}

function preparePlace(stateDir: string): Place {
  const wanted = join(resolve(stateDir), 'redis');
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  const directory = realpathSync(wanted);
  chmodSync(directory, 0o700);
  const owners = join(directory, 'owners');
  mkdirSync(owners, { recursive: true, mode: 0o700 });
  let socket = join(directory, 'redis.sock');
  if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
    const folder = `purser-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
    const short = [tmpdir(), '/tmp'].find(
      (base) => Buffer.byteLength(join(base, folder, 'redis.sock')) <= LONGEST_SOCKET_PATH,
    );
    makePrivateFolder(join(short ?? '/tmp', folder));
    socket = join(short ?? '/tmp', folder, 'redis.sock');
  }
  return { directory, socket, owners, lockPath: join(directory, 'start.lock') };
}

/** Starting, joining and leaving happen one after the other. */
async function withLock<T>(place: Place, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const taken = takeLockFile(place.lockPath, 'private Redis');
    if ('lock' in taken) {
      try {
        return await run();
      } finally {
        taken.lock.release();
      }
    }
    if (performance.now() - startedAt > LOCK_WAIT_MILLIS) {
      const who = taken.holder === undefined ? 'another process' : `pid ${taken.holder.pid} on ${taken.holder.host}`;
      throw new PurserError(
        'state-dir-held',
        `${who} has been starting the private Redis in ${place.directory} for too long.`,
      );
    }
    await pause(LOCK_POLL_MILLIS);
  }
}

/** Owners that live; the files of dead ones are removed. */
function listOwners(place: Place) {
  return readdirSync(place.owners).flatMap((name) => {
    const found = readLockFile(join(place.owners, name));
    if (found.state === 'stale') rmSync(join(place.owners, name), { force: true });
    return found.state === 'held' ? [found] : [];
  });
}

/** Two servers on one append-only file would ruin it, and a server on another machine can't be asked. */
function refuseForeignOwners(place: Place): void {
  const machine = readLockFile(place.lockPath).holder?.machine;
  const foreign = listOwners(place).find(({ holder }) => holder !== undefined && holder.machine !== machine);
  if (foreign?.holder === undefined) return;
  throw new PurserError(
    'state-dir-held',
    `The private Redis in ${place.directory} is used by pid ${foreign.holder.pid} on ${foreign.holder.host}, another machine or container. ` +
      'Give this one a state directory of its own, or set PURSER_REDIS_URL.',
    { saysRemedy: true },
  );
}

/** Called under the lock. */
async function ensureRunning(place: Place, log: Log | undefined): Promise<{ pid: number; started: boolean }> {
  const found = await inspectServer(place);
  if (found.state === 'ours') {
    const pid = await awaitServer(place, () => undefined);
    await syncEveryWrite(place);
    return { pid, started: false };
  }
  if (found.state === 'foreign') {
    throw new PurserError(
      'redis-unreachable',
      `Another Redis answers at ${place.socket}; remove that socket's owner first.`,
      { saysRemedy: true },
    );
  }
  refuseForeignOwners(place);
  const silent = findSilentServer(place);
  if (silent !== undefined) {
    try {
      return { pid: await awaitServer(place, () => (isPidAlive(silent) ? undefined : 'it ended')), started: false };
    } catch (error) {
      log?.warn({ err: error, pid: silent }, 'The private Redis does not answer; starting it again');
      await killServer(silent, place);
    }
  }
  const program = findRedisServer();
  if (program === undefined) {
    throw new PurserError(
      'redis-missing',
      'Neither redis-server nor valkey-server is on PATH: install one (Debian: apt-get install -y redis-server), or set PURSER_REDIS_URL to a Redis that runs.',
      { saysRemedy: true },
    );
  }
  const pid = await startServer(program, place);
  log?.debug({ pid, socket: place.socket }, 'Private Redis started');
  return { pid, started: true };
}

/** Starts it again when it died; the clients reconnect by themselves. */
function watchServer(place: Place, server: { pid: number }, log: Log | undefined): { stop(): Promise<void> } {
  let isStopped = false;
  let revival: Promise<void> | undefined;
  async function revive(): Promise<void> {
    try {
      await withLock(place, async () => {
        if (!isStopped) server.pid = (await ensureRunning(place, log)).pid;
      });
    } catch (error) {
      log?.error({ err: error }, 'The private Redis could not be started again; trying on');
    }
  }
  const timer = setInterval(() => {
    if (revival !== undefined || isPidAlive(server.pid)) return;
    log?.warn({ pid: server.pid }, 'The private Redis is gone; starting it again');
    revival = revive().finally(() => (revival = undefined));
  }, WATCH_MILLIS);
  timer.unref();
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await revival;
    },
  };
}

/**
 * Opens the private Redis of a state directory. Throws `redis-missing` when no server program is on PATH,
 * `redis-unreachable` when it doesn't start, `state-dir-held` when another machine uses the same folder.
 */
export async function openEmbeddedRedis({
  stateDir,
  log,
}: {
  readonly stateDir: string;
  readonly log?: Log;
}): Promise<EmbeddedRedis> {
  const place = preparePlace(stateDir);
  let owner: LockFile | undefined;
  const server = await withLock(place, async () => {
    const running = await ensureRunning(place, log);
    owner = writeLockFile(join(place.owners, `${process.pid}-${randomUUID()}.json`), 'owner');
    return running;
  });
  const watch = watchServer(place, server, log);
  let closing: Promise<void> | undefined;
  async function leave(): Promise<void> {
    await watch.stop();
    await withLock(place, async () => {
      owner?.release();
      if (listOwners(place).length === 0) await stopServer(place);
    });
  }
  return {
    url: `unix://${place.socket.split('/').map(encodeURIComponent).join('/')}`,
    socket: place.socket,
    get pid() {
      return server.pid;
    },
    startedByUs: server.started,
    close: () => (closing ??= leave()),
  };
}
