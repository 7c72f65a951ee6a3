import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '../../src/core/books.js';
import type { ChargeRecord, Meter } from '../../src/core/charge-records.js';
import { DAY_MILLIS } from '../../src/core/money.js';
import { POLICY_TALLY_DAYS, tallyByPolicy, tallyByVm, VM_TALLY_DAYS } from '../../src/core/tallies.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import { buildPrefix } from '../../src/queue/store-keys.js';
import type { Lease, Store } from '../../src/ports/store.js';
import { chargeRecords, makeEntry, NOW } from '../queue/books-samples.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let direct: Redis;
let store: Store;
let lease: Lease;
let installations = 0;

beforeAll(async () => {
  redis = await openTestRedis();
  direct = new Redis({ path: redis.redis.socket });
});
afterAll(async () => {
  await direct.quit();
  await redis.close();
});
beforeEach(async () => {
  installations += 1;
  store = createRedisStore({ url: redis.url, installation: `t${installations}` });
  lease = (await store.acquireLease('account:main', 'test', 60_000))!;
  return () => store.close();
});

let moves = 0;
function move(charges: readonly ChargeRecord[], id = `0x${(moves += 1)}`, expected?: Meter): Change {
  const meter = { id, kind: 'vm', paidUntil: NOW + moves, spent: undefined, absentSince: undefined } as const;
  return { kind: 'meter', id, meter, expect: expected, charges };
}

function charge(over: Partial<ChargeRecord> = {}): ChargeRecord {
  return { at: NOW, account: 'main', policy: 'web', vmId: '1', vmName: 'w', amount: 306_980n, use: 'wanted', ...over };
}

const commit = (account: string, changes: readonly Change[]) =>
  store.commit(lease, { account, generation: 0, changes, ledger: [] });

describe('the tallies in Redis', () => {
  it('are the sums of all that was charged, by policy in any span of quarter-hours and by VM in days', async () => {
    let account = 0;
    const instants = fc.integer({ min: NOW - 2 * DAY_MILLIS, max: NOW + 4 * DAY_MILLIS });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(chargeRecords, { maxLength: 5 }), { maxLength: 5 }),
        fc.array(fc.tuple(instants, instants), { minLength: 1, maxLength: 4 }),
        async (commits, spans) => {
          account += 1;
          const name = `account-${account}`;
          for (const records of commits) await commit(name, [move(records)]);
          for (const [one, other] of spans) {
            const [from, to] = [Math.min(one, other), Math.max(one, other)];
            const all = commits.flat();
            // A sum of nothing is a row to Redis and none to a sum of records, or the other way round: nobody minds.
            const paid = <T extends { readonly amount: bigint }>(rows: readonly T[]) =>
              rows.filter(({ amount }) => amount > 0n);
            expect(paid(await store.readPolicyTallies(name, from, to))).toEqual(paid(tallyByPolicy(all, from, to)));
            if (from === to) continue;
            expect(paid(await store.readVmTallies(name, from, to))).toEqual(paid(tallyByVm(all, from, to)));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('count a charge once, however often its commit is made', async () => {
    const once = move([charge()]);
    expect((await commit('main', [once])).failed).toEqual([]);
    expect((await commit('main', [once])).failed).toEqual([once]);
    const sums = await store.readPolicyTallies('main', NOW - DAY_MILLIS, NOW + DAY_MILLIS);
    expect(sums.map(({ amount }) => amount)).toEqual([306_980n]);
    expect((await store.readBooks('main')).meters).toEqual([once.kind === 'meter' ? once.meter : undefined]);
  });

  it('count nothing of a commit that was refused', async () => {
    await store.releaseLease(lease);
    expect((await commit('main', [move([charge()])])).refused).toBe('lease-lost');
    expect(await store.readVmTallies('main', NOW, NOW + 1)).toEqual([]);
  });

  it('outlive the lines of the ledger, which are trimmed', async () => {
    await store.appendLedger('main', [makeEntry(NOW, { event: 'charged', money: 306_980n })]);
    await commit('main', [move([charge()])]);
    const ledger = `${buildPrefix(`t${installations}`)}account:main:ledger`;
    await direct.xtrim(ledger, 'MAXLEN', 0);
    expect(await store.readLedger('main', 0, NOW)).toEqual([]);
    expect(await store.readPolicyTallies('main', NOW, NOW + 1)).toHaveLength(1);
  });

  it('lapse by themselves, not before they may', async () => {
    await commit('main', [move([charge()])]);
    const keys = await direct.keys(`${buildPrefix(`t${installations}`)}account:main:tallies:*`);
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      const days = (await direct.ttl(key)) / 86_400;
      const atLeast = key.includes(':vms:') ? VM_TALLY_DAYS : POLICY_TALLY_DAYS;
      expect(days).toBeGreaterThan(atLeast);
      expect(days).toBeLessThan(atLeast + 33);
    }
  });

  it('bear a sum that is no money without leaving a commit half done', async () => {
    const charges = [charge({ amount: 2n ** 62n }), charge({ amount: 2n ** 62n }), charge({ policy: 'ci' })];
    expect(await commit('main', [move(charges)])).toEqual({ refused: undefined, failed: [] });
    const sums = await store.readPolicyTallies('main', NOW, NOW + 1);
    expect(sums.find(({ policy }) => policy === 'ci')?.amount).toBe(306_980n);
  });

  it('of a month are read with a handful of small hashes, whatever the number of VMs', async () => {
    const first = Date.UTC(2026, 10, 1);
    for (let day = 0; day < 30; day += 1) {
      const at = first + day * DAY_MILLIS;
      await commit(
        'main',
        Array.from({ length: 1_000 }, (_, vm) =>
          move([charge({ at: at + vm * 60_000, vmId: `vm-${vm}`, vmName: `w-${vm}` })]),
        ),
      );
    }
    const before = await countCommands();
    const sums = await store.readPolicyTallies('main', first + 15 * 60_000, first + 30 * DAY_MILLIS);
    const { commands, bytes } = await countCommands(before);
    expect(sums.reduce((sum, { amount }) => sum + amount, 0n)).toBe((30_000n - 15n) * 306_980n);
    expect(commands).toBeLessThan(10);
    expect(bytes).toBeLessThan(20_000);
  });
});

async function countCommands(since = { commands: 0, bytes: 0 }): Promise<{ commands: number; bytes: number }> {
  const stats = await direct.info('stats');
  const read = (name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(stats)?.[1]);
  return {
    commands: read('total_commands_processed') - since.commands,
    bytes: read('total_net_output_bytes') - since.bytes,
  };
}
