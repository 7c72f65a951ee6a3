// Checks of a reap document beyond its schema: its CEL, its signals, and whether its durations fit together.
import { formatDuration, parseDuration } from '../core/duration.js';
import { suggestWord } from './closest-word.js';
import { compileExpression } from './expression.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { DocumentPath, Problem } from './problems.js';
import { readList, readText, readValue } from './read-value.js';

const LEAST_EVERY_MILLIS = 1000;
const OPERATORS = ['http', 'all', 'any', 'not'];
const URL_FIELDS = ['vm.publicIp', 'vm.name', 'vm.id'] as const;

function durationAt(document: PlacedDocument, path: DocumentPath, standard: string): number | undefined {
  if (readValue(document, path) === undefined) return parseDuration(standard);
  const text = readText(document, path);
  return text === undefined ? undefined : parseDuration(text);
}

/** `path`: where the CEL about VMs stands. */
export function checkSelect(document: PlacedDocument, path: DocumentPath = ['select']): Problem[] {
  const text = readText(document, path);
  if (text === undefined || text === '') return [];
  const compiled = compileExpression(text);
  if ('problem' in compiled) {
    const { offset, ...words } = compiled.problem;
    return [placeProblem(document, path, words, document.placeInside(path, offset))];
  }
  if (compiled.expression.reads.size > 0 || /\bvm\b/.test(text)) return [];
  const message = 'This says the same about every VM of the account, whatever it is.';
  return [
    placeProblem(document, path, {
      code: 'warning-select-constant',
      message,
      hint: 'Select by something of vm, such as vm.name.',
    }),
  ];
}

function checkUrl(document: PlacedDocument, path: DocumentPath): Problem[] {
  const url = readText(document, path);
  if (url === undefined || url === '') return [];
  const problems: Problem[] = [];
  const doubled = url.search(/\{\{|\}\}/);
  if (doubled >= 0) {
    const right = url.replaceAll(/\{+/g, '{').replaceAll(/\}+/g, '}');
    const words = {
      code: 'url-field-unknown',
      message: 'Fields stand in one brace, not in two.',
      hint: `Write ${right}.`,
    };
    return [placeProblem(document, path, words, document.placeInside(path, doubled))];
  }
  for (const match of url.matchAll(/\{([^{}]*)\}/g)) {
    const field = match[1]!;
    if ((URL_FIELDS as readonly string[]).includes(field)) continue;
    const words = {
      code: 'url-field-unknown',
      message: `\`{${field}}\` can't stand in a URL.`,
      hint: suggestWord(
        /ip$/i.test(field) ? 'vm.publicIp' : field,
        URL_FIELDS,
        `Known are {${URL_FIELDS.join('}, {')}}.`,
      ),
    };
    problems.push(placeProblem(document, path, words, document.placeInside(path, match.index)));
  }
  if (problems.length > 0) return problems;
  const sample = url.replaceAll('{vm.publicIp}', '192.0.2.1').replaceAll(/\{vm\.(name|id)\}/g, 'x');
  if (!URL.canParse(sample) || !/^https?:$/.test(new URL(sample).protocol))
    return [
      placeProblem(document, path, {
        code: 'url-wrong',
        message: 'This is not an http or https URL.',
        hint: 'It should look like http://{vm.publicIp}:8080/status.',
      }),
    ];
  if (url === sample)
    return [
      placeProblem(document, path, {
        code: 'warning-url-without-vm',
        message: 'This asks the same address about every VM.',
        hint: 'Use {vm.publicIp}, {vm.name} or {vm.id}.',
      }),
    ];
  return [];
}

