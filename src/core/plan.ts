// The planner: snapshot and policies in, plan out. Pure: the same input gives the same plan, and nothing here reads a clock,
// draws a number or touches a network. The order of authority is protect > freeze > rails > budget > fleet > reap.
import { computeBaseLead, computeDeadlines } from './billing-clock.js';
import type { Market } from './buying.js';
import { judgeGates, RECOVERING_BUYS_AFTER, RECOVERING_LOOKS, type Gates } from './gates.js';
import { applyGates, filterMarks } from './hold-back.js';
import { hashText } from './hash.js';
import { assignOwnership, expectLaunchMillis, findServiceNow, isOpenIntent, readProtectHandles } from './ownership.js';
import {
  createDraft,
  holdPolicy,
  isActing,
  noteVerdict,
  type Draft,
  type Member,
  type PlanContext,
} from './plan-context.js';
import type { OtherVm, Plan, Snapshot } from './plan-types.js';
import type { AccountSettings, FleetPolicy, PolicySet } from './policy-types.js';
import type { Reason } from './types.js';
import { judgeDeletions, type RailsVerdict } from './rails.js';
import { buyMissing, readBuyingRails, type BuyingRails } from './rules/buy-missing.js';
import { parkSurplus } from './rules/park-surplus.js';
import { indexEvidence, listSharedAddresses, matchReaps, reapIdle } from './rules/reap-idle.js';
import { retryDeletions } from './rules/retry-deletions.js';
import { holdOddMember, removeRecord, renameNewMembers, replaceMisfit } from './rules/tend-members.js';
import { judgeTiming, lineSpeedOf, listDepartures, settleUnwanted } from './settle-unwanted.js';
import { listCharges, summariseFleet, totalUp } from './summaries.js';
import { findNextChange } from './demand.js';
import type { DeletionRight } from './lifecycle.js';
import { DAY_MILLIS } from './money.js';

/** A new store that found VMs of ours looks again this soon. */
const RECOVERING_LOOK_MILLIS = 2_000;

export interface PlanInput {
  readonly snapshot: Snapshot;
  readonly policies: PolicySet;
  readonly settings: AccountSettings;
  /** The id of a VM whose verdicts are wanted (`explain`). */
  readonly traced?: string;
}

function listBusyTargets(snapshot: Snapshot): ReadonlySet<string> {
  const busy = new Set<string>();
  for (const intent of snapshot.books.intents) {
    if (!isOpenIntent(intent)) continue;
    for (const target of [...(intent.delete?.targets ?? []), ...(intent.rename?.targets ?? [])]) busy.add(target.vmId);
  }
  return busy;
}

function buildContext(input: PlanInput, draft: Draft): PlanContext {
  const { snapshot, settings } = input;
  const { notes } = snapshot.books;
  const policies: PolicySet = {
    ...input.policies,
    fleets: input.policies.fleets.filter((fleet) => fleet.account === settings.name),
    reaps: input.policies.reaps.filter((reap) => reap.account === settings.name),
  };
  const view = assignOwnership(snapshot, policies, settings);
  draft.others.push(...view.others);
  return {
    snapshot,
    settings,
    policies,
    books: snapshot.books,
    now: snapshot.at,
    serviceNow: findServiceNow(snapshot),
    vmById: view.vmById,
    members: view.members,
    fleetOf: view.fleetOf,
    pending: view.pending,
    foreign: view.foreign,
    busyTargets: listBusyTargets(snapshot),
    baseLeadMillis: computeBaseLead({
      deletionMillis: notes.deletionMillis,
      tickMillis: settings.tickMillis,
      skewMillis: snapshot.clock.skewMillis,
    }),
    launchMillis: expectLaunchMillis(notes.launchMillis),
    traced: input.traced,
  };
}

const RIGHTS: Readonly<Record<DeletionRight, string>> = {
  never: 'no rule may delete it',
  record: 'only its record is left to delete',
  'at-once': 'may be deleted at once',
  boundary: 'deleted shortly before its boundary',
  'by-rule': 'deleted only if its fleet has no use for it',
  'going-on': 'its deletion has begun',
  reap: 'deleted only by a reap that selects it',
};

