// Reads policy files and the files that they name (SSH keys, cloud-init) from the disk, so that everything after it is a pure function of
// texts. It judges whether files can be read, not what they say.
import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { PurserError } from '../core/errors.js';
import { namedFilePath, readNamedPath, type NamedFileKind } from './named-files.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import { formatProblem, mergeProblems } from './problems.js';
import type { DocumentPath, Problem } from './problems.js';
import { readSource } from './read-source.js';
import { readList, readText, readValue } from './read-value.js';
import { classifySshKey, isPrivateKey, isPublicKey } from './ssh-key-text.js';

export const MOST_FILE_BYTES = 1_000_000;
const MOST_KEY_BYTES = 20_000;
/** Some more than the service takes, so that one that is a little too long is told with its length. */
const MOST_CLOUD_INIT_BYTES = 200_000;

/** Source text by path; paths of named files begin with their kind (named-files.ts). What a generation's record keeps. */
export interface SourceDocument {
  readonly path: string;
  readonly text: string;
  /** Where in the file's document its policies stand (a scenario's own); absent: each document is a policy. */
  readonly within?: readonly DocumentPath[];
}

export interface FileFault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly line?: number;
  readonly column?: number;
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a circle of links',
  ENOTDIR: 'lies under something that is not a folder',
  EISDIR: 'is a folder',
};

function describeSystemError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return SYSTEM_WORDS[code] ?? `can't be read (${code})`;
}

export function faultOf(error: unknown): FileFault {
  const gone = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  const hint = gone ? 'Check the path.' : 'Check the permissions.';
  return { code: gone ? 'path-missing' : 'file-unreadable', message: `This path ${describeSystemError(error)}.`, hint };
}

/** Reads at most `most` bytes and one more: a huge file, or one that grows, is never read whole. */
async function readLimited(path: string, most: number): Promise<Buffer | FileFault> {
  const handle = await open(path, 'r');
  try {
    const facts = await handle.stat();
    const tooLarge = {
      code: 'file-too-large',
      message: `This file is larger than ${most / 1_000_000} MB.`,
      hint: 'Split it.',
    };
    if (!facts.isFile())
      return { code: 'file-unreadable', message: 'This is neither a file nor a folder.', hint: 'Name a file.' };
    if (facts.size > most) return tooLarge;
    const buffer = Buffer.alloc(most + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length > most) break;
    }
    return length > most ? tooLarge : buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** Decodes strictly; the fault points at the first byte that isn't UTF-8. */
function decodeUtf8(bytes: Buffer): string | FileFault {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let good = '';
    for (let index = 0; index < bytes.length; index += 1) {
      try {
        good += decoder.decode(bytes.subarray(index, index + 1), { stream: true });
      } catch {
        break;
      }
    }
    const lines = good.split('\n');
    const place = { line: lines.length, column: lines.at(-1)!.length + 1 };
    return { code: 'file-not-utf8', message: 'This file is not UTF-8 text.', hint: 'Save it as UTF-8.', ...place };
  }
}

export async function readTextFile(path: string, most: number): Promise<string | FileFault> {
  try {
    // A pipe or a device would block in open; only what stat calls a file is opened.
    if (!(await stat(path)).isFile())
      return { code: 'file-unreadable', message: 'This is neither a file nor a folder.', hint: 'Name a file.' };
    const bytes = await readLimited(path, most);
    return 'code' in bytes ? bytes : decodeUtf8(bytes);
  } catch (error) {
    return faultOf(error);
  }
}

export function isTestFile(name: string): boolean {
  return /\.test\.ya?ml$/.test(name) && !basename(name).startsWith('.');
}

function isPolicyFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && !/\.(test|cloud-init)\.ya?ml$/.test(name) && !name.startsWith('.');
}

/** The files that a path means: itself, or a folder's own YAML files (what lies in folders below, is not read). */
async function listFiles(path: string): Promise<readonly string[] | FileFault> {
  try {
    if (!(await stat(path)).isDirectory()) {
      if (!isTestFile(path)) return [path];
      const hint = `Run it: purser test ${basename(path)}`;
      return { code: 'file-is-test', message: 'This file holds policy tests, no policies.', hint };
    }
    const names = (await readdir(path)).filter(isPolicyFile).sort();
    if (names.length > 0) return names.map((name) => join(path, name));
    return {
      code: 'folder-empty',
      message: 'This folder holds no policies.',
      hint: 'Policies are files that end in .yaml or .yml.',
    };
  } catch (error) {
    return faultOf(error);
  }
}

const NAMED_FILE_HINT = "A relative path counts from the policy's folder.";

function findNamedFile(path: string, baseDir: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(baseDir, path);
}

