// Properties of budgets in a world that goes wrong: whatever is wanted, and whatever befalls workers and VMs, no purchase takes what
// is expected past the limit, and a hard limit is passed by nothing but what may not be touched or could not be deleted.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetPolicy, BudgetStep } from '../../../src/core/budgets/budget-policy.js';
import type { Intent } from '../../../src/core/books.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import type { Instant, Millis } from '../../../src/core/types.js';
import { Driver, type Fault } from '../driver.js';
import { demandOf, HOUR, makeFleet, makeOffer, makeWhere, MINUTE } from '../samples.js';
import { World } from '../world.js';
import { budgetOf, dayAt, makeBudget, step } from './budget-samples.js';

const START: Instant = Date.UTC(2026, 10, 20);
const PRICE = { amount: 100n, periodMillis: HOUR };

const changes = fc.array(fc.tuple(fc.integer({ min: 1, max: 180 }), fc.integer({ min: 0, max: 5 })), {
  minLength: 1,
  maxLength: 8,
});
const STEPS: readonly BudgetStep[] = [
  step(50, 'expected', 'stop-growth'),
  step(70, 'spent', 'stop-buying'),
  step(90, 'expected', 'shrink'),
];
const scenes = fc.record({
  web: changes,
  ops: changes,
  /** In charges of one VM: a day of one costs 24. */
  limit: fc.integer({ min: 3, max: 150 }),
  steps: fc.subarray([...STEPS]),
  foreign: fc.nat({ max: 2 }),
  billing: fc.constantFrom('rolling' as const, 'fixed' as const),
  launchMillis: fc.constantFrom(0, 2 * MINUTE),
  deletionMillis: fc.constantFrom(0, 10_000),
  terminations: fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 60 })), { maxLength: 3 }),
});
type Scene = typeof scenes extends fc.Arbitrary<infer Value> ? Value : never;

function fleetOf(name: string, drawn: Scene['web'], over: Partial<FleetPolicy>): FleetPolicy {
  let at = START;
  const edges = drawn.map(([gap, wanted]): [Instant, number] => [(at += gap * MINUTE), wanted]);
  return makeFleet({ name, demand: demandOf(edges), where: makeWhere({ maxPrice: PRICE }), ...over });
}

function startDriver(scene: Scene, budget: BudgetPolicy, fault?: (intent: Intent) => Fault, lateMillis = 0): Driver {
  const { web, ops, billing, launchMillis, deletionMillis, foreign } = scene;
  const fleets = [fleetOf('web', web, { priority: 9, floor: 1 }), fleetOf('ops', ops, { priority: 1 })];
  const offers = [makeOffer({ price: PRICE, capacity: 1000 })];
  const world = new World(START, { price: PRICE, billing, launchMillis, deletionMillis, offers, tellsSpent: true });
  const driver = new Driver({
    world,
    policies: { fleets, budgets: [budget] },
    settings: { tickMillis: 30_000, ratePerSecond: 10, concurrency: 4 },
    lookEvery: 15 * MINUTE,
    lateMillis,
    ...(fault === undefined ? {} : { fault }),
  });
  const deletions = new Array<Millis>(20).fill(deletionMillis + 1);
  driver.books = { ...driver.books, notes: { ...driver.books.notes, deletionMillis: deletions } };
  world.create('db', foreign);
  return driver;
}

/** Two days, while providers end VMs. */
function play(driver: Driver, { terminations }: Scene, watch: (plan: Plan) => void = () => undefined): void {
  const pending = terminations.map(([which, when]) => ({ which, at: START + when * 40 * MINUTE }));
  driver.run(START + 48 * HOUR, (plan) => {
    watch(plan);
    for (const event of pending.splice(0)) {
      if (event.at > driver.world.now) pending.push(event);
      else driver.world.terminate([...driver.world.machines.keys()][event.which] ?? '');
    }
  });
}

/**
 * Of the day that begins at `from`: all charges, and those of members that passed the limit when they came. Deletions that were
 * under way are counted in neither.
 */
