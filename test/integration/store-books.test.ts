import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/core/apply-commit.js';
import type { Books, Change } from '../../src/core/books.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import type { Lease, Store } from '../../src/ports/store.js';
import { changes, makeBooks, makeClaim, makeDeploy, makeEntry, makeIntent, NOW } from '../queue/books-samples.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let store: Store;
let installations = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  await redis.close();
});

function openStore(installation = `i${installations}`): Store {
  return createRedisStore({ url: redis.url, installation });
}
beforeEach(() => {
  installations += 1;
  store = openStore();
  return () => store.close();
});

async function hold(name = 'account:main'): Promise<Lease> {
  const lease = await store.acquireLease(name, 'test', 60_000);
  if (lease === undefined) throw new Error('the lease is held');
  return lease;
}

function sortBooks(books: Books): Books {
  return {
    ...books,
    claims: books.claims.toSorted((a, b) => (a.vmId < b.vmId ? -1 : 1)),
    intents: books.intents.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ...(books.meters === undefined ? {} : { meters: books.meters.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }),
  };
}

describe('the books in Redis', () => {
  it('change exactly as the pure model says, whatever the changes', async () => {
    const lease = await hold();
    await store.readBirth(NOW);
    let account = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(changes, { maxLength: 12 }), { maxLength: 4 }), async (commits) => {
        account += 1;
        const name = `account-${account}`;
        let model = makeBooks({ account: name });
        for (const list of commits) {
          const applied = applyChanges(model, list);
          const result = await store.commit(lease, { account: name, generation: 0, changes: list, ledger: [] });
          expect(result).toEqual({ refused: undefined, failed: applied.failed });
          model = applied.books;
        }
        expect(sortBooks(await store.readBooks(name))).toEqual(sortBooks(model));
      }),
      { numRuns: 300 },
    );
  });

  it('are born once, and an emptied store is born again, refusing what was planned before', async () => {
    expect((await store.readBooks('main')).bornAt).toBe(0);
    expect(await store.readBirth(NOW)).toEqual({ bornAt: NOW, fresh: true });
    expect(await store.readBirth(NOW + 5)).toEqual({ bornAt: NOW, fresh: false });
    expect((await store.readBooks('main')).bornAt).toBe(NOW);
    const lease = await hold();
    const direct = new Redis({ path: redis.redis.socket });
    await direct.flushall();
    await direct.quit();
    const commit = { account: 'main', generation: 0, changes: [], ledger: [] };
    expect((await store.commit(lease, commit)).refused).toBe('lease-lost');
    expect(await store.readBirth(NOW + 9)).toEqual({ bornAt: NOW + 9, fresh: true });
  });

  it('refuse a commit whole when its lease was lost, even if the holder does not know it', async () => {
    const sleeper = await store.acquireLease('account:main', 'sleeper', 1);
    let next: Lease | undefined;
    while (next === undefined) next = await store.acquireLease('account:main', 'next', 60_000);
    expect(next.token).toBeGreaterThan(sleeper!.token);
    const commit = {
      account: 'main',
      generation: 0,
      changes: [{ kind: 'claim', claim: makeClaim('0x1'), expect: 'absent' }] as const,
      ledger: [makeEntry(NOW)],
    };
    expect(await store.commit(sleeper!, commit)).toEqual({ refused: 'lease-lost', failed: [] });
    expect(await store.renewLease(sleeper!)).toBe(false);
    await store.releaseLease(sleeper!);
    expect((await store.readBooks('main')).claims).toEqual([]);
    expect(await store.readLedger('main', 0, NOW)).toEqual([]);
    expect(await store.commit(next, commit)).toEqual({ refused: undefined, failed: [] });
    expect(await store.renewLease(next)).toBe(true);
    await store.releaseLease(next);
    expect(await store.commit(next, commit)).toEqual({ refused: 'lease-lost', failed: [] });
  });

  it('refuse a commit of another generation than the published one', async () => {
    const lease = await hold();
    const record = {
      hash: 'h1',
      publishedAt: NOW,
      documents: [{ path: 'web.yaml', text: 'x' }],
      policies: {},
      by: 'test',
    };
    const published = await store.publishGeneration(record, 0);
    expect(published).toEqual({ ...record, number: 1 });
    expect(await store.publishGeneration(record, 0)).toEqual(published);
    expect(await store.publishGeneration({ ...record, hash: 'h2' }, 0)).toBeUndefined();
    expect(await store.readGeneration()).toEqual(published);
    const commit = { account: 'main', changes: [], ledger: [] };
    expect((await store.commit(lease, { ...commit, generation: 0 })).refused).toBe('generation-changed');
    expect((await store.commit(lease, { ...commit, generation: 1 })).refused).toBeUndefined();
  });

  it('give one of many at once the lease, and one of many the next generation', async () => {
    const stores = Array.from({ length: 8 }, () => openStore(`i${installations}`));
    const leases = await Promise.all(
      stores.map((one, index) => one.acquireLease('account:main', `holder-${index}`, 60_000)),
    );
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
    const records = await Promise.all(
      stores.map((one, index) =>
        one.publishGeneration({ hash: `h${index}`, publishedAt: NOW, documents: [], policies: {}, by: 'test' }, 0),
      ),
    );
    expect(records.filter((record) => record !== undefined)).toHaveLength(1);
    await Promise.all(stores.map((one) => one.close()));
  });

  it('take a commit of 25,000 claims while others are served, and give them back in seconds', async () => {
    const lease = await hold();
    const list: Change[] = Array.from({ length: 25_000 }, (_, index) => ({
      kind: 'claim',
      claim: makeClaim(`0x${index.toString(16).padStart(40, '0')}`),
      expect: 'absent',
    }));
    const ledger = list.map((_, index) => makeEntry(NOW + index));
    const other = openStore(`i${installations}`);
    await other.readNote('warm-up');
    let longestMillis = 0;
    let isDone = false;
    async function ask(): Promise<void> {
      while (!isDone) {
        const startedAt = performance.now();
        await other.readNote('any');
        longestMillis = Math.max(longestMillis, performance.now() - startedAt);
      }
    }
    const asking = ask();
    const result = await store.commit(lease, { account: 'main', generation: 0, changes: list, ledger });
    isDone = true;
    await asking;
    await other.close();
    expect(result).toEqual({ refused: undefined, failed: [] });
    expect(longestMillis).toBeLessThan(3_000);
    const books = await store.readBooks('main');
    expect(books.claims).toHaveLength(25_000);
    expect(books.claims[7]).toEqual(makeClaim(`0x${(7).toString(16).padStart(40, '0')}`));
    expect(await store.readLedger('main', NOW, NOW + 30_000)).toHaveLength(25_000);
  });

  it('keep the ledger in the order of its instants and find any stretch, though clocks go back', async () => {
    await store.appendLedger('main', [makeEntry(NOW + 100), makeEntry(NOW, { text: 'late' })]);
    await store.appendLedger('main', [makeEntry(NOW + 50, { money: 5n }), makeEntry(NOW + 200)]);
    const entries = await store.readLedger('main', NOW, NOW + 100);
    expect(entries.map((entry) => entry.at)).toEqual([NOW, NOW + 50, NOW + 100]);
    expect(entries[1]).toEqual(makeEntry(NOW + 50, { money: 5n }));
    expect(await store.readLedger('main', NOW + 201, NOW + 900)).toEqual([]);
    expect(await store.readLedger('other', 0, NOW + 900)).toEqual([]);
  });

  it('let a reader follow the ledger from its present end, each entry once and page by page', async () => {
    await store.appendLedger('main', [makeEntry(NOW)]);
    const start = await store.followLedger('main', undefined);
    expect(start.entries).toEqual([]);
    // All at one instant, and more than a page.
    const written = Array.from({ length: 4_500 }, (_, index) => makeEntry(NOW, { text: `entry ${index}` }));
    await store.appendLedger('main', written);
    const read: string[] = [];
    let { place } = start;
    for (let left = true; left;) {
      const page = await store.followLedger('main', place);
      read.push(...page.entries.map((entry) => entry.text));
      left = page.entries.length > 0;
      ({ place } = page);
    }
    expect(read).toEqual(written.map((entry) => entry.text));
    expect(await store.followLedger('other', undefined)).toEqual({ entries: [], place: '0-0' });
  });

  it('give each of many who ask at once its own intent, of its own account, and nothing for one that is not there', async () => {
    const lease = await hold();
    const ids = Array.from({ length: 1_200 }, (_, index) => `many-${index}`);
    const there = ids.filter((_, index) => index % 3 !== 0);
    const changes = there.map((id) => ({ kind: 'intent', intent: makeDeploy(id), expect: 'absent' }) as const);
    await store.commit(lease, { account: 'main', generation: 0, changes, ledger: [] });
    const asked = [...ids, ids[1]!];
    const read = asked.map((id) => store.readIntent('main', id));
    const elsewhere = store.readIntent('lab', ids[1]!);
    const expected = asked.map((id) => (there.includes(id) ? makeDeploy(id) : undefined));
    expect(await Promise.all(read)).toEqual(expected);
    expect(await elsewhere).toBeUndefined();
  });

  it('forget intents when told to', async () => {
    const lease = await hold();
    const commit = { account: 'main', generation: 0, ledger: [] };
    await store.commit(lease, {
      ...commit,
      changes: [{ kind: 'intent', intent: makeDeploy('k3f9x2'), expect: 'absent' }],
    });
    expect(await store.readIntent('main', 'k3f9x2')).toEqual(makeDeploy('k3f9x2'));
    await store.commit(lease, { ...commit, changes: [{ kind: 'forget-intent', id: 'k3f9x2' }] });
    expect(await store.readIntent('main', 'k3f9x2')).toBeUndefined();
    const again = { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' } as const;
    expect((await store.commit(lease, { ...commit, changes: [again] })).failed).toEqual([]);
  });
});
