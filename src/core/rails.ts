// The rails of deletion (DESIGN "Rails"): judged over all that is unwanted now, doomed, and deleted in the last hour, per policy
// and per account. The refused unit is a policy's deletions, whole. Rails refuse; they never choose.
import { hashRefusal, isApproved } from './approvals.js';
import type { Deadline } from './billing-clock.js';
import { HOUR_MILLIS } from './money.js';
import type { Draft, PlanContext, Unwanted } from './plan-context.js';
import type { RailsSummary } from './plan-summaries.js';
import type { RefusedTarget } from './plan-types.js';
import type { CountCap, RailName } from './policy-types.js';
import { hashFleet } from './rules/buy-missing.js';
import type { Instant } from './types.js';

/** Under so many VMs a percentage says nothing: one of two is half of all. */
const FEWEST_FOR_PERCENT = 6;

export function limitOf(cap: CountCap, matched: number): number {
  if (matched < FEWEST_FOR_PERCENT) return cap.count;
  return Math.min(cap.count, Math.floor((matched * cap.percent) / 100));
}

interface Tally {
  /** What the percentage is taken of: the VMs that are there, and those that vanished. */
  matched: number;
  /** Deleted in the last hour and gone. */
  vanished: number;
  /** Unwanted now or doomed, capped, not exempt: what is on its way at a time. */
  present: number;
  /** When each deletion of the last hour, and of those that are under way, began. */
  readonly begun: Instant[];
  /** When each of the others is due. */
  readonly coming: Instant[];
}

function startTally(matched: number): Tally {
  return { matched, vanished: 0, present: 0, begun: [], coming: [] };
}

function isCounted(unwanted: Unwanted): boolean {
  return unwanted.capped && !unwanted.railExempt && unwanted.judged;
}

function readTallies(context: PlanContext, draft: Draft, dueAt: (unwanted: Unwanted) => Instant): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  const of = (policy: string): Tally => {
    let tally = tallies.get(policy);
    if (tally === undefined) tallies.set(policy, (tally = startTally(0)));
    return tally;
  };
  for (const [fleet, members] of context.members)
    of(fleet).matched = members.filter((member) => member.vm !== undefined).length;
  for (const reap of draft.reaps) of(reap.policy).matched = reap.matched;
  for (const orphans of draft.orphans) of(orphans.policy).matched = orphans.parts + orphans.vms;
  for (const unwanted of draft.unwanted) {
    if (!isCounted(unwanted)) continue;
    const tally = of(unwanted.policy);
    tally.present += 1;
    tally.coming.push(dueAt(unwanted));
  }
  const doomed = new Set<string>();
  for (const claim of context.books.claims) {
    if (claim.state !== 'doomed') continue;
    doomed.add(claim.vmId);
    if (claim.railExempt || claim.unwanted === 'record-only') continue;
    const tally = of(claim.policy);
    tally.present += 1;
    tally.begun.push(claim.deletion?.calledAt ?? claim.stateSince);
  }
  for (const intent of context.books.intents) {
    if (intent.delete === undefined || context.now - intent.createdAt >= HOUR_MILLIS) continue;
    for (const target of intent.delete.targets) {
      // Still doomed ones are counted above; kept ones were never sent.
      if (target.recordOnly || target.railExempt || doomed.has(target.vmId)) continue;
      if (target.outcome?.result !== 'accepted' && target.outcome?.result !== 'absent') continue;
      const tally = of(intent.policy);
      tally.begun.push(intent.createdAt);
      if (context.vmById.has(target.vmId)) continue;
      tally.matched += 1;
      tally.vanished += 1;
    }
  }
  tallyParts(context, of);
  return tallies;
}

/** Orphans that were removed in the last hour; what goes after its VM was counted with that. */
function tallyParts({ books, now, snapshot }: PlanContext, of: (policy: string) => Tally): void {
  const listed = new Set(snapshot.inventory.leftovers?.map(({ id }) => id));
  for (const { removeParts, createdAt, policy } of books.intents) {
    if (removeParts === undefined || now - createdAt >= HOUR_MILLIS) continue;
    for (const { partId, reason, outcome } of removeParts.targets) {
      if (reason !== 'orphan' || (outcome?.result !== 'accepted' && outcome?.result !== 'absent')) continue;
      const tally = of(policy);
      tally.begun.push(createdAt);
      if (listed.has(partId)) continue;
      tally.matched += 1;
      tally.vanished += 1;
    }
  }
}

/** The most deletions in one hour that holds a coming one; when none comes, those of the last hour. */
export function countFullestHour(begun: readonly Instant[], coming: readonly Instant[], now: Instant): number {
  if (coming.length === 0) return begun.filter((at) => now - at < HOUR_MILLIS).length;
  const sorted = [...begun.map((at) => Math.min(at, now)), ...coming].sort((a, b) => a - b);
  const firstComing = coming.reduce((first, at) => Math.min(first, at));
  let fullest = 0;
  let start = 0;
  for (const [end, at] of sorted.entries()) {
    while (at - sorted[start]! >= HOUR_MILLIS) start += 1;
    if (at >= firstComing) fullest = Math.max(fullest, end - start + 1);
  }
  return fullest;
}

