// Reads what stands for a place in a cloud-init text, at the moment of the call. The value must go nowhere but into that call.
import type { SecretSource } from '../core/cloud-init.js';
import { PurserError } from '../core/errors.js';
import { readPrivateFile } from './private-file.js';

/** Throws `secret-missing` with a sentence that names the source and never the value. */
export function readSecret(
  source: SecretSource,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if ('env' in source) {
    const value = env[source.env] ?? '';
    if (value !== '') return value;
    throw new PurserError('secret-missing', `The variable ${source.env} is not set where this worker runs.`);
  }
  const read = readPrivateFile(source.file);
  if ('text' in read && read.text !== '') return read.text;
  throw new PurserError('secret-missing', `The file ${source.file} ${'fault' in read ? read.fault : 'is empty'}.`);
}
