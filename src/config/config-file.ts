// Reads purser.yaml: its values as text by option, and every problem with its place. It knows nothing of flags and
// environment, and it opens no file that the configuration names.
import { readFileSync } from 'node:fs';
import { compileExpression } from '../policy/expression.js';
import { placeProblem, readPlacedYaml } from '../policy/placed-yaml.js';
import type { PlacedDocument } from '../policy/placed-yaml.js';
import { validatePlaced } from '../policy/placed-schema.js';
import { mergeProblems } from '../policy/problems.js';
import type { DocumentPath, Problem } from '../policy/problems.js';
import { PurserError } from '../core/errors.js';
import { buildConfigSchema } from './config-schema.js';
import { readOption } from './option-values.js';
import { isRail } from './option-row.js';
import type { OptionRow } from './option-row.js';
import { listOptions } from './options.js';
import type { OptionName } from './options.js';

/** No configuration is near this size; a larger file is another kind of file. */
const MOST_BYTES = 1_000_000;

/** The names that accounts may have; they stand in keys of the store and in messages. */
const ACCOUNT_NAME = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** A CEL expression of `protect`, and where a person finds it. */
export interface ProtectExpression {
  readonly text: string;
  /** `purser.yaml:12:5`, `PURSER_PROTECT` or `--protect`. */
  readonly source: string;
}

/** What the file says: texts by option, for each account apart. Absent keys are absent here. */
export interface ConfigFile {
  readonly path: string;
  readonly texts: ReadonlyMap<OptionName, string>;
  readonly accounts: ReadonlyMap<string, ReadonlyMap<OptionName, string>>;
  readonly protect: readonly ProtectExpression[];
  readonly problems: readonly Problem[];
}

type NamedRow = OptionRow & { readonly name: OptionName };

function findValue(value: unknown, path: DocumentPath): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

/** Text, number and yes/no are what an option can be read from; everything else is the schema's to refuse. */
function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function readTexts(
  document: PlacedDocument,
  rows: readonly NamedRow[],
  account: string | undefined,
  problems: Problem[],
): ReadonlyMap<OptionName, string> {
  const texts = new Map<OptionName, string>();
  for (const row of rows) {
    const path = row.key!.split('.').map((part) => (part === '*' ? account! : part));
    const text = toText(findValue(document.value, path));
    if (text === undefined) continue;
    const read = readOption(row, text);
    if ('wrong' in read)
      problems.push(
        placeProblem(document, path, { code: 'value-wrong', message: `\`${path.join('.')}\` ${read.wrong}.` }),
      );
    else texts.set(row.name, text);
  }
  return texts;
}

function readAccounts(document: PlacedDocument, problems: Problem[]): ConfigFile['accounts'] {
  const options = listOptions();
  const rows = options.filter((row) => row.key?.startsWith('accounts.') === true);
  const railRows = options.flatMap((row) => (isRail(row) ? [{ ...row, key: `accounts.*.${row.key!}` }] : []));
  const named = findValue(document.value, ['accounts']);
  const accounts = new Map<string, ReadonlyMap<OptionName, string>>();
  if (typeof named !== 'object' || named === null || Array.isArray(named)) return accounts;
  for (const name of Object.keys(named)) {
    const path = ['accounts', name];
    if (!ACCOUNT_NAME.test(name)) {
      const message = `\`${name}\` can't be the name of an account.`;
      const hint = 'Use 1 to 32 of a-z, 0-9 and -, without a hyphen at the ends.';
      problems.push(placeProblem(document, path, { code: 'value-wrong', message, hint }, 'key'));
    }
    const texts = readTexts(document, [...rows, ...railRows], name, problems);
    if (texts.has('apiKeyFile') && texts.has('apiKeyVariable')) {
      const message = `\`${name}\` has both \`keyEnv\` and \`keyFile\`.`;
      problems.push(
        placeProblem(document, [...path, 'keyFile'], { code: 'value-wrong', message, hint: 'Keep one.' }, 'key'),
      );
    }
    if (texts.get('product') === 'cloud' && texts.has('variant')) {
      const message = `${describeVariantOfCloud(name)}.`;
      const hint = 'Remove `variant`.';
      problems.push(placeProblem(document, [...path, 'variant'], { code: 'value-wrong', message, hint }, 'key'));
    }
    accounts.set(name, texts);
  }
  return accounts;
}

/** Without a full stop. */
export function describeVariantOfCloud(account: string): string {
  return `account "${account}": \`variant\` belongs to the marketplace, and its product is cloud`;
}

/** Checked here already, so that a wrong expression is told with all other problems. */
function readProtect(document: PlacedDocument, problems: Problem[]): readonly ProtectExpression[] {
  const listed = findValue(document.value, ['protect']);
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((text: unknown, index) => {
    if (typeof text !== 'string') return [];
    const path = ['protect', index];
    const compiled = compileExpression(text);
    if ('problem' in compiled) {
      const { offset, ...words } = compiled.problem;
      problems.push(placeProblem(document, path, words, document.placeInside(path, offset)));
    }
    const { line, column } = document.place(path);
    return [{ text, source: `${document.file}:${line}:${column}` }];
  });
}

function readDocument(path: string, document: PlacedDocument): ConfigFile {
  const problems: Problem[] = [];
  const rows = listOptions().filter((row) => row.key !== undefined && !row.key.startsWith('accounts.'));
  const texts = readTexts(
    document,
    rows.filter((row) => row.type !== 'expressions'),
    undefined,
    problems,
  );
  const accounts = readAccounts(document, problems);
  const protect = readProtect(document, problems);
  const merged = mergeProblems(problems, validatePlaced(buildConfigSchema(), document));
  return { path, texts, accounts, protect, problems: merged };
}

/** `shown` is the path as the person wrote it. Throws `config-invalid` when the file is there but can't be read. */
export function readConfigFile(path: string, shown: string): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PurserError('config-invalid', `${shown} can't be read: ${(error as Error).message}.`, { cause: error });
  }
  const empty = { path, texts: new Map(), accounts: new Map(), protect: [] };
  if (text.length > MOST_BYTES) {
    const message = `This file is larger than ${MOST_BYTES} bytes; a configuration never is.`;
    return {
      ...empty,
      problems: [{ file: shown, line: 1, column: 1, path: '', code: 'file-large', message, hint: '' }],
    };
  }
  const { documents, problems } = readPlacedYaml(shown, text);
  const [document, second] = documents;
  if (second !== undefined) {
    const words = { code: 'document-second', message: 'A configuration is one document.', hint: 'Remove the second.' };
    return { ...empty, problems: [...problems, placeProblem(second, [], words)] };
  }
  const isBlank = document === undefined && problems.every((problem) => problem.code === 'file-empty');
  if (isBlank) return { ...empty, problems: [] };
  if (document === undefined) return { ...empty, problems };
  const read = readDocument(path, document);
  return { ...read, problems: mergeProblems(problems, read.problems) };
}
