// Checks policy files for commands that need no account and no store: without purser.yaml any account's name will do.
// Problems are returned, those of files that can't be read too; only a bug throws.
import { describePolicyContext } from '../compose.js';
import { PurserError } from '../core/errors.js';
import type { PolicySet } from '../core/policy-types.js';
import type { Instant } from '../core/types.js';
import { checkPolicyFiles, type PolicyContext, type Problem } from '../policy/policies-in-force.js';
import type { CommandContext } from './command.js';

export interface JudgedFiles {
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
  /** undefined as soon as there is one error. */
  readonly set: PolicySet | undefined;
  /** The content's hash, to be compared with the generation in force. */
  readonly hash: string;
}

const DEFAULT_PATHS = ['policies'];

function describeContext(context: CommandContext): PolicyContext {
  const config = context.config();
  return { ...describePolicyContext(config), ...(config.hasFile ? {} : { accounts: [] }) };
}

/** The folder that nobody named: it isn't there yet. */
function tellInit({ operands }: CommandContext, problem: Problem): Problem {
  if (operands.length > 0 || problem.code !== 'path-missing') return problem;
  return { ...problem, hint: '`purser init` makes the folder with a first policy; or name the path of yours.' };
}

/** What is wrong with purser.yaml stands among the problems. */
export async function judgeFiles(context: CommandContext, now: Instant): Promise<JudgedFiles> {
  const paths = context.operands.length === 0 ? DEFAULT_PATHS : context.operands;
  try {
    return await checkPolicyFiles(paths, describeContext(context), { baseDir: context.cwd, now });
  } catch (error) {
    const problems = error instanceof PurserError ? error.details?.['problems'] : undefined;
    if (!Array.isArray(problems) || problems.length === 0) throw error;
    return {
      names: [],
      problems: (problems as Problem[]).map((problem) => tellInit(context, problem)),
      set: undefined,
      hash: '',
    };
  }
}
