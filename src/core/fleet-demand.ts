// What a fleet wants at the instant of a plan, and how many serve it already, in this account and in all. It chooses nobody.
import { findPeak, findStepAt } from './demand.js';
import { countPeersAlive } from './peers.js';
import type { PlanContext } from './plan-context.js';
import type { FleetPolicy } from './policy-types.js';
import type { Millis } from './types.js';

export interface FleetDemand {
  readonly wantedNow: number;
  readonly window: string | undefined;
  /** The most wanted until a VM bought now would be up (`readyBy: start`), else what is wanted now. */
  readonly wantedSoon: number;
}

/** `readyBy: start` has its members a launch earlier: the p95 of what would be bought. */
export function readLookAhead(context: Pick<PlanContext, 'launchOf'>, fleet: FleetPolicy): Millis {
  return fleet.readyBy === 'start' ? context.launchOf(fleet).p95Millis : 0;
}

/**
 * How soon after its boundary a member must be wanted to be renewed. What a launch's length ahead makes wanted already would be
 * bought anew at once.
 */
export function readKeepMillis(context: PlanContext, fleet: FleetPolicy): Millis {
  const usual = context.launchOf(fleet).p95Millis + context.baseLeadMillis;
  return Math.max(readLookAhead(context, fleet), fleet.keepIfWantedWithinMillis ?? usual);
}

/** What a fleet wants at this instant, and what it must have ready. */
export function readDemand(context: PlanContext, fleet: FleetPolicy): FleetDemand {
  const step = findStepAt(fleet.demand, context.now);
  const ahead = readLookAhead(context, fleet);
  return {
    wantedNow: step.wanted,
    window: step.window,
    wantedSoon: findPeak(fleet.demand, context.now, context.now + ahead),
  };
}

/** Members that keep working, whether the rules could let them go or not: nothing is bought in their place. In all accounts. */
export function countAlive(context: PlanContext, fleet: FleetPolicy): number {
  return countAliveHere(context, fleet) + countPeersAlive(context, fleet);
}

/** The same in this account alone. */
export function countAliveHere(context: PlanContext, fleet: FleetPolicy): number {
  const members = context.members.get(fleet.name) ?? [];
  const there = members.filter((member) => member.row.counts || member.row.standing === 'parked').length;
  return there + (context.pending.get(fleet.name) ?? 0);
}
