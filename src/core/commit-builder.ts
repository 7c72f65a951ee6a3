// What a commit is put together in: claims as they will be, intents that are opened, lines for the ledger; and how the changes of
// the reckoning and of the plan become one. Decides nothing about VMs.
import { readAbilities, type Abilities } from './abilities.js';
import type { Change, Claim, Intent, LedgerEntry } from './books.js';
import { buildIntentId } from './names.js';
import type { Plan, Snapshot } from './plan-types.js';
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

export interface Builder {
  readonly input: CommitInput;
  readonly abilities: Abilities;
  readonly vmById: ReadonlyMap<string, Vm>;
  readonly claims: Map<string, Claim>;
  readonly claimChanges: Map<string, Change>;
  readonly otherChanges: Change[];
  readonly ledger: LedgerEntry[];
  readonly intents: Intent[];
}

/** Intents are forgotten in time, the names of their VMs are not: an id that a VM still bears would claim it anew. */
function isUsed({ intents, input }: Builder, id: string): boolean {
  const { books, inventory } = input.snapshot;
  return (
    intents.some((intent) => intent.id === id) ||
    books.intents.some((intent) => intent.id === id) ||
    books.claims.some(({ intent }) => intent === id) ||
    inventory.vms.some(({ name }) => name.includes(id))
  );
}

export function createBuilder(input: CommitInput): Builder {
  const { books, inventory } = input.snapshot;
  return {
    input,
    abilities: readAbilities(input.snapshot),
    vmById: new Map(inventory.vms.map((vm) => [vm.id, vm])),
    claims: new Map(books.claims.map((claim) => [claim.vmId, claim])),
    claimChanges: new Map(),
    otherChanges: [],
    ledger: [...input.ledger],
    intents: [],
  };
}

export function setClaim(builder: Builder, claim: Claim): void {
  const before = builder.claimChanges.get(claim.vmId);
  const expect = before?.kind === 'claim' ? before.expect : (builder.claims.get(claim.vmId)?.state ?? 'absent');
  builder.claims.set(claim.vmId, claim);
  builder.claimChanges.set(claim.vmId, { kind: 'claim', claim, expect });
}

export function tell(
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

export function drawIntentId(builder: Builder): string {
  for (;;) {
    const id = buildIntentId(builder.input.drawBody(), builder.input.settings.installation);
    // All digits would be an integer to the queue, which refuses those as ids.
    if (!isUsed(builder, id) && !/^\d+$/.test(id)) return id;
  }
}

export function openIntent(
  builder: Builder,
  kind: Intent['kind'],
  policy: string,
  what: Partial<Pick<Intent, 'deploy' | 'delete' | 'rename' | 'removeParts' | 'ports' | 'key'>>,
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

/** Changes of the reckoning and of the plan about one claim become one, expecting what the store holds before both. */
export function joinChanges(reckoned: readonly Change[], builder: Builder): readonly Change[] {
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
