// The store's birth mark, leases and generations.
import { decodeJson, encodeJson } from '../core/json.js';
import type { GenerationRecord, Store } from '../ports/store.js';
import { acquireLeaseScript, publishGenerationScript, releaseLeaseScript, renewLeaseScript } from './scripts/lease.js';
import { callScript, callStore, readReplies, type StoreContext } from './store-context.js';

type LeasePart = Pick<
  Store,
  'readBirth' | 'acquireLease' | 'renewLease' | 'releaseLease' | 'readGeneration' | 'publishGeneration'
>;

export function createLeasePart(context: StoreContext): LeasePart {
  const { keys } = context;
  return {
    async readBirth(now) {
      const replies = await callStore(context, (redis) =>
        redis.multi().set(keys.birth, String(now), 'NX').get(keys.birth).exec(),
      );
      const [written, bornAt] = readReplies(replies);
      return { bornAt: Number(bornAt), fresh: written === 'OK' };
    },

    async acquireLease(name, holder, ttlMillis) {
      const token = await callScript(
        context,
        acquireLeaseScript,
        [keys.lease(name), keys.fence(name)],
        [holder, ttlMillis],
      );
      return typeof token === 'string' ? { name, token: Number(token), ttlMillis } : undefined;
    },
    async renewLease(lease) {
      return (
        (await callScript(context, renewLeaseScript, [keys.lease(lease.name)], [lease.token, lease.ttlMillis])) === 1
      );
    },
    async releaseLease(lease) {
      await callScript(context, releaseLeaseScript, [keys.lease(lease.name)], [lease.token]);
    },

    async readGeneration() {
      const record = await callStore(context, (redis) => redis.hget(keys.generation, 'record'));
      return record === null ? undefined : (decodeJson(record) as GenerationRecord);
    },
    async publishGeneration(record, over, above = 0) {
      const number = Math.max(over, above) + 1;
      const published: GenerationRecord = { ...record, number };
      const answer = await callScript(
        context,
        publishGenerationScript,
        [keys.generation],
        [over, number, encodeJson(published)],
      );
      return answer === 1 ? published : undefined;
    },
  };
}
