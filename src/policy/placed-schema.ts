// JSON Schema (2020-12, by ajv) -> placed problems in plain words; ajv's own texts never reach a person.
// Generic: policies, purser.yaml, scenarios and worlds use it. A schema's `expects` completes the sentence "must be ...".
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { findClosestWord } from './closest-word.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import { dropEchoes, formatPath } from './problems.js';
import type { DocumentPath, Problem } from './problems.js';

/** What this file reads of a schema. `title` names the whole ("a fleet"), `expects` says what a value must be. */
interface SchemaNode {
  readonly title?: string;
  readonly expects?: string;
  /** Values that a later version will know. */
  readonly comes?: readonly string[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** A document with more problems than this is of another kind altogether. */
const MOST_PROBLEMS = 100;
const LONGEST_SHOWN = 60;

const validators = new WeakMap<object, ValidateFunction>();

function compileSchema(schema: object): ValidateFunction {
  let validate = validators.get(schema);
  if (validate === undefined) {
    const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, ownProperties: true });
    ajv.addVocabulary(['expects', 'comes']);
    validate = ajv.compile(schema);
    validators.set(schema, validate);
  }
  return validate;
}

/** A value as a person would point at it: `"four"`, `2.5`, `a list`, `empty`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  if (typeof value !== 'string') return `${value as number | boolean}`;
  return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}...` : value);
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

export function joinWords(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)!}`;
}

function describeType(node: SchemaNode | undefined): string {
  const types = node?.type === undefined ? [] : [node.type].flat();
  return joinWords(types.map((type) => TYPE_WORDS[type] ?? type));
}

/** Every key below a schema with the paths of the mappings that hold it, to tell "that belongs under ...". */
function listKeyHomes(schema: SchemaNode, above = '', homes = new Map<string, string[]>()): Map<string, string[]> {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    homes.set(key, [...(homes.get(key) ?? []), above]);
    listKeyHomes(child.items ?? child, above === '' ? key : `${above}.${key}`, homes);
  }
  return homes;
}

/** Where a JSON pointer of ajv leads, with list positions as numbers. */
function toDocumentPath(pointer: string, value: unknown): (string | number)[] {
  const path: (string | number)[] = [];
  let here: unknown = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(here) ? Number(key) : key);
    here = (here as Record<string, unknown> | undefined)?.[key];
  }
  return path;
}

interface Words {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly meant?: string;
}

function describeUnknownKey(key: string, path: DocumentPath, node: SchemaNode, schema: SchemaNode): Words {
  const known = Object.keys(node.properties ?? {});
  const owner = path.length === 0 ? (schema.title ?? 'this document') : `\`${formatPath(path)}\``;
  const closest = findClosestWord(key, known);
  const home = closest === undefined ? listKeyHomes(schema).get(key)?.[0] : undefined;
  const hint =
    closest !== undefined
      ? `Did you mean \`${closest}\`?`
      : home !== undefined
        ? `\`${key}\` belongs ${home === '' ? 'to the top level' : `under \`${home}\``}.`
        : `Known keys here: ${known.join(', ')}.`;
  const meant = closest === undefined ? {} : { meant: formatPath([...path, closest]) };
  return { code: 'key-unknown', message: `\`${key}\` is not a key of ${owner}.`, hint, ...meant };
}

function describeMissingKey(key: string, path: DocumentPath, node: SchemaNode, schema: SchemaNode): Words {
  const owner = path.length === 0 ? (schema.title ?? 'this document') : `\`${formatPath(path)}\``;
  const child = node.properties?.[key];
  const expects = child?.expects ?? describeType(child);
  return {
    code: 'key-missing',
    message: `\`${key}\` is missing in ${owner}.`,
    hint: expects && `Add \`${key}\`: ${expects}.`,
  };
}

/** What an ajv keyword asks for, for schemas without `expects`. */
function describeRule(error: ErrorObject): string {
  const { params, keyword } = error as { params: Record<string, unknown>; keyword: string };
  const limit = String(params['limit']);
  switch (keyword) {
    case 'minimum':
      return `at least ${limit}`;
    case 'maximum':
      return `at most ${limit}`;
    case 'minLength':
      return `at least ${limit} characters long`;
    case 'maxLength':
      return `at most ${limit} characters long`;
    case 'minItems':
      return `a list of at least ${limit}`;
    case 'maxItems':
      return `a list of at most ${limit}`;
    case 'minProperties':
      return `a mapping with at least ${limit} key`;
    case 'maxProperties':
      return `a mapping with at most ${limit} key`;
    case 'enum':
      return joinWords((params['allowedValues'] as unknown[]).map(String));
    case 'const':
      return String(params['allowedValue']);
    default:
      return 'of another form';
  }
}

