// The baseline `immediate`: what a cron job with curl does. It creates when more are wanted and deletes when fewer are, at
// once and newest first, on the same demand and the same provider terminations. Pure; no launch delay, no capacity.
import type { Demand } from '../core/policy-types.js';
import type { Instant, Micros, Millis } from '../core/types.js';

export interface FollowedDemand {
  readonly demand: Demand;
  /** What one period of one VM costs. */
  readonly price: Micros;
  readonly periodMillis: Millis;
  /** Instants at which the provider ends one of its VMs (the oldest). */
  readonly terminations: readonly Instant[];
}

export interface Followed {
  readonly periods: number;
  readonly spent: Micros;
  readonly deploys: number;
  readonly deletes: number;
}

interface Running {
  readonly boughtAt: Instant;
}

/** Charges of a VM that ran over [boughtAt, endedAt): at the start of every period it was there for. */
function countPeriods(boughtAt: Instant, endedAt: Instant, periodMillis: Millis): number {
  return Math.max(1, Math.ceil((endedAt - boughtAt) / periodMillis));
}

/** Follows one demand over [from, to). Periods that begin before `to` count whole. */
export function followImmediately(followed: FollowedDemand, from: Instant, to: Instant): Followed {
  const { demand, periodMillis, price } = followed;
  const edges = [
    ...demand(from, to).map((step) => ({ at: Math.max(step.at, from), wanted: step.wanted, ends: false })),
    ...followed.terminations.filter((at) => at >= from && at < to).map((at) => ({ at, wanted: undefined, ends: true })),
  ].sort((a, b) => a.at - b.at);
  const running: Running[] = [];
  let wanted = 0;
  let periods = 0;
  let deploys = 0;
  let deletes = 0;
  for (const edge of edges) {
    if (edge.ends) {
      const oldest = running.shift();
      if (oldest !== undefined) periods += countPeriods(oldest.boughtAt, edge.at, periodMillis);
    } else wanted = edge.wanted ?? wanted;
    while (running.length > wanted) {
      periods += countPeriods(running.pop()!.boughtAt, edge.at, periodMillis);
      deletes += 1;
    }
    while (running.length < wanted) {
      running.push({ boughtAt: edge.at });
      deploys += 1;
    }
  }
  for (const vm of running) periods += countPeriods(vm.boughtAt, to, periodMillis);
  return { periods, spent: price * BigInt(periods), deploys, deletes };
}
