import { expect, test } from 'vitest';
import { createApiWatch, readTrouble, readTroubleNote } from '../../src/scheduler/api-watch.js';
import { PurserError } from '../../src/core/errors.js';
import { NOON } from '../core/samples.js';
import { createMemoryEngine } from './memory-engine.js';

const MINUTE = 60_000;
const MAIN = { name: 'main', tickMillis: MINUTE };
const AWAY = { code: 'api-unreachable', text: 'could not list the VMs of account main: connect ECONNREFUSED' };
const REFUSED = { code: 'api-key-refused', text: 'could not list the VMs of account main: the API answered 401' };

function watch() {
  const engine = createMemoryEngine();
  const said: string[] = [];
  return { engine, said, api: createApiWatch({ ...engine, tell: (text) => void said.push(text) }) };
}

test('an API that goes away is told once with since when, and once more when it is back', async () => {
  const { engine, said, api } = watch();
  await api.note(MAIN, undefined);
  for (let look = 0; look < 30; look += 1) {
    await api.note(MAIN, AWAY);
    engine.clock.step(MINUTE);
  }
  await api.note(MAIN, undefined);
  await api.note(MAIN, undefined);
  expect(said).toEqual([
    `The API of main is away since 12:00Z: ${AWAY.text}. Nothing is bought or deleted until it is back.`,
    'The API of main is back, after 30m.',
  ]);
});

test('a clock that went back meanwhile gives no length of the outage', async () => {
  const { engine, said, api } = watch();
  await api.note(MAIN, AWAY);
  engine.clock.jump(-MINUTE);
  await api.note(MAIN, undefined);
  expect(said.at(-1)).toBe('The API of main is back.');
});

test('a key that does not work is told again every ten minutes, until it does', async () => {
  const { engine, said, api } = watch();
  for (let look = 0; look < 25; look += 1) {
    await api.note(MAIN, REFUSED);
    engine.clock.step(MINUTE);
  }
  expect(said).toHaveLength(3);
  expect(said[2]).toMatch(/^The API key of main does not work since 12:00Z: .* 401\. Nothing is bought or deleted/);
  expect(said[2]).toContain("Make a key in the Fluence console and put it where this account's key is read");
});

test('status is left a note with the first and the latest look that failed, and none once a look succeeds', async () => {
  const { engine, api } = watch();
  await api.note(MAIN, AWAY);
  engine.clock.step(MINUTE);
  await api.note(MAIN, AWAY);
  expect(await readTroubleNote(engine.store, 'main')).toEqual({ ...AWAY, since: NOON, at: NOON + MINUTE });
  await api.note(MAIN, undefined);
  expect(await readTroubleNote(engine.store, 'main')).toBeUndefined();
});

test('processes that look in turn tell the same outage, and a new one as new', async () => {
  const { engine, said, api } = watch();
  const other = createApiWatch({ ...engine, tell: (text) => void said.push(`other: ${text}`) });
  await api.note(MAIN, AWAY);
  engine.clock.step(MINUTE);
  await other.note(MAIN, AWAY);
  expect(await readTroubleNote(engine.store, 'main')).toMatchObject({ since: NOON });
  await other.note(MAIN, undefined);
  engine.clock.step(MINUTE);
  await api.note(MAIN, AWAY);
  expect(await readTroubleNote(engine.store, 'main')).toMatchObject({ since: NOON + 2 * MINUTE });
  expect(said).toHaveLength(4);
  expect(said[1]).toMatch(/^other: The API of main is away since 12:00Z/);
  expect(said[3]).toMatch(/^The API of main is away since 12:02Z/);
});

test('what is wrong with the store is no trouble of the API', () => {
  expect(readTrouble(new PurserError('redis-unreachable', 'away'))).toBeUndefined();
  expect(readTrouble(new Error('api-unreachable'))).toBeUndefined();
  expect(readTrouble(new PurserError('api-unreachable', 'away'))).toEqual({ code: 'api-unreachable', text: 'away' });
});
