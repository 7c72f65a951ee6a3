// The coming charges of a plan: one line for each VM, disk and public IP, at its own boundary, and what will become of it.
// Derived from what the rules decided; decides nothing.
import { isRunning } from './lifecycle.js';
import { isUnseen } from './ownership.js';
import { expectPartsMillis, listOwnParts, readGoneBy } from './parts.js';
import type { Draft, PlanContext } from './plan-context.js';
import type { ComingCharge, Hold } from './plan-types.js';
import type { Instant, Part, Vm } from './types.js';

/** What is intended: VMs and parts whose deletion the plan wants, now or at their deadline. */
type Intended = ReadonlyMap<string, Instant | undefined>;

interface Facts {
  readonly context: PlanContext;
  readonly intended: Intended;
  readonly doomed: ReadonlySet<string>;
  readonly due: ReadonlySet<string>;
  /** By VM: what its deletion is meant to make. */
  readonly goesBy: ReadonlyMap<string, GoneBy>;
  /** The first hold about each VM and each part. */
  readonly holdOf: ReadonlyMap<string, Hold>;
}

/** When the VM itself is meant to be gone, and what was made for it. */
interface GoneBy {
  readonly vm: Instant;
  readonly parts: Instant;
}

type Fate = Pick<ComingCharge, 'policy' | 'fate' | 'avoidableUntil' | 'why' | 'code'>;

function judgeFate({ context, intended, doomed, due, holdOf }: Facts, id: string): Fate {
  const hold = holdOf.get(id);
  const policy = context.fleetOf.get(id) ?? hold?.policy;
  const isGoing = doomed.has(id) || due.has(id) || hold?.reason.code === 'deleting';
  const willGo = intended.has(id);
  return {
    policy,
    fate: isGoing ? 'deleting' : willGo ? 'delete' : policy === undefined ? 'not-ours' : 'renew',
    avoidableUntil: willGo ? intended.get(id) : undefined,
    why: hold?.reason.text ?? (policy === undefined ? "not Purser's" : 'wanted'),
    code: hold?.reason.code,
  };
}

function isComing(paidUntil: Instant | undefined, now: Instant): paidUntil is Instant {
  return paidUntil !== undefined && paidUntil > now;
}

/**
 * What is charged before the boundary that its VM is let go for is paid once more: of a VM and its disks each is charged on its
 * own clock, and not all of them can be made.
 */
function judgeCharge({ goesBy }: Facts, fate: Fate, vmId: string, of: keyof GoneBy, at: Instant): Fate {
  if (fate.fate !== 'delete' && fate.fate !== 'deleting') return fate;
  if ((goesBy.get(vmId)?.[of] ?? fate.avoidableUntil ?? at) <= at) return fate;
  return {
    ...fate,
    fate: 'renew',
    avoidableUntil: undefined,
    why: 'it is let go for a later boundary',
    code: undefined,
  };
}

/** Adds to `charges`, since there may be a hundred thousand. */
function chargePart(charges: ComingCharge[], facts: Facts, part: Part, vm: ComingCharge['vm'], fate: Fate): void {
  const { price, paidUntil } = part;
  if (price === undefined || !isComing(paidUntil, facts.context.now)) return;
  charges.push({
    at: paidUntil,
    vm,
    part: { kind: part.kind, id: part.id },
    cost: price.amount,
    ...judgeCharge(facts, fate, vm.id, 'parts', paidUntil),
  });
}

function chargeVm(charges: ComingCharge[], facts: Facts, vm: Vm, own: ReadonlySet<string>): void {
  const ref = { id: vm.id, name: vm.name };
  const fate = judgeFate(facts, vm.id);
  const { price, paidUntil, parts = [] } = vm;
  if (price !== undefined && isComing(paidUntil, facts.context.now) && isRunning(vm.status))
    charges.push({ at: paidUntil, vm: ref, cost: price.amount, ...judgeCharge(facts, fate, vm.id, 'vm', paidUntil) });
  if (parts.length === 0 || vm.status === 'terminated') return;
  // What doesn't go with its VM stays, whatever becomes of that.
  const stays: Fate = { ...fate, fate: fate.policy === undefined ? 'not-ours' : 'renew', avoidableUntil: undefined };
  for (const part of parts) chargePart(charges, facts, part, ref, own.has(part.id) ? fate : stays);
}

