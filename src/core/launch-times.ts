// How long launches take, by what was ordered and where: the newest samples of each configuration in each place, then those of
// the whole account, then what the service's documents say. Keeps and reads samples; decides nothing.
import { formatDuration } from './duration.js';
import { keepLast, percentileOf } from './statistics.js';
import type { ChosenOffer, Millis } from './types.js';

/** Launches of one configuration in one place (a cluster, where the product has them, else a country), newest last. */
export interface LaunchSamples {
  readonly configuration: string;
  readonly place: string;
  readonly millis: readonly Millis[];
}

/** What a launch is expected to take. `of`: whose samples said so; nothing: none were measured. */
export interface LaunchTimes {
  readonly p50Millis: Millis;
  readonly p95Millis: Millis;
  readonly samples: number;
  readonly of: 'configuration' | 'account' | 'nothing';
  /** Of a configuration's samples. */
  readonly configuration?: string;
  readonly place?: string;
}

/** What of an order decides how long it takes. */
export type LaunchOrder = Pick<ChosenOffer, 'configuration' | 'country' | 'clusterId'>;

export type LaunchReader = (order: LaunchOrder | undefined) => LaunchTimes;

/** What the notes of an account keep of it. */
export interface LaunchNotes {
  /** Create until active, last 200 of the account. */
  readonly launchMillis: readonly Millis[];
  /** The same by what was ordered and where, measured last standing last. Absent in books from before it was kept apart. */
  readonly launches?: readonly LaunchSamples[] | undefined;
}

const SAMPLES_A_PLACE = 50;
const MOST_PLACES = 200;
/** Fewer samples of one configuration in one place say less than those of the whole account. */
const FEWEST_SAMPLES = 5;
const SHORTEST_LAUNCH_TIMEOUT: Millis = 15 * 60_000;
/** Until a launch was measured: what the service's documents call "a few minutes". */
const UNMEASURED_LAUNCH: Millis = 3 * 60_000;

function placeOf({ country, clusterId }: LaunchOrder): string {
  return clusterId ?? country;
}

function isOf({ configuration, place }: LaunchSamples, order: LaunchOrder): boolean {
  return configuration === order.configuration && place === placeOf(order);
}

/** One sample more. What was measured last stands last; beyond the most places the one not measured for longest goes. */
export function addLaunch(
  known: readonly LaunchSamples[],
  order: LaunchOrder,
  tookMillis: Millis,
): readonly LaunchSamples[] {
  const before = known.find((samples) => isOf(samples, order))?.millis ?? [];
  const millis = keepLast([...before, tookMillis], SAMPLES_A_PLACE);
  const others = known.filter((samples) => !isOf(samples, order));
  return keepLast([...others, { configuration: order.configuration, place: placeOf(order), millis }], MOST_PLACES);
}

function readTimes(millis: readonly Millis[]): Pick<LaunchTimes, 'p50Millis' | 'p95Millis' | 'samples'> {
  return {
    p50Millis: percentileOf(millis, 50) ?? UNMEASURED_LAUNCH,
    p95Millis: percentileOf(millis, 95) ?? UNMEASURED_LAUNCH,
    samples: millis.length,
  };
}

/** Reads the notes of one account; each configuration's samples are sorted once, however many members ask. */
export function readLaunches({ launchMillis, launches = [] }: LaunchNotes): LaunchReader {
  const account: LaunchTimes = { ...readTimes(launchMillis), of: launchMillis.length === 0 ? 'nothing' : 'account' };
  const known = new Map<string, LaunchTimes>();
  for (const { configuration, place, millis } of launches) {
    if (millis.length < FEWEST_SAMPLES) continue;
    known.set(`${configuration} ${place}`, { ...readTimes(millis), of: 'configuration', configuration, place });
  }
  return (order) =>
    (order === undefined ? undefined : known.get(`${order.configuration} ${placeOf(order)}`)) ?? account;
}

/** A VM that is new or launching for longer is stuck. */
export function findLaunchTimeout({ p95Millis }: Pick<LaunchTimes, 'p95Millis'>): Millis {
  return Math.max(SHORTEST_LAUNCH_TIMEOUT, 4 * p95Millis);
}

/** `a launch takes 2m, 95 of 100 at most 4m (23 of cpu-2-ram-4gb-storage-25gb in FR)`. */
export function describeLaunch(times: LaunchTimes): string {
  const { p50Millis, p95Millis, samples, of, configuration, place } = times;
  if (of === 'nothing') return `a launch is supposed to take ${formatDuration(p95Millis)}: none was measured yet`;
  const whose = of === 'configuration' ? `of ${configuration!} in ${place!}` : 'of the whole account';
  return `a launch takes ${formatDuration(p50Millis)}, 95 of 100 at most ${formatDuration(p95Millis)} (${samples} ${whose})`;
}
