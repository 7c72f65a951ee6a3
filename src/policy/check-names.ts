// Checks that need several documents at once: names, former names, accounts, and holidays lists that run out.
import { DAY_MILLIS } from '../core/money.js';
import { parseMemberName } from '../core/names.js';
import type { Instant } from '../core/types.js';
import { suggestWord } from './closest-word.js';
import { formatLocalDate, parseLocalDate } from './local-time.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { readList, readText, readValue } from './read-value.js';
import type { PolicyKind } from './policy-schema.js';
import type { LocalMillis } from './zone.js';

const HOLIDAYS_WARNING_DAYS = 60;

export interface KindDocument {
  readonly kind: PolicyKind;
  readonly document: PlacedDocument;
}

interface NameUse {
  readonly name: string;
  readonly document: PlacedDocument;
  readonly path: DocumentPath;
}

function tell(use: NameUse, code: string, message: string, hint: string): Problem {
  return placeProblem(use.document, use.path, { code, message, hint });
}

function describePlace({ document, path }: NameUse): string {
  const { line } = document.place(path);
  return `${document.file}:${line}`;
}

function listNames(documents: readonly KindDocument[]): NameUse[] {
  return documents.flatMap(({ document }) => {
    const name = readText(document, ['name']);
    return name === undefined ? [] : [{ name, document, path: ['name'] }];
  });
}

function listFormerNames(documents: readonly KindDocument[]): NameUse[] {
  return documents.flatMap(({ document }) =>
    readList(document, ['formerly']).flatMap((name, index) =>
      typeof name === 'string' ? [{ name, document, path: ['formerly', index] }] : [],
    ),
  );
}

/** Every name is one policy's, and no former name is another's name or former name. */
export function checkNames(documents: readonly KindDocument[], installation: string | undefined): readonly Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, NameUse>();
  for (const use of listNames(documents)) {
    const owner = owners.get(use.name);
    if (owner === undefined) owners.set(use.name, use);
    else
      problems.push(
        tell(
          use,
          'name-twice',
          `The name \`${use.name}\` is taken at ${describePlace(owner)}.`,
          'Each policy needs its own name.',
        ),
      );
    const member = installation === undefined ? undefined : parseMemberName(use.name, installation);
    if (member !== undefined)
      problems.push(
        tell(
          use,
          'name-like-member',
          `\`${use.name}\` reads like a member of a fleet \`${member.fleet}\`.`,
          'Choose another name.',
        ),
      );
  }
  for (const use of listFormerNames(documents)) {
    const owner = owners.get(use.name);
    if (owner?.document === use.document)
      problems.push(
        tell(use, 'formerly-clash', `\`${use.name}\` is this policy's name or former name already.`, 'Leave it out.'),
      );
    else if (owner !== undefined)
      problems.push(
        tell(
          use,
          'formerly-clash',
          `\`${use.name}\` is in use at ${describePlace(owner)}, so it can't be a former name here.`,
          'One policy owns the members of a name.',
        ),
      );
    else owners.set(use.name, use);
  }
  return problems;
}

/** One name, or those of a list, each with its place. */
function listNamedAccounts(
  document: PlacedDocument,
): readonly { readonly name: string; readonly path: DocumentPath }[] {
  const name = readText(document, ['account']);
  if (name !== undefined) return [{ name, path: ['account'] }];
  return readList(document, ['account']).flatMap((entry, index) =>
    typeof entry === 'string' ? [{ name: entry, path: ['account', index] }] : [],
  );
}

/** `accounts` empty: none is known, so any will do. */
export function checkAccounts(
  documents: readonly KindDocument[],
  accounts: readonly string[],
  defaultAccount: string | undefined,
): readonly Problem[] {
  if (accounts.length === 0) return [];
  return documents.flatMap(({ kind, document }) => {
    // A budget names its accounts in its scope.
    if (kind === 'holidays' || kind === 'budget') return [];
    const unknown = listNamedAccounts(document).filter(({ name }) => name !== '' && !accounts.includes(name));
    if (unknown.length > 0)
      return unknown.map(({ name, path }) => {
        const hint = suggestWord(name, accounts, `purser.yaml has: ${accounts.join(', ')}.`);
        return placeProblem(document, path, {
          code: 'account-unknown',
          message: `There is no account \`${name}\`.`,
          hint,
        });
      });
    if (readValue(document, ['account']) !== undefined || accounts.length === 1 || defaultAccount !== undefined)
      return [];
    const message = 'There are several accounts, and this policy names none.';
    return [
      placeProblem(
        document,
        ['account'],
        { code: 'account-missing', message, hint: `Add \`account\`: one of ${accounts.join(', ')}.` },
        'key',
      ),
    ];
  });
}

/** Reads the dates of a holidays list; those that don't exist are problems, and so is a list that runs out. */
export function readHolidays(
  document: PlacedDocument,
  now: Instant,
): { readonly dates: readonly LocalMillis[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const found: { date: LocalMillis; path: DocumentPath }[] = [];
  for (const [index, text] of readList(document, ['dates']).entries()) {
    if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) continue;
    const path = ['dates', index];
    const date = parseLocalDate(text);
    if (date !== undefined) found.push({ date, path });
    else problems.push(placeProblem(document, path, { code: 'date-wrong', message: `The calendar has no ${text}.` }));
  }
  found.sort((left, right) => left.date - right.date);
  const last = found.at(-1);
  if (last !== undefined && last.date - now < HOLIDAYS_WARNING_DAYS * DAY_MILLIS) {
    const isOver = last.date + DAY_MILLIS <= now;
    const message = `${isOver ? 'The last of these days was' : 'The last of these days is'} ${formatLocalDate(last.date)}; after it there are no holidays.`;
    problems.push(
      placeProblem(document, last.path, { code: 'warning-holidays-end', message, hint: "Add next year's dates." }),
    );
  }
  return { dates: found.map(({ date }) => date), problems };
}
