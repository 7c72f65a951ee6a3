// Freeze and protect as files in the state directory, beside those in the store: either saying yes is yes. A file that is
// there but can't be read means frozen. Reading is synchronous because the gate asks between two steps that must not part.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PurserError } from '../core/errors.js';

const FREEZE_FILE = 'freeze';
const PROTECT_FILE = 'protect';

function readLines(path: string): readonly string[] | undefined {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the planner and the workers ask. `isFrozenByEnvironment`: PURSER_FREEZE=1. */
export function openLocalHandles(stateDir: string, isFrozenByEnvironment: boolean) {
  const freezePath = join(stateDir, FREEZE_FILE);
  const protectPath = join(stateDir, PROTECT_FILE);
  return {
    readFrozenBy(): string | undefined {
      if (isFrozenByEnvironment) return 'PURSER_FREEZE=1';
      try {
        if (readLines(freezePath) !== undefined) return `the file ${freezePath}`;
        readLines(protectPath);
        return undefined;
      } catch (error) {
        return `a handle that can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'} in ${stateDir})`;
      }
    },
    readProtected(): readonly string[] {
      try {
        return readLines(protectPath) ?? [];
      } catch {
        // Nothing is deleted while it can't be read: readFrozenBy says so.
        return [];
      }
    },
  };
}

function writeHandle(path: string, text: string | undefined): void {
  try {
    if (text === undefined) rmSync(path, { force: true });
    else writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    const said = (error as Error).message;
    throw new PurserError('internal', `The handle ${path} can't be written: ${said}`, { cause: error });
  }
}

/** Writes or removes the freeze file. */
export function writeLocalFreeze(stateDir: string, why: string | undefined): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeHandle(
    join(stateDir, FREEZE_FILE),
    why === undefined ? undefined : `# ${why === '' ? 'frozen by hand' : why}\nfrozen\n`,
  );
}

/** Adds a VM to the protect file, or takes it out. */
export function writeLocalProtect(stateDir: string, vm: string, isOn: boolean): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = join(stateDir, PROTECT_FILE);
  const others = (readLines(path) ?? []).filter((line) => line !== vm);
  const lines = isOn ? [...others, vm] : others;
  writeHandle(path, lines.length === 0 ? undefined : `${lines.join('\n')}\n`);
}
