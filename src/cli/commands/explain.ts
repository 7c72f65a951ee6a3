// `purser explain VM`: every rule that looked at this VM, which won, when the answer changes next, and what happened to it;
// of a VM that is gone, why; of an SSH key, who declares it. Changes nothing.
import { composeEngine, type Composition } from '../../compose.js';
import { isIntentIdOf, parseMemberName } from '../../core/names.js';
import { PurserError } from '../../core/errors.js';
import { isSameId } from '../../core/vm-id.js';
import { lookAtAccount, type Look } from '../../scheduler/look.js';
import { createTickMemory } from '../../scheduler/tick.js';
import type { CommandContext, CommandModule } from '../command.js';
import { compareFiles } from '../compare-files.js';
import { describeFiles } from '../describe-files.js';
import { untilAborted } from '../interrupt.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { parseInstant } from '../parse-instant.js';
import { choosePolicies, type ChosenPolicies } from '../policy-choice.js';
import { noteMissing } from '../note-missing.js';
import { requireSeen } from '../require-listing.js';
import {
  explainGoneToJson,
  explainLeavingToJson,
  explainToJson,
  renderExplain,
  renderGone,
  renderLeaving,
  type Explanation,
} from '../render/render-explain.js';
import { explainKey, renderKey } from '../render/render-key.js';
import { findGoneVm, readHistory } from '../vm-history.js';

interface Found {
  readonly look: Look;
  readonly id: string;
  readonly name: string;
}

type Bears = (vm: { readonly id: string; readonly name: string; readonly intent: string | undefined }) => boolean;

/** In the listing, what is attached to nothing among it, or in the books; each once. */
function listVms(looks: readonly Look[], bears: Bears): readonly Found[] {
  return looks.flatMap((look) => {
    const { inventory, books } = look.reckoned;
    const listed = new Set(inventory.vms.map(({ id }) => id));
    const intents = new Map(books.claims.map(({ vmId, intent }) => [vmId, intent]));
    const known = [
      ...inventory.vms.map(({ id, name }) => ({ id, name, intent: intents.get(id) })),
      ...(inventory.leftovers ?? []).map(({ id, name = id }) => ({ id, name, intent: undefined })),
      ...books.claims
        .filter(({ vmId }) => !listed.has(vmId))
        .map(({ vmId, vmName, intent }) => ({ id: vmId, name: vmName, intent })),
    ];
    return known.filter(bears).map(({ id, name }) => ({ look, id, name }));
  });
}

/** The purchase that a text names: by the name that its VMs had at first, or by its id. */
function readPurchase(asked: string, installation: string): string | undefined {
  if (isIntentIdOf(asked, installation)) return asked;
  const name = parseMemberName(asked, installation);
  return name?.index === undefined ? name?.intent : undefined;
}

/** The VM or the part by id, by name, or the VM by its purchase. Throws `vm-unknown` where several are meant. */
function findVm(looks: readonly Look[], asked: string, installation: string): Found | undefined {
  const purchase = readPurchase(asked, installation);
  const meanings: readonly Bears[] = [
    ({ id }) => isSameId(id, asked),
    ({ name }) => name === asked,
    ({ intent }) => purchase !== undefined && intent === purchase,
  ];
  const found = meanings.map((bears) => listVms(looks, bears)).find((vms) => vms.length > 0);
  if (found === undefined || found.length === 1) return found?.[0];
  const list = found.map(({ id, name }) => (name === asked ? id : `${name} (${id})`)).join(', ');
  throw new PurserError('vm-unknown', `${found.length} VMs are meant by "${asked}": name one of ${list}.`);
}

interface Judgement {
  readonly policies: ChosenPolicies;
  /** Which policies judge, and what else there is. */
  readonly judgedBy: string;
}

/** What is in force judges; files only when they are named, or when nothing is in force. Says which. */
async function chooseJudgement(
  context: CommandContext,
  engine: Composition,
  paths: readonly string[],
  now: number,
): Promise<Judgement> {
  const present = await engine.store.readGeneration();
  const { cwd } = context;
  if (paths.length > 0 || present === undefined) {
    const policies = await choosePolicies(context.config(), paths, { cwd, now, present });
    if (policies.publishable === undefined) return { policies, judgedBy: describeInForce(policies.set.generation) };
    const files = paths.length === 0 ? 'policies/' : paths.join(', ');
    const beside = present === undefined ? 'nothing is in force' : `in force is generation ${present.number}`;
    return { policies, judgedBy: `judged by ${files} as it stands; ${beside}` };
  }
  const advice = describeFiles(await compareFiles(context.config(), { cwd, now, present }), present.number);
  const more = advice === undefined ? '' : `; ${advice.text} (${advice.remedy})`;
  const policies = { set: engine.compile(present), record: present, publishable: undefined };
  return { policies, judgedBy: describeInForce(present.number) + more };
}

