// Reads queries as the cloud takes them: lists in bracket notation (`status[0]=ready`) or one bare value, names as patterns of
// SQL's ILIKE. A parameter that is not documented is refused: a misspelt filter would be ignored in silence.
import type { Context } from 'hono';
import { RequestRefused, type SandboxEnv } from '../http-parts.js';

export interface Query {
  /** One bare value. */
  one(name: string): string | undefined;
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined;
  /** undefined: not given, which filters nothing. */
  list(name: string): readonly string[] | undefined;
  listOf<Word extends string>(name: string, words: readonly Word[]): readonly Word[] | undefined;
  flag(name: string): boolean;
  number(name: string): number | undefined;
}

const BRACKETS = /^([A-Za-z]+)\[(\d+)\]$/;

/** `known`: the names that the operation documents. */
export function readQuery(context: Context<SandboxEnv>, known: readonly string[]): Query {
  const bare = new Map<string, string>();
  const lists = new Map<string, string[]>();
  for (const [written, value] of new URL(context.req.url).searchParams) {
    const [, listed] = BRACKETS.exec(written) ?? [];
    const name = listed ?? written;
    if (!known.includes(name)) throw new RequestRefused(400, `Unknown query parameter "${written}"`);
    if (listed !== undefined) lists.set(name, [...(lists.get(name) ?? []), value]);
    else if (bare.has(name))
      throw new RequestRefused(400, `duplicate field "${name}": write ${name}[0], ${name}[1], ...`);
    else bare.set(name, value);
  }
  return buildReader(bare, lists);
}

function buildReader(bare: ReadonlyMap<string, string>, lists: ReadonlyMap<string, readonly string[]>): Query {
  const one = (name: string) => {
    if (lists.has(name)) throw new RequestRefused(400, `"${name}" is no list`);
    return bare.get(name);
  };
  const list = (name: string) => {
    const alone = bare.get(name);
    return lists.get(name) ?? (alone === undefined ? undefined : [alone]);
  };
  return {
    one,
    list,
    oneOf(name, words) {
      const value = one(name);
      return value === undefined ? undefined : checkWord(name, value, words);
    },
    listOf: (name, words) => list(name)?.map((value) => checkWord(name, value, words)),
    flag: (name) => {
      const value = one(name);
      return value === undefined ? false : checkWord(name, value, ['true', 'false']) === 'true';
    },
    number(name) {
      const value = one(name);
      if (value !== undefined && !/^\d{1,15}$/.test(value))
        throw new RequestRefused(400, `"${name}" is no whole number`);
      return value === undefined ? undefined : Number(value);
    },
  };
}

function checkWord<Word extends string>(name: string, value: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === value);
  if (word === undefined) throw new RequestRefused(400, `"${value}" is no ${name}; known are ${words.join(', ')}`);
  return word;
}

/** Whether SQL's ILIKE finds a name: `%` stands for any text, `_` any one character, `\` before either takes it as it is. */
export function buildLike(pattern: string): (name: string) => boolean {
  const source = pattern.replace(/\\(.)|[%_]|[^\\%_]+|\\$/gs, (part, escaped?: string) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return (escaped ?? part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  const form = new RegExp(`^${source}$`, 'is');
  return (name) => form.test(name);
}
