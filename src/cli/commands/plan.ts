// `purser plan`: what would be done now (or then, or about a recorded snapshot), and why. Changes nothing.
import { composeEngine } from '../../compose.js';
import type { PurserError } from '../../core/errors.js';
import type { Plan } from '../../core/plan-types.js';
import type { CommandContext, CommandModule } from '../command.js';
import { judgeWeek } from '../fleet-savings.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { parseInstant } from '../parse-instant.js';
import { blameRecording, planRecording } from '../plan-recording.js';
import { choosePolicies } from '../policy-choice.js';
import type { FleetSavings } from '../render/describe-savings.js';
import { quoteWord } from '../render/phrase.js';
import { planToJson } from '../render/plan-to-json.js';
import type { RecordingFacts } from '../render/render-facts.js';
import { renderPlan } from '../render/render-plan.js';
import { noteGoneFiles } from '../note-gone-files.js';
import { noteMissing } from '../note-missing.js';
import { noteMissingSecrets } from '../missing-secrets.js';
import { requireSeen } from '../require-listing.js';
import { tellSetBack } from '../tell-set-back.js';

/** `plan --detailed-exitcode` with changes. */
const CHANGES = 3;
const FAILED = 1;

interface Planned {
  readonly plans: readonly Plan[];
  /** Every account could be asked. */
  readonly isWhole: boolean;
  readonly savings: readonly FleetSavings[];
}

async function planNow(context: CommandContext): Promise<Planned> {
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
      seen: await tellSetBack(context, engine, present),
      replaces,
    });
    await noteGoneFiles(context, present, now);
    let isWhole = true;
    const onMissing = (account: string, error: PurserError): void => {
      isWhole = false;
      noteMissing(context, account, error);
    };
    const looks = await lookAtAccounts(context, engine, policies, { onMissing, ...(at === undefined ? {} : { at }) });
    requireSeen(looks);
    const plans = looks.map((look) => look.plan);
    noteMissingSecrets(context, policies.set, plans);
    const from = plans[0]?.at ?? now;
    const savings = judgeWeek(context.config(), policies.set.fleets, from, plans);
    return { plans, isWhole, savings };
  } finally {
    await engine.close();
  }
}

interface Told {
  readonly recording?: RecordingFacts;
  /** Not `run it`: another instant than now, or another account's past. */
  readonly nextStep?: string;
  readonly paths?: readonly string[];
  readonly savings?: readonly FleetSavings[];
}

function tell(context: CommandContext, plans: readonly Plan[], told: Told): number {
  if (context.json) context.printJson(planToJson(plans, told));
  else context.print(renderPlan(plans, { ...context.facts, now: plans[0]?.at ?? 0 }, told));
  // What was not seen may want anything.
  if (plans.some((plan) => plan.seen.state !== 'complete')) return FAILED;
  const hasChanges = plans.some((plan) => plan.actions.length > 0);
  return hasChanges && context.options['detailedExitcode'] === true ? CHANGES : 0;
}

export const command: CommandModule = {
  operands: '[path...]',
  options: [
    ['--replace', "the named files are the whole set; other policies in force go, and their VMs are nobody's"],
    [
      '--at <instant>',
      'forecast: what would be done then (ISO 8601, or a duration from now such as 6h), were nothing bought before',
    ],
    ['--record <file>', 'plan about a snapshot that `purser record` wrote; needs neither API nor Redis'],
    ['--detailed-exitcode', 'exit 3 when there is something to do'],
  ],
  example:
    'purser plan                     # policies/ against the account, now\npurser plan web.yaml --at 6h    # one file, six hours from now',
  async run(context) {
    const { record } = context.options;
    if (typeof record === 'string') {
      const { plans, at, savings } = await planRecording(context, record);
      const told = { recording: { file: record, at }, nextStep: 'a recording: nothing is carried out', savings };
      return blameRecording(record, () => tell(context, plans, told));
    }
    const { plans, isWhole, savings } = await planNow(context);
    const isOfNow = typeof context.options['at'] !== 'string';
    const replace = context.options['replace'] === true ? ['--replace'] : [];
    const code = tell(context, plans, {
      savings,
      paths: [...context.operands, ...replace].map(quoteWord),
      ...(isOfNow ? {} : { nextStep: 'a forecast: nothing is carried out' }),
    });
    return isWhole ? code : FAILED;
  },
};
