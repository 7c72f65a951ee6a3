// Test files and the policies that they are about, read from the disk and compiled. Problems are returned, each at its place.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { PurserError } from '../../core/errors.js';
import type { PolicySet } from '../../core/policy-types.js';
import { checkPolicies } from '../check-policies.js';
import {
  faultOf,
  isTestFile,
  loadPolicyFiles,
  MOST_FILE_BYTES,
  readTextFile,
  showPath,
  toProblem,
  type FileFault,
} from '../load-policy-files.js';
import { placeProblem, readPlacedYaml } from '../placed-yaml.js';
import type { PlacedDocument } from '../placed-yaml.js';
import { isError, mergeProblems, type Problem } from '../problems.js';
import { readList, readText } from '../read-value.js';
import { compileTests, type PolicyTest } from './compile-tests.js';
import { readAbsolute } from './read-instant.js';
import { openZone } from '../zone.js';

export interface LoadedTests {
  readonly tests: readonly PolicyTest[];
  /** Of test files and of the policies that they name; warnings of policies are left to `validate`. */
  readonly problems: readonly Problem[];
}

/** What is no test file, and where the tests of a policy file would be. */
function describeOther(path: string): FileFault {
  const name = basename(path);
  const tests = /\.ya?ml$/.test(name) ? name.replace(/\.(ya?ml)$/, '.test.$1') : 'web.test.yaml';
  const message = 'Files of policy tests end in .test.yaml or .test.yml.';
  return { code: 'file-no-test', message, hint: `Name such a file, as ${tests}, or a folder that holds some.` };
}

/** The test files that a path means: itself, or those of a folder (not of folders below). */
async function listTestFiles(path: string): Promise<readonly string[] | FileFault> {
  try {
    if (!(await stat(path)).isDirectory()) return isTestFile(path) ? [path] : describeOther(path);
    const names = (await readdir(path)).filter(isTestFile).sort();
    if (names.length > 0) return names.map((name) => join(path, name));
    const message = 'This folder holds no policy tests.';
    return {
      code: 'folder-empty',
      message,
      hint: 'They are files that end in .test.yaml; docs/policy-tests.md shows one.',
    };
  } catch (error) {
    return faultOf(error);
  }
}

/** For one-off windows and dates, which are judged by when the policies are looked at. */
function findNow(document: PlacedDocument): number {
  const zone = openZone('UTC');
  const instants = readList(document, ['tests']).map((_, index) =>
    readAbsolute(readText(document, ['tests', index, 'at']) ?? '', zone),
  );
  return instants.find((read) => read !== undefined)?.at ?? 0;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The paths of a document's policies, from `baseDir`; what isn't there is told in the test file. */
async function findPolicies(document: PlacedDocument, full: string, problems: Problem[]): Promise<readonly string[]> {
  const named = readList(document, ['policies']).filter((path) => typeof path === 'string');
  const folder = dirname(full);
  if (named.length === 0) {
    const beside = full.replace(/\.test(\.ya?ml)$/, '$1');
    if (await isThere(beside)) return [beside];
    const message = `There is no ${basename(beside)} beside this file.`;
    const hint = 'Name the policies that it tests: `policies: [web.yaml]`.';
    problems.push(placeProblem(document, ['policies'], { code: 'path-missing', message, hint }));
    return [];
  }
  const found: string[] = [];
  for (const [index, path] of named.entries()) {
    const policy = resolve(folder, path);
    if (await isThere(policy)) found.push(policy);
    else {
      const words = {
        code: 'path-missing',
        message: `There is no \`${path}\`.`,
        hint: "Paths count from this file's folder.",
      };
      problems.push(placeProblem(document, ['policies', index], words));
    }
  }
  return found;
}

async function compilePolicies(
  document: PlacedDocument,
  paths: readonly string[],
  baseDir: string,
  problems: Problem[],
): Promise<PolicySet | undefined> {
  if (paths.length === 0) return undefined;
  try {
    const loaded = await loadPolicyFiles(paths, { baseDir });
    const account = readText(document, ['account']);
    const checked = checkPolicies(loaded.documents, {
      accounts: [],
      defaultAccount: account,
      installation: undefined,
      protect: [],
      now: findNow(document),
      generation: 1,
      problems: loaded.problems,
    });
    problems.push(...checked.problems.filter(isError));
    return checked.set;
  } catch (error) {
    const found = error instanceof PurserError ? error.details?.['problems'] : undefined;
    if (!Array.isArray(found)) throw error;
    problems.push(...(found as Problem[]));
    return undefined;
  }
}

async function loadFile(full: string, baseDir: string): Promise<LoadedTests> {
  const shown = showPath(full, baseDir);
  const text = await readTextFile(full, MOST_FILE_BYTES);
  if (typeof text !== 'string') return { tests: [], problems: [toProblem(shown, text)] };
  const read = readPlacedYaml(shown, text);
  const problems: Problem[] = [...read.problems];
  const tests: PolicyTest[] = [];
  for (const document of read.documents) {
    const missing: Problem[] = [];
    const paths = await findPolicies(document, full, missing);
    const set = missing.length > 0 ? undefined : await compilePolicies(document, paths, baseDir, problems);
    const compiled = compileTests(document, set);
    problems.push(...compiled.problems, ...missing);
    tests.push(...compiled.tests);
  }
  return { tests, problems };
}

/** Reads test files and folders of them; paths are relative to `baseDir`. What is right can be run, whatever else is wrong. */
export async function loadTests(
  paths: readonly string[],
  { baseDir }: { readonly baseDir: string },
): Promise<LoadedTests> {
  const problems: Problem[] = [];
  const files = new Set<string>();
  for (const path of paths) {
    const full = resolve(baseDir, path);
    const listed = await listTestFiles(full);
    if ('length' in listed) for (const file of listed) files.add(file);
    else problems.push(toProblem(showPath(full, baseDir), listed));
  }
  const tests: PolicyTest[] = [];
  for (const file of files) {
    const loaded = await loadFile(file, baseDir);
    tests.push(...loaded.tests);
    problems.push(...loaded.problems);
  }
  return { tests, problems: mergeProblems(problems) };
}
