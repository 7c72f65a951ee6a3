// Takes one policy out of the documents that are in force, as if its place in the file had been emptied. Pure: it reads no file
// and publishes nothing.
import { parseAllDocuments } from 'yaml';
import type { SourceDocument } from './load-policy-files.js';
import { listNames } from './merge-documents.js';
import { isNamedFile } from './named-files.js';

/** The document that holds the policy of this name. */
export function findSource(documents: readonly SourceDocument[], name: string): SourceDocument | undefined {
  return documents.find((document) => !isNamedFile(document) && listNames(document).includes(name));
}

/** The documents as they are, less the policy: its file goes with its last policy. Key files stay, they do nothing alone. */
export function dropPolicy(documents: readonly SourceDocument[], name: string): readonly SourceDocument[] {
  return documents.flatMap((document) => {
    if (isNamedFile(document) || !listNames(document).includes(name)) return [document];
    const kept = parseAllDocuments(document.text).filter((policy) => policy.get('name') !== name);
    if (!kept.some((policy) => policy.contents !== null)) return [];
    return [{ ...document, text: kept.map((policy) => policy.toString({ directives: false })).join('---\n') }];
  });
}