function shareOf(cap: CountCap, matched: number): Pick<RailsSummary, 'deletionsLimitShare'> {
  return limitOf(cap, matched) < cap.count ? { deletionsLimitShare: { percent: cap.percent, of: matched } } : {};
}

function describeLimit(cap: CountCap, matched: number): string {
  const limit = limitOf(cap, matched);
  return limit < cap.count ? `${limit} (${cap.percent} %)` : String(limit);
}

/**
 * perPlan: all that is on its way at a time, however far its deadline, so that a mistake is stopped when it is made. perHour:
 * what is really deleted within one hour, past or to come.
 */
function findBrokenCap(
  context: PlanContext,
  tally: Tally,
  whose: string,
): { rail: RailName; text: string } | undefined {
  const { perPlan, perHour } = context.settings.rails.deletes;
  if (tally.present > limitOf(perPlan, tally.matched)) {
    const allowed = describeLimit(perPlan, tally.matched);
    return {
      rail: 'deletes.perPlan',
      text: `${tally.present} of ${tally.matched} VMs${whose} would be deleted; the rail allows ${allowed} at a time`,
    };
  }
  const inOneHour = countFullestHour(tally.begun, tally.coming, context.now);
  if (inOneHour <= limitOf(perHour, tally.matched)) return undefined;
  const past = countFullestHour(tally.begun, [], context.now);
  const already = past === 0 ? '' : ` (${past} were begun in the last hour)`;
  return {
    rail: 'deletes.perHour',
    text:
      `${inOneHour} of ${tally.matched} VMs${whose} would be deleted within one hour${already}; ` +
      `the rail allows ${describeLimit(perHour, tally.matched)}`,
  };
}

export interface RailsVerdict {
  /** Policies whose counted deletions are refused, with the sentence. */
  readonly refused: ReadonlyMap<string, string>;
  /** Of the account: what the rails let through, and what they would. */
  readonly counts: Omit<RailsSummary, 'deploys' | 'deploysLimit'>;
}

function join(all: Tally, tally: Tally): Tally {
  return { ...all, present: all.present + tally.present, coming: [...all.coming, ...tally.coming] };
}

/** All that began within the account stands in its sum already; what is still to come is added as it is let through. */
function startAccount(context: PlanContext, tallies: ReadonlyMap<string, Tally>): Tally {
  const { vms, leftovers = [] } = context.snapshot.inventory;
  const all = startTally(vms.length + leftovers.length);
  for (const { begun, vanished } of tallies.values()) {
    all.begun.push(...begun);
    all.vanished += vanished;
    all.matched += vanished;
  }
  return all;
}

function groupCounted(draft: Draft): ReadonlyMap<string, readonly RefusedTarget[]> {
  const counted = new Map<string, RefusedTarget[]>();
  for (const unwanted of draft.unwanted) {
    if (!isCounted(unwanted)) continue;
    const target = { ...unwanted.vm, price: unwanted.price, boundary: unwanted.boundary };
    const known = counted.get(unwanted.policy);
    if (known === undefined) counted.set(unwanted.policy, [target]);
    else known.push(target);
  }
  return counted;
}

/** Judges every policy's deletions, then the account's sum, smallest policies first so that one flood doesn't stop the others. */
export function judgeDeletions(
  context: PlanContext,
  draft: Draft,
  deadlines: ReadonlyMap<string, Deadline>,
): RailsVerdict {
  const { now } = context;
  const dueAt = ({ due, vm }: Unwanted): Instant =>
    due === 'boundary' ? Math.max(now, deadlines.get(vm.id)?.at ?? now) : now;
  const tallies = readTallies(context, draft, dueAt);
  const refused = new Map<string, string>();
  let all = startAccount(context, tallies);
  const counted = groupCounted(draft);
  const bySize = [...tallies].sort(([nameA, a], [nameB, b]) => a.present - b.present || (nameA < nameB ? -1 : 1));
  let deletionsRefused = 0;
  for (const [policy, tally] of bySize) {
    if (tally.present === 0) continue;
    const targets = counted.get(policy) ?? [];
    const together = join(all, tally);
    const broken = findBrokenCap(context, tally, '') ?? findBrokenCap(context, together, ' of the account');
    const policyHash = hashFleet(context, policy);
    const asked = { policy, policyHash, targets };
    if (broken === undefined || targets.length === 0 || isApproved(context.books.handles.approvals, asked, now)) {
      all = together;
      continue;
    }
    // What it has begun goes on.
    all = { ...all, present: all.present + tally.present - targets.length };
    refused.set(policy, broken.text);
    deletionsRefused += targets.length;
    const approve = hashRefusal(targets, policy);
    draft.refused.push({ account: context.settings.name, policy, ...broken, targets, approve, policyHash });
  }
  const { perPlan, perHour } = context.settings.rails.deletes;
  return {
    refused,
    counts: {
      deletions: all.present,
      deletionsLimit: limitOf(perPlan, all.matched),
      ...shareOf(perPlan, all.matched),
      deletionsInOneHour: countFullestHour(all.begun, all.coming, now),
      deletionsInOneHourLimit: limitOf(perHour, all.matched),
      deletionsRefused,
    },
  };
}
