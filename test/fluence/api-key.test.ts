// The key: read when needed, read again when it changes, never shown.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileKeyReader, createKeyHolder } from '../../src/fluence/api-key.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-key-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a key file', () => {
  it('is read again when it changed', () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'first-key\n');
    const keys = createKeyHolder('main', createFileKeyReader(path));
    expect(keys.current()).toBe('first-key');
    writeFileSync(path, 'second-key-longer\n');
    expect(keys.current()).toBe('second-key-longer');
  });

  it('that vanishes or is empty for a moment leaves the last good key in use', () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'first-key\n');
    const keys = createKeyHolder('main', createFileKeyReader(path));
    expect(keys.current()).toBe('first-key');
    writeFileSync(path, '');
    expect(keys.current()).toBe('first-key');
    rmSync(path);
    expect(keys.current()).toBe('first-key');
  });

  it('that is not there is told with its path and what to do', () => {
    const path = join(folder, 'nowhere');
    const keys = createKeyHolder('main', createFileKeyReader(path));
    expect(() => keys.current()).toThrow(/account main has no API key: .*nowhere.*FLUENCE_API_KEY/);
  });
});

describe('a key', () => {
  it('read asynchronously is there after a refresh', async () => {
    const keys = createKeyHolder('main', () => Promise.resolve('slow-key'));
    expect(() => keys.current()).toThrow(/not read yet/);
    await keys.refresh();
    expect(keys.current()).toBe('slow-key');
  });

  it.each(['', '   ', 'two words', 'line\nbreak', 'schlüssel'])('%j is no key, and is not shown', (text) => {
    const keys = createKeyHolder('main', () => text);
    let message = '';
    try {
      keys.current();
    } catch (error) {
      message = (error as Error).message;
      expect(error).toMatchObject({ code: 'api-key-missing', effect: 'none' });
    }
    expect(message).toContain('account main');
    if (text.trim() !== '') expect(message).not.toContain(text);
  });

  it('is taken out of every text, also after it was replaced and in its encoded form', () => {
    let key = 'old/key+1';
    const keys = createKeyHolder('main', () => key);
    keys.current();
    key = 'new-key-2';
    keys.current();
    expect(keys.scrub('a old/key+1 b old%2Fkey%2B1 c new-key-2 d')).toBe('a [API key] b [API key] c [API key] d');
  });
});
