// Looks at a Redis for `status` and `doctor`. Reads facts, judges nothing, never throws for a Redis that is down.
import type { Redis } from 'ioredis';
import { callRedis, closeConnection, describeRedis, openConnection } from './connection.js';

/**
 * always: an answered write is on disk. on-request: WAITAOF says when it is. late: up to a second of writes is lost in a crash.
 * never: there is no append-only file.
 */
export type Durability = 'always' | 'on-request' | 'late' | 'never';

export interface RedisFacts {
  /** The address without user and password. */
  readonly address: string;
  readonly reachable: boolean;
  /** Why not, when it isn't. */
  readonly problem: string | undefined;
  readonly version: string | undefined;
  /** `noeviction` is the one that Purser needs; undefined when Redis doesn't tell. */
  readonly maxmemoryPolicy: string | undefined;
  readonly appendonly: boolean | undefined;
  /** undefined when Redis can't be reached. */
  readonly durability: Durability | undefined;
  readonly usedBytes: number | undefined;
}

function readField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

/** `info`: the answer of INFO. Hosted services often forbid CONFIG: then `always` can't be known, and is not assumed. */
export async function readDurability(redis: Redis, info: string): Promise<Durability> {
  if (readField(info, 'aof_enabled') !== '1') return 'never';
  const [, policy] = await redis.config('GET', 'appendfsync').then(
    (answer) => answer,
    () => [],
  );
  if (policy === 'always') return 'always';
  const [major = 0, minor = 0] = (readField(info, 'redis_version') ?? '').split('.').map(Number);
  return major > 7 || (major === 7 && minor >= 2) ? 'on-request' : 'late';
}

/** Nearly everything comes from INFO, since hosted Redis services often forbid CONFIG. Takes at most about five seconds. */
export async function checkRedis(url: string): Promise<RedisFacts> {
  const redis = openConnection(url, 'command');
  try {
    const info = await callRedis(redis, url, () => redis.info());
    const durability = await callRedis(redis, url, () => readDurability(redis, info));
    const used = readField(info, 'used_memory');
    const appendonly = readField(info, 'aof_enabled');
    return {
      address: describeRedis(url),
      reachable: true,
      problem: undefined,
      version: readField(info, 'valkey_version') ?? readField(info, 'redis_version'),
      maxmemoryPolicy: readField(info, 'maxmemory_policy'),
      appendonly: appendonly === undefined ? undefined : appendonly === '1',
      durability,
      usedBytes: used === undefined ? undefined : Number(used),
    };
  } catch (error) {
    return {
      address: describeRedis(url),
      reachable: false,
      problem: error instanceof Error ? error.message : String(error),
      version: undefined,
      maxmemoryPolicy: undefined,
      appendonly: undefined,
      durability: undefined,
      usedBytes: undefined,
    };
  } finally {
    await closeConnection(redis);
  }
}
