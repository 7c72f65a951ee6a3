import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/core/types.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import type { Store } from '../../src/ports/store.js';
import { NOW } from '../queue/books-samples.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let store: Store;
let installations = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  await redis.close();
});
beforeEach(() => {
  installations += 1;
  store = createRedisStore({ url: redis.url, installation: `i${installations}` });
  return () => store.close();
});

function makeEvidence(vmId: string, to: number): Evidence {
  return { policy: 'reap-ci', vmId, runs: [{ answer: 'yes', from: to - 1000, to, samples: 2, text: '/busy = false' }] };
}

describe('the handles', () => {
  it('freeze the installation, and protect and approve by account', async () => {
    await store.setFreeze({ since: NOW, why: 'holidays' });
    await store.setProtected('main', '0x2', true);
    await store.setProtected('main', '0x1', true);
    await store.setProtected('main', '0x2', false);
    const lapsed = { hash: 'plan-1', policy: 'reap-ci', at: NOW, until: NOW + 10 };
    const present = { hash: 'plan-2', policy: 'reap-ci', at: NOW + 20, until: NOW + 90 };
    await store.addApproval('main', lapsed);
    await store.addApproval('main', present);
    const handles = { freeze: { since: NOW, why: 'holidays' }, protect: ['0x1'], approvals: [present] };
    expect(await store.readHandles('main')).toEqual(handles);
    expect((await store.readBooks('main')).handles).toEqual(handles);
    await store.setFreeze(undefined);
    expect(await store.readHandles('other')).toEqual({ freeze: undefined, protect: [], approvals: [] });
  });
});

describe('the evidence', () => {
  it('is replaced by policy and VM, and dropped a day after its last sample', async () => {
    const hour = 3_600_000;
    await store.writeEvidence('main', [makeEvidence('0x1', NOW), makeEvidence('0x2', NOW)]);
    await store.writeEvidence('main', [makeEvidence('0x2', NOW + 23 * hour)]);
    const kept = (await store.readBooks('main')).evidence.toSorted((a, b) => (a.vmId < b.vmId ? -1 : 1));
    expect(kept).toEqual([makeEvidence('0x1', NOW), makeEvidence('0x2', NOW + 23 * hour)]);
    await store.writeEvidence('main', [makeEvidence('0x3', NOW + 25 * hour)]);
    expect((await store.readBooks('main')).evidence.map((one) => one.vmId).toSorted()).toEqual(['0x2', '0x3']);
  });
});

describe('documents for status', () => {
  it('are found by prefix and lapse when they were written to', async () => {
    await store.writeNote('plan:main', '{}');
    await store.writeNote('worker:b', 'alive', 60_000);
    await store.writeNote('worker:a', 'dying', 1);
    await eventually('the note lapsed', async () => (await store.readNote('worker:a')) === undefined);
    expect(await store.listNotes('worker:')).toEqual([{ key: 'worker:b', text: 'alive' }]);
    await store.writeNote('worker:b', 'for ever');
    expect(await store.listNotes('')).toEqual([
      { key: 'plan:main', text: '{}' },
      { key: 'worker:b', text: 'for ever' },
    ]);
    expect(await store.readNote('absent')).toBeUndefined();
  });
});
