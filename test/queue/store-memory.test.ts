import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStoreMemory } from '../../src/queue/store-memory.js';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'purser-test-'));
});
afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

const open = (installation = 'ab', folder = stateDir) => openStoreMemory({ stateDir: folder, installation });

describe('the memory of a store', () => {
  it('knows nothing at first, and makes no file before it learns something', () => {
    const memory = open();
    expect(memory.readGeneration()).toBeUndefined();
    expect(memory.knowsAccount('main')).toBe(false);
    expect(readdirSync(stateDir)).toEqual([]);
  });

  it('outlives the process that saw', () => {
    const memory = open();
    memory.noteGeneration({ number: 3, hash: 'c' });
    memory.noteAccount('main');
    memory.noteAccount('lab');
    const later = open();
    expect(later.readGeneration()).toEqual({ number: 3, hash: 'c' });
    expect(['main', 'lab', 'other'].map((account) => later.knowsAccount(account))).toEqual([true, true, false]);
  });

  it('keeps the newest generation, whoever saw it', () => {
    const [one, other] = [open(), open()];
    one.noteGeneration({ number: 3, hash: 'c' });
    other.noteGeneration({ number: 5, hash: 'e' });
    one.noteGeneration({ number: 4, hash: 'd' });
    for (const memory of [one, other, open()]) expect(memory.readGeneration()).toEqual({ number: 5, hash: 'e' });
  });

  it('says nothing about another installation that used the folder', () => {
    open('ab').noteGeneration({ number: 3, hash: 'c' });
    expect(open('cd').readGeneration()).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"installation":"ab","accounts":[1,"main"],"generation":{"number":"x"}}'])(
    'survives a file that holds %j',
    (text) => {
      writeFileSync(join(stateDir, 'store-memory.json'), text);
      const memory = open();
      expect(memory.readGeneration()).toBeUndefined();
      memory.noteGeneration({ number: 1, hash: 'a' });
      expect(open().readGeneration()).toEqual({ number: 1, hash: 'a' });
    },
  );

  it('keeps what it saw to itself where the folder takes no file', () => {
    const blocked = join(stateDir, 'file');
    writeFileSync(blocked, '');
    chmodSync(blocked, 0o400);
    const memory = open('ab', blocked);
    memory.noteGeneration({ number: 1, hash: 'a' });
    expect(memory.readGeneration()).toEqual({ number: 1, hash: 'a' });
  });
});
