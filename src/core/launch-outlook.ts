// How long the launch of what a fleet would buy next takes: of the offers that it would take for its coming growth, the slowest.
// Reads the market and the samples; buys nothing, and is asked again at every look.
import { listFittingOffers } from './buying.js';
import { findPeak, findStepAt } from './demand.js';
import { DAY_MILLIS } from './money.js';
import { readLaunches, type LaunchReader, type LaunchTimes } from './launch-times.js';
import type { Snapshot } from './plan-types.js';
import type { FleetPolicy } from './policy-types.js';
import type { Instant, Millis, Offer } from './types.js';

function readOffer(launches: LaunchReader, { configuration, place, clusterId }: Offer): LaunchTimes {
  const where = clusterId === undefined ? {} : { clusterId };
  return launches({ configuration, country: place.country, ...where });
}

/** Those that would be taken one after the other until all that are missing are had; at least one. */
function listNextOffers(fleet: FleetPolicy, offers: readonly Offer[], missing: number): readonly Offer[] {
  const next: Offer[] = [];
  let room = 0;
  for (const offer of listFittingOffers(fleet.where, offers)) {
    next.push(offer);
    room += Math.min(offer.capacity, fleet.spread?.max ?? offer.capacity);
    if (room >= missing) break;
  }
  return next;
}

/** Answers for each fleet, once. An account that never measured what it buys apart has one answer for all. */
export function createLaunchOutlook(
  snapshot: Pick<Snapshot, 'at' | 'offers' | 'books'>,
): (fleet: FleetPolicy) => LaunchTimes {
  const { at, offers, books } = snapshot;
  const launches = readLaunches(books.notes);
  const ofAccount = launches(undefined);
  const measured = (books.notes.launches ?? []).flatMap(({ millis }) => millis);
  const longest: Millis = measured.reduce((most, each) => Math.max(most, Math.min(each, DAY_MILLIS)), 0);
  const known = new Map<string, LaunchTimes>();
  const work = (fleet: FleetPolicy): LaunchTimes => {
    if (measured.length === 0 || offers === undefined) return ofAccount;
    const next = listNextOffers(fleet, offers, countGrowth(fleet, at, longest));
    const times = next.map((offer) => readOffer(launches, offer));
    return times.reduce(
      (slowest, each) => (each.p95Millis > slowest.p95Millis ? each : slowest),
      times[0] ?? ofAccount,
    );
  };
  return (fleet) => {
    let times = known.get(fleet.name);
    if (times === undefined) known.set(fleet.name, (times = work(fleet)));
    return times;
  };
}

/** How many more than now are wanted at most until the slowest launch would be up; at least one. */
function countGrowth({ demand }: FleetPolicy, at: Instant, longest: Millis): number {
  return Math.max(1, findPeak(demand, at, at + longest) - findStepAt(demand, at).wanted);
}
