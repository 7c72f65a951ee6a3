// Reads a world file into what a simulated market begins with: shapes by schema, then meaning (dates, keys, names), all
// problems at once and placed. It reads text, not files, and starts nothing.
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { PurserError } from '../core/errors.js';
import type { Instant } from '../core/types.js';
import { buildShapeCheck, formatProblem, type ShapeProblem } from './shape-check.js';
import { buildWorld, type World } from './world-build.js';
import { worldShape } from './world-schema.js';

const checkWorld = buildShapeCheck(worldShape);

/**
 * Reads YAML or JSON. Throws `world-invalid` with every problem as `file:line:column: place what`. `start` stands for one
 * that the world doesn't name.
 */
export function parseWorld(text: string, file: string, start?: Instant): World {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const locate = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw refuseWorld(document.errors.map((error) => `${locate(error.pos[0])}: ${error.message.split('\n')[0]}`));
  }
  let written: unknown;
  try {
    written = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw refuseWorld([`${file}:1:1: ${cause instanceof Error ? cause.message : 'it can not be read'}`]);
  }
  const describe: Describe = (problem) => {
    const node = document.getIn(problem.path, true);
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === problem.key) : undefined;
    const place = (pair?.key ?? node) as { range?: readonly number[] } | undefined;
    const offset = place?.range?.[0] ?? 0;
    return { offset, line: `${locate(offset)}: ${formatProblem(problem)}` };
  };
  return readWorld(written ?? {}, describe, start);
}

type Describe = (problem: ShapeProblem) => { readonly offset: number; readonly line: string };

/** Reads a world that was written as an object. Throws `world-invalid` as parseWorld does. */
export function readWorld(
  written: unknown,
  describe: Describe = (problem) => ({ offset: 0, line: formatProblem(problem) }),
  start?: Instant,
): World {
  const { value: document, problems: shapeProblems } = checkWorld(written);
  if (document === undefined) throw refuseWorld(sortLines(shapeProblems.map(describe)));
  const problems: ShapeProblem[] = [];
  const dated = start === undefined ? document : { start: new Date(start).toISOString(), ...document };
  const world = buildWorld(dated, (path, text) => problems.push({ path, text }));
  if (problems.length > 0) throw refuseWorld(sortLines(problems.map(describe)));
  return world;
}

/** As a reader meets them in the file. */
function sortLines(described: readonly ReturnType<Describe>[]): readonly string[] {
  return described.toSorted((left, right) => left.offset - right.offset).map(({ line }) => line);
}

function refuseWorld(lines: readonly string[]): PurserError {
  const count = lines.length === 1 ? 'a problem' : `${lines.length} problems`;
  return new PurserError('world-invalid', `The world file has ${count}:\n  ${lines.join('\n  ')}`, {
    details: { problems: lines },
  });
}
