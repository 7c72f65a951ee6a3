// YAML text -> plain values that remember where they stand. For policies, purser.yaml, scenarios and worlds alike.
// It knows no schema and reads no files; whatever is broken becomes placed problems, nothing throws.
import { Composer, CST, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, visit } from 'yaml';
import type { Document, Node, Pair, YAMLError } from 'yaml';
import { formatPath } from './problems.js';
import type { DocumentPath, Problem } from './problems.js';
import { findYamlHint } from './yaml-hints.js';

/** How many aliases a document may hold, and unfold to; more is an attack or a mistake. */
const MOST_ALIASES = 100;
/** One slip can make the rest of a document unreadable; so many of its errors are told. */
const MOST_YAML_ERRORS = 10;

/** The parser is recursive: what is nested by the thousand doesn't throw but kills the process (V8 runs out of stack). */
const DEEPEST_NESTING = 64;

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One document of a YAML file: its plain value, and where each part of it stands. */
export interface PlacedDocument {
  readonly file: string;
  readonly value: unknown;
  /** The nearest place that exists: of a missing key the mapping that should hold it. */
  readonly place: (path: DocumentPath, part?: 'key' | 'value') => Place;
  /** The place of a character inside a text value; `offset` counts in the value, not in its YAML form. */
  readonly placeInside: (path: DocumentPath, offset: number) => Place;
}

/** Makes a problem about `path` in a document. `part`: where to point, at the key or at its value. */
export function placeProblem(
  document: PlacedDocument,
  path: DocumentPath,
  words: { readonly code: string; readonly message: string; readonly hint?: string; readonly meant?: string },
  part: 'key' | 'value' | Place = 'value',
): Problem {
  const place = typeof part === 'string' ? document.place(path, part) : part;
  const { code, message, hint = '', meant } = words;
  const problem = { file: document.file, ...place, path: formatPath(path), code, message, hint };
  return meant === undefined ? problem : { ...problem, meant };
}

const ANCHOR_HINT = 'Define the anchor (&name) before its alias (*name).';

interface FoundNode {
  readonly key: Node | undefined;
  readonly node: Node | undefined;
}

function findChild(parent: Node | undefined, part: string | number): FoundNode | undefined {
  if (isMap(parent)) {
    const pair = (parent.items as Pair<Node, Node | null>[]).find(
      (candidate) => isScalar(candidate.key) && String(candidate.key.value) === String(part),
    );
    return pair && { key: pair.key, node: pair.value ?? undefined };
  }
  if (isSeq(parent) && typeof part === 'number') {
    const item = parent.items[part] as Node | undefined;
    return item && { key: undefined, node: item };
  }
  return undefined;
}

/** Walks as far as the path exists; aliases are followed. */
function findNode(document: Document.Parsed, path: DocumentPath): FoundNode & { readonly whole: boolean } {
  let found: FoundNode = { key: undefined, node: document.contents ?? undefined };
  for (const part of path) {
    const parent = isAlias(found.node) ? found.node.resolve(document) : found.node;
    const child = findChild(parent, part);
    if (child === undefined) return { ...found, whole: false };
    found = child;
  }
  return { ...found, whole: true };
}

/** Maps an offset in a scalar's value to one in the source: both are walked together, what YAML adds is skipped. */
function findSourceOffset(source: string, start: number, end: number, value: string, offset: number): number {
  const isSpace = (text: string | undefined): boolean => text !== undefined && /\s/.test(text);
  let position = start;
  for (let index = 0; index <= offset && index < value.length; index += 1) {
    let candidate = position;
    const wanted = value[index];
    while (candidate < end && source[candidate] !== wanted && !(isSpace(wanted) && isSpace(source[candidate])))
      candidate += 1;
    if (candidate >= end) return position;
    if (index === offset) return candidate;
    position = candidate + 1;
  }
  return Math.min(position, end);
}

function buildPlaced(file: string, source: string, document: Document.Parsed, lines: LineCounter): PlacedDocument {
  const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  const toPlace = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const offsetOf = (path: DocumentPath, part: 'key' | 'value'): number => {
    const { key, node, whole } = findNode(document, path);
    const pointed = whole && part === 'value' ? (node ?? key) : (key ?? node);
    return pointed?.range?.[0] ?? document.contents?.range?.[0] ?? document.range[0];
  };
  return {
    file,
    value,
    place: (path, part = 'value') => toPlace(offsetOf(path, part)),
    placeInside: (path, offset) => {
      const { node } = findNode(document, path);
      const scalar = isAlias(node) ? node.resolve(document) : node;
      if (!isScalar(scalar) || typeof scalar.value !== 'string' || !scalar.range)
        return toPlace(offsetOf(path, 'value'));
      const [start, end] = scalar.range;
      // A quote or a block header (`|`, `>-`) comes before the text itself.
      const style = scalar.type;
      const header =
        style === 'BLOCK_LITERAL' || style === 'BLOCK_FOLDED' ? source.indexOf('\n', start) + 1 - start : 0;
      const quote = style === 'QUOTE_DOUBLE' || style === 'QUOTE_SINGLE' ? 1 : 0;
      return toPlace(findSourceOffset(source, start + header + quote, end, scalar.value, offset));
    },
  };
}

