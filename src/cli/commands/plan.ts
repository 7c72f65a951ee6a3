// `purser plan`: what would be done now (or then, or about a recorded snapshot), and why. Changes nothing.
import { resolve } from 'node:path';
import { composeEngine } from '../../compose.js';
import { PurserError } from '../../core/errors.js';
import type { Plan } from '../../core/plan-types.js';
import { planObserved } from '../../scheduler/look.js';
import type { CommandContext, CommandModule } from '../command.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { parseInstant } from '../parse-instant.js';
import { choosePolicies } from '../policy-choice.js';
import { planToJson } from '../render/plan-to-json.js';
import { renderPlan } from '../render/render-plan.js';
import { readSnapshot } from '../snapshot-file.js';

/** `plan --detailed-exitcode` with changes. */
const CHANGES = 3;

/** No API, no Redis, no key: policies from the files, everything else from the record. */
async function planRecord(context: CommandContext, path: string): Promise<readonly Plan[]> {
  const recorded = await readSnapshot(resolve(context.cwd, path));
  const now = recorded[0]?.snapshot.at ?? 0;
  const policies = await choosePolicies(context.config(), context.operands, {
    cwd: context.cwd,
    now,
    present: undefined,
  });
  return recorded.map(({ settings, snapshot }) => {
    const at = parseInstant(context.options['at'], snapshot.at) ?? snapshot.at;
    return planObserved({ ...snapshot, at }, policies.set, settings).plan;
  });
}

/** What a record holds was checked only roughly: what breaks on it is its fault, not ours. */
async function blameRecord(path: string, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PurserError) throw error;
    const said = (error as Error).message;
    throw new PurserError('snapshot-invalid', `${path} holds what \`purser record\` never writes: ${said}.`, {
      cause: error,
    });
  }
}

async function planNow(context: CommandContext): Promise<readonly Plan[]> {
  const engine = await composeEngine(context.config(), {
    actsWhereUntold: true,
    isQuiet: true,
    isUnnamedAllowed: true,
  });
  try {
    const now = engine.clock.now();
    const at = parseInstant(context.options['at'], now);
    const present = await engine.store.readGeneration();
    const replaces = context.options['replace'] === true;
    const policies = await choosePolicies(context.config(), context.operands, {
      cwd: context.cwd,
      now,
      present,
      replaces,
    });
    const looks = await lookAtAccounts(context, engine, policies, at === undefined ? {} : { at });
    return looks.map((look) => look.plan);
  } finally {
    await engine.close();
  }
}

function tell(context: CommandContext, plans: readonly Plan[]): number {
  if (context.json) context.printJson(planToJson(plans));
  else context.print(renderPlan(plans, { ...context.facts, now: plans[0]?.at ?? 0 }));
  const hasChanges = plans.some((plan) => plan.actions.length > 0);
  return hasChanges && context.options['detailedExitcode'] === true ? CHANGES : 0;
}

export const command: CommandModule = {
  operands: '[path...]',
  options: [
    ['--replace', "the named files are the whole set; other policies in force go, and their VMs are nobody's"],
    ['--at <instant>', 'plan as if it were this instant (ISO 8601, or a duration from now such as 6h)'],
    ['--record <file>', 'plan about a snapshot that `purser record` wrote; needs neither API nor Redis'],
    ['--detailed-exitcode', 'exit 3 when there is something to do'],
  ],
  example:
    'purser plan                     # policies/ against the account, now\npurser plan web.yaml --at 6h    # one file, six hours from now',
  async run(context) {
    const { record } = context.options;
    if (typeof record !== 'string') return tell(context, await planNow(context));
    return blameRecord(record, async () => tell(context, await planRecord(context, record)));
  },
};
