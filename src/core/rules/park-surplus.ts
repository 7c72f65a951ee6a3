// The rule of surplus: which members are parked now, and which will not be renewed at their boundary. It asks for deletions
// (`unwanted`) and marks; deadlines, rails and gates decide afterwards. It buys nothing.
import { findHeldWish } from '../budgets/hold-fleets.js';
import { findNextAbove, findPeak, LONGEST_OUTLOOK } from '../demand.js';
import { formatDuration } from '../duration.js';
import { countAlive, readDemand, type FleetDemand } from '../fleet-demand.js';
import { formatDayMinute, formatMinute } from '../instant.js';
import { findTwin, listPeerMembers } from '../peers.js';
import {
  holdPolicy,
  holdVm,
  isActing,
  noteVerdict,
  refTo,
  type Draft,
  type Member,
  type PlanContext,
} from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { DAY_MILLIS } from '../money.js';
import type { Instant, Millis, Reason } from '../types.js';
import { chooseLeaving, isChoosable, isReleasable, type Leaving } from './choose-leaving.js';
import { findReplaced, tellDearMembers } from './dear-members.js';
import { tellBriefRenewals } from './tell-brief-renewals.js';

/** How far ahead a demand is searched for "wanted again". */
const OUTLOOK_MILLIS: Millis = 8 * DAY_MILLIS;

function isLate(member: Member): boolean {
  return member.claim?.origin === 'late';
}

/**
 * A window's edge is exempt from the caps: at some instant since this policy stands it wanted as many as there are, and it
 * stood before the VM's previous boundary (or the VM was bought under it). An edited number is not.
 */
function isEdgeExempt(context: PlanContext, fleet: FleetPolicy, member: Member, covered: boolean): boolean {
  const stoodSince = context.snapshot.stoodSince[fleet.name];
  if (!covered || stoodSince === undefined || member.claim === undefined || isLate(member)) return false;
  const period = member.price?.periodMillis ?? context.settings.periodMillis;
  const previous = member.boundary === undefined ? undefined : member.boundary - period;
  return member.claim.claimedAt >= stoodSince || (previous !== undefined && stoodSince <= previous);
}

function explainSurplus(fleet: FleetPolicy, demand: FleetDemand, alive: number, now: Instant): Reason {
  const held = findHeldWish(fleet, now);
  if (held !== undefined) {
    const { budget, most, wanted } = held;
    return {
      code: 'budget',
      text: `budget ${budget} holds ${fleet.name} to ${most} of ${wanted} wanted, and it has ${alive}`,
    };
  }
  const window = demand.window === undefined ? '' : ` in window "${demand.window}"`;
  return { code: 'surplus', text: `surplus: ${fleet.name} wants ${demand.wantedNow}${window} and has ${alive}` };
}

function markChanges(
  draft: Draft,
  fleet: FleetPolicy,
  choosable: readonly Member[],
  parked: ReadonlySet<string>,
  released: Leaving['released'],
  reasonOf: (member: Member) => Reason,
  exempt: (member: Member) => boolean,
): void {
  for (const member of choosable) {
    const { claim } = member;
    if (claim === undefined) continue;
    if (parked.has(member.id) && claim.state === 'member') {
      const reason = reasonOf(member);
      draft.marks.push({ vmId: member.id, policy: fleet.name, to: 'parked', reason, railExempt: exempt(member) });
    }
    // One that serves a demand that ends before its boundary was parked for its deletion: taking it back would undo that.
    const isLeaving =
      released.has(member.id) && (claim.unwanted === 'demand-ends' || reasonOf(member).code === 'replaced');
    if (!parked.has(member.id) && claim.state === 'parked' && !isLeaving) {
      const text = `wanted again by ${fleet.name}, and paid for`;
      draft.marks.push({
        vmId: member.id,
        policy: fleet.name,
        to: 'member',
        reason: { code: 'wanted-again', text },
        railExempt: false,
      });
    }
  }
}

