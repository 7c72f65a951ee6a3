// Tells of members that are renewed for a few minutes: wanted at their boundary, and by nobody for the rest of the period that is
// paid there. Says what those minutes cost and which edge would save it. It holds nothing back and decides nothing.
import { LONGEST_OUTLOOK, peakReader } from '../demand.js';
import { formatDuration } from '../duration.js';
import { formatMinute } from '../instant.js';
import { formatUsdc, HOUR_MILLIS } from '../money.js';
import { holdVm, noteVerdict, refTo, type Draft, type Member, type PlanContext } from '../plan-context.js';
import { listOwnParts, readSavedPrice } from '../parts.js';
import type { DemandStep, FleetPolicy } from '../policy-types.js';
import { chooseReleases, type Candidate } from '../release.js';
import type { Instant, Millis, Price, Reason } from '../types.js';
import type { Leaving } from './choose-leaving.js';

/** Longer is a use of its own, not a few minutes too many. */
const BRIEF_AT_MOST: Millis = HOUR_MILLIS;

/** A quarter of the period at most, so that on an hour's clock a quarter of an hour is brief. */
function readBrief(periodMillis: Millis): Millis {
  return Math.min(BRIEF_AT_MOST, Math.floor(periodMillis / 4));
}

interface Question {
  readonly steps: readonly DemandStep[];
  readonly brief: Millis;
  readonly periodMillis: Millis;
}

/** Indexes of steps that want fewer than the one before, shortly after the boundary. */
function listDrops({ steps, brief }: Question, boundary: Instant): readonly number[] {
  const drops: number[] = [];
  for (let index = 1; index < steps.length && steps[index]!.at <= boundary + brief; index += 1)
    if (steps[index]!.at > boundary && steps[index]!.wanted < steps[index - 1]!.wanted) drops.push(index);
  return drops;
}

/** Which edge of which window it is that comes too late. */
function describeCure({ steps }: Question, drop: number, boundary: Instant): string {
  const closing = steps[drop - 1]!.window;
  const opening = steps[drop]!.window;
  if (closing === undefined && opening === undefined)
    return `wanting fewer from ${formatMinute(boundary)} on would save it`;
  const edge = closing === undefined ? `opening window "${opening}"` : `ending window "${closing}"`;
  return `${edge} at ${formatMinute(boundary)} would save it`;
}

/** How many of these, ascending, are at or before `instant`. */
function countUpTo(instants: Float64Array, instant: Instant): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instants[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `members`: of this account. What `leaving` lets go is not told again. */
export function tellBriefRenewals(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  members: readonly Member[],
  leaving: Pick<Leaving, 'released' | 'parked' | 'candidates' | 'places'>,
  alive: number,
): void {
  const { periodMillis } = context.settings;
  const brief = readBrief(periodMillis);
  const ahead = context.now + LONGEST_OUTLOOK;
  const candidates = leaving.candidates.filter(({ boundary }) => boundary <= ahead);
  const last = candidates.reduce((most, { boundary }) => Math.max(most, boundary), context.now);
  const question: Question = { steps: fleet.demand(context.now, last + brief + 1), brief, periodMillis };
  const peakAt = peakReader(fleet.demand, context.now, 0);
  const own = new Map(members.map((member) => [member.id, member]));
  // Who goes for a later boundary of its own is paid in part at its first.
  for (const { id, boundary } of candidates) {
    const member = own.get(id);
    if (member === undefined || (leaving.released.get(id) ?? 0) === 0 || leaving.parked.has(id)) continue;
    const { steps } = question;
    const drop = listDrops(question, member.boundary!).find(
      (index) => steps[index]!.at < boundary && peakAt(steps[index]!.at, boundary) < steps[index - 1]!.wanted,
    );
    if (drop !== undefined) tell(context, draft, fleet, member, question, drop);
  }
  const dropsAt = new Map<Instant, readonly number[]>();
  if (question.steps.length > 1)
    for (const { boundary } of candidates)
      if (!dropsAt.has(boundary)) dropsAt.set(boundary, listDrops(question, boundary));
  if (![...dropsAt.values()].some((drops) => drops.length > 0)) return;

  const isOver = ({ boundary }: Candidate): boolean => dropsAt.get(boundary)!.length > 0;
  const needAt = (boundary: Instant): number => peakAt(boundary + brief, boundary + periodMillis);
  // Those that are let go anyway come first, as they are gone by then.
  const judged = candidates
    .filter((each) => leaving.released.has(each.id) || isOver(each))
    .map((each) => ({ ...each, isLeaving: leaving.released.has(each.id) }));
  const idle = chooseReleases(judged, alive, needAt, leaving.places);
  const ends = Float64Array.from(judged.filter(({ id }) => idle.has(id)).map(({ boundary }) => boundary)).sort();
  for (const { id, boundary } of judged) {
    const member = own.get(id);
    if (member === undefined || !idle.has(id) || leaving.released.has(id) || leaving.parked.has(id)) continue;
    const gone = countUpTo(ends, boundary);
    const drop = dropsAt
      .get(boundary)!
      .find((index) => alive - gone >= peakAt(question.steps[index]!.at, boundary + periodMillis));
    if (drop !== undefined) tell(context, draft, fleet, member, question, drop);
  }
}

/** What comes due from the boundary on until a deletion that starts at `end` is through: of a VM with parts not all of it. */
function readDuePrice({ baseLeadMillis }: PlanContext, member: Member, end: Instant): Price | undefined {
  const { claim, vm, ownBoundary, partsMillis } = member;
  const parts = listOwnParts(claim);
  const price = vm?.price ?? claim?.price;
  if (parts.length === 0 || price === undefined) return member.price;
  const isDue = (at: Instant | undefined, leadMillis: Millis): boolean =>
    at !== undefined && at >= member.boundary! && at < end + leadMillis;
  const due = parts.filter(({ paidUntil }) => isDue(paidUntil, baseLeadMillis + partsMillis));
  return readSavedPrice(isDue(ownBoundary, baseLeadMillis) ? price : { ...price, amount: 0n }, due);
}

function tell(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  member: Member,
  question: Question,
  drop: number,
): void {
  const boundary = member.boundary!;
  const { at } = question.steps[drop]!;
  const price = readDuePrice(context, member, at);
  const text =
    `wanted until ${formatMinute(at)}, ends ${formatDuration(at - boundary)} after its boundary: those minutes cost ` +
    `${formatUsdc(price?.amount ?? 0n)}; ${describeCure(question, drop, boundary)}`;
  const reason: Reason = { code: 'renews-briefly', text };
  holdVm(context, draft, fleet.name, refTo(member), reason, { until: boundary, boundary, price });
  noteVerdict(context, draft, member.id, {
    rule: 'park-surplus',
    policy: fleet.name,
    says: 'keep',
    text,
    until: boundary,
  });
}
