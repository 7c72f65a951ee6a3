// Reads the API key of an account at the moment when a call needs it, again when its file changed. It keeps keys in memory
// only, and no message of it ever holds one.
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { PurserError } from '../core/errors.js';
import type { AccountConfig } from './load-config.js';

const GROUP_AND_OTHERS = 0o077;

/** Container secrets: mounted for this container alone, with a mode that nobody in it can choose. */
const SECRETS_FOLDER = '/run/secrets/';

const cache = new Map<string, { readonly version: string; readonly key: string }>();

function readKeyFile(account: string, path: string): string {
  try {
    const facts = statSync(path);
    const isPrivate = (facts.mode & GROUP_AND_OTHERS) === 0 || process.platform === 'win32';
    if (!isPrivate && !realpathSync(path).startsWith(SECRETS_FOLDER)) {
      const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
      throw new PurserError(
        'api-key-missing',
        `The key file ${path} of account "${account}" can be read by others (mode ${mode}): run \`chmod 600 ${path}\`.`,
      );
    }
    const version = `${facts.mtimeMs} ${facts.ino} ${facts.size}`;
    const known = cache.get(path);
    if (known?.version === version) return known.key;
    const key = readFileSync(path, 'utf8').trim();
    cache.set(path, { version, key });
    return key;
  } catch (error) {
    if (error instanceof PurserError) throw error;
    throw new PurserError(
      'api-key-missing',
      `The key file ${path} of account "${account}" can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      { cause: error, saysRemedy: false },
    );
  }
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
