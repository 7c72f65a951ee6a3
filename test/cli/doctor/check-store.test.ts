import { expect, it } from 'vitest';
import { judgeRedis } from '../../../src/cli/doctor/check-store.js';
import type { RedisFacts } from '../../../src/compose/tools.js';

const fit: RedisFacts = {
  address: '127.0.0.1:6379',
  reachable: true,
  problem: undefined,
  version: '7.4.1',
  maxmemoryPolicy: 'noeviction',
  appendonly: true,
  durability: 'on-request',
  usedBytes: 1,
};

it('is content with a Redis that loses nothing', () => {
  expect(judgeRedis(fit)).toMatchObject([{ state: 'ok' }]);
});

it('says the mend of each setting that could lose the books', () => {
  const unfit = judgeRedis({ ...fit, appendonly: false, maxmemoryPolicy: 'allkeys-lru', durability: 'never' });
  expect(unfit).toMatchObject([
    { check: 'redis log', state: 'problem', mend: expect.stringContaining('CONFIG SET appendonly yes') },
    {
      check: 'redis memory',
      state: 'problem',
      text: expect.stringContaining('allkeys-lru'),
      mend: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
    },
  ]);
});

it('only notes what a hosted Redis does not tell, or what a power cut could lose', () => {
  const silent = judgeRedis({ ...fit, maxmemoryPolicy: undefined, appendonly: undefined });
  expect(silent).toMatchObject([{ state: 'ok', text: expect.stringContaining('not told') }]);
  expect(judgeRedis({ ...fit, durability: 'late' })).toMatchObject([
    { state: 'note', mend: expect.stringContaining('appendfsync always') },
  ]);
});

it('says that it could not be reached', () => {
  expect(judgeRedis({ ...fit, reachable: false, problem: 'It is down.' })).toMatchObject([
    { state: 'problem', text: 'It is down.' },
  ]);
});
