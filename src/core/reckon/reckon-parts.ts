// Carries what a believed listing shows of disks and public IPs into the books: which were made for a VM of ours, what each was
// charged, what an ended VM left behind, and when that is gone. It has nothing removed.
import type { Claim, Intent } from '../books.js';
import type { ClaimedPart, LeftPart } from '../part-books.js';
import { isRunning } from '../lifecycle.js';
import { formatUsdc, sumMicros } from '../money.js';
import { formatDuration } from '../duration.js';
import { judgePart, mapHolders, namePartOf } from '../parts.js';
import type { Instant, Millis, Part, Vm } from '../types.js';
import { canonicalId } from '../vm-id.js';
import { describePeriods } from './count-periods.js';
import { isFresh } from './judge-use.js';
import { noteTaken } from './reckon-taken.js';
import { about, tell, type Reckoning } from './reckoning.js';

/** What nobody had removed is gone when so many complete looks over this time lack it. */
const MISSING_FOR: Millis = 10 * 60_000;
const MISSING_LOOKS = 3;

/** What this look shows as charged; undefined: nothing. */
function findCharge({ charged }: Reckoning, part: Part) {
  const charges = charged.get(canonicalId(part.id));
  if (charges === undefined) return undefined;
  const isMissed = charges.some(({ use }) => use === 'missed');
  return { money: sumMicros(charges.map(({ amount }) => amount)), periods: charges.length, isMissed };
}

function reckonPartCharge(reckoning: Reckoning, claim: Claim, part: Part, before: ClaimedPart | undefined): void {
  const charge = findCharge(reckoning, part);
  if (charge === undefined) return;
  const what = namePartOf(part.kind, claim.vmName);
  const text = charge.isMissed
    ? `${what} was charged ${formatUsdc(charge.money)} again although the deletion of its VM had begun`
    : `${what} was paid for its ${describePeriods(before?.paidUntil === undefined, charge.periods)}`;
  tell(reckoning, charge.isMissed ? 'missed-boundary' : 'charged', text, {
    ...about(claim),
    part: part.kind,
    money: charge.money,
  });
}

/** What the claim is to remember of the VM's parts; undefined: the product has none. */
export function reckonParts(reckoning: Reckoning, claim: Claim, vm: Vm): Pick<Claim, 'parts' | 'vmCreatedAt'> {
  const { parts: known } = claim;
  if (vm.parts === undefined) return known === undefined ? {} : { parts: known, vmCreatedAt: claim.vmCreatedAt };
  const vmCreatedAt = vm.createdAt ?? claim.vmCreatedAt;
  const owner = { vmId: claim.vmId, intent: claim.intent, origin: claim.origin, vmCreatedAt };
  const { installation } = reckoning.settings;
  // One that was held to have ended, and runs after all, has its own again.
  const left = (reckoning.notes.leftParts ?? []).filter(({ vmId }) => vmId === claim.vmId);
  const before = new Map<string, ClaimedPart>([...left, ...(known ?? [])].map((part) => [part.id, part]));
  const seen = vm.parts.map((part): ClaimedPart => {
    const last = before.get(part.id);
    const isOpen = last === undefined ? isFresh(claim, reckoning.now) : last.made === 'untold';
    const made = isOpen ? judgePart(part, owner, installation) : (last?.made ?? 'by-others');
    reckonPartCharge(reckoning, claim, part, last);
    return {
      kind: part.kind,
      id: part.id,
      name: part.name ?? last?.name,
      price: part.price ?? last?.price,
      paidUntil: part.paidUntil ?? last?.paidUntil,
      made,
    };
  });
  const shown = new Set(seen.map(({ id }) => id));
  const { takenParts = {} } = reckoning.notes;
  const lost = (known ?? []).filter(({ id }) => !shown.has(id) && takenParts[id]?.wasAttached !== true);
  // An ending VM may show none of its parts; what a running one lacks somebody has taken from it.
  if (!isRunning(vm.status) || claim.state === 'doomed') return { parts: [...seen, ...lost], vmCreatedAt };
  for (const part of lost) {
    if (part.made === 'by-others') continue;
    noteTaken(reckoning, part.id, claim);
    if (part.made === 'untold') continue;
    const text = `${namePartOf(part.kind, claim.vmName)} was taken from it by somebody: it is not removed with its VM any more`;
    tell(reckoning, 'note', text, { ...about(claim), part: part.kind });
  }
  return { parts: seen, vmCreatedAt };
}

export function isSameParts(a: Pick<Claim, 'parts' | 'vmCreatedAt'>, b: Pick<Claim, 'parts' | 'vmCreatedAt'>): boolean {
  const [left = [], right = []] = [a.parts, b.parts];
  if ((a.parts === undefined) !== (b.parts === undefined) || left.length !== right.length) return false;
  if (a.vmCreatedAt !== b.vmCreatedAt) return false;
  return left.every((part, index) => {
    const other = right[index]!;
    return (
      part.id === other.id &&
      part.name === other.name &&
      part.made === other.made &&
      part.paidUntil === other.paidUntil &&
      part.price?.amount === other.price?.amount
    );
  });
}

