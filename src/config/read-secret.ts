// Reads what stands for a place in a cloud-init text, at the moment of the call. The value must go nowhere but into that call.
import type { SecretSource } from '../core/cloud-init.js';
import { PurserError } from '../core/errors.js';
import { readPrivateFile } from './private-file.js';

type Env = Readonly<Record<string, string | undefined>>;

function read(source: SecretSource, env: Env): { readonly value: string } | { readonly fault: string } {
  if ('env' in source) {
    const value = env[source.env] ?? '';
    return value === '' ? { fault: `the variable ${source.env} is not set` } : { value };
  }
  const file = readPrivateFile(source.file);
  if ('fault' in file) return { fault: `the file ${source.file} ${file.fault}` };
  return file.text === '' ? { fault: `the file ${source.file} is empty` } : { value: file.text };
}

/** Why it can't be read here, as a clause; undefined: it can. */
export function findSecretFault(source: SecretSource, env: Env = process.env): string | undefined {
  const found = read(source, env);
  return 'fault' in found ? found.fault : undefined;
}

/** Throws `secret-missing` with a sentence that names the source and never the value. */
export function readSecret(source: SecretSource, env: Env = process.env): string {
  const found = read(source, env);
  if ('value' in found) return found.value;
  const where = 'env' in source ? ' where this worker runs' : '';
  throw new PurserError('secret-missing', `T${found.fault.slice(1)}${where}.`);
}
