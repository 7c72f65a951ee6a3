// Keys: from the environment or a private file, read again when the file changes, never repeated in a message.
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAccountKey } from '../../src/config/account-key.js';
import type { KeySource } from '../../src/config/load-config.js';
import { PurserError } from '../../src/core/errors.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-key-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function account(keySource: KeySource) {
  return { name: 'main', keySource };
}

function writeKey(text: string, mode = 0o600): string {
  const path = join(folder, 'api.key');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function refuse(keySource: KeySource, env: Record<string, string> = {}): string {
  try {
    readAccountKey(account(keySource), env);
  } catch (error) {
    expect(error).toBeInstanceOf(PurserError);
    expect((error as PurserError).code).toBe('api-key-missing');
    return (error as PurserError).message;
  }
  throw new Error('It was accepted.');
}

describe('a key in the environment', () => {
  it('is read from the variable that the account names, without blanks around it', () => {
    expect(readAccountKey(account({ kind: 'variable', variable: 'DAY_KEY' }), { DAY_KEY: ' abc\n' })).toBe('abc');
  });

  it('that is missing gives one sentence that says where keys come from', () => {
    const message = refuse({ kind: 'variable', variable: 'FLUENCE_API_KEY' });
    expect(message).toContain('FLUENCE_API_KEY is not set');
    expect(message).toContain('Fluence console');
  });

  it('that is no key is refused without being repeated', () => {
    const message = refuse({ kind: 'variable', variable: 'K' }, { K: 'two words' });
    expect(message).toContain('no key');
    expect(message).not.toContain('two words');
  });
});

describe('a key in a file', () => {
  it('is read again when the file changes', () => {
    const path = writeKey('first\n');
    expect(readAccountKey(account({ kind: 'file', path }))).toBe('first');
    writeKey('second\n');
    utimesSync(path, 1_000_000, 1_000_000);
    expect(readAccountKey(account({ kind: 'file', path }))).toBe('second');
  });

  it.each([0o644, 0o640, 0o604])('with mode %o is refused with the command that mends it', (mode) => {
    const path = writeKey('abc', mode);
    expect(refuse({ kind: 'file', path })).toContain(`run \`chmod 600 ${path}\``);
  });

  it('that is absent is named', () => {
    const path = join(folder, 'absent.key');
    expect(refuse({ kind: 'file', path })).toContain(`${path} of account "main" can't be read (ENOENT)`);
  });

  it('that is empty is refused', () => {
    expect(refuse({ kind: 'file', path: writeKey(' \n') })).toContain('holds no key');
  });
});
