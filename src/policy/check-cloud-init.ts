// Checks of a fleet's `vm.cloudInit` beyond its schema. It sees texts as they were read and never a secret's value.
import { hasPlaceFor, MOST_USER_DATA_BYTES } from '../core/cloud-init.js';
import { namedFilePath } from './named-files.js';
import { placeProblem, type PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { readText, readValue } from './read-value.js';
import { isPrivateKey } from './ssh-key-text.js';

const PATH = ['vm', 'cloudInit'];
/** What the first line of a text that cloud-init takes begins with. */
const BEGINNINGS =
  /^(#cloud-config|#!|#include|#cloud-boothook|#part-handler|## template:|Content-Type:|MIME-Version:)/;

export interface CloudInitFacts {
  /** Texts of named files by the path of their document. */
  readonly namedFiles: ReadonlyMap<string, string>;
  /** Those of the fleet's accounts that are known to be at the marketplace. */
  readonly marketplaces: readonly string[];
}

export function checkCloudInit(document: PlacedDocument, facts: CloudInitFacts): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (path: DocumentPath, code: string, message: string, hint: string, part: 'key' | 'value' = 'value') =>
    problems.push(placeProblem(document, path, { code, message, hint }, part));
  const value = readValue(document, PATH);
  if (typeof value !== 'object' || value === null) return [];
  const [account] = facts.marketplaces;
  if (account !== undefined) {
    const message = `Account ${account} is at the marketplace, which has no cloud-init.`;
    report(PATH, 'product-wrong', message, 'Take it out, or name accounts of the cloud alone.', 'key');
  }
  const [file, written] = [readText(document, [...PATH, 'file']), readText(document, [...PATH, 'text'])];
  if (file === undefined && written === undefined)
    report(PATH, 'cloud-init-missing', 'Neither `file` nor `text` says what is to be done.', 'Add one.', 'key');
  if (file !== undefined && written !== undefined)
    report([...PATH, 'text'], 'cloud-init-twice', '`file` and `text` both hold the text.', 'Keep one.', 'key');
  const text = file === undefined ? written : facts.namedFiles.get(namedFilePath('cloud-init', document.file, file));
  if (text === undefined && file !== undefined) {
    const message = `The cloud-init file \`${file}\` could not be read.`;
    report([...PATH, 'file'], 'cloud-init-unreadable', message, "A relative path counts from the policy's folder.");
  }
  if (text === undefined) return problems;
  const at = [...PATH, file === undefined ? 'text' : 'file'];
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MOST_USER_DATA_BYTES)
    report(
      at,
      'cloud-init-too-long',
      `It has ${bytes} bytes; the service takes ${MOST_USER_DATA_BYTES}.`,
      'Shorten it.',
    );
  if (isPrivateKey(text))
    report(at, 'cloud-init-private-key', 'It holds a private key, and policies are stored.', 'Name it in `secrets`.');
  if (!BEGINNINGS.test(text))
    report(
      at,
      'warning-cloud-init-form',
      'It begins like nothing that cloud-init takes.',
      'Begin with #cloud-config or #!.',
    );
  for (const name of Object.keys(readValue(document, [...PATH, 'secrets']) ?? {})) {
    // What can't be a name is told by the schema.
    if (hasPlaceFor(text, name) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    const message = `The text has no \`\${${name}}\`, which the secret would stand for.`;
    report([...PATH, 'secrets', name], 'secret-unused', message, 'Write it there, or take the secret out.', 'key');
  }
  return problems;
}
