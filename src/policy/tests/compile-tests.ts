// A document of a test file and its policies -> tests that can be run, and everything that is wrong with it, each at its place.
import type { PolicySet } from '../../core/policy-types.js';
import type { Instant, Product } from '../../core/types.js';
import { suggestWord } from '../closest-word.js';
import { validatePlaced } from '../placed-schema.js';
import { placeProblem } from '../placed-yaml.js';
import type { PlacedDocument } from '../placed-yaml.js';
import { formatPath, type DocumentPath, type Problem } from '../problems.js';
import { readList, readText } from '../read-value.js';
import { testFileSchema, type TestDocument, type TestFileDocument } from '../schemas/test-file.js';
import type { GivenDocument } from '../schemas/test-given.js';
import { findZoneName, openZone, type Zone } from '../zone.js';
import { buildSupposed, type Supposed } from './given-snapshot.js';
import { readExpect, type Expectation } from './read-expect.js';
import { readAbsolute } from './read-instant.js';
import { TestReader } from './test-reader.js';

/** One test that can be run. */
export interface PolicyTest {
  readonly document: PlacedDocument;
  /** `['tests', 3]`. */
  readonly path: DocumentPath;
  readonly name: string;
  readonly at: Instant;
  readonly supposed: Supposed;
  readonly expectation: Expectation;
}

export interface CompiledTests {
  readonly tests: readonly PolicyTest[];
  readonly problems: readonly Problem[];
}

function describeZoneFault(text: string): { readonly message: string; readonly hint: string } {
  const hint = suggestWord(text, Intl.supportedValuesOf('timeZone'), 'Write an IANA zone such as Europe/Paris.');
  return { message: `There is no time zone \`${text}\`.`, hint };
}

function readZone(document: PlacedDocument, problems: Problem[]): Zone {
  const text = readText(document, ['timezone']) ?? 'UTC';
  const name = findZoneName(text);
  if (name === undefined)
    problems.push(placeProblem(document, ['timezone'], { code: 'timezone-unknown', ...describeZoneFault(text) }));
  return openZone(name ?? 'UTC');
}

function readAt(document: PlacedDocument, path: DocumentPath, zone: Zone, problems: Problem[]): Instant | undefined {
  const text = readText(document, path) ?? '';
  const read = readAbsolute(text, zone);
  if (read !== undefined) return read.at;
  const message = `\`${text}\` is no instant of a plan.`;
  const hint = 'Write a date with its time: 2026-11-20T19:10 (in `timezone`) or 2026-11-20T19:10Z.';
  problems.push(placeProblem(document, path, { code: 'instant-wrong', message, hint }));
  return undefined;
}

/** The account that is named, else the one that the policies name. */
function findAccount(document: PlacedDocument, set: PolicySet): string {
  const [first] = [...set.fleets, ...set.reaps, ...set.orphans, ...(set.keys ?? [])];
  const [counted] = (set.budgets ?? []).flatMap(({ scope }) => scope.accounts ?? []);
  return readText(document, ['account']) ?? first?.account ?? counted ?? 'main';
}

/** Sentences are what tests are known by: two alike can't be told apart. */
function checkNames(document: PlacedDocument, problems: Problem[]): void {
  const seen = new Set<string>();
  for (const [index] of readList(document, ['tests']).entries()) {
    const path = ['tests', index, 'name'];
    const name = readText(document, path);
    if (name === undefined) continue;
    if (seen.has(name)) {
      const words = {
        code: 'name-twice',
        message: 'Another test of this file says the same.',
        hint: 'Say what differs.',
      };
      problems.push(placeProblem(document, path, words));
    }
    seen.add(name);
  }
}

/** Of one document: all its tests are held at once. */
const MOST_VMS = 100_000;

interface Whole {
  readonly document: PlacedDocument;
  readonly file: TestFileDocument;
  readonly set: PolicySet;
  readonly zone: Zone;
  /** VMs that were given so far. */
  vms: number;
}

/** Whether the document stays within what one machine can hold. */
function countVms(whole: Whole, { vms = [] }: GivenDocument, path: DocumentPath, problems: Problem[]): boolean {
  const before = whole.vms;
  whole.vms += vms.reduce((sum, { count = 1 }) => sum + count, 0);
  if (whole.vms <= MOST_VMS) return true;
  if (before <= MOST_VMS) {
    const message = `Up to this test more than ${MOST_VMS} VMs are given.`;
    const words = { code: 'vms-too-many', message, hint: 'Give fewer, or split the document.' };
    problems.push(placeProblem(whole.document, path, words));
  }
  return false;
}

function compileTest(whole: Whole, index: number, problems: Problem[]): PolicyTest | undefined {
  const { document, file, set, zone } = whole;
  const path = ['tests', index];
  const test = file.tests[index] as TestDocument;
  const at = readAt(document, [...path, 'at'], zone, problems);
  const own: GivenDocument = test.given ?? {};
  const given: GivenDocument = { ...file.given, ...own };
  const pathOf = (key: keyof GivenDocument): DocumentPath => (key in own ? [...path, 'given', key] : ['given', key]);
  if (!countVms(whole, given, path, problems)) return undefined;
  const reader = new TestReader({ document, at: at ?? 0, zone, policies: set });
  const product: Product = file.product ?? 'marketplace';
  const supposed = buildSupposed(reader, given, pathOf, { account: findAccount(document, set), product });
  const expectation = readExpect(reader, [...path, 'expect'], test.expect, new Set(supposed.vms.keys()));
  // Without an instant nothing that counts from it can be judged.
  const told = reader.problems.filter(({ code }) => at !== undefined || !code.startsWith('instant-'));
  problems.push(...told);
  if (at === undefined || told.length > 0) return undefined;
  return { document, path, name: test.name, at, supposed, expectation };
}

/** `set`: undefined where its policies are wrong: then only the form is judged. */
export function compileTests(document: PlacedDocument, set: PolicySet | undefined): CompiledTests {
  const problems: Problem[] = [...validatePlaced(testFileSchema, document)];
  const isBroken = (at: string): boolean => problems.some(({ path }) => path === at || path.startsWith(`${at}.`));
  const hasTests = readList(document, ['tests']).length > 0;
  const outside = problems.some(({ path }) => !path.startsWith('tests['));
  const broken = new Set(
    readList(document, ['tests']).flatMap((_, index) => (isBroken(formatPath(['tests', index])) ? [index] : [])),
  );
  checkNames(document, problems);
  const zone = readZone(document, problems);
  if (set === undefined || outside || !hasTests) return { tests: [], problems };
  const whole: Whole = { document, file: document.value as TestFileDocument, set, zone, vms: 0 };
  const tests = whole.file.tests.flatMap((_, index) =>
    broken.has(index) ? [] : (compileTest(whole, index, problems) ?? []),
  );
  return { tests, problems };
}
