// How many members stand in each place, for `spread`. A member whose place isn't told yet counts where its order may have put
// it: a purchase in flight must not be followed by one that fills the same place. Chooses nothing.
import type { Intent } from '../books.js';
import { spreadKey, type SpreadCount } from '../buying.js';
import { findFleet, isOpenIntent } from '../ownership.js';
import type { Member, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Places } from '../release.js';

/** Where a member stands; while nobody tells, the country of its order; `''`: nothing is known. */
function createPlaceReader(intents: readonly Intent[], by: SpreadCount['by']): (member: Member) => string {
  const countryOf = new Map(intents.map(({ id, deploy }) => [id, deploy?.offer.country]));
  return ({ vm, claim }) =>
    vm?.place === undefined ? (countryOf.get(claim?.intent ?? '') ?? '') : spreadKey(vm.place, by);
}

/** How those that serve the fleet stand, parked ones included: for choosing who of them goes. undefined: not spread. */
export function readPlaces(
  context: PlanContext,
  { spread }: FleetPolicy,
  members: readonly Member[],
): (Places & { readonly placeOf: (member: Member) => string }) | undefined {
  if (spread === undefined) return undefined;
  const peers = (context.snapshot.peers ?? []).flatMap(({ books }) => books.intents);
  const placeOf = createPlaceReader([...context.books.intents, ...peers], spread.by);
  const counts = new Map<string, number>();
  for (const member of members) {
    if (!member.row.counts && member.row.standing !== 'parked') continue;
    const place = placeOf(member);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return { max: spread.max, counts, placeOf };
}

/** By country the key of an order is its country; by data center it means any of them there. undefined: not spread. */
export function countSpread(
  context: PlanContext,
  fleet: FleetPolicy,
  members: readonly Member[],
): SpreadCount | undefined {
  const { spread } = fleet;
  if (spread === undefined) return undefined;
  const counts = new Map<string, number>();
  const add = (key: string, count: number): void => void counts.set(key, (counts.get(key) ?? 0) + count);
  const orders = context.books.intents.filter((intent) => intent.deploy !== undefined);
  const placeOf = createPlaceReader(orders, spread.by);
  for (const member of members) if (member.row.counts) add(placeOf(member), 1);
  const claimed = new Map<string, number>();
  for (const { intent } of context.books.claims)
    if (intent !== undefined) claimed.set(intent, (claimed.get(intent) ?? 0) + 1);
  for (const { id, policy, deploy, state } of orders) {
    if (!isOpenIntent({ state }) || findFleet(context.policies.fleets, policy)?.name !== fleet.name) continue;
    add(deploy!.offer.country, Math.max(0, deploy!.count - (claimed.get(id) ?? 0)));
  }
  return { ...spread, counts };
}
