// That stopped growth and stopped purchases let nothing go: whatever is edited, published, adopted or ended meanwhile, nothing is
// deleted that would stay without the budget.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetPolicy } from '../../../src/core/budgets/budget-policy.js';
import type { Intent } from '../../../src/core/books.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { FleetPolicy, PolicySet } from '../../../src/core/policy-types.js';
import { wantAlways } from '../../../src/core/demand.js';
import { Driver, type Fault } from '../driver.js';
import {
  DAY,
  deployedCount,
  HOUR,
  makeClaim,
  makeFleet,
  makeNotes,
  makeOffer,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  planOf,
} from '../samples.js';
import { World } from '../world.js';
import { budgetOf, makeBudget, step } from './budget-samples.js';

const START = Date.UTC(2026, 10, 10);
const PRICE = { amount: 1_000_000n, periodMillis: DAY };
const GROWTH = step(50, 'expected', 'stop-growth');

function fleet(name: string, wanted: number, over: Partial<FleetPolicy> = {}): FleetPolicy {
  return makeFleet({ name, demand: wantAlways(wanted), where: makeWhere({ maxPrice: PRICE }), ...over });
}

function drive(policies: Partial<PolicySet>, fault?: (intent: Intent) => Fault): Driver {
  const offers = [makeOffer({ price: PRICE, capacity: 1000 })];
  const world = new World(START, { price: PRICE, offers, launchMillis: MINUTE, tellsSpent: true });
  const options = { world, policies, settings: { tickMillis: 30_000 }, lookEvery: HOUR, lateMillis: 3 * HOUR };
  return new Driver({ ...options, ...(fault === undefined ? {} : { fault }) });
}

/** What `purser adopt` writes of every VM of the name that nobody claims. */
function adopt(driver: Driver, name: string): void {
  const known = new Set(driver.books.claims.map(({ vmId }) => vmId));
  const { now } = driver.world;
  const claims = driver.world
    .list()
    .filter((vm) => vm.name === name && !known.has(vm.id))
    .map(({ id, price, paidUntil }) => {
      const seen = { claimedAt: now, seenAt: now, activeAt: now, stateSince: now };
      return makeClaim(id, { vmName: name, policy: name, origin: 'adopted', price, paidUntil, ...seen });
    });
  driver.books = { ...driver.books, claims: [...driver.books.claims, ...claims] };
}

function publish(driver: Driver, policies: Partial<PolicySet>): void {
  driver.policies = { ...driver.policies, generation: driver.policies.generation + 1, ...policies };
}

const limited = (over: Parameters<typeof makeBudget>[0] = {}): BudgetPolicy =>
  makeBudget({ limit: 60_000_000n, steps: [GROWTH], ...over });

describe('stopped growth', () => {
  it('keeps a fleet that comes into the scope', () => {
    const fleets = [fleet('web', 2), fleet('shop', 3, { floor: 3 })];
    const driver = drive({ fleets, budgets: [limited({ scope: { policies: ['web'] } })] });
    driver.run(START + 2 * DAY);
    expect(budgetOf(driver.preview()).steps[0]!.isHeld).toBe(true);
    publish(driver, { budgets: [limited({ scope: { policies: ['web', 'shop'] } })] });
    driver.run(START + 4 * DAY);
    expect(driver.world.countKept('shop')).toBe(3);
  });

  it('keeps what was adopted for a fleet that was published since, and buys in place of what ends of it', () => {
    const driver = drive({ fleets: [fleet('web', 2)], budgets: [limited({ limit: 150_000_000n })] });
    driver.world.create('db', 3);
    driver.run(START + 2 * DAY);
    expect(budgetOf(driver.preview()).steps[0]!.isHeld).toBe(true);
    publish(driver, { fleets: [...driver.policies.fleets, fleet('db', 4, { floor: 3 })] });
    driver.run(START + 2 * DAY + HOUR);
    adopt(driver, 'db');
    driver.run(START + 4 * DAY);
    const left = driver.world.list().filter(({ name }) => name === 'db');
    expect(left).toHaveLength(3);
    driver.world.terminate(left[0]!.id);
    driver.run(START + 5 * DAY);
    // One was bought in its place, and not the fourth.
    expect(driver.world.countKept('db')).toBe(1);
  });

  it('lets a fleet that is published since buy nothing', () => {
    const driver = drive({ fleets: [fleet('web', 2)], budgets: [limited()] });
    driver.run(START + 2 * DAY);
    publish(driver, { fleets: [...driver.policies.fleets, fleet('db', 3)] });
    driver.run(START + 3 * DAY);
    expect(driver.world.countKept('db')).toBe(0);
    expect(driver.world.countKept('web')).toBe(2);
  });
});

