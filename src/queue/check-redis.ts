// Looks at a Redis for `status` and `doctor`. Reads facts, judges nothing, never throws for a Redis that is down.
import { callRedis, closeConnection, describeRedis, openConnection } from './connection.js';

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
  readonly usedBytes: number | undefined;
}

function readField(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

/** Everything comes from INFO, since hosted Redis services often forbid CONFIG. Takes at most about five seconds. */
export async function checkRedis(url: string): Promise<RedisFacts> {
  const redis = openConnection(url, 'command');
  try {
    const info = await callRedis(redis, url, () => redis.info());
    const used = readField(info, 'used_memory');
    const appendonly = readField(info, 'aof_enabled');
    return {
      address: describeRedis(url),
      reachable: true,
      problem: undefined,
      version: readField(info, 'valkey_version') ?? readField(info, 'redis_version'),
      maxmemoryPolicy: readField(info, 'maxmemory_policy'),
      appendonly: appendonly === undefined ? undefined : appendonly === '1',
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
      usedBytes: undefined,
    };
  } finally {
    await closeConnection(redis);
  }
}
