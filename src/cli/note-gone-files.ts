// Says that a plan is made of the policies in force because their files are gone: whoever lost the folder would take it for the files'.
import type { Instant } from '../core/types.js';
import type { GenerationRecord } from '../ports/store.js';
import type { CommandContext } from './command.js';
import { compareFiles } from './compare-files.js';
import { describeFiles } from './describe-files.js';
import { listPolicyPaths } from './policy-choice.js';

/** Nothing where files are planned, and where what is in force came from elsewhere than the folder. */
export async function noteGoneFiles(
  context: CommandContext,
  present: GenerationRecord | undefined,
  now: Instant,
): Promise<void> {
  const { cwd } = context;
  if (present === undefined || listPolicyPaths(context.operands, cwd) !== undefined) return;
  const advice = describeFiles(await compareFiles(context.config(), { cwd, now, present }), present.number);
  if (advice === undefined) return;
  context.note(`${advice.text}. Bring the files back, or: ${advice.remedy}`);
}
