// What a budget's fleets will be charged until its period's end, each held to a ceiling or not. Keeps what it reckoned of a fleet,
// because the same question is asked for several figures; decides nothing.
import { findPeak } from '../demand.js';
import { readKeepMillis, readLookAhead } from '../fleet-demand.js';
import { sumMicros } from '../money.js';
import type { PlanContext } from '../plan-context.js';
import type { Demand } from '../policy-types.js';
import type { Instant, Micros } from '../types.js';
import type { BudgetPeriod } from './budget-policy.js';
import { capDemand, forecastFleet, sumRenewals, type FleetCourse, type Renewals } from './forecast.js';
import type { FleetPayers, Payers } from './read-payers.js';

/** The most that a fleet may have; a fleet that isn't named has no ceiling. */
export type Ceilings = ReadonlyMap<string, number>;

export interface Course {
  /** What is charged whatever the fleets do, from now on. */
  readonly fixed: Micros;
  /** The same until an instant before the period's end, which is left out. */
  readonly fixedUntil: (until: Instant) => Micros;
  readonly reserved: Micros;
  /** Members of a fleet that serve it, those that never go included. */
  readonly countAlive: (fleet: string) => number;
  /** The most that the fleet wants until the period's end. */
  readonly peakOf: (fleet: string) => number;
  readonly fleets: readonly FleetPayers[];
  /** What one fleet will be charged, with so many more bought now. */
  readonly forecast: (fleet: string, most: number | undefined, bought?: Renewals) => Micros;
  /** The same of what is there alone: nothing is bought for windows that open later. */
  readonly forecastThere: (fleet: string, most: number | undefined, bought?: Renewals) => Micros;
  /** With what is lacking now as well, where anybody offers it: what would be charged if the fleet were given all it wants. */
  readonly forecastFilled: (fleet: string, most: number | undefined) => Micros;
  /** What all will be, and what is charged anyway. */
  readonly total: (ceilings: Ceilings) => Micros;
  readonly totalFilled: (ceilings: Ceilings) => Micros;
  /** The same until an instant before the period's end, with what will be bought until then or without. */
  readonly totalUntil: (ceilings: Ceilings, until: Instant, buysNothing: boolean) => Micros;
}

interface Assumed {
  readonly bought?: Renewals | undefined;
  readonly buysNothing?: boolean;
  readonly fillsNow?: boolean;
}

/** What members that never go serve already is wanted of nobody else. */
function courseOf(
  context: PlanContext,
  payers: FleetPayers,
  most: number | undefined,
  { bought, buysNothing = false, fillsNow = false }: Assumed,
): FleetCourse {
  const { fleet, kept, price, renewals } = payers;
  const demand: Demand = most === undefined ? fleet.demand : capDemand(fleet.demand, most);
  return {
    renewals: bought === undefined ? renewals : [...renewals, bought],
    kept,
    demand,
    keepMillis: readKeepMillis(context, fleet),
    aheadMillis: readLookAhead(context, fleet),
    price,
    fixedClock: context.books.notes.fixedClock,
    // One that only observes is never bought for.
    buysNothing: buysNothing || fleet.mode !== 'act',
    fillsNow: fillsNow && payers.isOffered,
  };
}

/** `payers` may grow while purchases are admitted: `forecast` with `bought` doesn't keep what it reckons. */
export function openCourse(context: PlanContext, payers: Payers, period: BudgetPeriod): Course {
  const { now } = context;
  const fleets = [...payers.fleets.values()];
  const anyway = [...payers.fixed, ...payers.others];
  const reckon = (each: FleetPayers, most: number | undefined, until: Instant, assumed: Assumed): Micros =>
    forecastFleet(courseOf(context, each, most, assumed), period.from, now, until);
  const createForecast = (assumed: Omit<Assumed, 'bought'>): Course['forecast'] => {
    const known = new Map<string, Micros>();
    return (name, most, bought) => {
      const each = payers.fleets.get(name);
      if (each === undefined) return 0n;
      if (bought !== undefined) return reckon(each, most, period.to, { bought, ...assumed });
      const key = `${name} ${most ?? ''}`;
      let sum = known.get(key);
      if (sum === undefined) known.set(key, (sum = reckon(each, most, period.to, assumed)));
      return sum;
    };
  };
  const fixed = sumRenewals(anyway, period.from, period.to);
  const forecast = createForecast({});
  const forecastFilled = createForecast({ fillsNow: true });
  const sumOf = (ceilings: Ceilings, forecastOne: Course['forecast']): Micros =>
    fixed + sumMicros(fleets.map(({ fleet }) => forecastOne(fleet.name, ceilings.get(fleet.name))));
  return {
    fixed,
    fixedUntil: (until) => sumRenewals(anyway, period.from, until),
    reserved: payers.reserved,
    countAlive(name) {
      const each = payers.fleets.get(name);
      return each === undefined ? 0 : each.renewals.reduce((sum, { count }) => sum + count, each.kept);
    },
    peakOf(name) {
      const each = payers.fleets.get(name);
      return each === undefined ? 0 : findPeak(each.fleet.demand, now, period.to - 1);
    },
    fleets,
    forecast,
    forecastThere: createForecast({ buysNothing: true }),
    forecastFilled,
    total: (ceilings) => sumOf(ceilings, forecast),
    totalFilled: (ceilings) => sumOf(ceilings, forecastFilled),
    totalUntil(ceilings, until, buysNothing) {
      const reckonUntil = (each: FleetPayers): Micros =>
        reckon(each, ceilings.get(each.fleet.name), until, { buysNothing });
      return sumRenewals(anyway, period.from, until) + sumMicros(fleets.map(reckonUntil));
    },
  };
}
