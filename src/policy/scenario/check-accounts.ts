// A scenario has one account: policies that name several would be played as if all of them were one market with one balance,
// one set of rails and one product. Told where each other name stands; compiles nothing.
import type { SourceDocument } from '../load-policy-files.js';
import { isNamedFile } from '../named-files.js';
import { joinWords } from '../placed-schema.js';
import { placeProblem, readPlacedYaml } from '../placed-yaml.js';
import type { PlacedDocument } from '../placed-yaml.js';
import type { DocumentPath, Problem } from '../problems.js';
import { readValue } from '../read-value.js';

interface NamedAccount {
  readonly document: PlacedDocument;
  readonly path: DocumentPath;
  readonly account: string;
}

const WHOLE_DOCUMENT: readonly DocumentPath[] = [[]];

/** Each account that a policy names, alone or in a list; in the order of the files. */
function listNamed(source: SourceDocument): readonly NamedAccount[] {
  const { within = WHOLE_DOCUMENT } = source;
  return readPlacedYaml(source.path, source.text).documents.flatMap((document) =>
    within.flatMap((policy): NamedAccount[] => {
      const path = [...policy, 'account'];
      const value = readValue(document, path);
      const entries = Array.isArray(value)
        ? value.map((each: unknown, index) => [each, [...path, index]] as const)
        : [];
      return (entries.length > 0 ? entries : [[value, path] as const]).flatMap(([account, at]) =>
        typeof account === 'string' ? [{ document, path: at, account }] : [],
      );
    }),
  );
}

export function checkAccounts(sources: readonly SourceDocument[]): readonly Problem[] {
  const named = sources.filter((source) => !isNamedFile(source)).flatMap(listNamed);
  const accounts = [...new Set(named.map(({ account }) => account))];
  const [first] = accounts;
  if (accounts.length < 2) return [];
  const told = joinWords(
    accounts.map((account) => `\`${account}\``),
    'and',
  );
  const message = `A scenario has one account, and its policies name ${accounts.length}: ${told}.`;
  const hint = `Make a scenario of each account, which names the policies of that account alone; or leave \`account\` out of what is to be played in one.`;
  return named
    .filter(({ account }) => account !== first)
    .map(({ document, path }) => placeProblem(document, path, { code: 'accounts-several', message, hint }));
}