function countCharges({ world }: Driver, from: Instant, { limit, foreign }: Scene): { all: number; passing: number } {
  const others = new Set(world.charges.slice(0, foreign).map(({ vmId }) => vmId));
  const charged = world.charges.filter(({ at, wasDoomed }) => at >= from && at < dayAt(from).to && !wasDoomed);
  const inOrder = charged.toSorted((one, two) => one.at - two.at);
  const passing = inOrder.filter(({ vmId }, index) => index >= limit && !others.has(vmId)).length;
  return { all: charged.length, passing };
}

function budgetFor({ limit, steps }: Scene, over: Partial<BudgetPolicy> = {}): BudgetPolicy {
  return makeBudget({ limit: BigInt(limit) * PRICE.amount, per: 'day', periodAt: dayAt, steps, ...over });
}

const faults = fc.array(
  fc.constantFrom<Fault>('none', 'none', 'idle', 'dies', 'mute', 'lost', 'void', 'late', 'fails'),
  {
    minLength: 1,
    maxLength: 20,
  },
);

function drawFaults(drawn: readonly Fault[]): (intent: Intent) => Fault {
  let next = 0;
  return (intent) => {
    next += 1;
    const fault = drawn[next % drawn.length]!;
    // Deletions that fail are an excuse of their own.
    return intent.kind === 'delete' ? 'none' : fault;
  };
}

describe('a purchase', () => {
  it('never takes what is expected past the limit', () => {
    fc.assert(
      fc.property(scenes, fc.boolean(), faults, (scene, hard, drawn) => {
        const driver = startDriver(scene, budgetFor(scene, { hard }), drawFaults(drawn), 25 * MINUTE);
        play(driver, scene, (plan) => {
          if (!plan.actions.some(({ kind }) => kind === 'deploy')) return;
          expect(budgetOf(plan).expected <= BigInt(scene.limit) * PRICE.amount).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a hard limit', () => {
  it('is never passed while nothing fails, but by foreign VMs', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const driver = startDriver(scene, budgetFor(scene, { hard: true }));
        play(driver, scene);
        for (const from of [START, START + 24 * HOUR]) {
          const { all, passing } = countCharges(driver, from, scene);
          expect(passing).toBe(0);
          // Those of others are charged 24 times a day, and may pass it alone.
          if (25 * scene.foreign <= scene.limit) expect(all).toBeLessThanOrEqual(scene.limit);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('is passed by lost answers and late creates only by what turned up after it was given up', () => {
    fc.assert(
      fc.property(scenes, faults, (scene, drawn) => {
        const driver = startDriver(scene, budgetFor(scene, { hard: true }), drawFaults(drawn), 25 * MINUTE);
        play(driver, scene);
        const late = driver.ledger.filter(({ event }) => event === 'late-create').length;
        for (const from of [START, START + 24 * HOUR]) {
          const { all, passing } = countCharges(driver, from, scene);
          expect(passing).toBeLessThanOrEqual(late);
          if (25 * scene.foreign <= scene.limit) expect(all - late).toBeLessThanOrEqual(scene.limit);
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe('steps', () => {
  it('end as they began: what is bought is not let go for the budget at once', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const driver = startDriver(scene, budgetFor(scene));
        play(driver, scene, (plan) => {
          const bought = new Set(plan.actions.flatMap((action) => (action.kind === 'deploy' ? [action.policy] : [])));
          const shrunk = plan.marks.filter(({ reason }) => reason.code === 'budget').map(({ policy }) => policy);
          expect(shrunk.filter((policy) => bought.has(policy))).toEqual([]);
        });
        // Every notice that a step began is followed by one that it ended before it begins anew.
        const news = driver.ledger.filter(({ event, text }) => event === 'note' && text.startsWith('team: '));
        for (const { atPercent, of } of STEPS) {
          const own = news.filter(({ text }) => text.startsWith(`team: ${atPercent}% of ${of}`));
          const states = own.map(({ text }) => text.includes('is reached'));
          states.forEach((state, index) => expect(state).toBe(index % 2 === 0));
        }
      }),
      { numRuns: 60 },
    );
  });
});
