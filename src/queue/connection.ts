// Connections to Redis, by what they are for. Commands of the store fail fast when Redis is gone; workers wait for it.
// Nothing else in Purser makes a Redis client, and no password in a URL ever reaches a message.
import { Redis, type RedisOptions } from 'ioredis';
import { PurserError } from '../core/errors.js';
import type { Millis } from '../core/types.js';

/** The part of a pino logger that this folder uses. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/**
 * command: fails within REACH_MILLIS when Redis can't be reached; nothing is sent late or twice.
 * worker: waits for Redis as long as it takes (BullMQ insists). subscriber: as worker, for pub/sub.
 */
export type ConnectionPurpose = 'command' | 'worker' | 'subscriber';

/** How long a command waits for a connection before it gives up. */
const REACH_MILLIS: Millis = 5_000;
/** How long one command may take once it was sent. */
const COMMAND_MILLIS: Millis = 20_000;
const LONGEST_BACK_OFF_MILLIS: Millis = 2_000;

const closing = new WeakSet<Redis>();

/** The URL without user and password, for messages. */
export function describeRedis(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/]*@/i, '$1');
}

function optionsOf(purpose: ConnectionPurpose) {
  const shared = {
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt - 1, 10), LONGEST_BACK_OFF_MILLIS),
    connectTimeout: REACH_MILLIS,
    connectionName: `purser-${purpose}`,
    disableClientInfo: true,
  } satisfies RedisOptions;
  // A subscriber subscribes anew by itself (virtual-clock.ts): where ioredis did, nobody would hear that closing cut it short.
  if (purpose !== 'command') return { ...shared, maxRetriesPerRequest: null, autoResubscribe: false };
  // A command that was in flight when the connection broke may or may not have worked: it is reported, never sent again.
  return {
    ...shared,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_MILLIS,
  } satisfies RedisOptions;
}

/**
 * Opens a connection and keeps it up (back-off of at most 2 s). `url`: `redis://`, `rediss://`, `unix:///path/to/socket` or
 * the bare path of a socket. Never throws for a Redis that is down; throws `option-invalid` for a URL of another form.
 */
export function openConnection(url: string, purpose: ConnectionPurpose, log?: Log): Redis {
  const options = optionsOf(purpose);
  const socket = url.startsWith('unix://') ? decodeURIComponent(url.slice('unix://'.length)) : url;
  let redis: Redis;
  if (socket.startsWith('/')) redis = new Redis({ ...options, path: socket });
  else if (/^rediss?:\/\//i.test(url) && URL.canParse(url)) redis = new Redis(url, options);
  else {
    throw new PurserError(
      'option-invalid',
      `The Redis address "${describeRedis(url)}" must start with redis://, rediss:// or unix:///, or be the path of a socket.`,
    );
  }
  // Every command that waits for the connection listens for its end.
  redis.setMaxListeners(0);
  let told = '';
  redis.on('error', (error: Error) => {
    // Closed while it was still connecting: nothing was lost.
    if (closing.has(redis)) return;
    if (error.message !== told)
      log?.warn({ err: error, redis: describeRedis(url) }, 'Redis connection lost; trying again');
    told = error.message;
  });
  redis.on('ready', () => {
    if (told !== '') log?.info({ redis: describeRedis(url) }, 'Redis is back');
    told = '';
  });
  return redis;
}

function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

function toPurserError(error: unknown, url: string): unknown {
  if (error instanceof PurserError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const where = describeRedis(url);
  if (isReply(error)) {
    if (/^(OOM|MISCONF|READONLY)\b/.test(text)) {
      return new PurserError('redis-unfit', `Redis at ${where} takes no writes: ${text}`, { cause: error });
    }
    if (!/^(NOAUTH|WRONGPASS|NOPERM|LOADING|MASTERDOWN)\b/.test(text)) return error;
  }
  return new PurserError('redis-unreachable', `Redis at ${where} can't be reached: ${text}`, { cause: error });
}

/** Resolves once the connection is ready; rejects after `boundMillis` with the last connection error. */
function awaitReady(redis: Redis, boundMillis: Millis): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = new Error(
      redis.status === 'end' ? 'the connection was closed' : `no connection within ${boundMillis} ms`,
    );
    const timer = setTimeout(fail, redis.status === 'end' ? 0 : boundMillis);
    redis.on('ready', succeed).on('error', remember).on('end', fail);
    function forget(): void {
      clearTimeout(timer);
      redis.off('ready', succeed).off('error', remember).off('end', fail);
    }
    function succeed(): void {
      forget();
      resolve();
    }
    function fail(): void {
      forget();
      reject(last);
    }
    function remember(error: Error): void {
      last = error;
    }
  });
}

/** Runs commands on a `command` connection; what goes wrong with Redis itself becomes a PurserError. */
export async function callRedis<T>(redis: Redis, url: string, run: () => Promise<T>): Promise<T> {
  try {
    if (redis.status !== 'ready') await awaitReady(redis, REACH_MILLIS);
    return await run();
  } catch (error) {
    throw toPurserError(error, url);
  }
}

/** Ends a connection without waiting for a Redis that doesn't answer. */
export async function closeConnection(redis: Redis): Promise<void> {
  closing.add(redis);
  if (redis.status === 'ready') {
    const bound = new Promise<void>((resolve) => setTimeout(resolve, 500).unref());
    await Promise.race([redis.quit().catch(() => undefined), bound]);
  }
  redis.disconnect();
}
