// Writes purser.yaml where there is none, and gives an installation its two characters once. It never changes a value that
// stands in a file, and writes no key.
import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isMap, parseDocument } from 'yaml';
import { PurserError } from '../core/errors.js';
import { ALPHABET } from '../core/names.js';
import type { Product } from '../core/types.js';

export interface InitialConfig {
  readonly installation: string;
  /** created: the file is new. extended: the line was added to a file that lacked it. kept: it was there already. */
  readonly outcome: 'created' | 'extended' | 'kept';
}

/** At least one letter, so that YAML never takes it for a number. */
function drawInstallation(): string {
  for (;;) {
    const pair = `${ALPHABET[randomInt(ALPHABET.length)]}${ALPHABET[randomInt(ALPHABET.length)]}`;
    if (/[a-z]/.test(pair)) return pair;
  }
}

function renderConfig(installation: string, product: Product): string {
  return `# Purser's configuration. docs/options.md lists every key; keys of the API stand in the environment or in files.

# Two characters in the name of every VM of this installation: Purser knows its VMs by them. Commit them, never change them.
installation: "${installation}"

accounts:
  main:
    product: ${product}
    # Without a mode, \`purser apply\` acts after asking and \`purser up\` only observes. Write act when the plans are what you want.
    # mode: act
    keyEnv: FLUENCE_API_KEY
`;
}

/** Puts the line before the first key and leaves every other character as it is; undefined when there is no such place. */
function addInstallation(text: string, installation: string): string | undefined {
  const { contents, errors } = parseDocument(text, { logLevel: 'silent' });
  const line = `installation: "${installation}"\n`;
  if (errors.length > 0) return undefined;
  if (contents === null) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}`;
  const start = contents.range[0];
  const isAtLineStart = start === 0 || text[start - 1] === '\n';
  if (!isMap(contents) || contents.flow === true || contents.has('installation') || !isAtLineStart) return undefined;
  return text.slice(0, start) + line + text.slice(start);
}

function refuseToWrite(path: string, why: string, cause?: unknown): PurserError {
  const installation = drawInstallation();
  return new PurserError(
    'config-invalid',
    `${path} names no installation, and ${why}. Add \`installation: "${installation}"\` to it, or set PURSER_INSTALLATION=${installation}, and keep it.`,
    { cause },
  );
}

/**
 * Makes sure that the file at `path` (full) names an installation: writes the file (with one account at this product), adds
 * the line, or leaves it alone.
 * Call it while holding the state directory, so that two processes don't draw two. Throws `config-invalid` when the file
 * can't be written.
 */
export function writeInitialConfig(path: string, product: Product): InitialConfig {
  const installation = drawInstallation();
  try {
    writeFileSync(path, renderConfig(installation, product), { flag: 'wx' });
    return { installation, outcome: 'created' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw refuseToWrite(path, `it can't be written`, error);
  }
  const text = readFileSync(path, 'utf8');
  const present: unknown = parseDocument(text, { logLevel: 'silent' }).get('installation');
  if (typeof present === 'string') return { installation: present, outcome: 'kept' };
  const extended = addInstallation(text, installation);
  if (extended === undefined) throw refuseToWrite(path, 'its form leaves no place to add one');
  try {
    writeFileSync(path, extended);
  } catch (error) {
    throw refuseToWrite(path, `it can't be written`, error);
  }
  return { installation, outcome: 'extended' };
}
