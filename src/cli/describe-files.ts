// What a comparison of policies/ with the policies in force says to a person, and the command that helps. Pure.
import { formatProblem } from '../policy/problems.js';
import type { FileComparison } from './compare-files.js';
import { countOf, describeRetire, listNames } from './render/phrase.js';

export interface FileAdvice {
  readonly text: string;
  readonly remedy: string;
}

function describeChanges({ added, changed, removed }: FileComparison): string {
  const parts = [
    [changed, 'changed'],
    [added, 'new'],
    [removed, 'gone'],
  ] as const;
  return parts.flatMap(([names, word]) => (names.length === 0 ? [] : [`${listNames(names)} ${word}`])).join(', ');
}

/** undefined: the files are what is in force, or there is nothing to compare. */
export function describeFiles(comparison: FileComparison, inForce: number | undefined): FileAdvice | undefined {
  const { state, errors, removed } = comparison;
  if (inForce === undefined) return undefined;
  const stays = `generation ${inForce} stays in force`;
  switch (state) {
    case 'same':
    case 'none':
      return undefined;
    case 'differ': {
      const changes = describeChanges(comparison);
      const what = changes === '' ? '' : `: ${changes}`;
      return { text: `policies/ is not what generation ${inForce} says${what}`, remedy: 'purser apply' };
    }
    case 'broken': {
      const more = errors.length === 1 ? '' : `, and ${countOf(errors.length - 1, 'more error')}`;
      return {
        text: `policies/ can't be put in force, so ${stays}: ${formatProblem(errors[0]!)}${more}`,
        remedy: 'purser validate',
      };
    }
    case 'gone': {
      const text = `policies/ holds no policy any more, so ${stays} (${listNames(removed)})`;
      return { text, remedy: describeRetire(removed) };
    }
  }
}
