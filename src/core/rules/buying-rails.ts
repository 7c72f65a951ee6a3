// The rails of buying: what an account bought within the last hour and day, what that leaves, and what they refuse. Budgets are
// judged apart (budgets/admit-purchases.ts).
import type { Admission } from '../budgets/admit-purchases.js';
import type { Purchase } from '../buying.js';
import { DAY_MILLIS, formatUsdc, HOUR_MILLIS } from '../money.js';
import { listPeers, standIn } from '../peers.js';
import type { Draft, PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Micros } from '../types.js';

/** What was bought lately, and what this plan adds. Shared by all fleets of one planning. */
export interface BuyingRails {
  hour: number;
  day: number;
  moneyDay: Micros;
  readonly hourByFleet: Map<string, number>;
  /** What budgets allow; absent where a peer's rails are read. */
  readonly admission?: Admission;
}

/** Purchases of the last hour and day, by the intents: those that failed or were refused bought nothing. */
export function readBuyingRails(context: PlanContext): BuyingRails {
  const rails: BuyingRails = { hour: 0, day: 0, moneyDay: 0n, hourByFleet: new Map() };
  for (const intent of context.books.intents) {
    const { deploy } = intent;
    if (deploy === undefined || ['failed', 'refused', 'lapsed'].includes(intent.state)) continue;
    const age = context.now - intent.createdAt;
    if (age >= DAY_MILLIS) continue;
    rails.day += deploy.count;
    rails.moneyDay += deploy.offer.price.amount * BigInt(deploy.count);
    if (age >= HOUR_MILLIS) continue;
    rails.hour += deploy.count;
    rails.hourByFleet.set(intent.policy, (rails.hourByFleet.get(intent.policy) ?? 0) + deploy.count);
  }
  return rails;
}

/** What the account's rails leave for purchases at such a price, whatever the fleet. */
export function findRoom({ settings }: PlanContext, rails: BuyingRails, amount: Micros): number {
  const { perHour, perDay, moneyPerDay } = settings.rails.deploys;
  const byMoney = amount === 0n ? Number.POSITIVE_INFINITY : Number((moneyPerDay - rails.moneyDay) / amount);
  return Math.max(0, Math.min(perHour - rails.hour, perDay - rails.day, byMoney));
}

function countBoughtThisHour(context: PlanContext, fleet: FleetPolicy, rails: BuyingRails): number {
  const peers = listPeers(context, fleet).map((peer) => readBuyingRails(standIn(context, peer)).hourByFleet);
  return [rails.hourByFleet, ...peers].reduce((sum, counts) => sum + (counts.get(fleet.name) ?? 0), 0);
}

function purchasesOf(count: number): string {
  return `${count} ${count === 1 ? 'purchase' : 'purchases'}`;
}

/** Cuts a purchase to what the rails leave; what they refuse is told whole. */
export function applyRails(
  context: PlanContext,
  draft: Draft,
  fleet: FleetPolicy,
  purchase: Purchase,
  rails: BuyingRails,
  wanted: number,
): number {
  const limits = context.settings.rails.deploys;
  const price = purchase.offer.price.amount;
  const fleetLimit = 2 * wanted + 2;
  const rooms = [
    [
      'deploys.perFleet',
      fleetLimit - countBoughtThisHour(context, fleet, rails),
      `${fleetLimit} purchases of ${fleet.name} in one hour`,
    ],
    ['deploys.perHour', limits.perHour - rails.hour, `${purchasesOf(limits.perHour)} in one hour`],
    ['deploys.perDay', limits.perDay - rails.day, `${purchasesOf(limits.perDay)} in 24 h`],
    [
      'deploys.moneyPerDay',
      price === 0n ? Number.POSITIVE_INFINITY : Number((limits.moneyPerDay - rails.moneyDay) / price),
      `${formatUsdc(limits.moneyPerDay)} USDC of purchases in 24 h`,
    ],
  ] as const;
  let count = purchase.count;
  for (const [rail, room, text] of rooms) {
    if (room >= count) continue;
    const purchases = count - Math.max(0, room);
    draft.refused.push({
      account: context.settings.name,
      policy: fleet.name,
      rail,
      text: `${purchases} of ${count} not bought: the rail allows ${text}; raise it in purser.yaml if that is meant`,
      targets: [],
      purchases,
      approve: undefined,
    });
    count -= purchases;
  }
  rails.hour += count;
  rails.day += count;
  rails.moneyDay += price * BigInt(count);
  rails.hourByFleet.set(fleet.name, (rails.hourByFleet.get(fleet.name) ?? 0) + count);
  return count;
}
