// Writes files that a person asked for by name; what the system says against it becomes a sentence.
import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PurserError } from '../core/errors.js';

function refuse(path: string, error: unknown): PurserError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'its folder does not exist' : code === 'EISDIR' ? 'it is a folder' : code;
  return new PurserError('option-invalid', `${path} can't be written: ${why}.`, { cause: error });
}

/** Replaces what stands there. Throws `option-invalid`. */
export function writeNamedFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw refuse(path, error);
  }
}

/** Before long work whose result goes there. Throws `option-invalid` where its folder is missing or can't be written. */
export function requireWritableFolder(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw refuse(path, error);
  }
}

/** Leaves a file that is there alone; returns whether it was written. Throws `option-invalid`. */
export function writeAbsentFile(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw refuse(path, error);
  }
}
