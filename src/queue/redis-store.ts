// The store port over Redis. Whatever two processes could do at once is one script; values are opaque to Redis, and only the
// fields that are compared have keys of their own. It decides nothing about VMs.
import type { Store } from '../ports/store.js';
import { closeConnection, openConnection, type Log } from './connection.js';
import { createBooksPart } from './store-books.js';
import { createCallPart } from './store-calls.js';
import { createHandlePart, createRecordPart, createStatusPart } from './store-documents.js';
import { buildStoreKeys } from './store-keys.js';
import { createLeasePart } from './store-leases.js';
import { createTalliesPart } from './store-tallies.js';
import { createTrafficPart } from './store-traffic.js';
import { createWriteGuard } from './write-guard.js';

export interface RedisStoreOptions {
  /** `redis://`, `rediss://`, `unix:///socket` or a socket's path. */
  readonly url: string;
  /** The two characters of purser.yaml; stores of different installations share a Redis without seeing each other. */
  readonly installation: string;
  readonly log?: Log;
}

/**
 * Opens the store; the connection is made in the background and kept up. Every method throws `redis-unreachable` after some
 * seconds without Redis, and works again once it is back. A command that was under way when the connection broke may have
 * taken effect: `commit` is then planned anew, `beginCall` and `finishCall` may simply be asked again.
 */
export function createRedisStore({ url, installation, log }: RedisStoreOptions): Store {
  const redis = openConnection(url, 'command', log);
  const keys = buildStoreKeys(installation);
  const context = { redis, url, keys };
  const guard = createWriteGuard({ url, key: keys.synced, ...(log === undefined ? {} : { log }) });
  return {
    ...createLeasePart(context),
    ...createBooksPart(context),
    ...createCallPart(context, guard),
    ...createHandlePart(context),
    ...createRecordPart(context),
    ...createStatusPart(context),
    ...createTrafficPart(context),
    ...createTalliesPart(context),
    async close() {
      await guard.close();
      await closeConnection(redis);
    },
  };
}