const BOMB = {
  code: 'yaml-too-many-aliases',
  message: 'The aliases of this document are far too many, or unfold to far too much.',
  hint: 'Write the parts out instead of *alias.',
};

interface Fault {
  readonly offset: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Splits a text into tokens, and stops where it is nested too deeply or holds too many aliases: going on would take the
 * parser minutes, or kill the process.
 */
function readTokens(
  text: string,
  lines: LineCounter,
): { readonly tokens: readonly CST.Token[]; readonly fault: Fault | undefined } {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let aliases = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (CST.tokenType(lexeme) === 'alias') aliases += 1;
    if (aliases > MOST_ALIASES) return { tokens, fault: { offset, ...BOMB } };
    if (parser.stack.length <= DEEPEST_NESTING) continue;
    const message = `This is nested more than ${DEEPEST_NESTING} levels deep.`;
    return { tokens, fault: { offset, code: 'yaml-too-deep', message, hint: '' } };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, fault: undefined };
}

const BRACES = {
  code: 'yaml-broken',
  message: 'Braces begin a mapping where the text is not quoted.',
  hint: 'Quote the whole text, with one brace on each side: "http://{vm.publicIp}:8080/status".',
};

/** Where the line of the first error holds `{{` or `{vm.` outside quotes: one slip, of which YAML makes many errors. */
function findBraces(text: string, offset: number | undefined): number | undefined {
  if (offset === undefined) return undefined;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(start).split('\n', 1)[0]!;
  const plain = line.replaceAll(/"[^"]*"|'[^']*'/g, (quoted) => ' '.repeat(quoted.length));
  const place = /\{\{|\{vm\./.exec(plain);
  return place === null ? undefined : start + place.index;
}

/** One slip is often several errors at the same place; the first says it best. */
function listErrors({ errors, warnings }: Document.Parsed): readonly YAMLError[] {
  const first = new Map<number, YAMLError>();
  for (const error of [...errors, ...warnings]) if (!first.has(error.pos[0])) first.set(error.pos[0], error);
  return [...first.values()];
}

/** Aliases without an anchor, and such that stand inside what they name. */
function findAliasFault(document: Document.Parsed): Fault | undefined {
  let fault: Fault | undefined;
  visit(document, {
    Alias: (_, alias, path) => {
      const offset = alias.range?.[0] ?? 0;
      const target = alias.resolve(document);
      if (target === undefined)
        fault = { offset, code: 'yaml-alias-unknown', message: 'This alias has no anchor.', hint: ANCHOR_HINT };
      else if (path.includes(target))
        fault = { offset, code: 'yaml-alias-circle', message: 'This alias stands inside what it names.', hint: '' };
      return fault === undefined ? undefined : visit.BREAK;
    },
  });
  return fault;
}

/** The place of a bomb that is made of few aliases: the first of them. */
function findFirstAlias(document: Document.Parsed): number {
  let offset: number | undefined;
  visit(document, {
    Alias: (_, alias) => {
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset ?? document.range[0];
}

/**
 * Reads every document of a YAML file. Broken documents become problems and are left out; empty ones are left out
 * silently, unless the whole file is empty.
 */
export function readPlacedYaml(
  file: string,
  text: string,
): { readonly documents: readonly PlacedDocument[]; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const report = ({ offset, ...words }: Fault): void => {
    const { line, col } = lines.linePos(offset);
    problems.push({ file, line: Math.max(1, line), column: Math.max(1, col), path: '', ...words });
  };
  const { tokens, fault: tooMuch } = readTokens(text, lines);
  if (tooMuch !== undefined) {
    report(tooMuch);
    return { documents: [], problems };
  }
  const composer = new Composer({
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    version: '1.2',
    logLevel: 'silent',
  });
  const parsed = [...composer.compose(tokens)];
  const documents: PlacedDocument[] = [];
  for (const document of parsed) {
    const errors = listErrors(document).slice(0, MOST_YAML_ERRORS);
    const bracesAt = findBraces(text, errors[0]?.pos[0]);
    if (bracesAt !== undefined) report({ offset: bracesAt, ...BRACES });
    for (const error of bracesAt === undefined ? errors : []) {
      const code = error.code === 'DUPLICATE_KEY' ? 'key-duplicate' : 'yaml-broken';
      const message =
        error.code === 'DUPLICATE_KEY'
          ? 'This key stands twice in the same mapping.'
          : `This is not valid YAML: ${error.message}.`;
      report({
        offset: error.pos[0],
        code,
        message: message.replace(/\.\.$/, '.'),
        hint: findYamlHint(error.code, error.message),
      });
    }
    if (document.errors.length > 0 || document.warnings.length > 0 || document.contents === null) continue;
    const fault = findAliasFault(document);
    if (fault !== undefined) {
      report(fault);
      continue;
    }
    try {
      const placed = buildPlaced(file, text, document, lines);
      if (placed.value !== null) documents.push(placed);
    } catch {
      report({ offset: findFirstAlias(document), ...BOMB });
    }
  }
  if (documents.length === 0 && problems.length === 0)
    report({
      offset: 0,
      code: 'file-empty',
      message: 'This file holds nothing.',
      hint: 'Write a document, or delete the file.',
    });
  return { documents, problems };
}
