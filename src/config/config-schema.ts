// The JSON Schema of purser.yaml, derived from the option table. `expects` completes "must be ..." in messages.
// It loads no file, and it adds no rule that the table doesn't hold.
import Type from 'typebox';
import type { TObject, TSchema } from 'typebox';
import { describeForm, isRail } from './option-row.js';
import type { OptionRow } from './option-row.js';
import { listOptions } from './options.js';

const DURATION = '^(\\d+(ms|s|m|h|d))+$';

function buildLeaf(row: OptionRow): TSchema {
  const about = {
    description: row.description,
    ...(row.default === undefined ? {} : { default: readDefault(row) }),
    expects: describeForm(row),
  };
  const { minimum, maximum } = row;
  const bounds = { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
  switch (row.type) {
    case 'integer':
      return Type.Integer({ ...about, ...bounds });
    case 'number':
      return Type.Number({ ...about, ...bounds });
    case 'money':
      return Type.Union([Type.Number({ minimum: 0 }), Type.String({ pattern: '^\\d*\\.?\\d+$' })], about);
    case 'switch':
      return Type.Boolean(about);
    case 'choice':
      return Type.Enum([...(row.choices ?? [])], about);
    case 'duration':
      return Type.String({ ...about, pattern: DURATION });
    case 'installation':
      return Type.String({ ...about, pattern: '^[0-9a-hjkmnp-tv-z]{2}$' });
    case 'expressions':
      return Type.Array(Type.String({ minLength: 1 }), about);
    case 'text':
    case 'path':
    case 'url':
    case 'redis-url':
      return Type.String({ ...about, minLength: 1 });
  }
}

function readDefault(row: OptionRow): string | number {
  return row.type === 'integer' || row.type === 'number' || row.type === 'money' ? Number(row.default) : row.default!;
}

interface Branch {
  readonly leaves: Map<string, TSchema>;
  readonly branches: Map<string, Branch>;
}

function newBranch(): Branch {
  return { leaves: new Map(), branches: new Map() };
}

function closeBranch(branch: Branch): TObject {
  const children = [...branch.branches].map(([name, child]) => [name, closeMap(name, child)] as const);
  const properties = Object.fromEntries(
    [...branch.leaves, ...children].map(([key, leaf]) => [key, Type.Optional(leaf)]),
  );
  return Type.Object(properties, { additionalProperties: false });
}

/** `*` in a key is a name that the person chooses; config-file.ts checks names, with words of its own. */
function closeMap(name: string, branch: Branch): TSchema {
  const named = branch.branches.get('*');
  if (named === undefined) return closeBranch(branch);
  const expects = `a mapping of at least one of ${name}, by name`;
  return Type.Record(Type.String(), closeBranch(named), { minProperties: 1, expects });
}

function addLeaf(top: Branch, key: string, schema: TSchema): void {
  const parts = key.split('.');
  const leaf = parts.pop()!;
  let branch = top;
  for (const part of parts) {
    const next = branch.branches.get(part) ?? newBranch();
    branch.branches.set(part, next);
    branch = next;
  }
  branch.leaves.set(leaf, schema);
}

/** Draft 2020-12; unknown keys are errors everywhere. */
export function buildConfigSchema(): TSchema {
  const top = newBranch();
  for (const row of listOptions()) {
    if (row.key === undefined) continue;
    addLeaf(top, row.key, buildLeaf(row));
    if (isRail(row)) addLeaf(top, `accounts.*.${row.key}`, buildLeaf(row));
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'purser.yaml',
    ...closeBranch(top),
  };
}