function describeInForce(generation: number): string {
  return `judged by generation ${generation}, which is in force`;
}

async function explain(
  engine: Composition,
  { policies, judgedBy }: Judgement,
  { look, id, name }: { look: Look; id: string; name: string },
  { at, signal }: { at: number | undefined; signal: AbortSignal },
): Promise<Explanation> {
  const account = engine.accounts.get(look.plan.account)!;
  const traced = lookAtAccount(engine, account, {
    ...createTickMemory(engine),
    policies: policies.set,
    record: policies.record,
    traced: id,
    ...(at === undefined ? {} : { at }),
  });
  const { plan, reckoned } = await untilAborted(signal, traced);
  const claim = reckoned.books.claims.find((known) => known.vmId === id);
  return {
    ref: { id, name },
    account: plan.account,
    at: plan.at,
    vm: reckoned.inventory.vms.find((known) => known.id === id),
    part: reckoned.inventory.leftovers?.find((known) => known.id === id),
    leftBy: reckoned.books.notes.leftParts?.find((known) => known.id === id)?.vmName,
    claim,
    trace: plan.trace,
    charge: plan.charges.find(({ vm, part }) => (part?.id ?? vm.id) === id),
    other: plan.others.find((other) => other.vm.id === id)?.kind,
    fleet: plan.fleets.find((fleet) => fleet.policy === claim?.policy),
    judgedBy,
    history: await readHistory(engine.store, plan.account, id, engine.clock.now()),
  };
}

async function explainGone(context: CommandContext, engine: Composition, asked: string): Promise<void> {
  const now = engine.clock.now();
  const gone = await findGoneVm(engine.store, engine.accounts.keys(), asked, now);
  if (gone === undefined) {
    const text = `No account has a VM "${asked}", by id or by name, and no ledger knows one. \`purser vms\` lists them.`;
    throw new PurserError('vm-unknown', text);
  }
  if (context.json) context.printJson(explainGoneToJson(gone, now));
  else context.print(renderGone(gone, { ...context.facts, now }));
}

export const command: CommandModule = {
  operands: '<vm-or-key> [path...]',
  options: [
    ['--at <instant>', 'as far as it can be foreseen for this instant (ISO 8601, or a duration from now such as 6h)'],
  ],
  example:
    'purser explain ci-build-11               # a VM that is there: who decides about it, and what comes next\n' +
    'purser explain web-a17k3f2x02            # one that is gone: why it was deleted\n' +
    'purser explain ops                       # an SSH key of the account, where a policy keeps them\n' +
    'purser explain ci-build-11 --at 6h',
  async run(context) {
    const [asked = '', ...paths] = context.operands;
    const engine = await composeEngine(context.config(), {
      actsWhereUntold: true,
      isQuiet: true,
      isUnnamedAllowed: true,
    });
    try {
      const now = engine.clock.now();
      const at = parseInstant(context.options['at'], now);
      const judgement = await chooseJudgement(context, engine, paths, now);
      const looks = await lookAtAccounts(context, engine, judgement.policies, {
        onMissing: (account, error) => noteMissing(context, account, error),
      });
      const found = findVm(looks, asked, engine.config.installation);
      const key = found === undefined ? explainKey(looks, judgement.policies.set, asked) : undefined;
      if (key !== undefined) {
        if (context.json) context.printJson({ key, judgedBy: judgement.judgedBy });
        else context.print(renderKey(key, context.facts));
        return 0;
      }
      if (found === undefined) {
        // What could not be listed is not gone.
        requireSeen(looks);
        await explainGone(context, engine, asked);
        return 0;
      }
      const { signal } = context;
      const explanation = await explain(engine, judgement, found, { at, signal });
      const facts = { ...context.facts, now: at === undefined ? explanation.at : now };
      if (at !== undefined && explanation.vm === undefined && explanation.claim === undefined) {
        // It is there now: what is foreseen for it can only be told from the present.
        const present = await explain(engine, judgement, found, { at: undefined, signal });
        if (context.json) context.printJson(explainLeavingToJson(present, at));
        else context.print(renderLeaving(present, at, { ...facts, now: present.at }));
      } else if (context.json) context.printJson(explainToJson(explanation));
      else context.print(renderExplain(explanation, facts));
      return 0;
    } finally {
      await engine.close();
    }
  },
};
