import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalHandles, writeLocalFreeze, writeLocalProtect } from '../../src/config/local-handles.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-handles-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const open = (isFrozen = false) => openLocalHandles(folder, isFrozen);

/** A folder in a file's place can be opened by nobody, root included. */
function makeUnreadable(name: string): void {
  mkdirSync(join(folder, name));
}

describe('the freeze file', () => {
  it('freezes while it is there, whatever it holds', () => {
    const handles = open();
    expect(handles.readFrozenBy()).toBeUndefined();
    for (const text of ['', 'no', '# only a remark\n']) {
      writeFileSync(join(folder, 'freeze'), text);
      expect(handles.readFrozenBy()).toBe(`the file ${join(folder, 'freeze')}`);
    }
    rmSync(join(folder, 'freeze'));
    expect(handles.readFrozenBy()).toBeUndefined();
  });

  it('is written with why, readable by its owner alone, and taken away again', () => {
    writeLocalFreeze(folder, 'an audit');
    expect(readFileSync(join(folder, 'freeze'), 'utf8')).toContain('an audit');
    expect(statSync(join(folder, 'freeze')).mode & 0o777).toBe(0o600);
    expect(open().readFrozenBy()).toContain('freeze');
    writeLocalFreeze(folder, undefined);
    writeLocalFreeze(folder, undefined);
    expect(open().readFrozenBy()).toBeUndefined();
  });

  it('freezes where it is written without a reason, too', () => {
    writeLocalFreeze(folder, '');
    expect(open().readFrozenBy()).toBeDefined();
  });

  it('is written into a state directory that did not exist', () => {
    rmSync(folder, { recursive: true });
    writeLocalFreeze(folder, 'now');
    expect(open().readFrozenBy()).toBeDefined();
  });
});

describe('PURSER_FREEZE', () => {
  it('freezes without any file, and no file takes it back', () => {
    expect(open(true).readFrozenBy()).toBe('PURSER_FREEZE=1');
    writeLocalFreeze(folder, undefined);
    expect(open(true).readFrozenBy()).toBe('PURSER_FREEZE=1');
  });
});

describe('a handle that cannot be read', () => {
  it.each(['freeze', 'protect'])('means frozen, and says where: %s', (name) => {
    makeUnreadable(name);
    expect(open().readFrozenBy()).toBe(`a handle that can't be read (EISDIR in ${folder})`);
    expect(open().readProtected()).toEqual([]);
  });

  it('means frozen where the state directory itself is a file', () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    expect(open().readFrozenBy()).toContain("can't be read");
  });

  it('is no freeze where the state directory does not exist yet', () => {
    rmSync(folder, { recursive: true });
    expect(open().readFrozenBy()).toBeUndefined();
    expect(open().readProtected()).toEqual([]);
  });
});

describe('the protect file', () => {
  it('names VMs by id or name, one a line; blank lines and remarks name none', () => {
    writeFileSync(join(folder, 'protect'), '# keep these\n0xabc\n\n  web-a1k3f2x02  \r\n#0xdef\n');
    expect(open().readProtected()).toEqual(['0xabc', 'web-a1k3f2x02']);
    expect(open().readFrozenBy()).toBeUndefined();
  });

  it('is read anew each time', () => {
    const handles = open();
    expect(handles.readProtected()).toEqual([]);
    writeLocalProtect(folder, '0xabc', true);
    expect(handles.readProtected()).toEqual(['0xabc']);
  });

  it('takes a VM once and lets the others stand', () => {
    for (const vm of ['0xabc', '0xdef', '0xabc']) writeLocalProtect(folder, vm, true);
    expect(open().readProtected()).toEqual(['0xdef', '0xabc']);
    writeLocalProtect(folder, '0xdef', false);
    writeLocalProtect(folder, 'never-there', false);
    expect(open().readProtected()).toEqual(['0xabc']);
  });

  it('ends for an id that a person spells in other letters', () => {
    writeLocalProtect(folder, '0xABC', true);
    writeLocalProtect(folder, '0xabc', false);
    expect(open().readProtected()).toEqual([]);
  });

  it('goes with its last VM', () => {
    writeLocalProtect(folder, '0xabc', true);
    writeLocalProtect(folder, '0xabc', false);
    expect(existsSync(join(folder, 'protect'))).toBe(false);
  });

  it('keeps the remarks that a person wrote into it', () => {
    writeFileSync(join(folder, 'protect'), '# the ledger server, ask Ada\n0xabc\n');
    writeLocalProtect(folder, '0xdef', true);
    expect(readFileSync(join(folder, 'protect'), 'utf8')).toBe('# the ledger server, ask Ada\n0xabc\n0xdef\n');
  });
});

describe('writing a handle', () => {
  it('says which file it could not write', () => {
    makeUnreadable('freeze');
    expect(() => writeLocalFreeze(folder, 'why')).toThrow(join(folder, 'freeze'));
    makeUnreadable('protect');
    expect(() => writeLocalProtect(folder, '0xabc', true)).toThrow(join(folder, 'protect'));
  });

  it('leaves the state directory to its owner', () => {
    rmSync(folder, { recursive: true });
    writeLocalProtect(folder, '0xabc', true);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    chmodSync(folder, 0o700);
  });
});
