import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/core/books.js';
import type { Store } from '../../src/ports/store.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import { followLedger, type LedgerFollower } from '../../src/scheduler/ledger-follower.js';
import { makeEntry, NOW } from '../queue/books-samples.js';
import { createMemoryEngine } from '../scheduler/memory-engine.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let store: Store;
let follower: LedgerFollower | undefined;
let installations = 0;
let heard: string[];

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  await redis.close();
});
beforeEach(() => {
  installations += 1;
  heard = [];
  store = createRedisStore({ url: redis.url, installation: `l${installations}` });
});
afterEach(async () => {
  await follower?.stop();
  follower = undefined;
  await store.close();
});

async function follow(over: Partial<Store> = {}): Promise<LedgerFollower> {
  const { accounts } = createMemoryEngine();
  const both = new Map([
    ['main', accounts.get('main')!],
    ['second', accounts.get('main')!],
  ]);
  const engine = { store: { ...store, ...over }, accounts: both };
  follower = await followLedger(engine, (entry) => heard.push(`${entry.account} ${entry.text}`));
  return follower;
}

function entries(texts: readonly string[], at = NOW, account = 'main'): readonly LedgerEntry[] {
  return texts.map((text) => makeEntry(at, { account, text }));
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index));

describe('following the ledger', () => {
  it('tells nothing of what was written before, and all that comes afterwards, in its order', async () => {
    await store.appendLedger('main', entries(['before'], NOW + 1_000));
    const ledger = await follow();
    await store.appendLedger('main', entries(['one', 'two']));
    await ledger.catchUp();
    await store.appendLedger('main', entries(['three']));
    await ledger.catchUp();
    await ledger.catchUp();
    expect(heard).toEqual(['main one', 'main two', 'main three']);
  });

  it('tells equal entries of one instant each, and none twice', async () => {
    const ledger = await follow();
    await store.appendLedger('main', entries(['same', 'same']));
    await ledger.catchUp();
    await store.appendLedger('main', entries(['same']));
    await ledger.catchUp();
    await ledger.catchUp();
    expect(heard).toEqual(['main same', 'main same', 'main same']);
  });

  it('tells what is written later with an earlier instant, as after a step of the clock', async () => {
    const ledger = await follow();
    await store.appendLedger('main', entries(['noon']));
    await ledger.catchUp();
    await store.appendLedger('main', entries(['an hour before'], NOW - 3_600_000));
    await ledger.catchUp();
    expect(heard).toEqual(['main noon', 'main an hour before']);
  });

  it('tells every account', async () => {
    const ledger = await follow();
    await store.appendLedger('second', entries(['there'], NOW, 'second'));
    await store.appendLedger('main', entries(['here']));
    await ledger.catchUp();
    expect(heard.sort()).toEqual(['main here', 'second there']);
  });

  it('loses nothing of what does not fit into one page', async () => {
    const ledger = await follow();
    await store.appendLedger('main', entries(numbers(2_500)));
    await ledger.catchUp();
    expect(heard).toEqual(numbers(2_500).map((text) => `main ${text}`));
  });

  it('loses nothing and doubles nothing while others write, however often it is asked', async () => {
    const ledger = await follow();
    const write = async (from: number): Promise<void> => {
      for (const text of numbers(60, from)) await store.appendLedger('main', entries([text]));
    };
    const writing = Promise.all([write(0), write(100), write(200)]);
    const asking = Promise.all(numbers(50).map(() => ledger.catchUp()));
    await Promise.all([writing, asking]);
    await ledger.stop();
    const wanted = [...numbers(60), ...numbers(60, 100), ...numbers(60, 200)].map((text) => `main ${text}`);
    expect(heard.toSorted()).toEqual(wanted.toSorted());
  });

  it('looks by itself, and a last time when it is stopped', async () => {
    const ledger = await follow();
    await store.appendLedger('main', entries(['by itself']));
    await eventually('it was told', () => heard.length === 1);
    await store.appendLedger('main', entries(['at the end']));
    await ledger.stop();
    expect(heard).toEqual(['main by itself', 'main at the end']);
    await store.appendLedger('main', entries(['afterwards']));
    expect(heard).toHaveLength(2);
  });

  it('goes on where it was when the store was away', async () => {
    let isAway = false;
    const ledger = await follow({
      followLedger: (account, place) =>
        isAway ? Promise.reject(new Error('Redis is away')) : store.followLedger(account, place),
    });
    isAway = true;
    await store.appendLedger('main', entries(['meanwhile']));
    await ledger.catchUp();
    expect(heard).toEqual([]);
    isAway = false;
    await ledger.catchUp();
    expect(heard).toEqual(['main meanwhile']);
  });
});
