// What a fleet wants at the instant of a plan, and how many serve it already, in this account and in all. It chooses nobody.
import { findPeak, findStepAt } from './demand.js';
import { findLaunchTimeout } from './launch-times.js';
import { countPeersAlive } from './peers.js';
import type { PlanContext } from './plan-context.js';
import type { FleetPolicy } from './policy-types.js';
import type { Millis } from './types.js';

export interface FleetDemand {
  readonly wantedNow: number;
  readonly window: string | undefined;
  /** The most wanted until a VM bought now would be up (`readyBy: start`), else what is wanted now. */
  readonly wantedSoon: number;
  /** So many are not let go at once: what is wanted soon, and of `deleteAt: now` what would soon be bought anew. */
  readonly wantedKept: number;
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

/**
 * Within this nobody is deleted before his boundary. Who was bought ahead was bought by the launch time of then: were that to fall,
 * he would be surplus, and soon be bought anew.
 */
function readSpareMillis(context: PlanContext, fleet: FleetPolicy): Millis {
  const keepMillis = readKeepMillis(context, fleet);
  return fleet.readyBy === 'start' ? Math.max(keepMillis, findLaunchTimeout(context.launchOf(fleet))) : keepMillis;
}

/** What a fleet wants at this instant, and what it must have ready. */
export function readDemand(context: PlanContext, fleet: FleetPolicy): FleetDemand {
  const { now } = context;
  const step = findStepAt(fleet.demand, now);
  const wantedSoon = findPeak(fleet.demand, now, now + readLookAhead(context, fleet));
  return {
    wantedNow: step.wanted,
    window: step.window,
    wantedSoon,
    wantedKept:
      fleet.deleteAt === 'now' ? findPeak(fleet.demand, now, now + readSpareMillis(context, fleet)) : wantedSoon,
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
