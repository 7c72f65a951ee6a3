// Sizes, names and headers of files, and what must not stand in the tree. It reads the files that git knows or would add.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const MOST_LINES = 300;
const MOST_FUNCTION_LINES = 70;

/** Files without a test of their own name, and why. A path that ends with `/` stands for all below it. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  'src/cli/': 'commands are tried as programs by test/cli and test/integration',
  'src/compose.ts': 'everything that starts a process goes through it',
  'src/compose/backtests.ts': 'names what others export',
  'src/compose/demo-stage.ts': 'the demo is played whole by test/integration',
  'src/compose/tools.ts': 'names what others export',
  'workers/main.ts': 'started as a process by test/integration',
};

function listFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  return output.split('\0').filter((path) => path !== '' && existsSync(path));
}

const files = listFiles();
const sources = files.filter((path) => /^(src|workers|bench|test|scripts|bin)\/.*\.(ts|mjs)$/.test(path));
const product = sources.filter((path) => /^(src|workers)\//.test(path));
const textOf = new Map(sources.map((path) => [path, readFileSync(path, 'utf8')]));

function read(path: string): string {
  return textOf.get(path) ?? readFileSync(path, 'utf8');
}

/** `path:line name (lines)` of every function that is too long. */
function findLongFunctions(path: string): string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  function visit(node: ts.Node): void {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const lines = lineOf(node.getEnd()) - lineOf(node.getStart()) + 1;
      const name = node.name?.getText() ?? 'a function';
      if (lines > MOST_FUNCTION_LINES) found.push(`${path}:${lineOf(node.getStart()) + 1} ${name} (${lines})`);
    }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return found;
}

/** Whether the file says its job before its first statement. */
function hasHeader(path: string): boolean {
  const text = read(path).replace(/^#!.*\n/, '');
  return /^(\/\/|\/\*)\s*\S/.test(text);
}

/** Types alone leave nothing to test. */
function hasNothingToRun(path: string): boolean {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023);
  return source.statements.every(
    (node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node),
  );
}

/** The files of this project that one file imports, dynamic imports too. */
function listImports(path: string): string[] {
  const imported = [...read(path).matchAll(/(?:from|import|import\()\s*'(\.[^']+)\.js'/g)];
  return imported.map(([, name]) => `${join(dirname(path), name!)}.ts`);
}

/** `src/queue`, `workers`: a part of the product whose tests answer for all that it consists of. */
function partOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('src/') ? 2 : 1)
    .join('/');
}

/** What tests import, and of that what it consists of within its own part. */
function listTested(): Set<string> {
  const tested = new Set<string>();
  const waiting = sources.filter((path) => path.startsWith('test/')).flatMap(listImports);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (tested.has(path) || !textOf.has(path)) continue;
    tested.add(path);
    const part = partOf(path);
    waiting.push(...listImports(path).filter((imported) => partOf(imported) === part));
  }
  return tested;
}

describe('the size of things', () => {
  it(`no file of the product is longer than ${MOST_LINES} lines`, () => {
    const long = product.map((path) => `${path} (${read(path).trimEnd().split('\n').length})`);
    expect(long.filter((entry) => Number(/\((\d+)\)$/.exec(entry)?.[1]) > MOST_LINES)).toEqual([]);
  });

  it(`no function of the product is longer than ${MOST_FUNCTION_LINES} lines`, () => {
    expect(product.flatMap(findLongFunctions)).toEqual([]);
  });
});

describe('names and headers', () => {
  it('every file but tests, whose names say it, tells its job on top', () => {
    expect(sources.filter((path) => !path.endsWith('.test.ts') && !hasHeader(path))).toEqual([]);
  });

  it('files and folders are named in kebab-case', () => {
    const isKebab = (part: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config)?(\.[a-z]+)?$/.test(part);
    expect(sources.filter((path) => !path.split('/').every(isKebab))).toEqual([]);
  });

  it('nothing is called utils, helpers, manager or the like', () => {
    const empty = /(^|[-/])(utils?|helpers?|managers?|misc|common|stuff)([-./]|$)/;
    expect(sources.filter((path) => empty.test(path))).toEqual([]);
  });
});

describe('tests', () => {
  it('none is skipped, alone or still to be written', () => {
    const left = /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|only|todo|skipIf|runIf|fails)\b/;
    const tests = sources.filter((path) => path.endsWith('.test.ts') && path !== 'test/project/tidy.test.ts');
    expect(tests.filter((path) => left.test(read(path)))).toEqual([]);
  });

  it('every file of the product is reached by a test of its part, or is listed with a reason', () => {
    const tested = listTested();
    const isListed = (path: string): boolean =>
      Object.keys(TESTED_ELSEWHERE).some((entry) => (entry.endsWith('/') ? path.startsWith(entry) : path === entry));
    const left = product.filter((path) => !tested.has(path) && !isListed(path) && !hasNothingToRun(path));
    expect(left).toEqual([]);
  });

  it('the list of reasons names nothing that is gone', () => {
    const isThere = (entry: string): boolean => product.some((path) => path.startsWith(entry));
    expect(Object.keys(TESTED_ELSEWHERE).filter((entry) => !isThere(entry))).toEqual([]);
  });
});

describe('what must not stand in the tree', () => {
  const texts = files.filter((path) => !/\.(png|ico|woff2?|gz)$/.test(path));

  it('the lock file names no registry', () => {
    expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(/"resolved"|https?:\/\/[^"]*registry/);
  });

  it('no path of one machine stands in any file', () => {
    const machine = new RegExp('/(root|home/[a-z]+|Users|work)/');
    const allowed = new Set(['Dockerfile', 'docker-compose.yml', 'test/project/tidy.test.ts']);
    expect(texts.filter((path) => !allowed.has(path) && machine.test(read(path)))).toEqual([]);
  });

  it('no name of a package registry stands in any file', () => {
    const registry = new RegExp(['npmjs\\.(com|org)', 'yarnpkg\\.com', 'unpkg\\.com'].join('|'));
    const allowed = new Set(['test/project/tidy.test.ts']);
    expect(texts.filter((path) => !allowed.has(path) && registry.test(read(path)))).toEqual([]);
  });
});