/** What the life-cycle table says about a member, as the first of its verdicts. */
function noteLifeCycle(context: PlanContext, draft: Draft, fleet: FleetPolicy, member: Member): void {
  const { standing, counts, deletion, hold } = member.row;
  const why = hold === undefined ? '' : ` (${hold})`;
  const text = `${standing}: ${counts ? 'counts as a member' : 'does not count'}, ${RIGHTS[deletion]}${why}`;
  noteVerdict(context, draft, member.id, {
    rule: 'life-cycle',
    policy: fleet.name,
    says: deletion === 'never' ? 'keep' : 'pass',
    text,
    won: deletion === 'never',
  });
  if (!member.isProtected) return;
  const protectedText = 'protected: no rule deletes it, wanted or not';
  noteVerdict(context, draft, member.id, {
    rule: 'protect',
    policy: fleet.name,
    says: 'keep',
    text: protectedText,
    won: true,
  });
}

/** What stops every deletion of the account stands above the rules of its policies. */
function noteGate(context: PlanContext, draft: Draft, { deletes }: Gates): void {
  if (deletes === undefined || context.traced === undefined) return;
  noteVerdict(context, draft, context.traced, { rule: 'gates', policy: undefined, says: 'keep', text: deletes.text });
}

function tendFleet(context: PlanContext, draft: Draft, fleet: FleetPolicy): void {
  if (fleet.mode === 'pause') {
    holdPolicy(context, draft, fleet.name, { code: 'paused', text: 'mode: pause; nothing is planned or done' });
    draft.fleets.push(summariseFleet(context, fleet, new Set()));
    return;
  }
  for (const member of context.members.get(fleet.name) ?? []) {
    const { standing } = member.row;
    noteLifeCycle(context, draft, fleet, member);
    if (standing === 'ended') removeRecord(context, draft, fleet, member);
    else if (standing === 'mismatched' || standing === 'stuck') replaceMisfit(context, draft, fleet, member);
    else holdOddMember(context, draft, fleet, member);
  }
  const parked = parkSurplus(context, draft, fleet);
  draft.fleets.push(summariseFleet(context, fleet, parked));
  wakeForDemand(context, draft, fleet);
}

/** A window's edge is an instant at which the plan changes; with `readyBy: start` it changes a launch earlier. */
function wakeForDemand(context: PlanContext, draft: Draft, fleet: FleetPolicy): void {
  const next = findNextChange(fleet.demand, context.now, context.now + DAY_MILLIS);
  if (next === undefined) return;
  draft.wakeAt.push(next.at);
  if (fleet.readyBy === 'start') draft.wakeAt.push(next.at - context.launchMillis);
}

