import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeConnection, openConnection } from '../../src/queue/connection.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

it('a connection that is closed while it is made has lost nothing, and logs nothing', async () => {
  const logged: string[] = [];
  const note = (_fields: object, text: string) => void logged.push(text);
  const log = { debug: note, info: note, warn: note, error: note };
  for (const purpose of ['command', 'worker', 'subscriber'] as const) {
    const connection = openConnection(redis.url, purpose, log);
    const ended = new Promise((resolve) => connection.once('end', resolve));
    // Its socket stands, and its first question is being asked.
    await new Promise((resolve) => connection.once('connect', resolve));
    await closeConnection(connection);
    await ended;
  }
  expect(logged).toEqual([]);
});
