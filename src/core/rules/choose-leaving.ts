// Which members of a fleet are let go at their next boundary, and which are surplus now. Chosen among all accounts that share the
// fleet, so that each lets go of its own part of one choice. It parks and deletes nothing.
import { expectLandingMillis } from '../billing-clock.js';
import { peakReader, riseReader } from '../demand.js';
import { readKeepMillis, type FleetDemand } from '../fleet-demand.js';
import { isRunning } from '../lifecycle.js';
import type { Member, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { expectPartsMillis, listOwnParts, readReleasePrice } from '../parts.js';
import { chooseReleases, type Candidate, type Places } from '../release.js';
import type { Instant, Price } from '../types.js';
import { readPlaces } from './count-spread.js';
import { isDueForReplacement, isToBeReplaced } from './dear-members.js';

export interface Leaving {
  /** Not renewed: for which of their boundaries they go (0: the first), in the order in which they go. */
  readonly released: ReadonlyMap<string, number>;
  /** Surplus now. */
  readonly parked: ReadonlySet<string>;
  /** Above maxPrice and to be replaced now: as many more are wanted as there are of them. */
  readonly due: ReadonlySet<string>;
  /** Whom it was chosen among, each with the boundary that it goes for. */
  readonly candidates: readonly Candidate[];
  /** When a wish that keeps somebody past his deadline must be weighed again; undefined: there is none. */
  readonly againAt: Instant | undefined;
  readonly places: Places | undefined;
}

export function isChoosable(member: Member): boolean {
  const { standing, deletion } = member.row;
  return standing === 'parked' || deletion === 'by-rule';
}

/** May be let go at its boundary: known, ahead, and nobody protects it. */
export function isReleasable(member: Member): boolean {
  return isChoosable(member) && member.row.deletion !== 'never' && member.boundary !== undefined && !member.isProtected;
}

/** How many are wanted at most from what ends first until what ends last is over. */
type NeedAt = (from: Instant, end: Instant) => number;

/**
 * What letting it go saves; of a machine without parts its price. Where nobody is wanted at its boundary it goes then, whatever
 * was paid of it: to let another go in its place would let both go.
 */
function priceOf(
  { claim, vm, price, ownBoundary }: Member,
  boundary: Instant | undefined,
  needAt: NeedAt,
): Price | undefined {
  const parts = listOwnParts(claim);
  if (parts.length === 0 || boundary === undefined) return price;
  const own = ownBoundary ?? boundary;
  if (needAt(Math.min(boundary, own), Math.max(boundary, own)) === 0) return price;
  return readReleasePrice({ price: vm?.price ?? claim?.price, paidUntil: ownBoundary }, parts, boundary);
}

function toCandidate(context: PlanContext, fleet: FleetPolicy, member: Member, needAt: NeedAt): Candidate {
  const unknown: Price = { amount: 0n, periodMillis: context.settings.periodMillis };
  const { laterBoundaries } = member;
  const later = laterBoundaries.map(({ boundary }) => ({
    boundary,
    price: priceOf(member, boundary, needAt) ?? unknown,
  }));
  return {
    id: member.id,
    boundary: member.boundary!,
    ...(member.ownBoundary === undefined ? {} : { paidUntil: member.ownBoundary }),
    ...(later.length === 0 ? {} : { later }),
    price: priceOf(member, member.boundary, needAt) ?? unknown,
    healthy: member.row.standing !== 'launching',
    ...(fleet.accounts === undefined ? {} : { isLeaving: member.claim?.state === 'parked' }),
  };
}

/** Released ones first, by boundary (before them what is replaced): those are parked; then, if more are surplus, the rest by boundary. */
function chooseParked(
  members: readonly Member[],
  { released, due }: Pick<Leaving, 'released' | 'due'>,
  surplus: number,
): ReadonlySet<string> {
  if (surplus <= 0) return new Set();
  const rankOf = new Map([...released.keys()].map((id, index) => [id, index]));
  const ordered = [...members].sort(
    (a, b) =>
      Number(released.has(b.id)) - Number(released.has(a.id)) ||
      Number(due.has(b.id)) - Number(due.has(a.id)) ||
      (a.boundary ?? Number.POSITIVE_INFINITY) - (b.boundary ?? Number.POSITIVE_INFINITY) ||
      Number(b.claim?.state === 'parked') - Number(a.claim?.state === 'parked') ||
      (rankOf.get(a.id) ?? 0) - (rankOf.get(b.id) ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
  return new Set(ordered.slice(0, surplus).map((member) => member.id));
}

function isUp({ vm, claim }: Member): boolean {
  return vm === undefined ? claim?.activeAt !== undefined : isRunning(vm.status);
}

interface Choice {
  readonly candidates: readonly Candidate[];
  readonly alive: number;
  readonly choose: (candidates: readonly Candidate[], alive: number) => ReadonlyMap<string, number>;
}

/**
 * Members above maxPrice whose successors are due: they go first once those are up. Whoever would go without successors needs
 * none. `awaited`: successors that are bought and not up.
 */
function chooseReplaced(
  context: PlanContext,
  fleet: FleetPolicy,
  members: readonly Member[],
  { candidates, alive, choose }: Choice,
): Pick<Leaving, 'due' | 'candidates'> & { readonly awaited: number } {
  const toGo = members.filter((member) => isToBeReplaced(fleet, member));
  if (toGo.length === 0) return { due: new Set(), candidates, awaited: 0 };
  const dear = toGo.filter((member) => isReleasable(member) && isDueForReplacement(context, fleet, member));
  const up = members.filter((member) => (member.row.counts || member.row.standing === 'parked') && isUp(member)).length;
  const goingAnyway = choose(candidates, up);
  const due = new Set(dear.flatMap(({ id }) => (goingAnyway.has(id) ? [] : [id])));
  return {
    due,
    candidates: candidates.map((each) => (due.has(each.id) ? { ...each, isLeaving: true } : each)),
    // One that renewed while its successor launches isn't due any more; that successor is awaited all the same.
    awaited: Math.min(alive - up, toGo.length),
  };
}

/** `members`: of all accounts; `alive`: all that serve, the coming ones included. */
export function chooseLeaving(
  context: PlanContext,
  fleet: FleetPolicy,
  members: readonly Member[],
  { demand, alive }: { readonly demand: FleetDemand; readonly alive: number },
): Leaving {
  const choosable = members.filter(isChoosable);
  const places = readPlaces(context, fleet, members);
  const peakAt = peakReader(fleet.demand, context.now, readKeepMillis(context, fleet));
  const riseBefore = readRises(context, fleet, members);
  const needAt: NeedAt = (from, end) => Math.max(peakAt(from, end), riseBefore(from).wanted);
  const candidates = choosable.filter(isReleasable).map((member): Candidate => {
    const candidate = toCandidate(context, fleet, member, needAt);
    return places === undefined ? candidate : { place: places.placeOf(member), ...candidate };
  });
  const choose = (among: readonly Candidate[], count: number): ReadonlyMap<string, number> =>
    chooseReleases(among, count, needAt, places);
  const replaced = chooseReplaced(context, fleet, members, { candidates, alive, choose });
  const { due, awaited } = replaced;
  // A successor that isn't up yet lets nobody go: not the one that it is bought for, and no other.
  const released = choose(replaced.candidates, alive - awaited);
  const parkable = choosable.filter((member) => member.claim !== undefined && !member.isProtected);
  const parked = chooseParked(parkable, { released, due }, alive - awaited - demand.wantedKept);
  const kept = new Set(candidates.flatMap(({ id, boundary }) => (released.has(id) ? [] : [boundary])));
  const again = [...kept].flatMap((boundary) => riseBefore(boundary).againAt ?? []);
  const againAt = again.length === 0 ? undefined : again.reduce((first, at) => Math.min(first, at));
  return { released, parked, due, candidates: candidates.map((each) => settle(each, released)), places, againAt };
}

/** With the one boundary that it goes for. */
function settle(given: Candidate, released: ReadonlyMap<string, number>): Candidate {
  if (given.later === undefined) return given;
  const { later, ...candidate } = given;
  const postponed = later[(released.get(candidate.id) ?? 0) - 1];
  return postponed === undefined ? candidate : { ...candidate, ...postponed };
}

interface Rise {
  readonly wanted: number;
  /** Until then it keeps whom it needs. */
  readonly againAt: Instant | undefined;
}

const NO_RISE: Rise = { wanted: 0, againAt: undefined };

/**
 * Who goes by its deadline and is wanted again before its boundary would be bought anew within minutes. It serves that wish until
 * it is over, or until the last look at which a deletion can still land: a wish that ends before the boundary renews nobody, and
 * one that begins after that look it couldn't serve. What a disk costs once more meanwhile is less than another machine.
 */
function readRises(context: PlanContext, fleet: FleetPolicy, members: readonly Member[]): (boundary: Instant) => Rise {
  const { now, baseLeadMillis, books, settings } = context;
  const hasParts = members.some(({ claim }) => listOwnParts(claim).length > 0);
  const parts = hasParts ? expectPartsMillis(settings.tickMillis) : 0;
  const riseBefore = riseReader(fleet.demand, now, parts + baseLeadMillis);
  const landing = expectLandingMillis(books.notes.deletionMillis, baseLeadMillis);
  return (boundary) => {
    const againAt = boundary - landing - settings.tickMillis;
    if (context.serviceNow >= againAt) return NO_RISE;
    const wanted = riseBefore(boundary, againAt);
    return wanted === 0 ? NO_RISE : { wanted, againAt };
  };
}
