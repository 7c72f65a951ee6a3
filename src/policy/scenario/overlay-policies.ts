// Policies that are tried in a scenario instead of some of its own: those of the same names, or of a file of the same name, give
// way, all others stay. Pure; it decides which documents are played and checks none of them.
import { posix } from 'node:path';
import { dropPolicy } from '../drop-policy.js';
import type { SourceDocument } from '../load-policy-files.js';
import { listNames } from '../merge-documents.js';
import { isNamedFile } from '../named-files.js';
import type { DocumentPath } from '../problems.js';
import { readText } from '../read-value.js';
import type { ScenarioReading } from './scenario-reading.js';

export interface Overlaid {
  readonly documents: readonly SourceDocument[];
  /** Of the scenario's own. */
  readonly replaced: readonly string[];
  readonly kept: readonly string[];
  /** Of the given ones that the scenario didn't have. */
  readonly added: readonly string[];
}

function nameWithin({ document }: ScenarioReading, path: DocumentPath): string {
  return readText(document, [...path, 'name']) ?? '';
}

function namesOf(reading: ScenarioReading, document: SourceDocument): readonly string[] {
  if (isNamedFile(document)) return [];
  return document.within?.map((path) => nameWithin(reading, path)) ?? listNames(document);
}

export function overlayPolicies(
  reading: ScenarioReading,
  own: readonly SourceDocument[],
  given: readonly SourceDocument[],
): Overlaid {
  const policies = given.filter((document) => !isNamedFile(document));
  const names = new Set(policies.flatMap((document) => namesOf(reading, document)));
  const paths = new Set(given.map(({ path }) => path));
  const files = new Set(policies.map(({ path }) => posix.basename(path)));
  const staying = own.flatMap((document): readonly SourceDocument[] => {
    if (paths.has(document.path)) return [];
    if (isNamedFile(document)) return [document];
    if (document.within !== undefined) {
      const within = document.within.filter((path) => !names.has(nameWithin(reading, path)));
      return within.length === 0 ? [] : [{ ...document, within }];
    }
    if (files.has(posix.basename(document.path))) return [];
    const twins = listNames(document).filter((name) => names.has(name));
    return twins.reduce<readonly SourceDocument[]>(dropPolicy, [document]);
  });
  const list = (documents: readonly SourceDocument[]): readonly string[] =>
    documents.flatMap((document) => namesOf(reading, document));
  const before = list(own);
  const kept = list(staying);
  return {
    documents: [...staying, ...given],
    replaced: before.filter((name) => !kept.includes(name)),
    kept,
    added: [...names].filter((name) => !before.includes(name)),
  };
}