/** How many seconds short a demand that ends before the boundary leaves the fleet, said with what renewing would cost. */
function describeDemandEnd(context: PlanContext, fleet: FleetPolicy, member: Member): string {
  const boundary = member.boundary!;
  const steps = fleet.demand(context.now, Math.min(boundary, context.now + LONGEST_OUTLOOK) + 1);
  const end = steps.at(-1)!;
  return (
    `wanted until ${formatMinute(end.at)}, paid until ${formatMinute(boundary)}: ` +
    `a whole period would be charged for nothing; letting it go leaves ${fleet.name} one short for at most ` +
    `${formatDuration(Math.max(0, end.at - context.now))}`
  );
}

/** Parks, takes back, and asks for the deletion of what isn't renewed. */
export function parkSurplus(context: PlanContext, draft: Draft, fleet: FleetPolicy): ReadonlySet<string> {
  const twin = fleet.accounts === undefined ? undefined : findTwin(context, fleet);
  if (twin === undefined) return parkChosen(context, draft, fleet);
  holdPolicy(context, draft, fleet.name, twin);
  return new Set();
}

function parkChosen(context: PlanContext, draft: Draft, fleet: FleetPolicy): ReadonlySet<string> {
  const own = context.members.get(fleet.name) ?? [];
  const members = [...own, ...listPeerMembers(context, fleet)];
  const demand = readDemand(context, fleet);
  const alive = countAlive(context, fleet);
  const leaving = chooseLeaving(context, fleet, members, { demand, alive });
  const { released, parked: parkedOfAll } = leaving;
  const surplus = alive - demand.wantedKept;
  const ownChoosable = own.filter(isChoosable);
  const parked = new Set(ownChoosable.flatMap(({ id }) => (parkedOfAll.has(id) ? [id] : [])));
  const stoodSince = context.snapshot.stoodSince[fleet.name] ?? context.now;
  const peakSince = findPeak(fleet.demand, Math.max(stoodSince, context.now - OUTLOOK_MILLIS), context.now);
  // A late create is one more than the wish ever was; it must not bring the whole edge under the caps.
  const late = members.filter(
    (member) => isLate(member) && (member.row.counts || member.row.standing === 'parked'),
  ).length;
  const exempt = (member: Member): boolean => isEdgeExempt(context, fleet, member, peakSince >= alive - late);
  const wantedAgain = findNextAbove(fleet.demand, context.now, context.now + OUTLOOK_MILLIS, demand.wantedNow);
  const outlook = wantedAgain === undefined ? undefined : `next wanted ${formatDayMinute(wantedAgain)}`;
  const surplusReason = explainSurplus(fleet, demand, alive, context.now);
  const replaced = surplusReason.code === 'budget' ? undefined : findReplaced(context, fleet, members);
  const reasonOf = ({ id }: Member): Reason => replaced?.get(id) ?? surplusReason;

  if (isActing(fleet, context.settings)) markChanges(draft, fleet, ownChoosable, parked, released, reasonOf, exempt);
  for (const member of ownChoosable) {
    const isParked = parked.has(member.id);
    if (member.isProtected && released.size === 0 && surplus > 0) {
      noteVerdict(context, draft, member.id, {
        rule: 'protect',
        policy: fleet.name,
        says: 'keep',
        text: 'protected',
        won: true,
      });
    }
    if (!isParked && !released.has(member.id)) {
      noteVerdict(context, draft, member.id, {
        rule: 'park-surplus',
        policy: fleet.name,
        says: 'keep',
        text: `one of ${demand.wantedKept} wanted`,
      });
      continue;
    }
    askForDeletion(context, draft, fleet, member, {
      isParked,
      goesFor: released.get(member.id),
      wantedAgain,
      outlook,
      reason: reasonOf(member),
      exempt,
    });
  }
  if (leaving.againAt !== undefined) draft.wakeAt.push(leaving.againAt);
  tellBriefRenewals(context, draft, fleet, own, leaving, alive);
  if (leaving.due.size > 0) draft.replacing.set(fleet.name, leaving.due.size);
  tellDearMembers(context, draft, fleet, own, { leaving: new Set([...parked, ...released.keys()]), due: leaving.due });
  return parked;
}

