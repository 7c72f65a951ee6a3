// From a plan to what is written down before any call: intents, marks, and the claims that deletions need. Pure but for the
// drawn ids, which the caller draws. Nothing here is sent anywhere.
import type { Change, Claim, Commit, Intent, LedgerEntry } from './books.js';
import { groupDeletions, toDeleteTarget } from './delete-targets.js';
import { formatMinute } from './instant.js';
import { formatUsdc } from './money.js';
import { judgeQueued } from './let-go.js';
import { buildBaseName, buildIntentId, parseMemberName } from './names.js';
import type { DeleteAction, DeployAction, Plan, RenameAction, Snapshot } from './plan-types.js';
import type { AccountSettings } from './policy-types.js';
import type { Vm } from './types.js';

export interface CommitInput {
  readonly plan: Plan;
  /** The reckoned snapshot that the plan was made of. */
  readonly snapshot: Snapshot;
  readonly settings: AccountSettings;
  /** Changes and ledger lines of the reckoning; written in the same step. */
  readonly changes: readonly Change[];
  readonly ledger: readonly LedgerEntry[];
  /** Draws four characters of the names' alphabet. */
  readonly drawBody: () => string;
}

export interface BuiltCommit {
  readonly commit: Commit;
  /** The new intents, in the order in which they should start. */
  readonly intents: readonly Intent[];
}

interface Builder {
  readonly input: CommitInput;
  readonly vmById: ReadonlyMap<string, Vm>;
  readonly claims: Map<string, Claim>;
  readonly claimChanges: Map<string, Change>;
  readonly otherChanges: Change[];
  readonly ledger: LedgerEntry[];
  readonly intents: Intent[];
  readonly usedIds: Set<string>;
}

function setClaim(builder: Builder, claim: Claim): void {
  const before = builder.claimChanges.get(claim.vmId);
  const expect = before?.kind === 'claim' ? before.expect : (builder.claims.get(claim.vmId)?.state ?? 'absent');
  builder.claims.set(claim.vmId, claim);
  builder.claimChanges.set(claim.vmId, { kind: 'claim', claim, expect });
}

function tell(
  builder: Builder,
  event: LedgerEntry['event'],
  text: string,
  facts: Partial<Pick<LedgerEntry, 'policy' | 'vmId' | 'vmName' | 'intent' | 'money'>>,
): void {
  const { policy, vmId, vmName, intent, money } = facts;
  builder.ledger.push({
    at: builder.input.plan.at,
    account: builder.input.plan.account,
    policy,
    vmId,
    vmName,
    intent,
    event,
    text,
    money,
  });
}

/** Intents are forgotten in time, the names of their VMs are not: an id that a VM still bears would claim it anew. */
function listUsedIds({ snapshot, settings }: CommitInput): Set<string> {
  const { books, inventory } = snapshot;
  const ofClaims = books.claims.flatMap(({ intent }) => (intent === undefined ? [] : [intent]));
  const ofNames = inventory.vms.flatMap((vm) => parseMemberName(vm.name, settings.installation)?.intent ?? []);
  return new Set([...books.intents.map(({ id }) => id), ...ofClaims, ...ofNames]);
}

function drawIntentId(builder: Builder): string {
  for (;;) {
    const id = buildIntentId(builder.input.drawBody(), builder.input.settings.installation);
    // All digits would be an integer to the queue, which refuses those as ids.
    if (builder.usedIds.has(id) || /^\d+$/.test(id)) continue;
    builder.usedIds.add(id);
    return id;
  }
}

