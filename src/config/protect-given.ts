// `protect` as flags and the environment give it: expressions that are checked before any is used.
import { compileExpression } from '../policy/expression.js';
import type { ProtectExpression } from './config-file.js';
import { optionTable } from './options.js';

export interface Given {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

export function readProtectGiven(sources: Given): readonly ProtectExpression[] {
  const { variable, flag } = optionTable.protect;
  const text = sources.env[variable]?.trim() ?? '';
  const flags = [sources.options?.['protect'] ?? []].flat().map(String);
  return [
    ...(text === '' ? [] : [{ text, source: variable }]),
    ...flags.map((expression) => ({ text: expression, source: flag })),
  ];
}

/** Half a sentence for each that is no expression. */
export function describeBroken({ text, source }: ProtectExpression): readonly string[] {
  const compiled = compileExpression(text);
  if (!('problem' in compiled)) return [];
  const { message, hint, offset } = compiled.problem;
  return [`${source}, character ${offset + 1}: ${message} ${hint}`.trim().replace(/\.$/, '')];
}
