// `purser apply`: shows the plan, asks, puts the policies in force and carries out what is due, through the queue and a worker
// of its own. Prints each outcome; stays for what becomes due within --wait.
import { composeEngine, startJobWorker, type Composition } from '../../compose.js';
import { formatDuration, parseDuration } from '../../core/duration.js';
import { PurserError } from '../../core/errors.js';
import type { LedgerEntry } from '../../core/books.js';
import type { Plan } from '../../core/plan-types.js';
import type { PolicySet } from '../../core/policy-types.js';
import type { Millis } from '../../core/types.js';
import { listProcesses } from '../../scheduler/heartbeat.js';
import { followLedger } from '../../scheduler/ledger-follower.js';
import type { Look } from '../../scheduler/look.js';
import { publishPolicies } from '../../scheduler/publish.js';
import { startScheduler, type Scheduler } from '../../scheduler/scheduler.js';
import { askYes } from '../ask-yes.js';
import { countAwaitingPorts } from '../awaiting-ports.js';
import type { CommandContext, CommandModule } from '../command.js';
import { judgeWeek } from '../fleet-savings.js';
import { ensureInstallation } from '../ensure-installation.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { createOutcomePrinter } from '../outcome-printer.js';
import { choosePolicies, type ChosenPolicies } from '../policy-choice.js';
import { describeLacking, listLacking } from '../render/lacking.js';
import { renderLogLine } from '../render/render-log-line.js';
import { outcomeToJson } from '../render/render-outcome.js';
import { planToJson } from '../render/plan-to-json.js';
import { countOf } from '../render/phrase.js';
import { renderNextDeadline, renderPlan } from '../render/render-plan.js';
import { noteGoneFiles } from '../note-gone-files.js';
import { noteMissing } from '../note-missing.js';
import { noteMissingSecrets } from '../missing-secrets.js';
import { requireSeen } from '../require-listing.js';
import { runUntilQuiet } from '../run-until-quiet.js';
import { tellSetBack } from '../tell-set-back.js';

const INTERRUPTED = 130;
const REFUSED = 4;
const FAILED = 1;
/** What was set out on and refused by the API; a purchase without a clear answer may yet have succeeded. */
const FAILURES: ReadonlySet<LedgerEntry['event']> = new Set(['buy-failed', 'delete-failed']);

function readWait(context: CommandContext): Millis {
  const { wait } = context.options;
  if (typeof wait !== 'string') return 0;
  const millis = parseDuration(wait);
  if (millis === undefined) {
    throw new PurserError('option-invalid', `--wait "${wait}" is no duration: write 90s, 15m or 24h.`);
  }
  return millis;
}

async function confirm(context: CommandContext, looks: readonly Look[], policies: ChosenPolicies): Promise<boolean> {
  const count = looks.reduce((sum, look) => sum + look.plan.actions.length, 0);
  const isQuiet = count === 0 && policies.publishable === undefined;
  if (context.options['yes'] === true || (isQuiet && readWait(context) === 0)) return true;
  if (!context.isInteractive || context.json) {
    throw new PurserError(
      'confirmation-needed',
      'apply changes machines and money: look at `purser plan`, then run it with --yes.',
    );
  }
  return askYes(count === 0 ? 'Put these policies in force?' : 'Carry it out?');
}

interface Result {
  readonly outcomes: readonly LedgerEntry[];
  readonly generation: number;
}

async function carryOut(
  context: CommandContext,
  engine: Composition,
  policies: ChosenPolicies,
  accounts: readonly string[],
): Promise<Result> {
  const outcomes: LedgerEntry[] = [];
  const published =
    policies.publishable === undefined ? undefined : await publishPolicies(engine, policies.publishable, 'apply');
  const generation = published?.record.number ?? policies.set.generation;
  if (published?.isNew === true) context.print(`Policies are in force as generation ${generation}.`);
  const { createHandlers } = await context.loadWorkers();
  const print = createOutcomePrinter(context);
  const follower = await followLedger(engine, (entry) => {
    outcomes.push(entry);
    print(entry);
  });
  const worker = startJobWorker(engine, createHandlers(engine));
  const wait = readWait(context);
  const tellInterrupted = (): void =>
    context.note(
      'Interrupted: calls that have begun are seen through, no other begins. Run purser apply again to go on.',
    );
  context.signal.addEventListener('abort', tellInterrupted, { once: true });
  let scheduler: Scheduler | undefined;
  try {
    await worker.ready();
    await runUntilQuiet(engine, context, accounts);
    if (wait > 0) {
      // Not before: its ticks would keep the queue from ever being quiet.
      scheduler = startScheduler(engine);
      context.note(`Staying for ${formatDuration(wait)}; Ctrl-C ends it.`);
      await engine.clock.waitUntil(engine.clock.now() + wait, context.signal);
    }
  } finally {
    await scheduler?.stop();
    await worker.close();
    await follower.stop();
    context.signal.removeEventListener('abort', tellInterrupted);
  }
  return { outcomes, generation };
}

/** What the gate before the calls refused, and is still to be done. */
function tellLeft(context: CommandContext, plans: readonly Plan[], outcomes: readonly LedgerEntry[]): boolean {
  const left = plans.reduce((sum, { totals }) => sum + totals.deploy + totals.delete, 0);
  if (left === 0 || !outcomes.some(({ event }) => event === 'refused')) return false;
  context.note(
    `${countOf(left, 'VM')} still to be bought or deleted: the lines above say why. Run purser apply again.`,
  );
  return true;
}

