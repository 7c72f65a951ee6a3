// `purser retire POLICY`: lets the VMs of a policy that is gone from the books. They run on, are charged, and are nobody's.
import type { Composition } from '../../compose.js';
import type { Books, Change, Claim } from '../../core/books.js';
import { PurserError } from '../../core/errors.js';
import { closeUncalled, letTargetsGo } from '../../core/let-go.js';
import { formatUsdc, sumMicros } from '../../core/money.js';
import type { Instant } from '../../core/types.js';
import { askPerson, yesOption } from '../ask-person.js';
import { buildNote } from '../build-note.js';
import type { CommandContext, CommandModule } from '../command.js';
import { commitByHand, holdReconcile } from '../hold-reconcile.js';
import { formatDateTime, formatEach, toOptionalIso } from '../render/format-instant.js';
import { countOf } from '../render/phrase.js';
import { priceToJson } from '../render/price-to-json.js';
import { renderTable } from '../render/render-table.js';
import { isWithoutFile, takeOutOfForce } from '../take-out-of-force.js';
import { withEngine } from '../with-engine.js';

interface OwnedClaim {
  readonly account: string;
  readonly claim: Claim;
}

interface Owned {
  readonly claims: readonly OwnedClaim[];
  /** Accounts where something waits in the queue for it. */
  readonly waiting: readonly string[];
}

async function listOwned({ store, accounts }: Composition, policy: string): Promise<Owned> {
  const owned: OwnedClaim[] = [];
  const waiting: string[] = [];
  for (const account of accounts.keys()) {
    const { claims, intents } = await store.readBooks(account);
    owned.push(...claims.filter((claim) => claim.policy === policy).map((claim) => ({ account, claim })));
    if (intents.some((intent) => intent.policy === policy && intent.state === 'planned')) waiting.push(account);
  }
  return { claims: owned, waiting };
}

/** Purchases, names and deletions that wait are not begun any more; what is doomed goes on. */
function letIntentsGo({ claims, intents }: Books, policy: string, now: Instant): readonly Change[] {
  const text = `${policy} was retired`;
  const doomed = new Set(claims.flatMap(({ vmId, state }) => (state === 'doomed' ? [vmId] : [])));
  const changed = intents
    .filter((intent) => intent.policy === policy && intent.state === 'planned')
    .map((intent) =>
      intent.delete === undefined
        ? closeUncalled(intent, now, text)
        : letTargetsGo(intent, ({ vmId }) => !doomed.has(vmId), now, text),
    );
  return changed.flatMap((intent) => (intent === undefined ? [] : [{ kind: 'intent', intent, expect: 'planned' }]));
}

function describePrice({ price }: Claim): string {
  return price === undefined ? '-' : `${formatUsdc(price.amount)} ${formatEach(price.periodMillis)}`;
}

function renderClaims(claims: readonly Claim[], context: CommandContext): string {
  return renderTable(
    [{ title: 'VM' }, { title: 'ID' }, { title: 'COSTS', align: 'right' }, { title: 'NEXT CHARGE' }],
    claims.map((claim) => [
      claim.vmName,
      claim.vmId,
      describePrice(claim),
      claim.paidUntil === undefined ? '-' : formatDateTime(claim.paidUntil),
    ]),
    context.facts,
  );
}

function refuseAgain(policy: string): never {
  throw new PurserError('generation-changed', `"${policy}" was put in force again meanwhile; its VMs stay its own.`);
}

/** Lets go what is still there under the lease; returns the ids. Doomed ones are left: their deletion goes on. */
async function letGo(
  context: CommandContext,
  engine: Composition,
  account: string,
  policy: string,
): Promise<readonly string[]> {
  return holdReconcile(context, engine, account, async (lease) => {
    const now: Instant = engine.clock.now();
    const record = await engine.store.readGeneration();
    if (isWithoutFile(engine, record, policy, context.cwd)) refuseAgain(policy);
    const books = await engine.store.readBooks(account);
    const free = books.claims.filter((claim) => claim.policy === policy && claim.state !== 'doomed');
    const changes: readonly Change[] = [
      ...letIntentsGo(books, policy, now),
      ...free.map(({ vmId, state }): Change => ({ kind: 'unclaim', vmId, expect: state })),
    ];
    const ledger = free.map(({ vmId, vmName }) =>
      buildNote(account, now, `${vmName} was let go by ${policy}: it runs on and is nobody's`, {
        event: 'retired',
        policy,
        vmId,
        vmName,
      }),
    );
    const failed = await commitByHand(engine, lease, { account, record, changes, ledger });
    const kept = new Set(failed.flatMap((change) => (change.kind === 'unclaim' ? [change.vmId] : [])));
    return free.flatMap(({ vmId }) => (kept.has(vmId) ? [] : [vmId]));
  });
}

/** Shows what goes and asks; what is let go is told by its cost. */
async function confirm(
  context: CommandContext,
  policy: string,
  free: readonly Claim[],
  number: number | undefined,
): Promise<boolean> {
  const parts: string[] = [];
  if (number !== undefined) parts.push(`take "${policy}", whose file is gone, out of generation ${number}`);
  if (free.length > 0) {
    const each = sumMicros(free.map(({ price }) => price?.amount ?? 0n));
    context.print(renderClaims(free, context));
    context.print(`They run on and cost ${formatUsdc(each)} at each round of charges; no policy looks after them.\n`);
    parts.push(`let ${countOf(free.length, 'VM')} of "${policy}" go from the books`);
  }
  return parts.length === 0 || askPerson(context, parts.join(', and '));
}

async function retire(context: CommandContext, engine: Composition): Promise<number> {
  const policy = context.operands[0]!;
  const record = await engine.store.readGeneration();
  const stands = isWithoutFile(engine, record, policy, context.cwd) ? record : undefined;
  const { claims: owned, waiting } = await listOwned(engine, policy);
  if (owned.length === 0 && waiting.length === 0 && stands === undefined)
    throw new PurserError('policy-unknown', `No policy "${policy}" stands or owns a VM.`);
  const free = owned.filter(({ claim }) => claim.state !== 'doomed');
  const doomed = owned.length - free.length;
  if (doomed > 0) context.note(`${countOf(doomed, 'VM')} of it stay: their deletion has begun and goes on.`);
  const claims = free.map(({ claim }) => claim);
  if (!(await confirm(context, policy, claims, stands?.number))) return 0;
  if (stands !== undefined) {
    const { number } = await takeOutOfForce(engine, stands, policy);
    context.print(`Generation ${number} is in force, without "${policy}".`);
  }
  const gone = new Set<string>();
  for (const account of new Set([...free.map((one) => one.account), ...waiting])) {
    for (const vmId of await letGo(context, engine, account, policy)) gone.add(vmId);
  }
  if (context.json) {
    const vms = free.flatMap(({ account, claim }) =>
      gone.has(claim.vmId)
        ? [
            {
              account,
              id: claim.vmId,
              name: claim.vmName,
              ...priceToJson(claim.price),
              paidUntil: toOptionalIso(claim.paidUntil),
            },
          ]
        : [],
    );
    context.printJson({ policy, vms, doomed });
  } else {
    if (waiting.length > 0) context.print(`What waited in the queue for "${policy}" is not begun any more.`);
    if (owned.length > 0)
      context.print(`${countOf(gone.size, 'VM')} let go. \`purser adopt VM --policy P\` gives one to a fleet.`);
  }
  return 0;
}

export const command: CommandModule = {
  operands: '<policy>',
  options: [yesOption],
  example: 'purser retire old-web',
  run: (context) => withEngine(context, (engine) => retire(context, engine)),
};
