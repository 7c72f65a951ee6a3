// How many members stand in each place, for `spread`. A member whose place isn't told yet counts where its order may have put
// it: a purchase in flight must not be followed by one that fills the same place. Chooses nothing.
import { spreadKey, type SpreadCount } from '../buying.js';
import { findFleet, isOpenIntent } from '../ownership.js';
import type { Member, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';

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
  const countryOf = new Map(orders.map((intent) => [intent.id, intent.deploy!.offer.country]));
  for (const { row, vm, claim } of members) {
    if (!row.counts) continue;
    if (vm?.place !== undefined) add(spreadKey(vm.place, spread.by), 1);
    else add(countryOf.get(claim?.intent ?? '') ?? '', 1);
  }
  const claimed = new Map<string, number>();
  for (const { intent } of context.books.claims)
    if (intent !== undefined) claimed.set(intent, (claimed.get(intent) ?? 0) + 1);
  for (const { id, policy, deploy, state } of orders) {
    if (!isOpenIntent({ state }) || findFleet(context.policies.fleets, policy)?.name !== fleet.name) continue;
    add(deploy!.offer.country, Math.max(0, deploy!.count - (claimed.get(id) ?? 0)));
  }
  return { ...spread, counts };
}
