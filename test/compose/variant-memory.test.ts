// What the store's notes keep of a marketplace's variant, for which address, and that a store which is away spoils nothing.
import { describe, expect, it } from 'vitest';
import { createVariantMemory } from '../../src/compose/variant-memory.js';
import { PurserError } from '../../src/core/errors.js';

const log = { debug: () => undefined };
const account = { name: 'main', url: 'http://127.0.0.1:1' };

function keepNotes() {
  const notes = new Map<string, string>();
  return {
    notes,
    readNote: (key: string) => Promise.resolve(notes.get(key)),
    writeNote: (key: string, text: string) => Promise.resolve(void notes.set(key, text)),
  };
}

describe('the memory of a variant', () => {
  it('is shared by all processes of one store, each account apart', async () => {
    const store = keepNotes();
    await createVariantMemory(store, account, log).write('oldest');
    expect(await createVariantMemory(store, account, log).read()).toBe('oldest');
    expect(await createVariantMemory(store, { ...account, name: 'other' }, log).read()).toBeUndefined();
  });

  it('does not follow the account to another address', async () => {
    const store = keepNotes();
    await createVariantMemory(store, account, log).write('v2');
    expect(await createVariantMemory(store, { ...account, url: 'http://127.0.0.1:2' }, log).read()).toBeUndefined();
  });

  it.each(['', '{', 'null', '3', '{"url":"http://127.0.0.1:1"}', '{"url":"http://127.0.0.1:1","variant":"v9"}'])(
    'is empty where the note says %j',
    async (text) => {
      const store = keepNotes();
      store.notes.set('variant:main', text);
      expect(await createVariantMemory(store, account, log).read()).toBeUndefined();
    },
  );

  it('is empty, and keeps nothing, while the store is away', async () => {
    const away = () => Promise.reject(new PurserError('redis-unreachable', 'Redis is away.'));
    const memory = createVariantMemory({ readNote: away, writeNote: away }, account, log);
    await memory.write('v2');
    expect(await memory.read()).toBeUndefined();
  });
});