/** What can't be bought is not there: that must not look like success either. */
function tellLacking(context: CommandContext, plans: readonly Plan[]): boolean {
  const lacking = listLacking(plans);
  if (lacking.length > 0) context.note(`${lacking.map(describeLacking).join(', ')}: \`purser plan\` says why.`);
  return lacking.length > 0;
}

/** Told, since a run that ends with 0 looks as if all were done. */
function tellComing(context: CommandContext, plans: readonly Plan[], set: PolicySet): void {
  const count = countAwaitingPorts(plans, set);
  if (count === 0) return;
  context.note(
    `${countOf(count, 'VM')} will get the declared ports once up: run purser apply again then, or purser up.`,
  );
}

/** Whether an `up`, or its two halves, run and act for all of these accounts: where no mode is told they only observe. */
async function isKeptByOthers(engine: Composition, plans: readonly Plan[]): Promise<boolean> {
  const roles = new Set((await listProcesses(engine.store)).map(({ role }) => role));
  const isRunning = roles.has('up') || (roles.has('scheduler') && roles.has('worker'));
  return isRunning && plans.every(({ isModeTold }) => isModeTold !== false);
}

/** What a freeze holds back is not done: that must not look like success. Throws `frozen`. */
function requireThawed(plans: readonly Plan[]): void {
  const frozen = plans.flatMap((plan) => plan.holds).filter(({ reason }) => reason.code === 'frozen');
  const held = frozen.filter(({ policy }) => policy !== undefined);
  if (held.length === 0) return;
  const whole = frozen.find(({ policy }) => policy === undefined);
  const why = whole === undefined ? 'frozen' : whole.reason.text.split(';')[0]!;
  throw new PurserError('frozen', `${countOf(held.length, 'thing')} in the plan was not carried out: ${why}.`);
}

/** The exit code, and what it is for in words. Throws `frozen`. */
function judgeEnd(context: CommandContext, plans: readonly Plan[], outcomes: readonly LedgerEntry[]): number {
  if (outcomes.some(({ event }) => FAILURES.has(event))) return FAILED;
  if (tellLeft(context, plans, outcomes)) return FAILED;
  requireThawed(plans);
  if (plans.some((plan) => plan.refused.length > 0)) return REFUSED;
  const isShort = tellLacking(context, plans);
  // What was not seen may want anything.
  return isShort || plans.some((plan) => plan.seen.state !== 'complete') ? FAILED : 0;
}

export const command: CommandModule = {
  operands: '[path...]',
  options: [
    ['--replace', "the named files are the whole set; other policies in force go, and their VMs are nobody's"],
    ['--yes', 'do not ask'],
    ['--wait <duration>', 'stay this long and carry out what becomes due meanwhile'],
  ],
  example: 'purser apply                 # shows the plan and asks\npurser apply --yes --wait 15m',
  async run(context) {
    readWait(context);
    const config = await ensureInstallation(context);
    const takeLog = (line: string): void => context.note(renderLogLine(line));
    const engine = await composeEngine(config, { actsWhereUntold: true, isQuiet: true, takeLog });
    try {
      const now = engine.clock.now();
      const present = await engine.store.readGeneration();
      const policies = await choosePolicies(config, context.operands, {
        cwd: context.cwd,
        now,
        present,
        seen: await tellSetBack(context, engine, present),
        replaces: context.options['replace'] === true,
      });
      await noteGoneFiles(context, present, now);
      const missing = new Set<string>();
      const onMissing = (account: string, error: PurserError): void => {
        // Told once: it is looked at again afterwards.
        if (!missing.has(account)) noteMissing(context, account, error);
        missing.add(account);
      };
      const looks = await lookAtAccounts(context, engine, policies, { onMissing });
      requireSeen(looks);
      const shown = looks.map((look) => look.plan);
      const week = judgeWeek(config, policies.set.fleets, shown[0]?.at ?? now, shown);
      context.print(renderPlan(shown, { ...context.facts, now }, { nextStep: '', savings: week }));
      noteMissingSecrets(context, policies.set, shown);
      if (!(await confirm(context, looks, policies))) {
        context.print('Nothing was changed.');
        return 0;
      }
      const { outcomes, generation } = await carryOut(
        context,
        engine,
        policies,
        looks.map(({ plan }) => plan.account),
      );
      if (context.signal.aborted) {
        if (context.json) context.printJson({ generation, outcomes: outcomes.map(outcomeToJson), interrupted: true });
        return INTERRUPTED;
      }
      const inForce = { ...policies, set: { ...policies.set, generation } };
      const after = await lookAtAccounts(context, engine, inForce, { onMissing });
      const plans = after.map((look) => look.plan);
      const isKept = await isKeptByOthers(engine, plans);
      context.print(renderNextDeadline(plans, { ...context.facts, now: engine.clock.now() }, isKept));
      if (context.json)
        context.printJson({
          generation,
          outcomes: outcomes.map(outcomeToJson),
          plan: planToJson(plans, { savings: judgeWeek(config, policies.set.fleets, plans[0]?.at ?? now, plans) }),
        });
      if (!isKept) tellComing(context, plans, policies.set);
      const code = judgeEnd(context, plans, outcomes);
      return code === 0 && missing.size > 0 ? FAILED : code;
    } finally {
      await engine.close();
    }
  },
};
