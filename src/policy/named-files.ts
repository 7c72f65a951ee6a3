// Files that a policy names beside itself: SSH keys and cloud-init texts. They are read when policies are, and kept among the
// documents of a generation under a path of their own kind, so that everything later is a function of texts.
import { posix } from 'node:path';

export type NamedFileKind = 'ssh-key' | 'cloud-init';

const KINDS: readonly NamedFileKind[] = ['ssh-key', 'cloud-init'];

/** The path of the document that holds the file: relative to the policy's folder, unless absolute or under ~. */
export function namedFilePath(kind: NamedFileKind, policyPath: string, entry: string): string {
  const isFixed = entry.startsWith('~/') || posix.isAbsolute(entry);
  return `${kind}:${isFixed ? entry : posix.join(posix.dirname(policyPath), entry)}`;
}

/** Where the file lies on the disk, as its document's path says. */
export function readNamedPath(documentPath: string): string {
  return documentPath.slice(documentPath.indexOf(':') + 1);
}

/** Whether a document is such a file, and no policy. */
export function isNamedFile({ path }: { readonly path: string }): boolean {
  return KINDS.some((kind) => path.startsWith(`${kind}:`));
}
