// `purser adopt VM --policy P`: gives a VM to a fleet. One owner a VM: one compare-and-set, under the lease of the reconcile.
import type { Composition } from '../../compose.js';
import type { Books, Change, Claim } from '../../core/books.js';
import { PurserError } from '../../core/errors.js';
import { parseMemberName } from '../../core/names.js';
import { findFleet } from '../../core/ownership.js';
import type { FleetPolicy, PolicySet } from '../../core/policy-types.js';
import type { Vm } from '../../core/types.js';
import { isSameId } from '../../core/vm-id.js';
import { listAccounts, servesAccount } from '../../core/peers.js';
import { findClosestWord } from '../../policy/closest-word.js';
import { buildAdoptedClaim } from '../adopted-claim.js';
import { buildNote } from '../build-note.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import type { CommandContext, CommandModule } from '../command.js';
import { findOneVm, type FoundVm } from '../find-vms.js';
import { commitByHand, holdReconcile } from '../hold-reconcile.js';
import { readOptionText } from '../option-text.js';
import { requireInForce, type InForce } from '../policies-in-store.js';
import { formatDateTime } from '../render/format-instant.js';
import { listShown, noteGaps } from '../require-listing.js';
import { withEngine } from '../with-engine.js';

function requireFleet(set: PolicySet, asked: string | undefined): FleetPolicy {
  if (asked === undefined) throw new PurserError('option-invalid', 'Say to which fleet: --policy NAME.');
  const fleet = set.fleets.find(({ name }) => name === asked);
  if (fleet !== undefined) return fleet;
  if (set.reaps.some(({ name }) => name === asked)) {
    throw new PurserError('policy-unknown', `"${asked}" is a reap, and a reap owns no VMs: name a fleet.`);
  }
  if (set.orphans.some(({ name }) => name === asked)) {
    throw new PurserError('policy-unknown', `"${asked}" looks for orphans and owns no VMs: name a fleet.`);
  }
  const names = set.fleets.map(({ name }) => name);
  const close = findClosestWord(asked, names);
  const hint = close === undefined ? `Fleets in force: ${names.join(', ') || 'none'}.` : `Did you mean "${close}"?`;
  throw new PurserError('policy-unknown', `No fleet "${asked}" is in force. ${hint} A new one must be applied first.`);
}

async function findVm(context: CommandContext, engine: Composition, asked: string): Promise<FoundVm> {
  const listings = [];
  for (const { name } of chooseAccounts(engine.config, context.options)) {
    context.progress(`Looking for ${asked} in account ${name} ...`);
    const inventory = await listShown(engine.accounts.get(name)!.cloud, { signal: context.signal });
    noteGaps(context, name, inventory);
    listings.push({ account: name, inventory });
  }
  context.progress('');
  return findOneVm(listings, asked);
}

/** Claims of policies that are gone hold nothing: their VMs are nobody's. */
function hasOwner({ set }: InForce, claim: Claim): boolean {
  return (
    findFleet(set.fleets, claim.policy) !== undefined ||
    [...set.reaps, ...set.orphans].some(({ name }) => name === claim.policy)
  );
}

function refuseTaken(vm: Vm, why: string): PurserError {
  return new PurserError('vm-taken', `${vm.name} (${vm.id}) ${why}`);
}

