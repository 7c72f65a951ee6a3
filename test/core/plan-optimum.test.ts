// Properties of the planner over time: with one price, no launch delay and unlimited capacity it pays the fewest periods that
// any follower of the demand can, misses no boundary, and falls short only where a demand ends within the lead.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findStepAt } from '../../src/core/demand.js';
import type { Plan } from '../../src/core/plan-types.js';
import type { Demand } from '../../src/core/policy-types.js';
import type { Instant, Millis } from '../../src/core/types.js';
import { Driver } from './driver.js';
import { daily, demandOf, HOUR, makeFleet, makeWhere, MINUTE } from './samples.js';
import { World } from './world.js';

const START: Instant = Date.UTC(2026, 10, 20);
const PRICE = { amount: 306_980n, periodMillis: HOUR };

interface Schedule {
  readonly demand: Demand;
  readonly edges: readonly Instant[];
  readonly until: Instant;
}

/** Random steps of 0 to 6 members, on whole minutes of a grid of five, over six hours. */
const schedules = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 36 }), fc.integer({ min: 0, max: 6 })), { minLength: 1, maxLength: 12 })
  .map((steps): Schedule => {
    let at = START;
    const edges: [Instant, number][] = [];
    for (const [gap, wanted] of steps) {
      edges.push([at, wanted]);
      at += gap * 5 * MINUTE;
    }
    // Long enough after the last edge that every period bought for it has ended.
    return {
      demand: demandOf([...edges, [at, 0]]),
      edges: [...edges.map((edge) => edge[0]), at],
      until: at + 2 * HOUR,
    };
  });

function endOfPeriod(start: Instant, billing: 'rolling' | 'fixed'): Instant {
  return billing === 'rolling' ? start + HOUR : (Math.floor(start / HOUR) + 1) * HOUR;
}

/** The fewest periods that cover the demand: begin one only where the demand would go uncovered. Independent of the core. */
function countFewestPeriods({ demand, edges }: Schedule, billing: 'rolling' | 'fixed'): number {
  let paid: Instant[] = [];
  let count = 0;
  const instants = [...edges];
  while (instants.length > 0) {
    instants.sort((a, b) => a - b);
    const at = instants.shift()!;
    paid = paid.filter((end) => end > at);
    for (let missing = findStepAt(demand, at).wanted - paid.length; missing > 0; missing -= 1) {
      const end = endOfPeriod(at, billing);
      paid.push(end);
      instants.push(end);
      count += 1;
    }
  }
  return count;
}

/** What a cron job pays that creates and deletes at once, newest first; its deletions are given the benefit of every doubt. */
function countPeriodsOfImmediate({ demand, edges }: Schedule, billing: 'rolling' | 'fixed'): number {
  const alive: Instant[] = [];
  let count = 0;
  const pay = (from: Instant, to: Instant): void => {
    for (let at = from; at < to; at = endOfPeriod(at, billing)) count += 1;
  };
  for (const at of edges) {
    const { wanted } = findStepAt(demand, at);
    while (alive.length > wanted) pay(alive.pop()!, at);
    while (alive.length < wanted) alive.push(at);
  }
  return count;
}

function startDriver(demand: Demand, billing: 'rolling' | 'fixed', keep: Millis): Driver {
  const fleet = makeFleet({
    demand,
    keepIfWantedWithinMillis: keep,
    where: makeWhere({ maxPrice: daily(10_000_000n) }),
  });
  return new Driver({ world: new World(START, { price: PRICE, billing }), policies: { fleets: [fleet] } });
}

/** How many members were let go before their boundary because the demand ends by then: a gap that is meant. */
function countMeantGaps(driver: Driver): number {
  const targets = driver.books.intents.flatMap((intent) => intent.delete?.targets ?? []);
  return targets.filter(({ reason, boundary }) => reason === 'demand-ends' && (boundary ?? 0) > driver.world.now)
    .length;
}

function runSchedule(schedule: Schedule, billing: 'rolling' | 'fixed', keep: Millis): Driver {
  const driver = startDriver(schedule.demand, billing, keep);
  driver.run(schedule.until, () => {
    const { wanted } = findStepAt(schedule.demand, driver.world.now);
    expect(driver.world.countUp() + countMeantGaps(driver)).toBeGreaterThanOrEqual(wanted);
  });
  return driver;
}

describe.each(['rolling', 'fixed'] as const)('a fleet on a %s clock', (billing) => {
  it('pays the fewest periods that any follower of its demand can, and no more than one that acts at once', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const driver = runSchedule(schedule, billing, 0);
        const paid = driver.world.charges.length;
        expect(paid).toBe(countFewestPeriods(schedule, billing));
        expect(paid).toBeLessThanOrEqual(countPeriodsOfImmediate(schedule, billing));
        expect(driver.world.charges.filter((charge) => charge.wasDoomed)).toEqual([]);
        expect(driver.world.machines.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('misses no boundary and falls no shorter when it renews what is wanted again soon', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 90 }), (schedule, minutes) => {
        const driver = runSchedule(schedule, billing, minutes * MINUTE);
        expect(driver.world.charges.filter((charge) => charge.wasDoomed)).toEqual([]);
        expect(driver.world.charges.length).toBeGreaterThanOrEqual(countFewestPeriods(schedule, billing));
      }),
      { numRuns: 200 },
    );
  });

  it('deletes running members only within the lead before their boundary', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const driver = runSchedule(schedule, billing, 0);
        const lead = Math.max(...driver.plans.map((plan: Plan) => plan.leadMillis));
        for (const { at, paidUntil } of driver.world.removals) {
          expect(at).toBeLessThan(paidUntil!);
          // The line of a few calls at a thousand a second adds a few milliseconds.
          expect(at).toBeGreaterThanOrEqual(paidUntil! - lead - 50);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('buys never more than the most that is wanted at once', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const most = Math.max(...schedule.edges.map((at) => findStepAt(schedule.demand, at).wanted));
        const driver = startDriver(schedule.demand, billing, 0);
        driver.run(schedule.until, () => expect(driver.world.machines.size).toBeLessThanOrEqual(most));
      }),
      { numRuns: 100 },
    );
  });
});
