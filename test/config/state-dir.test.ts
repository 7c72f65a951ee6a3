import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeLocalFreeze } from '../../src/config/local-handles.js';
import { findStateDirProblem, prepareStateDir } from '../../src/config/state-dir.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-state-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a state directory', () => {
  it('is made with all that leads to it, for its owner alone', () => {
    const path = join(folder, 'a', 'b', 'c');
    expect(findStateDirProblem(path)).toBeUndefined();
    prepareStateDir(path);
    prepareStateDir(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('below a folder that takes none is refused, instead of tried for ever', () => {
    const refused: unknown = expect.objectContaining({ code: 'state-dir-unfit' });
    expect(() => prepareStateDir('/proc/x/y')).toThrow(refused);
    expect(() => writeLocalFreeze('/proc/x', 'why')).toThrow(refused);
  });

  it('that is a file, or lies below one, is refused with that', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    for (const wanted of [path, join(path, 'below')]) {
      expect(findStateDirProblem(wanted)).toBe(`${path} is no folder`);
      expect(() => prepareStateDir(wanted)).toThrow(
        `The state directory ${wanted} can't be used: ${path} is no folder.`,
      );
    }
  });
});
