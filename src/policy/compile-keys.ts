// A checked `kind: keys` document -> the core's policy, and its content for hashing. Must only see documents without errors.
import { createHash } from 'node:crypto';
import type { KeysPolicy, WantedKey } from '../core/policy-types.js';
import type { KeysDocument } from './schemas/keys.js';
import { namedFilePath } from './named-files.js';
import { classifySshKey } from './ssh-key-text.js';

/** As ssh-keygen and the APIs write it: SHA-256 of the key's bytes, in base 64 without its end. */
export function fingerprintKey(publicKey: string): string {
  const bytes = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

interface KeysFacts {
  readonly file: string;
  /** The account when the document names none. */
  readonly account: string;
  /** Texts of named files by the path of their document. */
  readonly namedFiles: ReadonlyMap<string, string>;
}

/** `content`: all that the policy does, for its hash. */
export function compileKeys(
  document: KeysDocument,
  { file, account, namedFiles }: KeysFacts,
): { readonly policy: KeysPolicy; readonly content: unknown } {
  const keys = document.keys.map(({ name, key }): WantedKey => {
    const isFile = classifySshKey(key) === 'file';
    const publicKey = isFile ? (namedFiles.get(namedFilePath('ssh-key', file, key)) ?? key) : key;
    return { name, publicKey, fingerprint: fingerprintKey(publicKey) };
  });
  const settled = {
    kind: 'keys',
    account: document.account ?? account,
    mode: document.mode ?? 'act',
    keys,
    exclusive: document.exclusive ?? false,
  } as const;
  return { policy: { ...settled, name: document.name, description: document.description }, content: settled };
}