function openIntent(
  builder: Builder,
  kind: Intent['kind'],
  policy: string,
  what: Partial<Pick<Intent, 'deploy' | 'delete' | 'rename'>>,
  id = drawIntentId(builder),
): Intent {
  const { plan, settings } = builder.input;
  const { settingsHash } = settings;
  const intent: Intent = {
    id,
    kind,
    account: plan.account,
    policy,
    generation: plan.generation,
    createdAt: plan.at,
    ...(settingsHash === undefined ? {} : { settingsHash }),
    state: 'planned',
    calledAt: undefined,
    closedAt: undefined,
    error: undefined,
    reckoned: false,
    emptyLooks: 0,
    ...what,
  };
  builder.intents.push(intent);
  builder.otherChanges.push({ kind: 'intent', intent, expect: 'absent' });
  return intent;
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

function addDeploy(builder: Builder, action: DeployAction): void {
  const id = drawIntentId(builder);
  const vmName = buildBaseName(action.policy, builder.input.settings.installation, id);
  const { count, offer, cap } = action;
  openIntent(builder, 'deploy', action.policy, { deploy: { count, offer, cap, vmName, vmIds: [] } }, id);
  const text = `buy ${count} of ${offer.configuration} in ${offer.country} at ${formatUsdc(offer.price.amount)}: ${action.reason.text}`;
  tell(builder, 'intent', text, { policy: action.policy, intent: id });
}

function addRename(builder: Builder, action: RenameAction): void {
  const targets = action.vms.map(({ id, from, to }) => ({ vmId: id, from, to }));
  openIntent(builder, 'rename', action.policy, { rename: { targets } });
}

/** Every target of a deletion has a claim in state parked (or doomed already, when it is called for again). */
function claimForDeletion(builder: Builder, action: DeleteAction, intent: string): void {
  const { plan } = builder.input;
  const claim = builder.claims.get(action.vm.id);
  if (claim?.state === 'doomed') {
    setClaim(builder, { ...claim, deletion: { intent, calledAt: claim.deletion?.calledAt ?? plan.at } });
    return;
  }
  const parked = {
    state: 'parked',
    stateSince: plan.at,
    unwanted: action.reason.code,
    railExempt: action.railExempt,
  } as const;
  if (claim !== undefined) {
    setClaim(builder, { ...claim, ...(claim.state === 'parked' ? { unwanted: action.reason.code } : parked) });
    return;
  }
  const vm = builder.vmById.get(action.vm.id);
  setClaim(builder, {
    vmId: action.vm.id,
    vmName: action.vm.name,
    policy: action.policy,
    origin: 'reaped',
    intent: undefined,
    claimedAt: plan.at,
    generation: plan.generation,
    price: vm?.price,
    paidUntil: vm?.paidUntil,
    seenAt: plan.at,
    activeAt: undefined,
    deletion: undefined,
    missing: undefined,
    ...parked,
  });
}

function addDeletion(builder: Builder, batch: readonly DeleteAction[]): void {
  const { policy } = batch[0]!;
  const targets = batch.map((action) => toDeleteTarget(action, builder.vmById.get(action.vm.id)));
  const intent = openIntent(builder, 'delete', policy, { delete: { targets } });
  for (const action of batch) {
    claimForDeletion(builder, action, intent.id);
    // That it ended was told when it was seen.
    if (action.recordOnly) continue;
    const when = action.boundary === undefined ? '' : ` before ${formatMinute(action.boundary)}`;
    tell(builder, 'intent', `delete ${action.vm.name}${when}: ${action.reason.text}`, {
      policy,
      vmId: action.vm.id,
      vmName: action.vm.name,
      intent: intent.id,
    });
  }
}

/** What waits in the queue is confirmed or let go: a member is one again then, a foreign VM is of nobody. */
function tendQueued(builder: Builder): void {
  const { plan, snapshot, settings } = builder.input;
  const { claims, intents } = judgeQueued(plan, snapshot.books, builder.claims, settings);
  for (const intent of intents) builder.otherChanges.push({ kind: 'intent', intent, expect: 'planned' });
  for (const claim of claims) {
    const { policy, vmId, vmName } = claim;
    if (claim.origin === 'reaped') {
      builder.claims.delete(vmId);
      builder.claimChanges.set(vmId, { kind: 'unclaim', vmId, expect: 'parked' });
      continue;
    }
    // What it was bought as doesn't change: kept parked, it takes nobody's place.
    if (claim.unwanted === 'mismatched') continue;
    const member = { state: 'member', stateSince: plan.at, unwanted: undefined, railExempt: false } as const;
    setClaim(builder, { ...claim, ...member });
    const text = `${vmName}: its deletion waited and is not wanted any more`;
    tell(builder, 'taken-back', text, { policy, vmId, vmName });
  }
}

/** Changes of the reckoning and of the plan about one claim become one, expecting what the store holds before both. */
function joinChanges(reckoned: readonly Change[], builder: Builder): readonly Change[] {
  const joined: Change[] = [];
  for (const change of reckoned) {
    const vmId = change.kind === 'claim' ? change.claim.vmId : undefined;
    const later = vmId === undefined ? undefined : builder.claimChanges.get(vmId);
    if (later === undefined || change.kind !== 'claim') {
      joined.push(change);
      continue;
    }
    builder.claimChanges.delete(vmId!);
    if (later.kind === 'claim') joined.push({ ...later, expect: change.expect });
    else if (later.kind === 'unclaim' && change.expect !== 'absent') joined.push({ ...later, expect: change.expect });
  }
  return [...joined, ...builder.claimChanges.values(), ...builder.otherChanges];
}

/** Writes the plan down as one commit. */
export function buildCommit(input: CommitInput): BuiltCommit {
  const { books } = input.snapshot;
  const builder: Builder = {
    input,
    vmById: new Map(input.snapshot.inventory.vms.map((vm) => [vm.id, vm])),
    claims: new Map(books.claims.map((claim) => [claim.vmId, claim])),
    claimChanges: new Map(),
    otherChanges: [],
    ledger: [...input.ledger],
    intents: [],
    usedIds: listUsedIds(input),
  };
  applyMarks(builder);
  const deletions = input.plan.actions.filter((action) => action.kind === 'delete');
  for (const batch of groupDeletions(deletions)) addDeletion(builder, batch);
  tendQueued(builder);
  for (const action of input.plan.actions) {
    if (action.kind === 'deploy') addDeploy(builder, action);
    if (action.kind === 'rename') addRename(builder, action);
  }
  const { account, generation } = input.plan;
  const changes = joinChanges(input.changes, builder);
  return { commit: { account, generation, changes, ledger: builder.ledger }, intents: builder.intents };
}
