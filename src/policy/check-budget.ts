// Checks of a budget document beyond its schema: its limit, its zone, its steps, and whether its scope names what there is.
import { parseUsdc } from '../core/money.js';
import { suggestWord } from './closest-word.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { checkSelect } from './check-reap.js';
import { readList, readText, readValue } from './read-value.js';
import { suggestZone } from './suggest-zone.js';
import { findZoneName } from './zone.js';

const MOST_PERCENT = 200;

/** What other documents and purser.yaml say. */
export interface BudgetSurroundings {
  /** Empty: unknown, any name will do. */
  readonly accounts: readonly string[];
  /** The kinds of all policies by their names. */
  readonly kinds: ReadonlyMap<string, string>;
}

type Report = (path: DocumentPath, code: string, message: string, hint?: string, part?: 'key' | 'value') => void;

function checkLimit(document: PlacedDocument, report: Report): void {
  const value = readValue(document, ['limit']);
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : undefined;
  if (text === undefined) return;
  const bare = /^\$? ?(\d*\.?\d+) ?(USDC|USD|\$)?$/i.exec(text);
  if (bare !== null) {
    report(
      ['limit'],
      'price-without-unit',
      `\`${text}\` says not for how long.`,
      `Write ${bare[1]!}/month, /week or /day.`,
    );
    return;
  }
  const dressed = /^\$? ?(\d{0,9}(?:\.\d{1,6})?) ?(?:USDC|USD|\$)? ?(?:\/|per) ?([a-z]+)$/i.exec(text);
  if (dressed === null) return;
  const [, amount, unit = ''] = dressed;
  const word = ['day', 'week', 'month'].find((known) => unit.toLowerCase().startsWith(known.slice(0, 1)));
  if (/^(h|y)/i.test(unit) || word === undefined)
    report(['limit'], 'price-form', `A budget has no limit per \`${unit}\`.`, 'Write it per day, week or month.');
  else if (!/^[\d.]+ ?\/ ?(day|week|month)$/.test(text))
    report(['limit'], 'price-form', `\`${text}\` is not how a limit is written here.`, `Write ${amount!}/${word}.`);
  else if (parseUsdc(amount!) === 0n)
    report(
      ['limit'],
      'value-wrong',
      'A limit of nothing has no percentages.',
      'To buy nothing, write `mode: pause` in the fleets, or a step that stops buying.',
    );
}

function checkZone(document: PlacedDocument, report: Report): void {
  const value = readValue(document, ['timezone']);
  if (value === undefined) {
    const message = 'This budget names no zone, so its days, weeks and months begin at midnight UTC.';
    report([], 'warning-zone-default', message, 'Add `timezone`, such as Europe/Paris (or UTC, if meant).', 'key');
  } else if (typeof value === 'string' && findZoneName(value) === undefined)
    report(['timezone'], 'zone-unknown', `\`${value}\` is not an IANA zone.`, suggestZone(value));
}

/** undefined: it is no percentage, and was told. */
function readPercent(document: PlacedDocument, path: DocumentPath, report: Report): number | undefined {
  const value = readValue(document, path);
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))) {
    report(path, 'percent-wrong', `\`${value}\` has no percent sign.`, `Write ${value}%.`);
    return undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (/^\d+\.\d+ ?%$/.test(value)) {
    report(
      path,
      'percent-wrong',
      'A step is reached at a whole percentage.',
      `Write ${Math.round(Number.parseFloat(value))}%.`,
    );
    return undefined;
  }
  const whole = /^(\d+)%$/.exec(value);
  if (whole === null) return undefined;
  const percent = Number(whole[1]);
  if (percent >= 1 && percent <= MOST_PERCENT) return percent;
  report(path, 'percent-wrong', `A step at ${percent}% is never meant.`, `Steps go from 1% to ${MOST_PERCENT}%.`);
  return undefined;
}

function checkSteps(document: PlacedDocument, report: Report): void {
  const seen = new Map<string, number>();
  let highest = 0;
  for (const index of readList(document, ['steps']).keys()) {
    const path = ['steps', index];
    const percent = readPercent(document, [...path, 'at'], report);
    if (percent === undefined) continue;
    const of = readText(document, [...path, 'of']);
    const action = readText(document, [...path, 'do']);
    // Told twice at other percentages, a notice is two; anything else holds from the first on.
    const key = action === 'notify' ? `${percent} ${of} ${action}` : `${of} ${action}`;
    const earlier = seen.get(key);
    if (earlier !== undefined)
      report(path, 'step-twice', `Step ${earlier + 1} does this already: ${action} of ${of}.`, 'Keep one of them.');
    else if (percent < highest)
      report(
        [...path, 'at'],
        'step-order',
        `${percent}% stands after ${highest}%.`,
        'Write the steps in rising order, as they are reached.',
      );
    if (earlier === undefined) seen.set(key, index);
    highest = Math.max(highest, percent);
  }
}

function checkScope(document: PlacedDocument, { accounts, kinds }: BudgetSurroundings, report: Report): void {
  for (const [index, name] of readList(document, ['scope', 'accounts']).entries()) {
    if (typeof name !== 'string' || name === '' || accounts.length === 0 || accounts.includes(name)) continue;
    const hint = suggestWord(name, accounts, `purser.yaml has: ${accounts.join(', ')}.`);
    report(['scope', 'accounts', index], 'account-unknown', `There is no account \`${name}\`.`, hint);
  }
  const fleets = [...kinds].flatMap(([name, kind]) => (kind === 'fleet' ? [name] : []));
  for (const [index, name] of readList(document, ['scope', 'policies']).entries()) {
    if (typeof name !== 'string' || name === '') continue;
    const kind = kinds.get(name);
    if (kind === 'fleet') continue;
    const path = ['scope', 'policies', index];
    const known = fleets.length === 0 ? 'There is no fleet.' : `Fleets are: ${fleets.join(', ')}.`;
    if (kind === undefined)
      report(path, 'policy-unknown', `There is no policy \`${name}\`.`, suggestWord(name, fleets, known));
    else
      report(
        path,
        'policy-unknown',
        `\`${name}\` is a ${kind}; a budget counts the VMs of fleets.`,
        `${known} Other VMs are named by \`select\`.`,
      );
  }
}

export function checkBudget(document: PlacedDocument, surroundings: BudgetSurroundings): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, code, message, hint = '', part = 'value') => {
    problems.push(placeProblem(document, path, { code, message, hint }, part));
  };
  checkLimit(document, report);
  checkZone(document, report);
  checkSteps(document, report);
  checkScope(document, surroundings, report);
  return [...problems, ...checkSelect(document, ['scope', 'select'])];
}
