// From a plan to what is written down before any call: intents, marks, and the claims that deletions need. Pure but for the
// drawn ids, which the caller draws. Nothing here is sent anywhere.
import { splitByCall } from './abilities.js';
import type { Commit, Intent, Notes } from './books.js';
import {
  createBuilder,
  drawIntentId,
  joinChanges,
  openIntent,
  setClaim,
  tell,
  type Builder,
  type CommitInput,
} from './commit-builder.js';
import { formatUsdc } from './money.js';
import { buildBaseName, buildFirstName } from './names.js';
import { writeRemovals } from './part-removals.js';
import type { DeployAction, RenameAction } from './plan-types.js';
import { writeTending } from './tending-intents.js';
import { tendQueued, writeDeletions } from './write-deletions.js';

export interface BuiltCommit {
  readonly commit: Commit;
  /** The new intents, in the order in which they should start. */
  readonly intents: readonly Intent[];
}

function applyMarks(builder: Builder): void {
  for (const mark of builder.input.plan.marks) {
    const claim = builder.claims.get(mark.vmId);
    if (claim === undefined) continue;
    const isParked = mark.to === 'parked';
    setClaim(builder, {
      ...claim,
      state: mark.to,
      stateSince: builder.input.plan.at,
      unwanted: isParked ? mark.reason.code : undefined,
      railExempt: isParked && mark.railExempt,
    });
    tell(builder, isParked ? 'parked' : 'taken-back', `${claim.vmName}: ${mark.reason.text}`, {
      policy: mark.policy,
      vmId: claim.vmId,
      vmName: claim.vmName,
    });
  }
}

/** An intent is one call: what a product does one at a time becomes an intent each, so that a crash doubles and loses none. */
function addDeploy(builder: Builder, action: DeployAction): void {
  const { createsPerCall } = builder.abilities;
  for (let left = action.count; left > 0; left -= createsPerCall)
    openDeploy(builder, action, Math.min(left, createsPerCall));
}

function openDeploy(builder: Builder, action: DeployAction, count: number): void {
  const id = drawIntentId(builder);
  const { installation } = builder.input.settings;
  // The only VM that an intent can have gets its own name at once.
  const isAlone = builder.abilities.createsPerCall === 1;
  const vmName = (isAlone ? buildFirstName : buildBaseName)(action.policy, installation, id);
  const { offer, cap } = action;
  openIntent(builder, 'deploy', action.policy, { deploy: { count, offer, cap, vmName, vmIds: [] } }, id);
  const text = `buy ${count} of ${offer.configuration} in ${offer.country} at ${formatUsdc(offer.price.amount)}: ${action.reason.text}`;
  tell(builder, 'intent', text, { policy: action.policy, intent: id });
}

function addRename(builder: Builder, action: RenameAction): void {
  const all = action.vms.map(({ id, from, to }) => ({ vmId: id, from, to }));
  for (const targets of splitByCall(all, builder.abilities.renamesPerCall))
    openIntent(builder, 'rename', action.policy, { rename: { targets } });
}

/** What the rails refuse now, if that isn't what is written down. */
function noteRefused({ plan, snapshot }: CommitInput): Pick<Notes, 'refusedDeletions'> {
  const told = snapshot.books.notes.refusedDeletions ?? {};
  const refusals = plan.refused.filter(({ rail }) => rail.startsWith('deletes.'));
  const refused = Object.fromEntries(refusals.map(({ policy, text }) => [policy, text]));
  const policies = Object.keys(refused);
  const isSame = policies.length === Object.keys(told).length && policies.every((name) => told[name] === refused[name]);
  if (isSame) return {};
  return { refusedDeletions: policies.length === 0 ? undefined : refused };
}

/** Over what the reckoning changed in the notes: those are in the snapshot already. */
function writeNotes(builder: Builder): void {
  const { plan, snapshot } = builder.input;
  const { budgetNotes: budgets, budgetRooms, budgetNews = [] } = plan;
  const notes = {
    ...(budgets === undefined ? {} : { budgets }),
    ...(budgetRooms === undefined ? {} : { budgetRooms }),
    ...noteRefused(builder.input),
  };
  if (Object.keys(notes).length > 0)
    builder.otherChanges.push({ kind: 'notes', notes: { ...snapshot.books.notes, ...notes } });
  for (const { budget, text } of budgetNews) tell(builder, 'note', text, { policy: budget });
}

/** Writes the plan down as one commit. */
export function buildCommit(input: CommitInput): BuiltCommit {
  const builder = createBuilder(input);
  applyMarks(builder);
  const deletions = input.plan.actions.filter((action) => action.kind === 'delete');
  writeDeletions(builder, deletions);
  writeRemovals(deletions, input.snapshot, {
    open: (policy, targets) => openIntent(builder, 'remove-parts', policy, { removeParts: { targets } }).id,
    tell: (text, facts) => tell(builder, 'intent', text, facts),
  });
  tendQueued(builder);
  for (const action of input.plan.actions) {
    if (action.kind === 'deploy') addDeploy(builder, action);
    else if (action.kind === 'rename') addRename(builder, action);
    else if (action.kind !== 'delete') openIntent(builder, action.kind, action.policy, writeTending(action));
  }
  writeNotes(builder);
  const { account, generation } = input.plan;
  const changes = joinChanges(input.changes, builder);
  return { commit: { account, generation, changes, ledger: builder.ledger }, intents: builder.intents };
}
