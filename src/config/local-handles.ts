// Freeze and protect as files in the state directory, beside those in the store: either saying yes is yes. A file that is
// there but can't be read means frozen. Reading is synchronous because the gate asks between two steps that must not part.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PurserError } from '../core/errors.js';
import { isSameId } from '../core/vm-id.js';
import { prepareStateDir } from './state-dir.js';

const FREEZE_FILE = 'freeze';
const PROTECT_FILE = 'protect';

/** The file's text; undefined: there is no such file. Throws where it is there and can't be read. */
function readHandle(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function listNames(text: string | undefined): readonly string[] {
  const lines = (text ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

/** What the planner and the workers ask. `isFrozenByEnvironment`: PURSER_FREEZE=1. */
export function openLocalHandles(stateDir: string, isFrozenByEnvironment: boolean) {
  const freezePath = join(stateDir, FREEZE_FILE);
  const protectPath = join(stateDir, PROTECT_FILE);
  return {
    readFrozenBy(): string | undefined {
      if (isFrozenByEnvironment) return 'PURSER_FREEZE=1';
      try {
        if (readHandle(freezePath) !== undefined) return `the file ${freezePath}`;
        readHandle(protectPath);
        return undefined;
      } catch (error) {
        return `a handle that can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'} in ${stateDir})`;
      }
    },
    readProtected(): readonly string[] {
      try {
        return listNames(readHandle(protectPath));
      } catch {
        // Nothing is deleted while it can't be read: readFrozenBy says so.
        return [];
      }
    },
  };
}

/** `change` makes the new text of the old; undefined: no file. Who reads meanwhile sees the one or the other, whole. */
function changeHandle(stateDir: string, name: string, change: (text: string) => string | undefined): void {
  const path = join(stateDir, name);
  try {
    prepareStateDir(stateDir);
    const text = change(readHandle(path) ?? '');
    if (text === undefined) return rmSync(path, { force: true });
    const draft = `${path}.${process.pid}.new`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    if (error instanceof PurserError) throw error;
    const said = (error as Error).message;
    throw new PurserError('state-dir-unfit', `The handle ${path} can't be written: ${said}`, { cause: error });
  }
}

/** Writes or removes the freeze file. */
export function writeLocalFreeze(stateDir: string, why: string | undefined): void {
  const text = why === undefined ? undefined : `# ${why === '' ? 'frozen by hand' : why}\nfrozen\n`;
  changeHandle(stateDir, FREEZE_FILE, () => text);
}

/** Adds a VM to the protect file, or takes it out. What else stands there, remarks too, stays. */
export function writeLocalProtect(stateDir: string, vm: string, isOn: boolean): void {
  changeHandle(stateDir, PROTECT_FILE, (text) => {
    const others = text.split('\n').filter((line) => !isSameId(line.trim(), vm) && line !== '');
    const lines = isOn ? [...others, vm] : others;
    return lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
  });
}
