// The policy files, and whether they are what is in force.
import type { Config } from '../../config/load-config.js';
import type { Instant } from '../../core/types.js';
import { formatProblem } from '../../policy/problems.js';
import type { GenerationRecord } from '../../ports/store.js';
import { compareFiles } from '../compare-files.js';
import { describeFiles } from '../describe-files.js';
import { countOf } from '../render/phrase.js';
import { tellNote, tellOk, tellProblem, type Finding } from './finding.js';

/** `inForce`: undefined where nothing is, or the store could not be asked. */
export async function checkPolicies(
  config: Config,
  facts: { readonly cwd: string; readonly now: Instant; readonly inForce: GenerationRecord | undefined },
): Promise<readonly Finding[]> {
  const { inForce: present, ...where } = facts;
  const comparison = await compareFiles(config, { ...where, present });
  const { state, errors, names } = comparison;
  const advice = describeFiles(comparison, present?.number);
  const valid = tellOk('policies', `${countOf(names.length, 'policy', 'policies')} valid in policies/`);
  switch (state) {
    case 'none':
      return present === undefined
        ? [tellProblem('policies', 'There are none: policies/ is missing or empty.', 'purser init')]
        : [tellNote('policies', `No files here; generation ${present.number} is in force.`)];
    case 'gone':
      return [
        tellNote(
          'policies',
          `${advice!.text}.`,
          `Bring the files back, or let go of what they held: ${advice!.remedy}`,
        ),
      ];
    case 'broken': {
      const more = errors.length === 1 ? '' : ` And ${errors.length - 1} more.`;
      return [tellProblem('policies', `${formatProblem(errors[0]!)}.${more}`, 'purser validate')];
    }
    case 'same':
      return [valid, tellOk('in force', `generation ${present!.number}, the same as the files`)];
    case 'differ':
      if (present === undefined) return [valid, tellNote('in force', 'No policies are in force yet.', 'purser apply')];
      return [valid, tellNote('in force', `${advice!.text}.`, 'purser plan, then purser apply')];
  }
}
