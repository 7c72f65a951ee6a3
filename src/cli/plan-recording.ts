// Plans what `purser record` wrote: no API, no Redis, no key. The policies are the files of here beside what was in force
// there, so that the plan is the one that the account itself would have got at that instant.
import { describePolicyContext } from '../compose.js';
import { PurserError } from '../core/errors.js';
import type { Plan } from '../core/plan-types.js';
import { createCompiler, type PolicyContext } from '../policy/policies-in-force.js';
import { planObserved } from '../scheduler/look.js';
import type { CommandContext } from './command.js';
import { judgeWeek } from './fleet-savings.js';
import { parseInstant } from './parse-instant.js';
import { choosePoliciesIn, type ChosenPolicies } from './policy-choice.js';
import type { FleetSavings } from './render/describe-savings.js';
import { readSnapshot, type Recording } from './snapshot-file.js';

/** Policies may name the recorded accounts and those of this purser.yaml. */
function describeContext(context: CommandContext, { accounts }: Recording): PolicyContext {
  const here = describePolicyContext(context.config());
  const recorded = accounts.map(({ settings }) => settings.name);
  const isSingle = recorded.length === 1 && here.accounts.length === 1;
  return { ...here, accounts: isSingle ? recorded : [...new Set([...recorded, ...here.accounts])] };
}

async function choose(context: CommandContext, recording: Recording): Promise<ChosenPolicies> {
  const policyContext = describeContext(context, recording);
  const { generation } = recording;
  if (generation !== undefined) createCompiler(policyContext)(generation);
  return choosePoliciesIn(policyContext, context.operands, {
    cwd: context.cwd,
    now: recording.accounts[0]?.snapshot.at ?? 0,
    present: generation,
    replaces: context.options['replace'] === true,
  });
}

/** What a recording holds was checked only roughly: what breaks on it, planned or told, is its fault and not ours. */
export async function blameRecording<T>(file: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PurserError) throw error;
    const said = (error as Error).message;
    throw new PurserError('snapshot-invalid', `${file} holds what \`purser record\` never writes: ${said}.`, {
      cause: error,
    });
  }
}

export interface PlannedRecording {
  readonly plans: readonly Plan[];
  /** When it was recorded. */
  readonly at: number;
  /** By the products of the recorded accounts. */
  readonly savings: readonly FleetSavings[];
}

/** Throws `snapshot-invalid`, `policy-*` and `option-invalid`. */
export async function planRecording(context: CommandContext, file: string): Promise<PlannedRecording> {
  const recording = await readSnapshot(context.cwd, file);
  return blameRecording(file, async () => {
    const chosen = await choose(context, recording);
    const since = Object.entries(chosen.record?.policies ?? {}).map(([name, policy]) => [name, policy.since] as const);
    const stood = recording.generation === undefined ? {} : { stoodSince: Object.fromEntries(since) };
    const plans = recording.accounts.map(({ settings, snapshot }) => {
      const at = parseInstant(context.options['at'], snapshot.at);
      return planObserved({ ...snapshot, ...stood }, chosen.set, settings, { at }).plan;
    });
    const at = recording.accounts[0]?.snapshot.at ?? 0;
    const accounts = recording.accounts.map(({ settings }) => settings);
    return { plans, at, savings: judgeWeek({ accounts }, chosen.set.fleets, plans[0]?.at ?? at, plans) };
  });
}
