// What the parts of the Redis store share: the connection, the keys, and how a command is run. No part opens its own.
import type { Redis } from 'ioredis';
import { callRedis } from './connection.js';
import { runScript, type Script } from './run-script.js';
import type { StoreKeys } from './store-keys.js';

export interface StoreContext {
  readonly redis: Redis;
  readonly url: string;
  readonly keys: StoreKeys;
}

/** Runs commands; a Redis that is gone becomes `redis-unreachable` after a bounded time. */
export function callStore<T>(context: StoreContext, run: (redis: Redis) => Promise<T>): Promise<T> {
  return callRedis(context.redis, context.url, () => run(context.redis));
}

export function callScript(
  context: StoreContext,
  script: Script,
  keys: readonly string[],
  parameters: readonly (string | number)[],
): Promise<unknown> {
  return callStore(context, (redis) => runScript(redis, script, keys, parameters));
}

/** The replies of a MULTI, or the first error among them. */
export function readReplies(replies: readonly (readonly [Error | null, unknown])[] | null): unknown[] {
  if (replies === null) throw new Error('Redis gave up a transaction');
  return replies.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply;
  });
}
