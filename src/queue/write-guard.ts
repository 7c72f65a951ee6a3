// Waits until what Redis has answered stands on its disk: a purchase that Redis forgets in a crash would be made twice. With
// `appendfsync always` that holds by itself; else WAITAOF (Redis 7.2) says when. An older Redis, or one without an append-only
// file, gives no such word and is not waited for; `doctor` tells of it.
import type { Redis } from 'ioredis';
import type { Millis } from '../core/types.js';
import { readDurability } from './check-redis.js';
import { callRedis, closeConnection, openConnection, type Log } from './connection.js';

export interface WriteGuard {
  /** Resolves once every write answered so far is on disk; false when that was not confirmed in time. Never rejects. */
  awaitOnDisk(): Promise<boolean>;
  close(): Promise<void>;
}

/** `everysec` syncs within a second; the permit that waits for it is good for three. */
const LONGEST_WAIT_MILLIS: Millis = 2_000;

/** `key`: written by each wait, because WAITAOF speaks of the writes of its own connection only; the file keeps their order. */
export function createWriteGuard({
  url,
  key,
  log,
}: {
  readonly url: string;
  readonly key: string;
  readonly log?: Log;
}): WriteGuard {
  // A connection of its own: WAITAOF holds up all that comes behind it.
  let opened: Redis | undefined;
  let mustAsk: boolean | undefined;
  let current: Promise<boolean> | undefined;
  let following: Promise<boolean> | undefined;

  function open(): Redis {
    const redis = openConnection(url, 'command', log);
    // Whoever answers after a reconnect may be another server, or have other settings.
    redis.on('ready', () => (mustAsk = undefined));
    return redis;
  }

  async function ask(): Promise<boolean> {
    const redis = (opened ??= open());
    return callRedis(redis, url, async () => {
      mustAsk ??= (await readDurability(redis, await redis.info())) === 'on-request';
      if (!mustAsk) return true;
      const replies = await redis.pipeline().set(key, '1').call('WAITAOF', 1, 0, LONGEST_WAIT_MILLIS).exec();
      const [error, answer] = replies?.[1] ?? [];
      if (error instanceof Error) throw error;
      return Array.isArray(answer) && answer[0] === 1;
    });
  }

  async function wait(): Promise<boolean> {
    try {
      const isOnDisk = await ask();
      if (!isOnDisk) log?.warn({ waitedMillis: LONGEST_WAIT_MILLIS }, 'Redis does not confirm its writes in time');
      return isOnDisk;
    } catch (error) {
      log?.warn({ err: error }, 'Redis could not confirm its writes');
      return false;
    } finally {
      current = undefined;
    }
  }

  /** A wait that has begun says nothing about later writes: those share the next one. */
  function awaitOnDisk(): Promise<boolean> {
    if (current === undefined) return (current = wait());
    following ??= current.then(() => {
      following = undefined;
      return awaitOnDisk();
    });
    return following;
  }

  return {
    awaitOnDisk,
    async close() {
      if (opened !== undefined) await closeConnection(opened);
    },
  };
}
