// What an account will look like at a later instant, as far as that can be known: the snapshot that `plan --at` plans on. It
// supposes that nothing is bought until then, that launches succeed, that what is wanted is renewed and what is not is let go.
// Nothing is ever carried out on it: only here is a boundary reckoned ahead instead of read.
import type { Claim } from './books.js';
import { judgeGates } from './gates.js';
import { findLaunchTimeout, readLaunches } from './launch-times.js';
import { isOpenIntent } from './ownership.js';
import type { Plan, Snapshot } from './plan-types.js';
import type { AccountSettings, PolicySet } from './policy-types.js';
import type { Instant, Inventory, Millis, Vm } from './types.js';

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
    const paidUntil = vm.paidUntil ?? (vm.createdAt ?? at) + settings.periodMillis;
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
function listLeaving({ policies, settings, plan }: Foresight, seen: Snapshot, until: Instant): ReadonlySet<string> {
  if (judgeGates(seen, settings).deletes !== undefined) return new Set();
  const acting = new Set(
    [...policies.fleets, ...policies.orphans].flatMap(({ mode, name }) => (mode === 'act' ? [name] : [])),
  );
  return new Set(
    plan(seen).charges.flatMap(({ at, fate, policy, vm }) => {
      const isLeaving = (fate === 'delete' || fate === 'deleting') && at <= until && acting.has(policy ?? '');
      return isLeaving ? [vm.id] : [];
    }),
  );
}

/** Itself where its boundary lies beyond. */
function renew<Paid extends Pick<Vm, 'price' | 'paidUntil'>>(paid: Paid, until: Instant, usual: Millis): Paid {
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

/** The snapshot as of `at`, marked as foreseen. `at` lies after the snapshot's own instant. */
export function foreseeSnapshot(foresight: Foresight, at: Instant): Snapshot {
  const { snapshot, settings } = foresight;
  const period = settings.periodMillis;
  let seen = finishBegun(snapshot, settings);
  for (let step = 0; seen.at < at; step += 1) {
    const isLast = step >= MOST_PERIODS;
    const until = isLast ? at : Math.min(at, seen.at + period);
    const staying = isLast ? seen : drop(seen, listLeaving(foresight, seen, until));
    const vms = staying.inventory.vms.map((vm) => passBoundary(vm, until, period));
    const { leftovers } = staying.inventory;
    const free = leftovers === undefined ? {} : { leftovers: leftovers.map((part) => renew(part, until, period)) };
    seen = { ...staying, at: until, inventory: { ...staying.inventory, vms, ...free } };
  }
  return { ...seen, foreseenFrom: snapshot.at, books: { ...seen.books, evidence: [] } };
}
