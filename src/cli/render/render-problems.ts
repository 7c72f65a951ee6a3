// What `purser validate` found, each where it stands. Nothing is judged here: a code that starts with `warning-` is a warning.
import type { Problem } from '../../policy/problems.js';
import { paint } from './paint.js';
import { countOf, oneLine, wrapText } from './phrase.js';
import type { RenderFacts } from './render-facts.js';

/** So many are shown; a file of the wrong kind has thousands. */
const MOST_SHOWN = 100;

function isWarning(problem: Problem): boolean {
  return problem.code.startsWith('warning-');
}

function renderProblem(problem: Problem, facts: Pick<RenderFacts, 'width' | 'colours'>): string[] {
  const place = `${oneLine(problem.file)}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const style = isWarning(problem) ? 'held' : 'alarm';
  const text = path + oneLine(problem.message);
  const [first = '', ...more] = wrapText(text, facts.width, place.length + 2, 4);
  const hint = problem.hint === '' ? [] : wrapText(oneLine(problem.hint), facts.width, 4, 4);
  return [
    `${paint(place, style, facts.colours)}  ${first}`,
    ...more,
    ...hint.map((line, index) => (index === 0 ? `    ${line}` : line)),
  ];
}

/** Each at its place, further lines indented. */
export function listProblems(problems: readonly Problem[], facts: Pick<RenderFacts, 'width' | 'colours'>): string[] {
  const rest = problems.length - MOST_SHOWN;
  const shown = problems.slice(0, MOST_SHOWN).flatMap((problem) => renderProblem(problem, facts));
  return rest > 0 ? [...shown, `... and ${rest} more (all of them: --json)`] : shown;
}

/** The whole answer of `purser validate`: errors, then warnings, then the count. */
export function renderProblems(
  policies: readonly string[],
  problems: readonly Problem[],
  facts: Pick<RenderFacts, 'width' | 'colours'>,
): string {
  const errors = problems.filter((problem) => !isWarning(problem));
  const warnings = problems.filter(isWarning);
  const found = countOf(policies.length, 'policy', 'policies');
  const warned = warnings.length === 0 ? '' : `, ${countOf(warnings.length, 'warning')}`;
  const closing =
    errors.length === 0
      ? `${found} valid${warned}.`
      : `${countOf(errors.length, 'error')}${warned}; nothing was changed.`;
  const sections = [
    listProblems(errors, facts),
    warnings.length === 0 ? [] : [paint('Warnings', 'strong', facts.colours), ...listProblems(warnings, facts)],
    [paint(closing, errors.length === 0 ? 'added' : 'alarm', facts.colours)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** `policies`: names of the policies that were read. */
export function problemsToJson(policies: readonly string[], problems: readonly Problem[]) {
  return {
    valid: problems.every(isWarning),
    policies: [...policies],
    problems: problems.map((problem) => ({ ...problem })),
  };
}
