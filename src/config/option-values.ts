// Reads an option's text, wherever it came from, into its typed value. One reader for flags, environment, file and defaults,
// so that the same words mean the same everywhere. It looks nothing up.
import { formatDuration, parseDuration } from '../core/duration.js';
import { parseUsdc } from '../core/money.js';
import { ALPHABET } from '../core/names.js';
import { describeForm } from './option-row.js';
import type { OptionRow, OptionType } from './option-row.js';
import type { OptionName, optionTable } from './options.js';
import { findClosestWord } from '../policy/closest-word.js';

/** Stands in for the installation where none is known yet; no VM ever carries it. */
export const NO_INSTALLATION = '00';

interface ValueTypes {
  readonly text: string;
  readonly path: string;
  readonly url: string;
  readonly 'redis-url': string;
  /** Milliseconds. */
  readonly duration: number;
  /** Micro-USDC. */
  readonly money: bigint;
  readonly integer: number;
  readonly number: number;
  readonly switch: boolean;
  readonly choice: string;
  readonly installation: string;
  readonly expressions: string;
}

type Row<Name extends OptionName> = (typeof optionTable)[Name];

/** The type that an option's value has; a choice is the union of its words. */
export type OptionValue<Name extends OptionName> =
  Row<Name> extends { readonly choices: readonly (infer Word)[] } ? Word : ValueTypes[Row<Name>['type']];

type AnyValue = string | number | bigint | boolean;

const SWITCH_WORDS: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  yes: true,
  on: true,
  '0': false,
  false: false,
  no: false,
  off: false,
};

const INSTALLATION = new RegExp(`^[${ALPHABET}]{2}$`);

function hasScheme(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol);
}

const READERS: Readonly<Record<OptionType, (text: string, row: OptionRow) => AnyValue | undefined>> = {
  text: (text) => text,
  path: (text) => text,
  expressions: (text) => text,
  url: (text) => (hasScheme(text, ['http:', 'https:']) ? text.replace(/\/+$/, '') : undefined),
  'redis-url': (text) => (hasScheme(text, ['redis:', 'rediss:', 'unix:']) ? text : undefined),
  duration: (text) => parseDuration(text),
  money: (text) => {
    const micros = parseUsdc(text);
    return micros === undefined || micros < 0n ? undefined : micros;
  },
  integer: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
  number: (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
  switch: (text) => SWITCH_WORDS[text.toLowerCase()],
  choice: (text, row) => (row.choices?.includes(text) ? text : undefined),
  installation: (text) => (INSTALLATION.test(text) && text !== NO_INSTALLATION ? text : undefined),
};

export type ReadOption = { readonly value: AnyValue } | { readonly wrong: string };

/** The typed value, or a half sentence that says what would be right. The text of a secret is never repeated. */
export function readOption(row: OptionRow, text: string): ReadOption {
  const value = READERS[row.type](text.trim(), row);
  const shown = row.secret === true ? 'the value given' : JSON.stringify(text);
  if (value === undefined || value === '') {
    const meant = findClosestWord(text.trim(), row.choices ?? []);
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    return { wrong: `must be ${describeForm(row)}, not ${shown}${hint}` };
  }
  const { minimum = -Infinity, maximum = Infinity } = row;
  if (typeof value === 'number' && (value < minimum || value > maximum)) {
    const word = row.type === 'duration' ? formatDuration : String;
    return { wrong: `must be from ${word(minimum)} to ${word(maximum)}, not ${shown}` };
  }
  return { value };
}
