// What `purser test` found: a line for each test, and of each that failed what was expected, what the plan has instead, and what the
// rules say of the VMs concerned. Data in, text out.
import type { Verdict } from '../../core/plan-types.js';
import type { Difference } from '../../policy/tests/judge-plan.js';
import type { ExplainedVm, TestResult } from '../../policy/tests/run-test.js';
import { formatPath, type Problem } from '../../policy/problems.js';
import { formatNear, toIso } from './format-instant.js';
import { paint } from './paint.js';
import { countOf, oneLine, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { listProblems } from './render-problems.js';

type Facts = Pick<RenderFacts, 'width' | 'colours'>;

/** So many differences of one test are shown; one slip can make hundreds. */
const MOST_DIFFERENCES = 5;
const SAYS = { keep: 'keep', delete: 'DELETE', pass: 'pass' } as const;
const INDENT = 8;

function line(label: string, text: string, facts: Facts, indent = INDENT): string[] {
  const lead = `${' '.repeat(indent)}${label.padEnd(10)}`;
  const [first = '', ...more] = wrapText(oneLine(text), facts.width, lead.length, lead.length);
  return [lead + first, ...more];
}

/** `expect.delete[0]`, below its test. */
function describePlace({ test }: TestResult, { path }: Difference): string {
  const { line: at } = test.document.place(path);
  return `${formatPath(path.slice(test.path.length))}, line ${at}`;
}

function renderDifference(result: TestResult, difference: Difference, facts: Facts): string[] {
  const { expected, got, fields, sentence } = difference;
  const wide = Math.max(0, ...fields.map(({ field }) => field.length));
  return [
    ...line('expected', `${expected}   [${describePlace(result, difference)}]`, facts),
    ...line('got', got, facts),
    ...fields.flatMap((field) =>
      line('', `${field.field.padEnd(wide)}  expected ${field.expected}, got ${field.got}`, facts),
    ),
    ...(sentence === undefined ? [] : line('the plan', `"${sentence}"`, facts)),
  ];
}

/** The rule that won; where none had to win, the last one that decides something. */
function isDecisive(verdict: Verdict, verdicts: readonly Verdict[]): boolean {
  const winner = verdicts.findLast(({ won }) => won) ?? verdicts.findLast(({ says }) => says !== 'pass');
  return verdict === winner;
}

function renderExplained({ vm, verdicts }: ExplainedVm, result: TestResult, facts: Facts): string[] {
  const head = `${' '.repeat(INDENT)}${oneLine(vm)}, by the rules:`;
  if (verdicts.length === 0) return [`${head} no rule looked at it`];
  const rules = verdicts.map(({ rule, policy }) => (policy === undefined ? rule : `${rule} ${policy}`));
  const wide = Math.max(...rules.map((rule) => rule.length));
  return [
    head,
    ...verdicts.flatMap((verdict, index) => {
      const mark = isDecisive(verdict, verdicts) ? '>' : ' ';
      const lead = `${' '.repeat(INDENT)}${mark} ${rules[index]!.padEnd(wide)}  ${SAYS[verdict.says].padEnd(6)}  `;
      const { until } = verdict;
      const { at } = result.test;
      const tail = until === undefined ? '' : `; until ${formatNear(until, at, at)}`;
      const [first = '', ...more] = wrapText(oneLine(verdict.text) + tail, facts.width, lead.length, lead.length);
      return [lead + first, ...more];
    }),
  ];
}

/** What is easily forgotten. */
function renderNotes({ plan, test, differences }: TestResult, facts: Facts): string[] {
  const { vms } = test.supposed;
  const unpriced = differences
    .filter(({ expected }) => /\b(charge|saves|cost)\b/.test(expected))
    .flatMap((difference) => difference.vms)
    .find((name) => {
      const given = vms.get(name);
      return given !== undefined && given.vm.price === undefined;
    });
  const lacksOffers = plan.holds.some(({ reason }) => reason.code === 'offers-unknown');
  return [
    ...(lacksOffers ? line('note', 'this test gives no `offers`, so nothing can be bought', facts) : []),
    ...(unpriced === undefined
      ? []
      : line(
          'note',
          `this test gives ${oneLine(unpriced)} no \`price\`, so it has no charge and saves nothing`,
          facts,
        )),
  ];
}

function renderResult(result: TestResult, facts: Facts): string[] {
  const { test, differences, explained } = result;
  const hasPassed = differences.length === 0;
  const label = paint(hasPassed ? 'ok' : 'FAIL', hasPassed ? 'added' : 'alarm', facts.colours);
  const { line: at } = test.document.place(test.path);
  const name = hasPassed ? oneLine(test.name) : `${oneLine(test.name)}   (line ${at})`;
  const [first = '', ...more] = wrapText(name, facts.width, INDENT, INDENT);
  const head = [`  ${label}${' '.repeat(hasPassed ? 4 : 2)}${first}`, ...more];
  if (hasPassed) return head;
  const rest = differences.length - MOST_DIFFERENCES;
  const shown = differences.slice(0, MOST_DIFFERENCES);
  return [
    ...head,
    ...shown.flatMap((difference) => renderDifference(result, difference, facts)),
    ...(rest > 0 ? [`${' '.repeat(INDENT)}... and ${countOf(rest, 'more difference')} (all of them: --json)`] : []),
    ...renderNotes(result, facts),
    ...explained.flatMap((each) => renderExplained(each, result, facts)),
  ];
}

/** All tests by their files, what is wrong with files, then the count, without a newline at the end. */
export function renderTests(results: readonly TestResult[], problems: readonly Problem[], facts: Facts): string {
  const files = [...new Set(results.map(({ test }) => test.document.file))];
  const sections = files.map((file) => {
    const own = results.filter(({ test }) => test.document.file === file);
    return [paint(oneLine(file), 'strong', facts.colours), ...own.flatMap((result) => renderResult(result, facts))];
  });
  const failed = results.filter(({ differences }) => differences.length > 0).length;
  const unread = problems.length === 0 ? '' : `, ${countOf(problems.length, 'error')} in the files`;
  const closing = `${results.length - failed} passed, ${failed} failed${unread}.`;
  const style = failed === 0 && problems.length === 0 ? 'added' : 'alarm';
  const faults = problems.length === 0 ? [] : [listProblems(problems, facts)];
  return [...sections, ...faults, [paint(closing, style, facts.colours)]].map((lines) => lines.join('\n')).join('\n\n');
}

function differenceToJson(result: TestResult, { path, expected, got, fields, sentence, vms }: Difference) {
  return { path: formatPath(path), ...result.test.document.place(path), expected, got, fields, says: sentence, vms };
}

/** The one document of `--json`. */
export function testsToJson(results: readonly TestResult[], problems: readonly Problem[]) {
  const failed = results.filter(({ differences }) => differences.length > 0).length;
  return {
    passed: results.length - failed,
    failed,
    tests: results.map((result) => ({
      file: result.test.document.file,
      line: result.test.document.place(result.test.path).line,
      name: result.test.name,
      at: toIso(result.test.at),
      passed: result.differences.length === 0,
      differences: result.differences.map((difference) => differenceToJson(result, difference)),
      rules: result.explained.map(({ vm, verdicts }) => ({
        vm,
        verdicts: verdicts.map(({ until, ...verdict }) => ({
          ...verdict,
          ...(until === undefined ? {} : { until: toIso(until) }),
        })),
      })),
    })),
    problems: problems.map((problem) => ({ ...problem })),
  };
}