async function readKeyFile(path: string, baseDir: string): Promise<string | FileFault> {
  const code = 'ssh-key-unreadable';
  const text = await readTextFile(findNamedFile(path, baseDir), MOST_KEY_BYTES);
  if (typeof text !== 'string') {
    const message = `The key file \`${path}\` can't be used: ${text.message.replace(/^This (path|file) /, 'it ')}`;
    return { code, message, hint: NAMED_FILE_HINT };
  }
  if (isPrivateKey(text))
    return {
      code: 'ssh-key-private',
      message: `\`${path}\` holds a private key.`,
      hint: 'Name the public one; it ends in .pub.',
    };
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 1 && isPublicKey(keys[0]!)) return keys[0]!;
  const message = `\`${path}\` holds ${keys.length === 1 ? 'no SSH public key' : `${keys.length} lines, not one public key`}.`;
  return { code: 'ssh-key-wrong', message, hint: 'It should hold one line such as ssh-ed25519 AAAA... name.' };
}

async function readCloudInitFile(path: string, baseDir: string): Promise<string | FileFault> {
  const text = await readTextFile(findNamedFile(path, baseDir), MOST_CLOUD_INIT_BYTES);
  if (typeof text === 'string') return text;
  const message = `The cloud-init file \`${path}\` can't be used: ${text.message.replace(/^This (path|file) /, 'it ')}`;
  return { code: 'cloud-init-unreadable', message, hint: NAMED_FILE_HINT };
}

const readers = { 'ssh-key': readKeyFile, 'cloud-init': readCloudInitFile } as const;

interface NamedFile {
  readonly kind: NamedFileKind;
  readonly entry: string;
  readonly at: DocumentPath;
}

/** Where a policy may name a file: keys in a fleet's `vm.sshKeys` and in the `keys` of that kind, and `vm.cloudInit.file`. */
function listNamedFiles(placed: PlacedDocument): readonly NamedFile[] {
  const ofFleet = readList(placed, ['vm', 'sshKeys']).map((_, index) => ['vm', 'sshKeys', index]);
  const declared = readList(placed, ['keys']).map((_, index) => ['keys', index, 'key']);
  const keys = [...ofFleet, ...declared].flatMap((at): NamedFile[] => {
    const entry = readValue(placed, at);
    return typeof entry === 'string' && classifySshKey(entry) === 'file' ? [{ kind: 'ssh-key', entry, at }] : [];
  });
  const at = ['vm', 'cloudInit', 'file'];
  const entry = readText(placed, at) ?? '';
  return entry === '' ? keys : [...keys, { kind: 'cloud-init', entry, at }];
}

/** Reads the files that a policy file names. */
export async function loadNamedFiles(
  source: SourceDocument,
  baseDir: string,
): Promise<{ readonly documents: SourceDocument[]; readonly problems: Problem[] }> {
  const documents: SourceDocument[] = [];
  const problems: Problem[] = [];
  for (const placed of readSource(source).documents) {
    for (const { kind, entry, at } of listNamedFiles(placed)) {
      const path = namedFilePath(kind, source.path, entry);
      const text = await readers[kind](readNamedPath(path), baseDir);
      if (typeof text === 'string') documents.push({ path, text });
      else problems.push(placeProblem(placed, at, text));
    }
  }
  return { documents, problems };
}

export function toProblem(file: string, fault: FileFault): Problem {
  const { line = 1, column = 1, code, message, hint } = fault;
  return { file, line, column, path: '', code, message, hint };
}

/** Below the base, with slashes; else as it is. */
export function showPath(path: string, baseDir: string): string {
  const below = relative(baseDir, path);
  return (below.startsWith('..') || isAbsolute(below) || below === '' ? path : below).split(sep).join('/');
}

/**
 * Reads files and folders of policies (paths relative to `baseDir`), and the files that they name. Documents are sorted
 * by path; every problem is placed. Throws `policy-unreadable` (with `details.problems`) only if not one file could be read.
 */
export async function loadPolicyFiles(
  paths: readonly string[],
  { baseDir }: { readonly baseDir: string },
): Promise<{ readonly documents: readonly SourceDocument[]; readonly problems: readonly Problem[] }> {
  const show = (path: string): string => showPath(path, baseDir);
  const documents = new Map<string, SourceDocument>();
  const problems: Problem[] = [];
  for (const path of paths) {
    const full = resolve(baseDir, path);
    const files = await listFiles(full);
    if (!('length' in files)) {
      problems.push(toProblem(show(full), files));
      continue;
    }
    for (const file of files) {
      const shown = show(file);
      const text = await readTextFile(file, MOST_FILE_BYTES);
      if (typeof text === 'string') documents.set(shown, { path: shown, text });
      else problems.push(toProblem(shown, text));
    }
  }
  if (documents.size === 0) {
    const all = mergeProblems(problems);
    const message =
      all.length === 0
        ? 'No path of policies was given.'
        : `No policy could be read: ${all.map((problem) => formatProblem(problem).replace(/\.$/, '')).join('; ')}.`;
    throw new PurserError('policy-unreadable', message, { details: { problems: all } });
  }
  for (const source of [...documents.values()]) {
    const named = await loadNamedFiles(source, baseDir);
    problems.push(...named.problems);
    for (const document of named.documents) documents.set(document.path, document);
  }
  const sorted = [...documents.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  return { documents: sorted, problems: mergeProblems(problems) };
}
