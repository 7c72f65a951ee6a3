// Judges a query by the parameters of an operation: every name is known, arrays are in bracket notation or one bare value,
// numbers and booleans are written as such.
import type { Ajv2020 } from 'ajv/dist/2020.js';

const INDEXED = /^(.+)\[(\d+)\]$/;

/** `path` with its query; each parameter has `name`, `in`, `schema` and `isArray`. */
export function checkQuery(ajv: Ajv2020, parameters: readonly Record<string, unknown>[], path: string): string[] {
  const given = new Map<string, { values: string[]; indexes: number[] }>();
  for (const [written, value] of new URLSearchParams(path.split('?')[1] ?? '')) {
    const match = INDEXED.exec(written);
    const name = match?.[1] ?? written;
    const entry = given.get(name) ?? { values: [], indexes: [] };
    entry.values.push(value);
    entry.indexes.push(match === null ? -1 : Number(match[2]));
    given.set(name, entry);
  }
  const problems: string[] = [];
  for (const [name, { values, indexes }] of given) {
    const parameter = parameters.find((known) => known['in'] === 'query' && known['name'] === name);
    if (parameter === undefined) problems.push(`it has no parameter ${name}`);
    else problems.push(...checkValues(ajv, parameter, name, values, indexes));
  }
  for (const { name, required, in: place } of parameters) {
    if (place === 'query' && required === true && !given.has(String(name))) problems.push(`${String(name)} is missing`);
  }
  return problems;
}

function checkValues(
  ajv: Ajv2020,
  parameter: Record<string, unknown>,
  name: string,
  values: readonly string[],
  indexes: readonly number[],
): string[] {
  const isBare = indexes.length === 1 && indexes[0] === -1;
  const isNumbered = indexes.every((index, place) => index === place);
  if (parameter['isArray'] === true) {
    if (!isBare && !isNumbered) return [`${name} is not written as ${name}[0], ${name}[1] and so on`];
    return isValid(ajv, parameter, values) ? [] : [`${name} is ${values.join(', ')}`];
  }
  if (!isBare) return [`${name} is given as a list`];
  return readForms(values[0]!).some((value) => isValid(ajv, parameter, value)) ? [] : [`${name} is ${values[0]}`];
}

/** What a text in a query may stand for. */
function readForms(text: string): unknown[] {
  if (text === 'true' || text === 'false') return [text === 'true', text];
  return /^-?\d+$/.test(text) ? [Number(text), text] : [text];
}

function isValid(ajv: Ajv2020, parameter: Record<string, unknown>, value: unknown): boolean {
  return ajv.validate(parameter['schema'] as object, value);
}
