// The policy files, and whether they are what is in force.
import type { Instant } from '../../core/types.js';
import { formatProblem, isError } from '../../policy/problems.js';
import type { CommandContext } from '../command.js';
import { judgeFiles } from '../policy-files.js';
import { countOf } from '../render/phrase.js';
import { tellNote, tellOk, tellProblem, type Finding } from './finding.js';

export async function checkPolicies(
  context: CommandContext,
  now: Instant,
  inForce: { readonly number: number; readonly hash: string } | undefined,
): Promise<readonly Finding[]> {
  const { names, problems, hash } = await judgeFiles({ ...context, operands: [] }, now);
  const [first, ...others] = problems.filter(isError);
  const isMissing = first?.code === 'path-missing' || first?.code === 'folder-empty';
  if (isMissing && inForce !== undefined) {
    return [tellNote('policies', `No files here; generation ${inForce.number} is in force.`)];
  }
  if (isMissing) return [tellProblem('policies', 'There are none: policies/ is missing or empty.', 'purser init')];
  if (first !== undefined) {
    const rest =
      others.length === 0 ? '' : ` And ${countOf(others.length, 'more error')}.`.replace('more errors', 'more');
    return [tellProblem('policies', `${formatProblem(first)}.${rest}`, 'purser validate')];
  }
  const valid = tellOk('policies', `${countOf(names.length, 'policy', 'policies')} valid in policies/`);
  if (inForce === undefined) return [valid, tellNote('in force', 'No policies are in force yet.', 'purser apply')];
  if (inForce.hash === hash) return [valid, tellOk('in force', `generation ${inForce.number}, the same as the files`)];
  return [
    valid,
    tellNote('in force', `Generation ${inForce.number} is not what the files say.`, 'purser plan, then purser apply'),
  ];
}
