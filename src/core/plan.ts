// The planner: snapshot and policies in, plan out. Pure: the same input gives the same plan, and nothing here reads a clock,
// draws a number or touches a network. The order of authority is protect > freeze > rails > budget > fleet > reap.
import { openAdmission } from './budgets/admit-purchases.js';
import { countStaying } from './budgets/count-staying.js';
import { holdFleets, tellHeld } from './budgets/hold-fleets.js';
import { judgeBudgets } from './budgets/judge-budgets.js';
import { summariseBudgets } from './budgets/summarise-budgets.js';
import { listRooms } from './budgets/tell-rooms.js';
import { buildContext, type PlanInput } from './build-context.js';
import type { Market } from './buying.js';
import { listCharges } from './list-charges.js';
import { judgeGates, RECOVERING_BUYS_AFTER, RECOVERING_LOOKS, type Gates } from './gates.js';
import { applyGates, filterMarks } from './hold-back.js';
import { hashText } from './hash.js';
import { judgeUnwanted } from './judge-unwanted.js';
import {
  createDraft,
  holdPolicy,
  isActing,
  noteVerdict,
  type Draft,
  type Member,
  type PlanContext,
} from './plan-context.js';
import type { Plan } from './plan-types.js';
import type { FleetPolicy } from './policy-types.js';
import type { RailsVerdict } from './rails.js';
import { buyMissing } from './rules/buy-missing.js';
import { readBuyingRails, type BuyingRails } from './rules/buying-rails.js';
import { keepKeys } from './rules/keep-keys.js';
import { keepPorts } from './rules/keep-ports.js';
import { parkSurplus } from './rules/park-surplus.js';
import { removeLeftParts } from './rules/remove-left-parts.js';
import { renameMembers } from './rules/rename-members.js';
import { retryDeletions } from './rules/retry-deletions.js';
import { runReaps } from './rules/run-reaps.js';
import { holdOddMember, removeRecord, replaceMisfit } from './rules/tend-members.js';
import { tidyOrphans } from './rules/tidy-orphans.js';
import { settleUnwanted } from './settle-unwanted.js';
import { summariseFleet, totalUp } from './summaries.js';
import { findNextChange } from './demand.js';
import { readLookAhead } from './fleet-demand.js';
import { describeLaunch, readLaunches } from './launch-times.js';
import type { DeletionRight } from './lifecycle.js';
import { DAY_MILLIS } from './money.js';

/** A new store that found VMs of ours looks again this soon. */
const RECOVERING_LOOK_MILLIS = 2_000;

const RIGHTS: Readonly<Record<DeletionRight, string>> = {
  never: 'no rule may delete it',
  record: 'only its record is left to delete',
  'at-once': 'may be deleted at once',
  boundary: 'deleted shortly before its boundary',
  'by-rule': 'deleted only if its fleet has no use for it',
  'going-on': 'its deletion has begun',
  reap: 'deleted only by a reap that selects it',
};

/** How long what was ordered usually takes. Asked about the one VM that is explained. */
function describeLaunchOf({ books, traced }: PlanContext, { id, claim }: Member): string {
  if (traced !== id) return '';
  const order = books.intents.find((intent) => intent.id === claim?.intent)?.deploy?.offer;
  return describeLaunch(readLaunches(books.notes)(order));
}

/** What the life-cycle table says about a member, as the first of its verdicts. */
function noteLifeCycle(context: PlanContext, draft: Draft, fleet: FleetPolicy, member: Member): void {
  const { standing, counts, deletion, hold } = member.row;
  const why = hold === undefined ? '' : ` (${hold})`;
  const usual = standing === 'launching' || standing === 'pending' ? `; ${describeLaunchOf(context, member)}` : '';
  const text = `${standing}: ${counts ? 'counts as a member' : 'does not count'}, ${RIGHTS[deletion]}${why}${usual}`;
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
  tellHeld(context, draft, fleet);
  const parked = parkSurplus(context, draft, fleet);
  draft.fleets.push(summariseFleet(context, fleet, parked));
  wakeForDemand(context, draft, fleet);
}

/** A window's edge is an instant at which the plan changes; with `readyBy: start` it changes a launch earlier. */
function wakeForDemand(context: PlanContext, draft: Draft, fleet: FleetPolicy): void {
  const next = findNextChange(fleet.demand, context.now, context.now + DAY_MILLIS);
  if (next === undefined) return;
  draft.wakeAt.push(next.at);
  if (fleet.readyBy === 'start') draft.wakeAt.push(next.at - readLookAhead(context, fleet));
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
  const free = buildContext(input, draft);
  const budgets = judgeBudgets(free, input.policies);
  const context = holdFleets(free, budgets);
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
  removeLeftParts(context, draft);
  tidyOrphans(context, draft);
  const { deadlines, rails } = judgeUnwanted(context, draft, budgets);
  const intended = settleUnwanted(context, draft, deadlines, rails);
  const market: Market = { offers: snapshot.offers ?? [], taken: new Map() };
  const views = countStaying(context, draft, budgets, { gates, fleets: input.policies.fleets });
  const admission = openAdmission(context, views);
  const buying: BuyingRails = { ...readBuyingRails(context), admission };
  for (const fleet of fleets) {
    if (fleet.mode === 'pause') continue;
    buyMissing(context, draft, fleet, market, buying);
    if (!isActing(fleet, settings)) continue;
    renameMembers(context, draft, fleet);
    keepPorts(context, draft, fleet);
  }
  keepKeys(context, draft);
  applyGates(context, draft, gates);
  filterMarks(draft, gates);
  return finishPlan(context, draft, intended, {
    rails,
    buying,
    budgets: { ...summariseBudgets(context, draft, views, admission), ...listRooms(context, draft) },
  });
}

function finishPlan(
  context: PlanContext,
  draft: Draft,
  intended: ReadonlyMap<string, number | undefined>,
  facts: {
    rails: RailsVerdict;
    buying: BuyingRails;
    budgets: Pick<Plan, 'budgets' | 'budgetNotes' | 'budgetNews' | 'budgetRooms'>;
  },
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
    ...(settings.isModeTold === false ? { isModeTold: false as const } : {}),
    actions: draft.actions,
    holds: draft.holds,
    refused: draft.refused,
    marks: draft.marks,
    fleets: draft.fleets,
    reaps: draft.reaps,
    orphans: draft.orphans,
    ...(draft.keys.length === 0 ? {} : { keys: draft.keys }),
    ...facts.budgets,
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
    ...(context.books.notes.fixedClock === undefined ? {} : { fixedClock: context.books.notes.fixedClock }),
    trace: draft.trace,
  };
}
