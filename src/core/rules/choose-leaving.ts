// Which members of a fleet are let go at their next boundary, and which are surplus now. Chosen among all accounts that share the
// fleet, so that each lets go of its own part of one choice. It parks and deletes nothing.
import { peakReader, riseReader } from '../demand.js';
import { readKeepMillis, type FleetDemand } from '../fleet-demand.js';
import { isRunning } from '../lifecycle.js';
import type { Member, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import { listOwnParts, readReleasePrice } from '../parts.js';
import { chooseReleases, type Candidate, type Places } from '../release.js';
import type { Instant, Price } from '../types.js';
import { readPlaces } from './count-spread.js';
import { isDueForReplacement } from './dear-members.js';

export interface Leaving {
  /** Not renewed at their boundary; in the order in which they go. */
  readonly released: ReadonlySet<string>;
  /** Surplus now. */
  readonly parked: ReadonlySet<string>;
  /** Above maxPrice and to be replaced now: as many more are wanted as there are of them. */
  readonly due: ReadonlySet<string>;
  /** Whom it was chosen among. */
  readonly candidates: readonly Candidate[];
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

/** How many are wanted at most from a boundary until what ends last is over. */
type NeedAt = (boundary: Instant, end: Instant) => number;

/**
 * What letting it go saves; of a machine without parts its price. Where nobody is wanted at its boundary it goes then, whatever
 * was paid of it: to let another go in its place would let both go.
 */
function priceOf({ claim, vm, price, boundary, ownBoundary }: Member, needAt: NeedAt): Price | undefined {
  const parts = listOwnParts(claim);
  if (parts.length === 0 || boundary === undefined) return price;
  if (needAt(boundary, Math.max(boundary, ownBoundary ?? boundary)) === 0) return price;
  return readReleasePrice({ price: vm?.price ?? claim?.price, paidUntil: ownBoundary }, parts, boundary);
}

function toCandidate(context: PlanContext, fleet: FleetPolicy, member: Member, needAt: NeedAt): Candidate {
  return {
    id: member.id,
    boundary: member.boundary!,
    ...(member.ownBoundary === undefined ? {} : { paidUntil: member.ownBoundary }),
    price: priceOf(member, needAt) ?? { amount: 0n, periodMillis: context.settings.periodMillis },
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
  const rankOf = new Map([...released].map((id, index) => [id, index]));
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
  readonly choose: (candidates: readonly Candidate[], alive: number) => ReadonlySet<string>;
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
  const dear = members.filter((member) => isReleasable(member) && isDueForReplacement(context, fleet, member));
  if (dear.length === 0) return { due: new Set(), candidates, awaited: 0 };
  const up = members.filter((member) => (member.row.counts || member.row.standing === 'parked') && isUp(member)).length;
  const goingAnyway = choose(candidates, up);
  const due = new Set(dear.flatMap(({ id }) => (goingAnyway.has(id) ? [] : [id])));
  return {
    due,
    candidates: candidates.map((each) => (due.has(each.id) ? { ...each, isLeaving: true } : each)),
    awaited: Math.min(alive - up, due.size),
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
  // Who goes by its deadline and is wanted again before its boundary would be bought anew within minutes.
  const lead = members.reduce((most, { partsMillis }) => Math.max(most, partsMillis), 0) + context.baseLeadMillis;
  const riseBefore = riseReader(fleet.demand, context.now, lead);
  const needAt: NeedAt = (boundary, end) => Math.max(peakAt(boundary, end), riseBefore(boundary));
  const candidates = choosable.filter(isReleasable).map((member): Candidate => {
    const candidate = toCandidate(context, fleet, member, needAt);
    return places === undefined ? candidate : { ...candidate, place: places.placeOf(member) };
  });
  const choose = (among: readonly Candidate[], count: number): ReadonlySet<string> =>
    chooseReleases(among, count, needAt, places);
  const replaced = chooseReplaced(context, fleet, members, { candidates, alive, choose });
  const { due, awaited } = replaced;
  // A successor that isn't up yet lets nobody go: not the one that it is bought for, and no other.
  const released = choose(replaced.candidates, alive - awaited);
  const parkable = choosable.filter((member) => member.claim !== undefined && !member.isProtected);
  const parked = chooseParked(parkable, { released, due }, alive - awaited - demand.wantedSoon);
  return { released, parked, due, candidates, places };
}