interface Fate {
  readonly isParked: boolean;
  /** For which of its boundaries it is let go (0: the first); undefined: it renews. */
  readonly goesFor: number | undefined;
  readonly wantedAgain: Instant | undefined;
  readonly outlook: string | undefined;
  readonly reason: Reason;
  readonly exempt: (member: Member) => boolean;
}

function askForDeletion(context: PlanContext, draft: Draft, fleet: FleetPolicy, given: Member, fate: Fate): void {
  const { goesFor = 0 } = fate;
  // Wanted when a part of it comes due, and by nobody at a later boundary: that part is paid, and then it goes.
  const member = goesFor === 0 ? given : { ...given, ...given.laterBoundaries[goesFor - 1]! };
  const { boundary, price } = member;
  // What a budget lets go is paid for, and used up whatever the fleet does with its own surplus.
  const isForBudget = fate.reason.code === 'budget';
  const deleteNow = fleet.deleteAt === 'now' && fate.isParked && !isForBudget && isReleasable(member);
  const isPostponed = fate.isParked && goesFor > 0 && !deleteNow;
  if (isPostponed || (!deleteNow && fate.goesFor === undefined)) holdUnreleased(context, draft, fleet, given, fate);
  if (!deleteNow && fate.goesFor === undefined) return;
  const reason: Reason =
    fate.isParked || fate.reason.code === 'replaced'
      ? fate.reason
      : { code: 'demand-ends', text: describeDemandEnd(context, fleet, member) };
  draft.unwanted.push({
    vm: refTo(member),
    policy: fleet.name,
    reason,
    due: deleteNow ? 'now' : 'boundary',
    boundary,
    price,
    partsMillis: member.partsMillis,
    capped: true,
    railExempt: fate.exempt(member),
    reaped: false,
    judged: fate.isParked && !isPostponed,
    outlook: fate.outlook,
  });
  noteVerdict(context, draft, member.id, {
    rule: reason.code === 'budget' ? 'budgets' : 'park-surplus',
    policy: fleet.name,
    says: 'delete',
    text: reason.text,
    until: boundary,
  });
}

/** What comes due first may be a disk or an IP. */
function describeRenewal({ boundary, ownBoundary }: Member): string {
  if (boundary === undefined || ownBoundary === undefined || boundary >= ownBoundary) return 'it renews';
  return `it is paid until ${formatMinute(ownBoundary)}, so its disk or IP renews at ${formatMinute(boundary)}`;
}

/** Parked, but it will be renewed or can't be let go: says which. */
function holdUnreleased(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  member: Member,
  { wantedAgain, outlook }: Fate,
): void {
  const hold = member.row.hold;
  const reason: Reason =
    hold === 'charge-pending'
      ? { code: 'charge-pending', text: 'its boundary has passed and the API shows no new one yet; kept until it does' }
      : hold === 'boundary-unknown'
        ? { code: 'boundary-unknown', text: 'the API does not say until when it is paid; never deleted to save money' }
        : {
            code: 'wanted-again',
            text: `parked, and wanted again ${outlook === undefined ? 'at its boundary' : `(${outlook})`}: ${describeRenewal(member)}`,
          };
  holdVm(context, draft, fleet.name, refTo(member), reason, {
    until: wantedAgain,
    boundary: member.boundary,
    price: member.price,
  });
  noteVerdict(context, draft, member.id, {
    rule: 'park-surplus',
    policy: fleet.name,
    says: 'keep',
    text: reason.text,
    until: wantedAgain,
  });
}
