// One row of the option table: what there is to know about an option. Shapes, and the words that --help and the docs share.

/** How an option's text is read, and what it becomes (option-values.ts). */
export type OptionType =
  | 'text'
  | 'path'
  | 'url'
  | 'redis-url'
  | 'duration'
  | 'money'
  | 'integer'
  | 'number'
  | 'switch'
  | 'choice'
  | 'installation'
  | 'expressions';

/** account: belongs to one account (`accounts.NAME` in the file). */
export type OptionGroup = 'account' | 'engine' | 'safety' | 'rails' | 'process';

export interface OptionRow {
  readonly group: OptionGroup;
  /** With two hyphens; its camel case is the option's name in this table. undefined: a flag would show it to `ps`. */
  readonly flag: string | undefined;
  readonly variable: string;
  /** Path in purser.yaml; `*` is an account's name. undefined: not in the file. */
  readonly key: string | undefined;
  readonly type: OptionType;
  /** As a person would write it; undefined when nothing stands in for it. */
  readonly default: string | undefined;
  readonly choices?: readonly string[];
  /** Bounds, both included: of numbers as they are, of durations in milliseconds. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** One sentence or two; --help and docs/options.md print it. */
  readonly description: string;
  /** The value itself is secret: read when needed, never kept in a Config, never printed. */
  readonly secret?: true;
}

const PLACEHOLDERS: Readonly<Record<OptionType, string>> = {
  text: '<text>',
  path: '<path>',
  url: '<url>',
  'redis-url': '<url>',
  duration: '<duration>',
  money: '<usdc>',
  integer: '<number>',
  number: '<number>',
  switch: '',
  choice: '<word>',
  installation: '<two characters>',
  expressions: '<expression>',
};

/** Rails stand for all accounts, and once more below an account that has its own. */
export function isRail(row: OptionRow): boolean {
  return row.group === 'rails' && row.key !== undefined;
}

/** The flag as commander and --help want it: `--tick <duration>`, `--freeze`; undefined when the option has none. */
export function formatFlag(row: OptionRow): string | undefined {
  return row.flag === undefined ? undefined : `${row.flag} ${PLACEHOLDERS[row.type]}`.trim();
}

const FORMS: Readonly<Record<OptionType, string>> = {
  text: 'a text',
  path: 'a path',
  url: 'an address that begins with http:// or https://',
  'redis-url': 'an address that begins with redis://, rediss:// or unix:',
  duration: 'a duration like 90s, 15m or 24h',
  money: 'USDC like 50 or 12.50',
  integer: 'a whole number',
  number: 'a number',
  switch: 'yes or no (1 or 0, true or false)',
  choice: 'one of',
  installation: 'two characters of 0-9 and a-z without i, l, o and u ("00" stands for none)',
  expressions: 'a CEL expression',
};

/** What a value must look like, for messages and docs: `a whole number from 1 to 100`, `one of act, observe, pause`. */
export function describeForm(row: OptionRow): string {
  if (row.type === 'choice') return `${FORMS.choice} ${(row.choices ?? []).join(', ')}`;
  if (row.type === 'duration' || row.minimum === undefined || row.maximum === undefined) return FORMS[row.type];
  return `${FORMS[row.type]} from ${row.minimum} to ${row.maximum}`;
}
