// Members that cost more than `where.maxPrice` allows today: which of them are due to be bought anew (`aboveMaxPrice: replace`),
// and what is told of each. Who of them goes is chosen with the surplus; what is bought, with what is missing.
import { listFittingOffers } from '../buying.js';
import { formatDayMinute } from '../instant.js';
import { comparePrices, convertCap, describePrice } from '../money.js';
import { readWholePrice } from '../parts.js';
import { holdVm, noteVerdict, refTo, type Draft, type Member, type PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Instant, Millis, Price, Reason } from '../types.js';

/** The whole of what it costs; undefined: it isn't above the cap, or nobody knows. */
function findDearPrice({ where }: FleetPolicy, { vm, price }: Member): Price | undefined {
  const whole = (vm === undefined ? undefined : readWholePrice(vm)) ?? price;
  return whole !== undefined && comparePrices(whole, where.maxPrice) > 0 ? whole : undefined;
}

/**
 * From when on its successor is bought, so that it is up before the old one's deletion starts: a launch, the time that deletions
 * take, again as a reserve, and two looks. Where purchases near the boundary wait, before they do.
 */
function findReplaceFrom(context: PlanContext, fleet: FleetPolicy, boundary: Instant, period: Millis): Instant {
  return boundary - findAhead(context, fleet, period);
}

function findAhead(context: PlanContext, fleet: FleetPolicy, period: Millis): Millis {
  const { tickMillis } = context.settings;
  const ahead = context.launchOf(fleet).p95Millis + 2 * context.baseLeadMillis + 2 * tickMillis;
  const delay = context.books.notes.fixedClock === undefined ? 0 : (fleet.delayPurchaseMillis ?? 0);
  return Math.min(Math.max(ahead, delay === 0 ? 0 : delay + 2 * tickMillis), Math.floor(period / 2));
}

/** It costs more than the fleet's `where` allows, and the fleet replaces such members, now or at another of their boundaries. */
export function isToBeReplaced(fleet: FleetPolicy, member: Member): boolean {
  return fleet.where.aboveMaxPrice === 'replace' && findDearPrice(fleet, member) !== undefined;
}

/** Above the cap, its boundary near enough for its successor to be bought now. */
export function isDueForReplacement(context: PlanContext, fleet: FleetPolicy, member: Member): boolean {
  if (fleet.where.aboveMaxPrice !== 'replace' || member.boundary === undefined) return false;
  const price = findDearPrice(fleet, member);
  return price !== undefined && context.now >= findReplaceFrom(context, fleet, member.boundary, price.periodMillis);
}

/**
 * Members above the cap in whose place others within it were bought and are up, and why they go; as many as there are such others.
 * What was bought long before is none of them, though a wish that ended since may leave it over. `members`: of all accounts.
 */
export function findReplaced(
  context: PlanContext,
  fleet: FleetPolicy,
  members: readonly Member[],
): ReadonlyMap<string, Reason> {
  const due = members
    .filter((member) => isDueForReplacement(context, fleet, member))
    .sort((a, b) => a.boundary! - b.boundary! || (a.id < b.id ? -1 : 1));
  const replaced = new Map<string, Reason>();
  if (due.length === 0) return replaced;
  const successors = members.filter(
    (member) => member.claim?.activeAt !== undefined && member.row.counts && findDearPrice(fleet, member) === undefined,
  );
  const taken = new Set<string>();
  for (const member of due) {
    const price = findDearPrice(fleet, member)!;
    const { periodMillis } = price;
    // What is learned of launches meanwhile may move the instant at which it was bought.
    const since = member.boundary! - Math.min(2 * findAhead(context, fleet, periodMillis), periodMillis / 2);
    const successor = successors.find(({ id, claim }) => !taken.has(id) && claim!.claimedAt >= since);
    if (successor === undefined) continue;
    taken.add(successor.id);
    const cap = describePrice(convertCap(fleet.where.maxPrice, periodMillis));
    const text = `replaced by ${successor.name}: it costs ${describePrice(price)}, above the ${cap} of maxPrice`;
    replaced.set(member.id, { code: 'replaced', text });
  }
  return replaced;
}

/** What will become of it, as the end of a sentence, and when that changes. */
function foretell(
  context: PlanContext,
  fleet: FleetPolicy,
  member: Member,
  price: Price,
  { isDue, fits }: { readonly isDue: boolean; readonly fits: boolean },
): { readonly text: string; readonly until: Instant | undefined } {
  const { boundary } = member;
  if (fleet.where.aboveMaxPrice !== 'replace') return { text: 'kept (where.aboveMaxPrice: keep)', until: undefined };
  if (member.isProtected) return { text: 'kept: it is protected', until: undefined };
  if (boundary === undefined || member.row.deletion !== 'by-rule') return { text: 'kept for now', until: undefined };
  if (isDue) {
    const text =
      'another is wanted within maxPrice before its boundary; it goes when that is up, and is kept if none is';
    return { text, until: boundary };
  }
  const until = findReplaceFrom(context, fleet, boundary, price.periodMillis);
  const at = formatDayMinute(until);
  const text = fits ? `bought anew from ${at} on` : `no offer within maxPrice fits now; looked for again at ${at}`;
  return { text, until };
}

/** `leaving`: those that go anyway. `due`: of chooseLeaving. */
export function tellDearMembers(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  members: readonly Member[],
  { leaving, due }: { readonly leaving: ReadonlySet<string>; readonly due: ReadonlySet<string> },
): void {
  let fits: boolean | undefined;
  for (const member of members) {
    if (!member.row.counts || leaving.has(member.id)) continue;
    const price = findDearPrice(fleet, member);
    if (price === undefined) continue;
    const { maxPrice } = fleet.where;
    fits ??= listFittingOffers(fleet.where, context.snapshot.offers ?? []).length > 0;
    const { text: fate, until } = foretell(context, fleet, member, price, {
      isDue: due.has(member.id),
      fits,
    });
    const text = `costs ${describePrice(price)}, above the ${describePrice(convertCap(maxPrice, price.periodMillis))} of maxPrice: ${fate}`;
    if (until !== undefined) draft.wakeAt.push(until);
    holdVm(
      context,
      draft,
      fleet.name,
      refTo(member),
      { code: 'above-max-price', text },
      { until, boundary: member.boundary, price: member.price },
    );
    noteVerdict(context, draft, member.id, { rule: 'max-price', policy: fleet.name, says: 'keep', text, until });
  }
}
