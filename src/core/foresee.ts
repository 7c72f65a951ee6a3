// What an account will look like at a later instant, as far as that can be known: the snapshot that `plan --at` plans on. It
// supposes that nothing is bought until then, that launches succeed, that what is wanted is renewed and what is not is let go.
// Nothing is ever carried out on it: only here is a boundary reckoned ahead instead of read. What is renewed counts as spent by then.
import type { Claim } from './books.js';
import { countForeseen, type ForeseenCharges } from './budgets/foresee-budgets.js';
import { listCharged } from './budgets/reserve.js';
import { findFirstRenewal } from './fixed-clock.js';
import { judgeGates } from './gates.js';
import { findLaunchTimeout, readLaunches } from './launch-times.js';
import { isOpenIntent } from './ownership.js';
import type { Plan, Snapshot } from './plan-types.js';
import type { AccountSettings, PolicySet } from './policy-types.js';
import type { Instant, Inventory, Millis, Vm } from './types.js';
import { canonicalId } from './vm-id.js';

/** Further ahead nobody is let go any more; the offers of then are unknown anyway. */
const MOST_PERIODS = 60;

export interface Foresight {
  /** A reckoned snapshot. */
  readonly snapshot: Snapshot;
  readonly settings: AccountSettings;
  readonly policies: PolicySet;
  /** Plans a snapshot; handed in because the planner itself stands above this file. */
  readonly plan: (snapshot: Snapshot) => Plan;
}

function dropFrom({ vms, leftovers }: Inventory, gone: ReadonlySet<string>): Pick<Inventory, 'vms' | 'leftovers'> {
  const there = vms.filter((vm) => !gone.has(vm.id));
  return leftovers === undefined
    ? { vms: there }
    : { vms: there, leftovers: leftovers.filter(({ id }) => !gone.has(id)) };
}

/** VMs and parts without these, and claims without theirs. */
function drop(snapshot: Snapshot, gone: ReadonlySet<string>): Snapshot {
  if (gone.size === 0) return snapshot;
  const { inventory, books } = snapshot;
  return {
    ...snapshot,
    inventory: { ...inventory, ...dropFrom(inventory, gone) },
    books: { ...books, claims: books.claims.filter((claim) => !gone.has(claim.vmId)) },
  };
}

/** What was begun is seen through: deletions land, names are given, launches that are not stuck already come up. */
function finishBegun(snapshot: Snapshot, settings: AccountSettings): Snapshot {
  const { books, inventory, at } = snapshot;
  const launches = readLaunches(books.notes);
  const orders = new Map(books.intents.map(({ id, deploy }) => [id, deploy?.offer]));
  const isStuck = ({ activeAt, claimedAt, intent }: Claim): boolean =>
    activeAt === undefined && at - claimedAt > findLaunchTimeout(launches(orders.get(intent ?? '')));
  const stuck = new Set(books.claims.filter(isStuck).map((claim) => claim.vmId));
  const doomed = new Set(books.claims.filter((claim) => claim.state === 'doomed').map((claim) => claim.vmId));
  const vms = inventory.vms.map((vm): Vm => {
    if ((vm.status !== 'new' && vm.status !== 'launching') || stuck.has(vm.id)) return vm;
    // One that launched across a fixed boundary is charged at the next.
    const since = findFirstRenewal(books.notes, vm.createdAt ?? at, settings);
    const paidUntil = vm.paidUntil ?? (since > at ? since : findFirstRenewal(books.notes, at, settings));
    return { ...vm, status: 'active', paidUntil };
  });
  const up = new Set(vms.filter((vm) => vm.status === 'active').map((vm) => vm.id));
  const claims = books.claims.map((claim) =>
    claim.activeAt === undefined && up.has(claim.vmId) ? { ...claim, activeAt: at } : claim,
  );
  const intents = books.intents.filter((intent) => intent.kind === 'deploy' || !isOpenIntent(intent));
  const notes = { ...books.notes, leftParts: undefined };
  const left = (books.notes.leftParts ?? []).map(({ id }) => id);
  const next = { ...snapshot, inventory: { ...inventory, vms }, books: { ...books, claims, intents, notes } };
  return drop(next, new Set([...doomed, ...left]));
}

/** Members whose deletion is intended and whose boundary comes by then. What a reap would do hangs on signals. */
function listLeaving(
  { policies, settings }: Foresight,
  seen: Snapshot,
  planned: Plan,
  until: Instant,
): ReadonlySet<string> {
  if (judgeGates(seen, settings).deletes !== undefined) return new Set();
  const acting = new Set(
    [...policies.fleets, ...policies.orphans].flatMap(({ mode, name }) => (mode === 'act' ? [name] : [])),
  );
  return new Set(
    planned.charges.flatMap(({ at, fate, policy, vm }) => {
      const isLeaving = (fate === 'delete' || fate === 'deleting') && at <= until && acting.has(policy ?? '');
      return isLeaving ? [vm.id] : [];
    }),
  );
}

type Paid = Pick<Vm, 'price' | 'paidUntil'>;

function withNotes(snapshot: Snapshot, planned: Plan | undefined): Snapshot {
  if (planned?.budgetNotes === undefined) return snapshot;
  const { books } = snapshot;
  return { ...snapshot, books: { ...books, notes: { ...books.notes, budgets: planned.budgetNotes } } };
}