/** When the last removal of each part was called for. */
function listPartCalls(intents: Iterable<Intent>): ReadonlyMap<string, Instant> {
  const calls = new Map<string, Instant>();
  for (const { removeParts, calledAt } of intents) {
    if (removeParts === undefined || calledAt === undefined) continue;
    for (const { partId, outcome } of removeParts.targets) {
      if (outcome?.result === 'kept') continue;
      calls.set(partId, Math.max(calledAt, calls.get(partId) ?? calledAt));
    }
  }
  return calls;
}

interface LeftFacts {
  readonly free: ReadonlyMap<string, Part>;
  readonly calls: ReadonlyMap<string, Instant>;
  /** The VM that is there and has it. */
  readonly holderOf: ReadonlyMap<string, Vm>;
}

function aboutLeft(left: LeftPart) {
  const { policy, vmId, vmName, kind: part, intent } = left;
  return { policy, vmId, vmName, part, intent };
}

/** Seen free: charged meanwhile? Told enough by now to know whose it is? undefined: it is nobody's of ours, or gone. */
function reckonFree(reckoning: Reckoning, left: LeftPart, part: Part): LeftPart | undefined {
  if (part.status === 'removed') return finishPart(reckoning, left);
  const owner = { ...left, origin: 'bought' } as const;
  const made = left.made === 'untold' ? judgePart(part, owner, reckoning.settings.installation) : left.made;
  const charge = findCharge(reckoning, part);
  const what = namePartOf(left.kind, left.vmName);
  if (charge !== undefined) {
    const when = charge.isMissed ? 'after its VM had ended' : 'before the end of its VM was seen';
    const text = `${what} was charged ${formatUsdc(charge.money)} again ${when}`;
    tell(reckoning, charge.isMissed ? 'missed-boundary' : 'charged', text, { ...aboutLeft(left), money: charge.money });
  }
  if (made === 'by-others') {
    tell(reckoning, 'note', `${what} was not made for it, and stays`, aboutLeft(left));
    return undefined;
  }
  const { missing: _, ...rest } = left;
  return {
    ...rest,
    made,
    name: part.name ?? left.name,
    price: part.price ?? left.price,
    paidUntil: part.paidUntil ?? left.paidUntil,
  };
}

function finishPart(reckoning: Reckoning, left: LeftPart): undefined {
  const before = left.paidUntil === undefined ? undefined : left.paidUntil - reckoning.now;
  const when = before === undefined || before < 0 ? '' : `, ${formatDuration(before)} before its boundary`;
  const text = `${namePartOf(left.kind, left.vmName)} is gone too${when}`;
  tell(reckoning, 'part-removed', text, { ...aboutLeft(left), money: left.price?.amount });
  return undefined;
}

function reckonLeft(reckoning: Reckoning, left: LeftPart, facts: LeftFacts): LeftPart | undefined {
  const holder = facts.holderOf.get(left.id);
  if (holder !== undefined) {
    // Its own VM has ended by its status and still has it for a moment; or it runs after all, and has it again.
    if (holder.id === left.vmId) return isRunning(holder.status) ? undefined : left;
    noteTaken(reckoning, left.id, left);
    const text = `${namePartOf(left.kind, left.vmName)} is attached to ${holder.name} now: it stays`;
    tell(reckoning, 'note', text, aboutLeft(left));
    return undefined;
  }
  const part = facts.free.get(left.id);
  if (part !== undefined) return reckonFree(reckoning, left, part);
  const { startedAt } = reckoning.snapshot.inventory;
  const calledAt = facts.calls.get(left.id);
  // Only a listing that began after the call says anything about it.
  if (calledAt !== undefined && startedAt >= calledAt) return finishPart(reckoning, left);
  if (startedAt < left.since) return left;
  const missing = { since: left.missing?.since ?? reckoning.now, looks: (left.missing?.looks ?? 0) + 1 };
  if (missing.looks < MISSING_LOOKS || reckoning.now - missing.since < MISSING_FOR) return { ...left, missing };
  tell(reckoning, 'gone', `${namePartOf(left.kind, left.vmName)} is gone without our doing`, aboutLeft(left));
  return undefined;
}

/** Reckons what ended VMs left behind, where the listing told all that is attached to nothing. */
export function reckonLeftParts(reckoning: Reckoning): void {
  const { leftovers } = reckoning.snapshot.inventory;
  const { leftParts = [] } = reckoning.notes;
  if (leftovers === undefined || leftParts.length === 0) return;
  const facts: LeftFacts = {
    free: new Map(leftovers.map((part) => [part.id, part])),
    calls: listPartCalls(reckoning.intents.values()),
    holderOf: mapHolders(reckoning.vmById.values()),
  };
  const kept = leftParts.flatMap((left) => reckonLeft(reckoning, left, facts) ?? []);
  const isSame = kept.length === leftParts.length && kept.every((left, index) => left === leftParts[index]);
  if (!isSame) reckoning.notes = { ...reckoning.notes, leftParts: kept.length === 0 ? undefined : kept };
}