/** VMs that are neither members nor foreign: their policy is gone, the books don't know them, or a create just made them. */
function explainUnclaimed(
  context: PlanContext,
  others: readonly OtherVm[],
  fleetOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, Reason> {
  const reasons = new Map<string, Reason>();
  const foreign = new Set(context.foreign);
  for (const vm of context.snapshot.inventory.vms) {
    if (foreign.has(vm) || fleetOf.has(vm.id)) continue;
    reasons.set(vm.id, { code: 'create-pending', text: 'it was just bought; its fleet is about to claim it' });
  }
  for (const { kind, vm, policy } of others) {
    if (kind === 'unclaimed')
      reasons.set(vm.id, {
        code: 'unclaimed',
        text: `${policy ?? 'a policy'} bought it and is gone: no rule deletes it`,
      });
    if (kind === 'known-by-name')
      reasons.set(vm.id, {
        code: 'known-by-name',
        text: 'its name is ours but the books do not know it; never reaped',
      });
  }
  return reasons;
}

function runReaps(context: PlanContext, draft: Draft): void {
  if (context.policies.reaps.length === 0) return;
  const { fleetOf } = context;
  const doomed = new Set(context.books.claims.filter((claim) => claim.state === 'doomed').map((claim) => claim.vmId));
  const facts = {
    evidence: indexEvidence(context.books.evidence),
    matches: matchReaps(context, fleetOf),
    fleetOf,
    unclaimed: explainUnclaimed(context, draft.others, fleetOf),
    doomed,
    handles: readProtectHandles(context.books.handles.protect),
    sharedAddresses: listSharedAddresses(context.snapshot.inventory.vms),
  };
  for (const reap of context.policies.reaps) {
    if (reap.mode === 'pause')
      holdPolicy(context, draft, reap.name, { code: 'paused', text: 'mode: pause; nothing is planned or done' });
    else reapIdle(context, draft, reap, facts);
  }
}

function hashPlan(draft: Draft, generation: number): string {
  const lines = draft.actions.map((action) => `${action.id}/${action.policy}`);
  const refused = draft.refused.map((refusal) => `${refusal.policy}/${refusal.rail}/${refusal.approve ?? ''}`);
  return `plan-${hashText([generation, ...lines, ...refused].join('\n')).slice(0, 6)}`;
}

/** Three looks soon, then the instant at which buying begins; after that the ordinary ticks do. */
function wakeForRecovery(context: PlanContext, draft: Draft): void {
  const { recovering } = context.books.notes;
  if (recovering === undefined) return;
  const isLooking = recovering.looks < RECOVERING_LOOKS;
  draft.wakeAt.push(isLooking ? context.now + RECOVERING_LOOK_MILLIS : recovering.since + RECOVERING_BUYS_AFTER);
}

/** Fleets in the order in which they may buy: higher priority first, then by name. */
function orderFleets(fleets: readonly FleetPolicy[]): readonly FleetPolicy[] {
  return [...fleets].sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
}

/** Plans one account. Expects books into which the snapshot was reckoned already (reckon.ts). */
export function planAccount(input: PlanInput): Plan {
  const draft = createDraft();
  const context = buildContext(input, draft);
  const { snapshot, settings } = input;
  const gates = judgeGates(snapshot, settings);
  noteGate(context, draft, gates);
  wakeForRecovery(context, draft);
  const { endedDoubt } = context.books.notes;
  if (endedDoubt !== undefined) draft.wakeAt.push(endedDoubt.until);
  const fleets = orderFleets(context.policies.fleets);
  for (const fleet of fleets) tendFleet(context, draft, fleet);
  retryDeletions(context, draft);
  runReaps(context, draft);

  const deadlines = computeDeadlines(listDepartures(context, draft), context.baseLeadMillis, lineSpeedOf(context));
  // A demand that will end is judged by the rails when its deletion is due, surplus as soon as it is found.
  for (const [index, unwanted] of draft.unwanted.entries()) {
    if (unwanted.judged || judgeTiming(context, unwanted, deadlines.get(unwanted.vm.id)) !== 'due') continue;
    draft.unwanted[index] = { ...unwanted, judged: true };
  }
  const rails = judgeDeletions(context, draft, deadlines);
  const intended = settleUnwanted(context, draft, deadlines, rails);
  const market: Market = { offers: snapshot.offers ?? [], taken: new Map() };
  const buying: BuyingRails = readBuyingRails(context);
  for (const fleet of fleets) {
    if (fleet.mode === 'pause') continue;
    buyMissing(context, draft, fleet, market, buying);
    if (isActing(fleet, settings)) renameNewMembers(context, draft, fleet);
  }
  applyGates(context, draft, gates);
  filterMarks(draft, gates, rails.refused);
  return finishPlan(context, draft, intended, { rails, buying });
}

function finishPlan(
  context: PlanContext,
  draft: Draft,
  intended: ReadonlyMap<string, number | undefined>,
  facts: { rails: RailsVerdict; buying: BuyingRails },
): Plan {
  const { snapshot, settings, now } = context;
  const later = (instants: Iterable<number | undefined>): number | undefined => {
    const coming = [...instants].filter((at): at is number => at !== undefined && at > now);
    return coming.length === 0 ? undefined : coming.reduce((a, b) => Math.min(a, b));
  };
  return {
    id: hashPlan(draft, context.policies.generation),
    at: now,
    ...(snapshot.foreseenFrom === undefined ? {} : { foreseenFrom: snapshot.foreseenFrom }),
    generation: context.policies.generation,
    account: settings.name,
    product: settings.product,
    mode: settings.mode,
    actions: draft.actions,
    holds: draft.holds,
    refused: draft.refused,
    marks: draft.marks,
    fleets: draft.fleets,
    reaps: draft.reaps,
    others: draft.others,
    charges: listCharges(context, draft, intended),
    probes: draft.probes,
    seen: { vms: snapshot.inventory.vms.length, at: snapshot.inventory.finishedAt, state: snapshot.inventory.state },
    rails: {
      ...facts.rails.counts,
      deploys: facts.buying.hour,
      deploysLimit: settings.rails.deploys.perHour,
    },
    totals: totalUp(draft.actions, draft.holds),
    nextWakeAt: later(draft.wakeAt),
    nextDeadlineAt: later(intended.values()),
    leadMillis: context.baseLeadMillis,
    trace: draft.trace,
  };
}
