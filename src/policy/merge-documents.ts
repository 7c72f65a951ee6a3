// `apply PATH` judges only what is named: policies in force that come from elsewhere stay in force. Pure; it decides which
// documents make up the set, and checks none of them.
import { isAbsolute, posix, relative, resolve, sep } from 'node:path';
import type { SourceDocument } from './load-policy-files.js';
import { isNamedFile } from './named-files.js';
import { readPlacedYaml } from './placed-yaml.js';
import { readText } from './read-value.js';

/** The names of a document's policies, as far as they can be read. */
export function listNames(document: SourceDocument): readonly string[] {
  return readPlacedYaml(document.path, document.text).documents.flatMap((policy) => readText(policy, ['name']) ?? []);
}

/** The path as documents bear it: below the base with slashes, else as it is. */
function showPath(path: string, baseDir: string): string {
  const full = resolve(baseDir, path);
  const below = relative(baseDir, full);
  return (below.startsWith('..') || isAbsolute(below) || below === '' ? full : below).split(sep).join('/');
}

/**
 * The present documents that stay beside `loaded`: those outside the named paths. One that holds a policy of a name that was
 * loaded too gives way: a file that was moved is not a second policy.
 */
export function keepOthers(
  present: readonly SourceDocument[],
  loaded: readonly SourceDocument[],
  named: { readonly paths: readonly string[]; readonly baseDir: string },
): readonly SourceDocument[] {
  const scopes = named.paths.map((path) => showPath(path, named.baseDir));
  const isNamed = ({ path }: SourceDocument): boolean =>
    scopes.some((scope) => path === scope || path.startsWith(posix.join(scope, '/')) || scope === '.');
  const names = new Set(loaded.filter((document) => !isNamedFile(document)).flatMap(listNames));
  const others = present.filter(
    (document) => !isNamedFile(document) && !isNamed(document) && !listNames(document).some((name) => names.has(name)),
  );
  if (others.length === 0) return [];
  const taken = new Set(loaded.map(({ path }) => path));
  const files = present.filter((document) => isNamedFile(document) && !taken.has(document.path));
  return [...others, ...files];
}
