// Reads the API key of an account at the moment when a call needs it, again when its file changed. No message of it ever holds
// one.
import { PurserError } from '../core/errors.js';
import type { AccountConfig } from './load-config.js';
import { readPrivateFile } from './private-file.js';

function readKeyFile(account: string, path: string): string {
  const read = readPrivateFile(path);
  if ('text' in read) return read.text;
  const message = `The key file ${path} of account "${account}" ${read.fault}.`;
  throw new PurserError('api-key-missing', message, read.isMissing ? { saysRemedy: false } : {});
}

/** A key goes into an HTTP header as it is. */
function checkKey(account: string, key: string, source: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const why = key === '' ? 'holds no key' : 'holds something that is no key: blanks, line breaks or other characters';
  throw new PurserError('api-key-missing', `${source}, for account "${account}", ${why}.`, { saysRemedy: false });
}

/** The account's API key. Throws `api-key-missing` with a sentence that says where the key should be. */
export function readAccountKey(
  account: Pick<AccountConfig, 'name' | 'keySource'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { name, keySource } = account;
  if (keySource.kind === 'file') return checkKey(name, readKeyFile(name, keySource.path), keySource.path);
  const key = env[keySource.variable]?.trim() ?? '';
  if (key === '')
    throw new PurserError(
      'api-key-missing',
      `There is no API key for account "${name}": ${keySource.variable} is not set. ` +
        'Make a key in the Fluence console, then set FLUENCE_API_KEY, or FLUENCE_API_KEY_FILE to a file that holds it.',
    );
  return checkKey(name, key, keySource.variable);
}
