// What an entry of `vm.sshKeys` is (a public key, a file, a registered name), and whether a text is one public key.
// A private key must never pass: documents are kept in the store.

const PUBLIC_KEY =
  /^(ssh-ed25519|ssh-rsa|ssh-dss|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) AAAA[0-9A-Za-z+/]+=*( [^\n]*)?$/;

type SshKeyKind = 'public' | 'private' | 'file' | 'name';

export function isPublicKey(text: string): boolean {
  return PUBLIC_KEY.test(text);
}

export function isPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----|PuTTY-User-Key-File/.test(text);
}

export function classifySshKey(entry: string): SshKeyKind {
  if (isPrivateKey(entry)) return 'private';
  if (/^(ssh-[a-z0-9]+|ecdsa-\S+|sk-\S+)\s/.test(entry)) return 'public';
  return entry.includes('/') || entry.endsWith('.pub') ? 'file' : 'name';
}