/** Itself where its boundary lies beyond. */
function renew<Thing extends Paid>(paid: Thing, until: Instant, usual: Millis): Thing {
  const { paidUntil } = paid;
  if (paidUntil === undefined || paidUntil > until) return paid;
  const period = paid.price?.periodMillis ?? usual;
  return { ...paid, paidUntil: paidUntil + period * (Math.floor((until - paidUntil) / period) + 1) };
}

function passBoundary(vm: Vm, until: Instant, usual: Millis): Vm {
  const { paidUntil, status, parts } = vm;
  if (parts?.some((part) => renew(part, until, usual) !== part) === true)
    return passBoundary({ ...vm, parts: parts.map((part) => renew(part, until, usual)) }, until, usual);
  if (paidUntil === undefined || paidUntil > until) return vm;
  if (status === 'small-balance') return { ...vm, status: 'insufficient-funds', statusText: 'without funds by then' };
  if (status !== 'active') return vm;
  return renew(vm, until, usual);
}

/** What moved from one boundary to another is charged for the time between. */
function listPaid(before: Snapshot, after: Inventory): readonly ForeseenCharges[] {
  const { inventory } = before;
  const later = new Map(after.vms.map((vm) => [vm.id, vm]));
  const paid = (vm: Vm | undefined, one: Paid, next: Paid | undefined): readonly ForeseenCharges[] => {
    const { price, paidUntil: first } = one;
    const until = next?.paidUntil;
    const hasMoved = price !== undefined && first !== undefined && until !== undefined && until > first;
    return hasMoved ? [{ vm, price, first, until }] : [];
  };
  const ofVms = inventory.vms.flatMap((vm) => {
    const next = later.get(vm.id);
    const parts = (vm.parts ?? []).flatMap((part) =>
      paid(
        vm,
        part,
        next?.parts?.find(({ id }) => id === part.id),
      ),
    );
    return [...paid(vm, vm, next), ...parts];
  });
  const free = new Map((after.leftovers ?? []).map((part) => [part.id, part]));
  return [...ofVms, ...(inventory.leftovers ?? []).flatMap((part) => paid(undefined, part, free.get(part.id)))];
}

/** A launch that had begun: its first period is charged once it is up, unless that was counted already. */
function listLaunched({ books, inventory }: Snapshot, up: Snapshot): readonly ForeseenCharges[] {
  const charged = listCharged(books);
  const later = new Map(up.inventory.vms.map((vm) => [vm.id, vm]));
  return inventory.vms.flatMap((vm): readonly ForeseenCharges[] => {
    const { price, paidUntil: until } = later.get(vm.id) ?? {};
    if (vm.paidUntil !== undefined || until === undefined || price === undefined || charged.has(canonicalId(vm.id)))
      return [];
    return [{ vm, price, first: until - price.periodMillis, until }];
  });
}

/** Claims tell the boundaries that their VMs will have by then. */
function followVms(claims: readonly Claim[], { vms }: Pick<Inventory, 'vms'>): readonly Claim[] {
  const later = new Map(vms.map((vm) => [vm.id, vm]));
  return claims.map((claim) => {
    const vm = later.get(claim.vmId);
    if (vm === undefined) return claim;
    const partOf = new Map((vm.parts ?? []).map((part) => [part.id, part]));
    const parts = claim.parts?.map((part) => ({
      ...part,
      paidUntil: partOf.get(part.id)?.paidUntil ?? part.paidUntil,
    }));
    return { ...claim, paidUntil: vm.paidUntil ?? claim.paidUntil, ...(parts === undefined ? {} : { parts }) };
  });
}

/** The snapshot as of `at`, marked as foreseen. `at` lies after the snapshot's own instant. */
export function foreseeSnapshot(foresight: Foresight, at: Instant): Snapshot {
  const { snapshot, settings } = foresight;
  const period = settings.periodMillis;
  const begun = finishBegun(snapshot, settings);
  let seen = countForeseen(begun, listLaunched(snapshot, begun), snapshot.at, foresight);
  for (let step = 0; seen.at < at; step += 1) {
    const isLast = step >= MOST_PERIODS;
    const until = isLast ? at : Math.min(at, seen.at + period);
    const planned = isLast ? undefined : foresight.plan(seen);
    const staying = planned === undefined ? seen : drop(seen, listLeaving(foresight, seen, planned, until));
    const vms = staying.inventory.vms.map((vm) => passBoundary(vm, until, period));
    const { leftovers } = staying.inventory;
    const free = leftovers === undefined ? {} : { leftovers: leftovers.map((part) => renew(part, until, period)) };
    const inventory = { ...staying.inventory, vms, ...free };
    // Steps that are reached on the way hold.
    const counted = countForeseen(withNotes(staying, planned), listPaid(staying, inventory), until, foresight);
    const books = { ...counted.books, claims: followVms(counted.books.claims, inventory) };
    seen = { ...counted, at: until, inventory, books };
  }
  const foreseenFrom = snapshot.foreseenFrom ?? snapshot.at;
  return { ...seen, foreseenFrom, books: { ...seen.books, evidence: [] } };
}
