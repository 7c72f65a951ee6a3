import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSecret } from '../../src/config/read-secret.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'purser-secret-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('a secret', () => {
  it('comes from a variable', () => {
    expect(readSecret({ env: 'TOKEN' }, { TOKEN: ' hunter2' })).toBe(' hunter2');
    expect(() => readSecret({ env: 'TOKEN' }, { TOKEN: '' })).toThrow('TOKEN is not set where this worker runs');
  });

  it('comes from a file that only its user can read, anew when that changed', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'one\n', { mode: 0o600 });
    expect(readSecret({ file })).toBe('one');
    writeFileSync(file, 'another\n');
    expect(readSecret({ file })).toBe('another');
    chmodSync(file, 0o644);
    expect(() => readSecret({ file })).toThrow(`chmod 600 ${file}`);
  });

  it('is told as missing by its source alone', () => {
    const file = join(folder, 'none');
    expect(() => readSecret({ file })).toThrow("can't be read (ENOENT)");
    writeFileSync(file, '', { mode: 0o600 });
    expect(() => readSecret({ file })).toThrow('is empty');
  });
});