describe('a member that is bought anew for its price', () => {
  it('does not raise what its fleet may have, while its successor stands beside it', () => {
    const now = START + HOUR;
    const dear = { amount: 2_000_000n, periodMillis: DAY };
    const members = [
      { id: 'old', price: dear, paidUntil: now + 4 * MINUTE },
      { id: 'new', price: PRICE, paidUntil: now + DAY },
    ];
    const from = limited().periodAt(now).from;
    const note = { steps: { '50% expected stop-growth': { since: START, from } }, had: { web: 1 } };
    const snapshot = makeSnapshot(
      members.map(({ id, ...over }) => makeVm(id, over)),
      {
        claims: members.map(({ id, ...over }) => makeClaim(id, { policy: 'web', ...over })),
        notes: makeNotes({ launchMillis: [0], budgets: { team: note } }),
      },
      { at: now, offers: [makeOffer({ price: PRICE })], stoodSince: {}, budgets: { team: { spent: 55_000_000n } } },
    );
    const where = makeWhere({ maxPrice: PRICE, aboveMaxPrice: 'replace' });
    const fleets = [fleet('web', 3, { where })];
    const plan = planOf(snapshot, { fleets, policies: { budgets: [limited({ limit: 100_000_000n })] } });
    expect(budgetOf(plan).held).toMatchObject([{ policy: 'web', most: 1, wanted: 3 }]);
    expect(deployedCount(plan)).toBe(0);
  });
});

/** Ids of all that a plan parks, deletes or will not renew. */
function goingOf({ actions, marks, charges }: Plan): ReadonlySet<string> {
  const deleted = actions.flatMap((action) => (action.kind === 'delete' ? [action.vm.id] : []));
  const parked = marks.flatMap(({ vmId, to }) => (to === 'parked' ? [vmId] : []));
  const unpaid = charges.flatMap(({ fate, vm }) => (fate === 'delete' || fate === 'deleting' ? [vm.id] : []));
  return new Set([...deleted, ...parked, ...unpaid]);
}

const NAMES = ['web', 'ops', 'db'] as const;
const events = fc.array(
  fc.record({
    what: fc.constantFrom('want', 'scope', 'adopt', 'end', 'drop', 'limit' as const),
    name: fc.constantFrom(...NAMES),
    count: fc.integer({ min: 0, max: 6 }),
    hours: fc.integer({ min: 1, max: 30 }),
  }),
  { minLength: 2, maxLength: 12 },
);
type Event = typeof events extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

function befall(driver: Driver, { what, name, count }: Event): void {
  const { fleets } = driver.policies;
  const budget = driver.policies.budgets![0]!;
  const others = fleets.filter((each) => each.name !== name);
  if (what === 'want') publish(driver, { fleets: [...others, fleet(name, count)] });
  if (what === 'drop' && others.length > 0) publish(driver, { fleets: others });
  if (what === 'limit') publish(driver, { budgets: [{ ...budget, limit: BigInt(1 + count * 20) * 1_000_000n }] });
  if (what === 'scope') {
    const policies = [undefined, ['web'], ['web', 'ops'], ['db', 'ops'], [...NAMES], ['ops'], ['db']][count];
    publish(driver, { budgets: [{ ...budget, scope: { ...budget.scope, policies } }] });
  }
  if (what === 'end') driver.world.terminate([...driver.world.machines.keys()][count] ?? '');
  if (what !== 'adopt') return;
  driver.world.create(name, count);
  driver.step();
  adopt(driver, name);
}

describe('steps that only stop', () => {
  it('let nothing go that would stay without the budget, whatever comes', () => {
    let held = 0;
    const steps = fc.subarray([step(20, 'expected', 'stop-growth'), step(40, 'spent', 'stop-buying')], {
      minLength: 1,
    });
    const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'lost', 'late', 'void', 'fails'), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(events, steps, faults, (drawn, drawnSteps, drawnFaults) => {
        let calls = 0;
        // What fails for ever but purchases is called for again at every step: nothing of it is asked here.
        const fault = ({ kind }: Intent): Fault =>
          kind === 'deploy' ? drawnFaults[(calls += 1) % drawnFaults.length]! : 'none';
        const fleets = [fleet('web', 3), fleet('ops', 1)];
        const driver = drive({ fleets, budgets: [limited({ steps: drawnSteps })] }, fault);
        for (const event of drawn) {
          befall(driver, event);
          const until = driver.world.now + event.hours * HOUR;
          while (driver.world.now < until) {
            const plan = driver.preview();
            if (plan.budgets?.some((budget) => budget.steps.some(({ isHeld }) => isHeld)) === true) held += 1;
            const { policies } = driver;
            driver.policies = { ...policies, budgets: [] };
            const without = goingOf(driver.preview());
            driver.policies = policies;
            expect([...goingOf(plan)].filter((id) => !without.has(id))).toEqual([]);
            driver.run(Math.min(until, driver.world.now + 3 * HOUR));
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(held).toBeGreaterThan(100);
  });
});
