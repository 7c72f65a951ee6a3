// The rails of deletion (DESIGN "Rails"): judged over all that is unwanted now, doomed, and deleted in the last hour, per policy
// and per account. The refused unit is a policy's deletions, whole. Rails refuse; they never choose.
import { hashText } from './hash.js';
import { DAY_MILLIS, HOUR_MILLIS } from './money.js';
import type { Draft, PlanContext, Unwanted } from './plan-context.js';
import type { Refusal } from './plan-types.js';
import type { CountCap } from './policy-types.js';

/** Under so many VMs a percentage says nothing: one of two is half of all. */
const FEWEST_FOR_PERCENT = 6;

export function limitOf(cap: CountCap, matched: number): number {
  if (matched < FEWEST_FOR_PERCENT) return cap.count;
  return Math.min(cap.count, Math.floor((matched * cap.percent) / 100));
}

interface Tally {
  /** What the policy's percent is taken of: its VMs, and those that it deleted in the last hour. */
  matched: number;
  /** Unwanted now or doomed, capped, not exempt. */
  present: number;
  /** Deleted in the last hour, capped, not exempt. */
  lastHour: number;
}

/** What an approval is bound to: the targets, their prices, and the generation. */
function hashRefusal(targets: readonly Unwanted[], generation: number): string {
  const lines = targets.map(({ vm, price }) => `${vm.id}=${price?.amount ?? '?'}/${price?.periodMillis ?? '?'}`).sort();
  return `plan-${hashText(`${generation}\n${lines.join('\n')}`).slice(0, 10)}`;
}

function isCounted(unwanted: Unwanted): boolean {
  return unwanted.capped && !unwanted.railExempt && unwanted.judged;
}

function readTallies(context: PlanContext, draft: Draft): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  const of = (policy: string): Tally => {
    let tally = tallies.get(policy);
    if (tally === undefined) tallies.set(policy, (tally = { matched: 0, present: 0, lastHour: 0 }));
    return tally;
  };
  for (const [fleet, members] of context.members)
    of(fleet).matched = members.filter((member) => member.vm !== undefined).length;
  for (const reap of draft.reaps) of(reap.policy).matched = reap.matched;
  for (const unwanted of draft.unwanted) if (isCounted(unwanted)) of(unwanted.policy).present += 1;
  const doomed = new Set<string>();
  for (const claim of context.books.claims) {
    if (claim.state !== 'doomed') continue;
    doomed.add(claim.vmId);
    if (!claim.railExempt && claim.unwanted !== 'record-only') of(claim.policy).present += 1;
  }
  for (const intent of context.books.intents) {
    if (intent.delete === undefined || context.now - intent.createdAt >= HOUR_MILLIS) continue;
    for (const target of intent.delete.targets) {
      // Still doomed ones are counted above; kept ones were never sent.
      if (target.recordOnly || target.railExempt || doomed.has(target.vmId)) continue;
      if (target.outcome?.result !== 'accepted' && target.outcome?.result !== 'absent') continue;
      const tally = of(intent.policy);
      tally.lastHour += 1;
      if (!context.vmById.has(target.vmId)) tally.matched += 1;
    }
  }
  return tallies;
}

function findBrokenCap(context: PlanContext, tally: Tally): { rail: Refusal['rail']; text: string } | undefined {
  const { perPlan, perHour } = context.settings.rails.deletes;
  const planLimit = limitOf(perPlan, tally.matched);
  if (tally.present > planLimit) {
    return {
      rail: 'deletes.perPlan',
      text: `${tally.present} of ${tally.matched} VMs would be deleted; the rail allows ${planLimit} at a time`,
    };
  }
  const hourLimit = limitOf(perHour, tally.matched);
  if (tally.present + tally.lastHour > hourLimit) {
    const all = tally.present + tally.lastHour;
    return {
      rail: 'deletes.perHour',
      text: `${all} of ${tally.matched} VMs would be deleted within an hour; the rail allows ${hourLimit}`,
    };
  }
  return undefined;
}

export interface RailsVerdict {
  /** Policies whose counted deletions are refused, with the sentence. */
  readonly refused: ReadonlyMap<string, string>;
  readonly deletions: number;
  readonly limit: number;
}

/** Judges every policy's deletions, then the account's sum, smallest policies first so that one flood doesn't stop the others. */
export function judgeDeletions(context: PlanContext, draft: Draft): RailsVerdict {
  const tallies = readTallies(context, draft);
  const refused = new Map<string, string>();
  const all: Tally = { matched: context.snapshot.inventory.vms.length, present: 0, lastHour: 0 };
  for (const tally of tallies.values()) all.lastHour += tally.lastHour;
  const counted = new Map<string, Unwanted[]>();
  for (const unwanted of draft.unwanted) {
    if (!isCounted(unwanted)) continue;
    const known = counted.get(unwanted.policy);
    if (known === undefined) counted.set(unwanted.policy, [unwanted]);
    else known.push(unwanted);
  }
  const bySize = [...tallies].sort(([nameA, a], [nameB, b]) => a.present - b.present || (nameA < nameB ? -1 : 1));
  for (const [policy, tally] of bySize) {
    if (tally.present === 0) continue;
    const targets = counted.get(policy) ?? [];
    const together: Tally = { ...all, present: all.present + tally.present };
    const broken = findBrokenCap(context, tally) ?? findBrokenCap(context, together);
    // Hashing thousands of targets takes its time: only for a refusal.
    const hash = broken === undefined ? '' : hashRefusal(targets, context.policies.generation);
    const isApproved = context.books.handles.approvals.some(
      (approval) => approval.hash === hash && approval.policy === policy && context.now < approval.until,
    );
    if (broken === undefined || isApproved || targets.length === 0) {
      all.present += tally.present;
      continue;
    }
    refused.set(policy, broken.text);
    draft.refused.push({
      account: context.settings.name,
      policy,
      ...broken,
      targets: targets.map(({ vm }) => vm),
      approve: hash,
    });
  }
  return {
    refused,
    deletions: all.present + all.lastHour,
    limit: limitOf(context.settings.rails.deletes.perHour, all.matched + all.lastHour),
  };
}

/** When an approval of these targets lapses: at the first boundary among them (a day when none is known). */
export function approvalLapsesAt(targets: readonly { readonly boundary: number | undefined }[], now: number): number {
  const boundaries = targets.flatMap(({ boundary }) => (boundary === undefined || boundary <= now ? [] : [boundary]));
  return boundaries.length === 0 ? now + DAY_MILLIS : Math.min(...boundaries);
}
