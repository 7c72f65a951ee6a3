// Reads a world file into what a simulated product begins with: shapes by schema, then meaning (dates, keys, names), all
// problems at once and placed. It reads text, not files, and starts nothing.
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { PurserError } from '../core/errors.js';
import type { Instant } from '../core/types.js';
import { buildShapeCheck, formatProblem, type ShapeAnswer, type ShapeProblem } from './shape-check.js';
import { cloudWorldShape } from './cloud/cloud-world-schema.js';
import { buildCloudWorld, type CloudWorld } from './cloud/cloud-world.js';
import { buildWorld, type World } from './marketplace/market-world.js';
import type { Complain } from './world-parts.js';
import { worldShape } from './marketplace/market-world-schema.js';

const checkWorld = buildShapeCheck(worldShape);
const checkCloudWorld = buildShapeCheck(cloudWorldShape);

/** What a world says that is not said in it. */
export interface WorldDefaults {
  readonly start?: Instant | undefined;
  readonly product?: AnyWorld['product'] | undefined;
}

export type AnyWorld = World | CloudWorld;

/** Reads YAML or JSON. Throws `world-invalid` with every problem as `file:line:column: place what`. */
export function parseWorld(text: string, file: string, defaults: WorldDefaults = {}): AnyWorld {
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
  return readAnyWorld(written ?? {}, describe, defaults);
}

type Describe = (problem: ShapeProblem) => { readonly offset: number; readonly line: string };

/** Reads a world of the marketplace that was written as an object. Throws `world-invalid` as parseWorld does. */
export function readWorld(written: unknown, start?: Instant): World {
  return build(written, describePlainly, start, checkWorld, buildWorld);
}

/** As readWorld, of the cloud. */
export function readCloudWorld(written: unknown, start?: Instant): CloudWorld {
  return build(written, describePlainly, start, checkCloudWorld, buildCloudWorld);
}

function readAnyWorld(written: unknown, describe: Describe, { start, product }: WorldDefaults): AnyWorld {
  const named = typeof written === 'object' && written !== null && 'product' in written ? written.product : product;
  return named === 'cloud'
    ? build(written, describe, start, checkCloudWorld, buildCloudWorld)
    : build(written, describe, start, checkWorld, buildWorld);
}

function build<Document extends { start?: string }, Built>(
  written: unknown,
  describe: Describe,
  start: Instant | undefined,
  check: (value: unknown) => ShapeAnswer<Document>,
  buildFrom: (document: Document, complain: Complain) => Built,
): Built {
  const { value: document, problems: shapeProblems } = check(written);
  if (document === undefined) throw refuseWorld(sortLines((shapeProblems ?? []).map(describe)));
  const problems: ShapeProblem[] = [];
  const dated = start === undefined ? document : { start: new Date(start).toISOString(), ...document };
  const world = buildFrom(dated, (path, text) => problems.push({ path, text }));
  if (problems.length > 0) throw refuseWorld(sortLines(problems.map(describe)));
  return world;
}

function describePlainly(problem: ShapeProblem) {
  return { offset: 0, line: formatProblem(problem) };
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
