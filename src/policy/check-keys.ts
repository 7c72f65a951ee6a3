// Checks of a `kind: keys` document that its schema can't say: each entry is one public key, and no name or key stands twice.
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { readList, readText } from './read-value.js';
import { namedFilePath } from './named-files.js';
import { classifySshKey, isPublicKey } from './ssh-key-text.js';

type Report = (path: DocumentPath, code: string, message: string, hint: string) => void;

function checkEntry(text: string, path: DocumentPath, report: Report): void {
  const kind = classifySshKey(text);
  if (kind === 'private')
    report(path, 'ssh-key-private', 'This is a private key. Treat it as leaked.', 'Use the public one.');
  if (kind === 'public' && !isPublicKey(text))
    report(
      path,
      'ssh-key-wrong',
      'This is not a complete SSH public key.',
      'It should look like ssh-ed25519 AAAA... name.',
    );
  if (kind === 'name')
    report(path, 'ssh-key-wrong', `\`${text}\` is neither a public key nor a file.`, 'Files of keys end in .pub.');
}

/** `namedFiles`: texts of named files by the path of their document; those that can't be read are told where they are read. */
export function checkKeys(document: PlacedDocument, namedFiles: ReadonlyMap<string, string>): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, code, message, hint) => {
    problems.push(placeProblem(document, path, { code, message, hint }));
  };
  const names = new Map<string, number>();
  const bodies = new Map<string, number>();
  for (const index of readList(document, ['keys']).keys()) {
    const name = readText(document, ['keys', index, 'name']);
    const written = readText(document, ['keys', index, 'key']);
    const told = (seen: Map<string, number>, value: string, key: string, what: string): void => {
      const earlier = seen.get(value);
      if (earlier === undefined) seen.set(value, index);
      else
        report(['keys', index, key], 'key-twice', `This ${what} stands in entry ${earlier + 1} already.`, 'Keep one.');
    };
    if (name !== undefined) told(names, name, 'name', 'name');
    if (written === undefined || written === '') continue;
    const path = ['keys', index, 'key'];
    checkEntry(written, path, report);
    const file = namedFilePath('ssh-key', document.file, written);
    const isFile = classifySshKey(written) === 'file';
    if (isFile && !namedFiles.has(file))
      report(
        path,
        'ssh-key-unreadable',
        `The key file \`${written}\` could not be read.`,
        "A relative path counts from the policy's folder.",
      );
    const text = isFile ? namedFiles.get(file) : written;
    if (text !== undefined && isPublicKey(text)) told(bodies, text.split(' ').slice(0, 2).join(' '), 'key', 'key');
  }
  return problems;
}
