// `purser approve PLAN`: allows the deletions that a rail refused, by the hash that the newest plan printed. The hash names
// targets, prices and generation; it lapses at the first boundary among them. Nothing is planned anew here.
import type { Composition } from '../../compose.js';
import { PurserError } from '../../core/errors.js';
import type { Plan, Refusal } from '../../core/plan-types.js';
import { approvalLapsesAt } from '../../core/rails.js';
import type { Instant } from '../../core/types.js';
import { readPlanNote } from '../../scheduler/plan-note.js';
import { buildNote } from '../build-note.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import type { CommandContext, CommandModule } from '../command.js';
import { formatDateTime, toIso } from '../render/format-instant.js';
import { countOf, listNames } from '../render/phrase.js';
import { withEngine } from '../with-engine.js';

interface Approvable {
  readonly plan: Plan;
  readonly refusal: Refusal;
}

async function listApprovable(context: CommandContext, { store, config }: Composition): Promise<readonly Approvable[]> {
  const found: Approvable[] = [];
  for (const { name } of chooseAccounts(config, context.options)) {
    const plan = await readPlanNote(store, name);
    if (plan === undefined) continue;
    for (const refusal of plan.refused) if (refusal.approve !== undefined) found.push({ plan, refusal });
  }
  return found;
}

function refuseUnknown(asked: string, approvable: readonly Approvable[]): PurserError {
  const lines = approvable.map(
    ({ plan, refusal }) =>
      `  ${refusal.approve}  ${refusal.policy}: ${refusal.text} (plan of ${formatDateTime(plan.at)})`,
  );
  const now =
    lines.length === 0
      ? 'Nothing waits for an approval; `purser up` or `purser apply` must have planned it first.'
      : `What can be approved now:\n${lines.join('\n')}`;
  return new PurserError('approval-unknown', `The newest plan holds no refusal ${asked}. ${now}`);
}

/** The boundaries of the targets, as the plan's holds tell them. */
function findLapse({ plan, refusal }: Approvable, now: Instant): Instant {
  const known = new Map<string, Instant | undefined>();
  for (const charge of plan.charges) known.set(charge.vm.id, charge.at);
  for (const hold of plan.holds)
    if (hold.vm !== undefined && hold.boundary !== undefined) known.set(hold.vm.id, hold.boundary);
  return approvalLapsesAt(
    refusal.targets.map(({ id }) => ({ boundary: known.get(id) })),
    now,
  );
}

async function approve(context: CommandContext, engine: Composition): Promise<number> {
  const asked = context.operands[0]!;
  const approvable = await listApprovable(context, engine);
  const chosen = approvable.find(({ refusal }) => refusal.approve === asked);
  if (chosen === undefined) throw refuseUnknown(asked, approvable);
  const { policy, account, targets } = chosen.refusal;
  const at = engine.clock.now();
  const until = findLapse(chosen, at);
  await engine.store.addApproval(account, { hash: asked, policy, at, until });
  const what = `${countOf(targets.length, 'deletion')} of ${policy}`;
  const text = `${what} approved by hand (${asked}), until ${toIso(until)}`;
  await engine.store.appendLedger(account, [buildNote(account, at, text, { policy })]);
  if (context.json) {
    context.printJson({ approved: asked, account, policy, vms: targets, until: toIso(until) });
    return 0;
  }
  context.print(`Approved: ${what} (${listNames(targets.map(({ name }) => name))}).`);
  context.print(
    `It holds until ${formatDateTime(until)}, the first boundary among them, and for these VMs at these prices alone. ` +
      'The next look carries it out.',
  );
  return 0;
}

export const command: CommandModule = {
  operands: '<plan>',
  options: [accountOption],
  example: 'purser approve plan-6f2c910b3a',
  run: (context) => withEngine(context, (engine) => approve(context, engine)),
};