/** Of a number or a yes that is quoted, and so a text. */
function describeUnquoted(node: SchemaNode | undefined, data: unknown): string {
  if (typeof data !== 'string' || !/^(-?\d+(\.\d+)?|true|false)$/.test(data)) return '';
  const isBoolean = data === 'true' || data === 'false';
  const isWhole = !isBoolean && !data.includes('.');
  const fitting = isBoolean ? ['boolean'] : ['number', ...(isWhole ? ['integer'] : [])];
  const types = node?.type === undefined ? [] : [node.type].flat();
  return types.some((type) => fitting.includes(type)) ? `Write it without quotes: ${data}.` : '';
}

function describeWrongValue(error: ErrorObject, path: DocumentPath, schema: SchemaNode): Words {
  const node = error.parentSchema as SchemaNode | undefined;
  const name = path.length === 0 ? (schema.title ?? 'This document') : `\`${formatPath(path)}\``;
  const shown = describeValue(error.data);
  if (error.keyword === 'uniqueItems') {
    const { i, j } = error.params as { i: number; j: number };
    const twice = describeValue((error.data as unknown[])[i]);
    return {
      code: 'value-twice',
      message: `${name} names ${twice} twice (entries ${Math.min(i, j) + 1} and ${Math.max(i, j) + 1}).`,
      hint: 'Keep one of them.',
    };
  }
  const isType = error.keyword === 'type';
  const wanted = node?.expects ?? (isType ? describeType(node) : describeRule(error));
  const allowed = (error.params as { allowedValues?: unknown[] }).allowedValues?.map(String) ?? [];
  if (typeof error.data === 'string' && node?.comes?.includes(error.data) === true) {
    const message = `\`${error.data}\` is not built yet.`;
    return { code: 'value-wrong', message, hint: `Until then write ${joinWords(allowed)}, or leave it out.` };
  }
  const closest = typeof error.data === 'string' ? findClosestWord(error.data, allowed) : undefined;
  return {
    code: isType ? 'type-wrong' : 'value-wrong',
    message: `${name} must be ${wanted}, but is ${shown}.`,
    hint: closest === undefined ? describeUnquoted(node, error.data) : `Did you mean \`${closest}\`?`,
  };
}

function describeError(error: ErrorObject, document: PlacedDocument, schema: SchemaNode): Problem {
  const path = toDocumentPath(error.instancePath, document.value);
  const node = (error.parentSchema ?? {}) as SchemaNode;
  const params = error.params as { additionalProperty?: string; missingProperty?: string };
  if (error.keyword === 'additionalProperties' && params.additionalProperty !== undefined) {
    const key = params.additionalProperty;
    return placeProblem(document, [...path, key], describeUnknownKey(key, path, node, schema), 'key');
  }
  if (error.keyword === 'required' && params.missingProperty !== undefined) {
    const key = params.missingProperty;
    const place = document.place(path, 'key');
    return placeProblem(document, [...path, key], describeMissingKey(key, path, node, schema), place);
  }
  return placeProblem(document, path, describeWrongValue(error, path, schema));
}

/** Of a value that may be of several forms: the faults of the form that it has, or one sentence that names them all. */
function chooseBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  return unions.reduce((kept, union) => {
    const inBranch = ({ schemaPath }: ErrorObject): boolean => schemaPath.startsWith(`${union.schemaPath}/`);
    const branchOf = ({ schemaPath }: ErrorObject): string =>
      schemaPath.slice(union.schemaPath.length + 1).split('/')[0]!;
    const isOfOtherType = (error: ErrorObject): boolean =>
      error.keyword === 'type' && error.instancePath === union.instancePath;
    const others = new Set(kept.filter((error) => inBranch(error) && isOfOtherType(error)).map(branchOf));
    const own = kept.filter((error) => inBranch(error) && !others.has(branchOf(error)));
    const rest = kept.filter((error) => error !== union && !inBranch(error));
    return own.length === 0 ? [...rest, union] : [...rest, ...own];
  }, errors);
}

/**
 * Checks a document against a schema; every problem at once, each at its place. `schema` is any JSON Schema 2020-12;
 * `title` and `expects` in it make the messages good. Compiled once for each schema object.
 */
export function validatePlaced(schema: object, document: PlacedDocument): readonly Problem[] {
  const validate = compileSchema(schema);
  if (validate(document.value)) return [];
  const errors = chooseBranches(validate.errors ?? []);
  // A wrong type makes every other keyword about the same place fail too: the type alone is told.
  const wrongTypes = new Set(errors.filter((error) => error.keyword === 'type').map((error) => error.instancePath));
  const told = errors
    .filter((error) => error.keyword === 'type' || !wrongTypes.has(error.instancePath))
    .filter((error) => error.keyword !== 'if')
    .slice(0, MOST_PROBLEMS)
    .map((error) => describeError(error, document, schema));
  return dropEchoes(told);
}