/** undefined: the fleet owns it already. Throws `vm-taken`. */
function planAdoption(
  books: Books,
  inForce: InForce,
  wish: { readonly vm: Vm; readonly fleet: FleetPolicy; readonly isMoving: boolean; readonly installation: string },
  now: number,
): Change | undefined {
  const { vm, fleet, isMoving, installation } = wish;
  const { name: policy } = fleet;
  const before = books.claims.find((claim) => isSameId(claim.vmId, vm.id));
  const generation = inForce.record.number;
  if (before === undefined) {
    const intent = parseMemberName(vm.name, installation)?.intent;
    return { kind: 'claim', claim: buildAdoptedClaim(vm, { policy, generation, now, intent }), expect: 'absent' };
  }
  if (before.policy === policy && before.origin !== 'reaped') return undefined;
  if (before.state === 'doomed') throw refuseTaken(vm, 'can not be adopted: its deletion has begun.');
  if (hasOwner(inForce, before) && !isMoving) {
    throw refuseTaken(
      vm,
      `is ${before.origin === 'reaped' ? 'about to be deleted by' : 'owned by'} "${before.policy}". ` +
        `To hand it over: purser adopt ${vm.id} --policy ${policy} --move.`,
    );
  }
  // Its intent stays: the count of an order that is still open goes by it.
  const claim = buildAdoptedClaim({ ...vm, id: before.vmId }, { policy, generation, now, intent: before.intent });
  return { kind: 'claim', claim, expect: before.state };
}

function describeFuture(fleet: FleetPolicy, books: Books, vm: Vm, now: number): string {
  const others = books.claims.filter((claim) => claim.policy === fleet.name && !isSameId(claim.vmId, vm.id));
  const has = others.filter((claim) => claim.state === 'member').length + 1;
  const { wanted } = fleet.demand(now, now)[0]!;
  if (has <= wanted) return `${fleet.name} wants ${wanted} and has ${has} with it.`;
  const boundary = vm.paidUntil === undefined ? 'boundary' : `boundary, for this one ${formatDateTime(vm.paidUntil)}`;
  return `${fleet.name} wants ${wanted} and has ${has} with it: what is too many is deleted before its ${boundary}.`;
}

async function adopt(context: CommandContext, engine: Composition): Promise<number> {
  const asked = context.operands[0]!;
  const inForce = await requireInForce(engine);
  const fleet = requireFleet(inForce.set, readOptionText(context, 'policy'));
  const { account, vm } = await findVm(context, engine, asked);
  if (!servesAccount(fleet, account)) {
    throw new PurserError(
      'policy-unknown',
      `${vm.name} stands in account ${account}, but "${fleet.name}" is a fleet of account ${listAccounts(fleet).join(' and ')}.`,
    );
  }
  const wish = { vm, fleet, isMoving: context.options['move'] === true, installation: engine.config.installation };
  return holdReconcile(context, engine, account, async (lease) => {
    const now = engine.clock.now();
    const books = await engine.store.readBooks(account);
    const change = planAdoption(books, inForce, wish, now);
    const from = books.claims.find((claim) => isSameId(claim.vmId, vm.id))?.policy;
    if (change !== undefined) {
      const text = `${vm.name} was given to ${fleet.name} by hand${from === undefined ? '' : `, from ${from}`}`;
      const event = from === undefined ? 'adopted' : 'moved';
      const entry = buildNote(account, now, text, { event, policy: fleet.name, vmId: vm.id, vmName: vm.name });
      const written = { account, record: inForce.record, changes: [change], ledger: [entry] };
      const failed = await commitByHand(engine, lease, written);
      if (failed.length > 0)
        throw refuseTaken(vm, 'changed at this very moment; nothing was adopted. Look and try again.');
    }
    if (context.json) {
      const facts = { account, id: vm.id, name: vm.name, policy: fleet.name };
      context.printJson({ ...facts, from, adopted: change !== undefined });
      return 0;
    }
    if (change === undefined) context.print(`${fleet.name} owns ${vm.name} already.`);
    else context.print(`${fleet.name} owns ${vm.name} (${vm.id}) now${from === undefined ? '' : `; before: ${from}`}.`);
    if (change !== undefined) context.print(describeFuture(fleet, books, vm, now));
    return 0;
  });
}

export const command: CommandModule = {
  operands: '<vm>',
  options: [
    ['--policy <name>', 'the fleet that is to own it'],
    ['--move', 'take it from the policy that owns it now'],
    accountOption,
  ],
  example:
    'purser adopt db-1 --policy web\npurser adopt 0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020 --policy office --move',
  run: (context) => withEngine(context, (engine) => adopt(context, engine)),
};
