// Writes files that a person asked for by name; what the system says against it becomes a sentence.
import { writeFileSync } from 'node:fs';
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