function checkHttp(document: PlacedDocument, path: DocumentPath, everyMillis: number | undefined): Problem[] {
  const problems = checkUrl(document, [...path, 'url']);
  const hasJson = readValue(document, [...path, 'json']) !== undefined;
  const hasEquals = readValue(document, [...path, 'equals']) !== undefined;
  if (hasJson && !hasEquals)
    problems.push(
      placeProblem(
        document,
        [...path, 'json'],
        {
          code: 'signal-keys',
          message: '`json` names a value but nothing to compare it with.',
          hint: 'Add `equals`, such as equals: false.',
        },
        'key',
      ),
    );
  if (hasEquals && !hasJson)
    problems.push(
      placeProblem(
        document,
        [...path, 'equals'],
        {
          code: 'signal-keys',
          message: '`equals` has nothing to compare with.',
          hint: 'Add `json`, such as json: /busy.',
        },
        'key',
      ),
    );
  const timeout = durationAt(document, [...path, 'timeout'], '5s');
  const timeoutPath = [...path, 'timeout'];
  if (timeout === 0)
    problems.push(
      placeProblem(document, timeoutPath, {
        code: 'value-wrong',
        message: 'Nothing answers within no time.',
        hint: 'Write a duration such as 5s.',
      }),
    );
  else if (timeout !== undefined && everyMillis !== undefined && timeout > everyMillis) {
    const message = `A time-out of ${formatDuration(timeout)} is longer than \`every\`, ${formatDuration(everyMillis)}.`;
    problems.push(
      placeProblem(document, timeoutPath, {
        code: 'signal-timeout',
        message,
        hint: 'Make it shorter, or `every` longer.',
      }),
    );
  }
  return problems;
}

/** Tells when not exactly one of `keys` is there; checks below go on with those that are. */
function checkOneOf(document: PlacedDocument, path: DocumentPath, keys: readonly string[]): Problem[] {
  const value = readValue(document, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const present = keys.filter((key) => Object.hasOwn(value, key));
  if (present.length === 1) return [];
  if (present.length === 0)
    return [
      placeProblem(
        document,
        path,
        { code: 'signal-keys', message: 'No signal stands here.', hint: `Add one of ${keys.join(', ')}.` },
        'key',
      ),
    ];
  const message = `\`${present[0]!}\` and \`${present[1]!}\` can't stand side by side.`;
  return [
    placeProblem(
      document,
      [...path, present[1]!],
      { code: 'signal-keys', message, hint: 'Put one inside the other: all, any and not may be nested.' },
      'key',
    ),
  ];
}

function checkSignals(
  document: PlacedDocument,
  path: DocumentPath,
  keys: readonly string[],
  everyMillis: number | undefined,
): Problem[] {
  const problems = checkOneOf(document, path, keys);
  if (readValue(document, [...path, 'http']) !== undefined)
    problems.push(...checkHttp(document, [...path, 'http'], everyMillis));
  for (const list of ['all', 'any'])
    for (const index of readList(document, [...path, list]).keys())
      problems.push(...checkSignals(document, [...path, list, index], OPERATORS, everyMillis));
  if (readValue(document, [...path, 'not']) !== undefined)
    problems.push(...checkSignals(document, [...path, 'not'], OPERATORS, everyMillis));
  return problems;
}

function checkIdle(document: PlacedDocument): Problem[] {
  if (typeof readValue(document, ['idle']) !== 'object') return [];
  const problems: Problem[] = [];
  const every = durationAt(document, ['idle', 'every'], '1m');
  const long = durationAt(document, ['idle', 'for'], '30m');
  const path = ['idle', readValue(document, ['idle', 'every']) === undefined ? 'for' : 'every'];
  if (every !== undefined && every < LEAST_EVERY_MILLIS)
    problems.push(
      placeProblem(document, ['idle', 'every'], { code: 'value-wrong', message: '`every` must be at least 1s.' }),
    );
  else if (every !== undefined && long !== undefined && every > long) {
    const message = `\`every\` (${formatDuration(every)}) is longer than \`for\` (${formatDuration(long)}): there would be no two samples to go by.`;
    problems.push(
      placeProblem(document, path, {
        code: 'idle-every-too-long',
        message,
        hint: 'Make `every` shorter, or `for` longer.',
      }),
    );
  }
  return [...problems, ...checkSignals(document, ['idle'], ['all', 'any', 'not'], every)];
}

export function checkReap(document: PlacedDocument): readonly Problem[] {
  return [...checkSelect(document), ...checkIdle(document)];
}
