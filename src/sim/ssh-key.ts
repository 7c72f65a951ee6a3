// Reads public SSH keys as OpenSSH writes them, and refuses what is none. Part of the sandbox's front, not of the market.
import { createHash } from 'node:crypto';

interface PublicKey {
  readonly algorithm: string;
  readonly comment: string;
  /** `SHA256:` and the digest in base 64 without padding, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
}

const LINE = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-[a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: (.*))?$/;

/** undefined when the text isn't a public key: the blob must begin with the name of its own algorithm. */
export function readPublicKey(text: string): PublicKey | undefined {
  const match = LINE.exec(text.trim());
  if (match === null) return undefined;
  const [, algorithm = '', base64 = '', comment = ''] = match;
  const blob = Buffer.from(base64, 'base64');
  if (blob.length <= 4 + algorithm.length || blob.readUInt32BE(0) !== algorithm.length) return undefined;
  if (blob.toString('latin1', 4, 4 + algorithm.length) !== algorithm) return undefined;
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { algorithm, comment, fingerprint: `SHA256:${digest}` };
}
