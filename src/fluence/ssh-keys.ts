// Reads registered SSH keys, and fills in what follows from the public key itself (fingerprint, algorithm).
import { createHash } from 'node:crypto';
import type { SshKey } from '../core/types.js';
import { isObject, readArray, readOptionalText } from './read-values.js';

/** Keys whose public part can't be read are passed over. */
export function readKeys(json: unknown): readonly SshKey[] {
  return readArray(json, 'SSH keys')
    .map((entry) => readKey(entry))
    .filter((key) => key !== undefined);
}

/** `publicKey` has been seen as `public_key`. `asked` fills in what an answer leaves out, up to all of it. */
export function readKey(
  entry: unknown,
  asked?: { readonly name: string; readonly publicKey: string },
): SshKey | undefined {
  const told = isObject(entry) ? entry : {};
  const publicKey = readOptionalText(told['publicKey']) ?? readOptionalText(told['public_key']) ?? asked?.publicKey;
  const name = readOptionalText(told['name']) ?? asked?.name;
  if (publicKey === undefined) return undefined;
  const fingerprint = readOptionalText(told['fingerprint']) ?? fingerprintOf(publicKey);
  if (fingerprint === undefined) return undefined;
  const algorithm = readOptionalText(told['algorithm']) ?? publicKey.trim().split(/\s+/)[0];
  return { name: name ?? '', fingerprint, algorithm, publicKey };
}

/** `SHA256:` and the unpadded base64 of the key's hash, as OpenSSH writes it; undefined when there is no key in it. */
function fingerprintOf(publicKey: string): string | undefined {
  const blob = publicKey.trim().split(/\s+/)[1];
  if (blob === undefined || !/^[A-Za-z0-9+/]+=*$/.test(blob)) return undefined;
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}