/** Members that a list lacks may be there, and are charged on: by what was known of them last. */
function chargeUnseen(facts: Facts): readonly ComingCharge[] {
  const { now, members } = facts.context;
  const unseen = [...members.values()].flatMap((own) => own.filter(isUnseen));
  return unseen.flatMap(({ id, name, claim }): ComingCharge[] => {
    if (claim === undefined) return [];
    const fate = { ...judgeFate(facts, id), why: 'not in the last list: as it was known before' };
    const vm = { id, name };
    const { price, paidUntil } = claim;
    const own =
      price === undefined || !isComing(paidUntil, now) ? [] : [{ at: paidUntil, vm, cost: price.amount, ...fate }];
    const parts = listOwnParts(claim).flatMap((part): ComingCharge[] =>
      part.price === undefined || !isComing(part.paidUntil, now)
        ? []
        : [{ at: part.paidUntil, vm, part: { kind: part.kind, id: part.id }, cost: part.price.amount, ...fate }],
    );
    return [...own, ...parts];
  });
}

function listGoing({ books, settings }: PlanContext, draft: Draft): ReadonlyMap<string, GoneBy> {
  const going = new Map<string, GoneBy>();
  const deletions = new Set(books.claims.map(({ deletion }) => deletion?.intent));
  for (const intent of books.intents) {
    if (!deletions.has(intent.id)) continue;
    for (const { vmId, boundary, paidUntil = boundary } of intent.delete?.targets ?? [])
      if (boundary !== undefined) going.set(vmId, { vm: Math.min(boundary, paidUntil!), parts: boundary });
  }
  const partsTake = expectPartsMillis(settings.tickMillis);
  for (const { vm, boundary, part, partsMillis = 0 } of draft.unwanted) {
    if (boundary === undefined) continue;
    const goneBy = readGoneBy({ boundary, partsMillis });
    going.set(vm.id, { vm: goneBy, parts: part === undefined ? goneBy + partsTake : goneBy });
  }
  return going;
}

/** The next charge of everything that is listed, soonest first, and of members that should be. */
export function listCharges(context: PlanContext, draft: Draft, intended: Intended): readonly ComingCharge[] {
  const holdOf = new Map<string, Hold>();
  for (const hold of draft.holds) if (hold.vm !== undefined && !holdOf.has(hold.vm.id)) holdOf.set(hold.vm.id, hold);
  const { claims } = context.books;
  const facts: Facts = {
    context,
    intended,
    doomed: new Set(claims.flatMap(({ state, vmId }) => (state === 'doomed' ? [vmId] : []))),
    due: new Set(draft.actions.flatMap((action) => (action.kind === 'delete' ? [action.vm.id] : []))),
    holdOf,
    goesBy: listGoing(context, draft),
  };
  const own = new Set<string>();
  for (const claim of claims) for (const { id } of listOwnParts(claim)) own.add(id);
  const { vms, leftovers = [] } = context.snapshot.inventory;
  const charges: ComingCharge[] = [];
  for (const vm of vms) chargeVm(charges, facts, vm, own);
  charges.push(...chargeUnseen(facts));
  for (const part of leftovers) {
    const fate = judgeFate(facts, part.id);
    const why = fate.why === "not Purser's" ? 'attached to nothing' : fate.why;
    chargePart(charges, facts, part, { id: part.id, name: part.name ?? part.id }, { ...fate, why });
  }
  return charges.sort((a, b) => a.at - b.at);
}
