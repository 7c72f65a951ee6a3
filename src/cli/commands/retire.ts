// `purser retire POLICY`: lets the VMs of a policy that is gone from the books. They run on, are charged, and are nobody's.
import type { Composition } from '../../compose.js';
import type { Change, Claim } from '../../core/books.js';
import { PurserError } from '../../core/errors.js';
import { formatUsdc, sumMicros } from '../../core/money.js';
import { findFleet } from '../../core/ownership.js';
import type { Instant } from '../../core/types.js';
import type { GenerationRecord } from '../../ports/store.js';
import { askPerson, yesOption } from '../ask-person.js';
import { buildNote } from '../build-note.js';
import type { CommandContext, CommandModule } from '../command.js';
import { commitByHand, holdReconcile } from '../hold-reconcile.js';
import { formatDateTime, formatEach, toOptionalIso } from '../render/format-instant.js';
import { countOf } from '../render/phrase.js';
import { priceToJson } from '../render/price-to-json.js';
import { renderTable } from '../render/render-table.js';
import { withEngine } from '../with-engine.js';

interface OwnedClaim {
  readonly account: string;
  readonly claim: Claim;
}

/** A policy that stands would only claim, or buy, again. */
function refuseStanding(engine: Composition, record: GenerationRecord | undefined, policy: string): void {
  if (record === undefined) return;
  const set = engine.compile(record);
  const heir = findFleet(set.fleets, policy) ?? set.reaps.find(({ name }) => name === policy);
  if (heir === undefined) return;
  const how = heir.name === policy ? '' : ` as "${heir.name}", which names it in formerly`;
  throw new PurserError(
    'option-invalid',
    `"${policy}" stands in generation ${record.number}${how}: take it out of the files and run \`purser apply\` first (with --replace if its file was applied by its own path). ` +
      "Its VMs run on meanwhile and are nobody's.",
  );
}

async function listOwned({ store, accounts }: Composition, policy: string): Promise<readonly OwnedClaim[]> {
  const owned: OwnedClaim[] = [];
  for (const account of accounts.keys()) {
    const { claims } = await store.readBooks(account);
    owned.push(...claims.filter((claim) => claim.policy === policy).map((claim) => ({ account, claim })));
  }
  return owned;
}

function describePrice({ price }: Claim): string {
  return price === undefined ? '-' : `${formatUsdc(price.amount)} ${formatEach(price.periodMillis)}`;
}

function renderClaims(owned: readonly OwnedClaim[], context: CommandContext): string {
  return renderTable(
    [{ title: 'VM' }, { title: 'ID' }, { title: 'COSTS', align: 'right' }, { title: 'NEXT CHARGE' }],
    owned.map(({ claim }) => [
      claim.vmName,
      claim.vmId,
      describePrice(claim),
      claim.paidUntil === undefined ? '-' : formatDateTime(claim.paidUntil),
    ]),
    context.facts,
  );
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
    refuseStanding(engine, record, policy);
    const { claims } = await engine.store.readBooks(account);
    const free = claims.filter((claim) => claim.policy === policy && claim.state !== 'doomed');
    const changes = free.map(({ vmId, state }): Change => ({ kind: 'unclaim', vmId, expect: state }));
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

async function retire(context: CommandContext, engine: Composition): Promise<number> {
  const policy = context.operands[0]!;
  refuseStanding(engine, await engine.store.readGeneration(), policy);
  const owned = await listOwned(engine, policy);
  if (owned.length === 0) throw new PurserError('policy-unknown', `No policy "${policy}" owns a VM.`);
  const free = owned.filter(({ claim }) => claim.state !== 'doomed');
  const doomed = owned.length - free.length;
  if (doomed > 0) context.note(`${countOf(doomed, 'VM')} of it stay: their deletion has begun and goes on.`);
  if (free.length > 0) {
    const each = sumMicros(free.map(({ claim }) => claim.price?.amount ?? 0n));
    context.print(renderClaims(free, context));
    context.print(`They run on and cost ${formatUsdc(each)} at each round of charges; no policy looks after them.\n`);
    if (!(await askPerson(context, `let ${countOf(free.length, 'VM')} of "${policy}" go from the books`))) return 0;
  }
  const gone = new Set<string>();
  for (const account of new Set(free.map((one) => one.account))) {
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
