// What budgets tell is what will be charged: coming purchases at their price, schedules that fit untouched, what rails keep counted
// in, nobody let go for nothing. By plans, and by months that a small world then charges.
import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/core/books.js';
import type { BudgetPolicy } from '../../../src/core/budgets/budget-policy.js';
import type { BudgetNote } from '../../../src/core/budgets/budget-notes.js';
import { wantAlways } from '../../../src/core/demand.js';
import type { Plan, Snapshot } from '../../../src/core/plan-types.js';
import type { Demand, FleetPolicy } from '../../../src/core/policy-types.js';
import type { Instant, Micros } from '../../../src/core/types.js';
import { Driver } from '../driver.js';
import {
  daily,
  DAY,
  demandOf,
  deployedCount,
  HOUR,
  intentId,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeNotes,
  makeOffer,
  makeSnapshot,
  makeVm,
  makeWhere,
  NO_RAILS,
  NOON,
  planOf,
  PRICE,
} from '../samples.js';
import { World } from '../world.js';
import { budgetOf, dayAt, makeBudget, monthAt, step } from './budget-samples.js';

const USDC = 1_000_000n;
const MOST = daily(500_000n);
const STEPS = [step(80, 'expected', 'notify'), step(95, 'expected', 'stop-growth'), step(100, 'expected', 'shrink')];

/** So many from one hour of the day to another, else so many; for weeks around NOON. */
function schedule(from: number, to: number, inside: number, outside: number): Demand {
  const first = Math.floor(NOON / DAY) * DAY - 30 * DAY;
  const edges = Array.from({ length: 90 }, (_, day) => first + day * DAY).flatMap((day): [Instant, number][] => [
    [day + from * HOUR, inside],
    [day + to * HOUR, outside],
  ]);
  return demandOf(edges.sort(([a], [b]) => a - b));
}

function fleet(name: string, demand: Demand, over: Partial<FleetPolicy> = {}): FleetPolicy {
  return makeFleet({ name, demand, where: makeWhere({ maxPrice: MOST }), floor: 0, ...over });
}

/** Four by day, one by night; three by night. */
const TWO = [fleet('app', schedule(8, 20, 4, 1), { floor: 1 }), fleet('batch', schedule(20, 6, 3, 0))];

interface Month {
  readonly charged: Micros;
  readonly plans: readonly Plan[];
}

/** December, bought from nothing on. */
function playMonth(budget: BudgetPolicy | undefined): Month {
  const { from, to } = monthAt(NOON + 20 * DAY);
  const world = new World(from, { price: PRICE, offers: [makeOffer()] });
  const budgets = budget === undefined ? {} : { budgets: [budget] };
  const driver = new Driver({ world, policies: { fleets: TWO, ...budgets } });
  driver.run(to);
  const charges = world.charges.filter(({ at }) => at >= from && at < to);
  return { charged: PRICE.amount * BigInt(charges.length), plans: driver.plans };
}

const FREE = playMonth(undefined).charged;

function limitOf(percent: bigint, over: Partial<BudgetPolicy> = {}): BudgetPolicy {
  return makeBudget({ limit: (FREE * 100n) / percent, steps: STEPS, ...over });
}

function isHeldBack(plan: Plan): boolean {
  const { held, notBought } = budgetOf(plan);
  return held.length > 0 || notBought > 0;
}

describe('a month of schedules under a budget', () => {
  it('is never held where it fits, though maxPrice would not', () => {
    // 60 % of the limit as it is charged, 98 % at maxPrice.
    const { charged, plans } = playMonth(limitOf(60n));
    expect(charged).toBe(FREE);
    expect(plans.some(isHeldBack)).toBe(false);
    expect(plans.flatMap(({ budgetNews = [] }) => budgetNews)).toEqual([]);
    const { expected, wished } = budgetOf(plans[0]!);
    expect(wished <= expected).toBe(true);
    expect(Number(expected - FREE) / Number(FREE)).toBeCloseTo(0, 1);
  });

  it('is not held by a step that stops growth while all that is foreseen fits', () => {
    const { charged, plans } = playMonth(limitOf(97n));
    expect(charged).toBe(FREE);
    expect(plans.some(({ budgets = [] }) => budgets[0]!.steps[1]!.isHeld)).toBe(true);
    expect(plans.some(isHeldBack)).toBe(false);
  });

  it.each([
    ['shrinks no further than it must', STEPS],
    ['without steps buys from the first day on', []],
  ])('that does not fit %s, and uses what it may', (_, steps) => {
    const budget = limitOf(130n, { steps });
    const { charged, plans } = playMonth(budget);
    expect(deployedCount(plans[0]!)).toBeGreaterThan(0);
    expect(charged <= budget.limit).toBe(true);
    expect(Number(charged) / Number(budget.limit)).toBeGreaterThan(0.9);
    for (const plan of plans) {
      const { expected, limit } = budgetOf(plan);
      expect(expected <= limit).toBe(true);
    }
  });

  it('expects what will then be charged, also of what it holds back', () => {
    const budget = limitOf(130n);
    const { charged, plans } = playMonth(budget);
    const { expected } = budgetOf(plans.find(({ at }) => at >= plans[0]!.at + DAY)!);
    expect(Math.abs(Number(expected - charged)) / Number(charged)).toBeLessThan(0.06);
  });
});

interface Scene {
  readonly fleets: readonly FleetPolicy[];
  readonly budget: BudgetPolicy;
  /** Members, and when each is charged next. */
  readonly members?: Readonly<Record<string, readonly Instant[]>>;
  readonly spent?: Micros;
  readonly note?: BudgetNote;
  readonly rails?: boolean;
  readonly over?: Partial<Snapshot>;
}

function plan({ fleets, budget, members = {}, spent = 0n, note, rails = false, over = {} }: Scene): Plan {
  const owned = Object.entries(members).flatMap(([policy, boundaries]) =>
    boundaries.map((paidUntil, index) => ({ id: `${policy}${index}`, policy, paidUntil })),
  );
  const books = makeBooks({
    claims: owned.map(({ id, policy, paidUntil }) => makeClaim(id, { policy, paidUntil, price: PRICE })),
    notes: makeNotes({ launchMillis: [0], ...(note === undefined ? {} : { budgets: { team: note } }) }),
  });
  const vms = owned.map(({ id, paidUntil }) => makeVm(id, { paidUntil, price: PRICE }));
  const snapshot = makeSnapshot(vms, books, {
    offers: [makeOffer()],
    budgets: { team: { spent } },
    stoodSince: {},
    ...over,
  });
  const settings = rails ? {} : { settings: { rails: NO_RAILS } };
  return planOf(snapshot, { fleets, policies: { budgets: [budget] }, ...settings });
}

describe('the price of what is not bought yet', () => {
  const later = demandOf([
    [NOON - DAY, 0],
    [NOON + 10 * DAY, 1],
  ]);
  const scene = { budget: makeBudget(), fleets: [fleet('web', later)] };
  const at = (offers: Snapshot['offers'], members = {}) =>
    budgetOf(plan({ ...scene, members, over: { offers } })).wished;

  it('is that of the offer that would be bought now', () => {
    expect(at([makeOffer({ price: daily(400_000n) }), makeOffer({ price: daily(310_000n) })])).toBe(310_000n);
    expect(at([makeOffer({ price: daily(310_000n), capacity: 0 }), makeOffer({ price: daily(400_000n) })])).toBe(
      400_000n,
    );
  });

  it('is what members cost where nothing fits, and maxPrice where there are none', () => {
    const dear = [makeOffer({ price: daily(900_000n) })];
    expect(at(dear)).toBe(MOST.amount);
    expect(at(undefined)).toBe(MOST.amount);
    const two = demandOf([
      [NOON - DAY, 1],
      [NOON + 10 * DAY, 2],
    ]);
    const planned = plan({
      budget: makeBudget(),
      fleets: [fleet('web', two)],
      members: { web: [NOON + 10 * DAY + HOUR] },
      over: { offers: dear },
    });
    expect(budgetOf(planned).wished).toBe(2n * PRICE.amount);
  });

  it('is reserved at the cap of its call, and renewed at its own', () => {
    const planned = plan({ budget: makeBudget(), fleets: [fleet('web', wantAlways(1))] });
    const cap = (PRICE.amount * 102n) / 100n;
    const { reserved, forecast } = budgetOf(planned);
    expect(reserved - cap < 2n).toBe(true);
    expect(forecast).toBe(10n * PRICE.amount);
  });
});

describe('a budget that all does not fit', () => {
  it('keeps for fleets of higher priority what their windows will cost, and nothing for those of lower', () => {
    const tomorrow = demandOf([
      [NOON - DAY, 0],
      [NOON + DAY, 5],
    ]);
    // Nine charges each from tomorrow on are 45, and eleven from now on 22.
    const budget = makeBudget({ limit: 50n * PRICE.amount + PRICE.amount });
    const bought = (priority: number): number =>
      deployedCount(plan({ budget, fleets: [fleet('now', wantAlways(2), { priority }), fleet('soon', tomorrow)] }));
    expect(bought(200)).toBe(2);
    expect(bought(1)).toBe(0);
  });
});

describe('growth that is stopped', () => {
  const night = NOON + 10 * HOUR;
  const over = { at: night };
  const office = fleet('office', schedule(8, 20, 10, 2));
  const members = { office: [night + 3 * HOUR, night + 4 * HOUR] };

  it('by what is spent leaves a schedule its rhythm, though its night stands when it begins', () => {
    const budget = makeBudget({ steps: [step(50, 'spent', 'stop-growth')] });
    const scene = { budget, fleets: [office], spent: 60n * USDC, over };
    expect(plan({ ...scene, members }).budgetNotes?.['team']?.had).toEqual({ office: 10 });
    // What it never had is not of its rhythm: one of two is lacking.
    const short = plan({ ...scene, members: { office: [night + 3 * HOUR] } });
    expect(short.budgetNotes?.['team']?.had).toEqual({ office: 9 });
  });

  it('by what is expected leaves it what was foreseen, and a new fleet nothing', () => {
    const budget = makeBudget({ limit: 40n * USDC, steps: [step(50, 'expected', 'stop-growth')] });
    const first = plan({ budget, fleets: [office], members, over });
    expect(first.budgetNotes?.['team']?.had).toEqual({ office: 10 });
    const note = first.budgetNotes!['team']!;
    const later = plan({ budget, fleets: [office, fleet('new', wantAlways(1))], members, note, over });
    expect(deployedCount(later)).toBe(0);
    expect(budgetOf(later).held).toEqual([{ policy: 'new', most: 0, wanted: 1, wantedNow: 1 }]);
    // Held now, it is looked at again long before the month ends.
    expect(later.nextWakeAt! - night).toBeLessThanOrEqual(HOUR);
  });

  it('in one period is judged anew in the next', () => {
    const budget = makeBudget({ limit: 100n * USDC, steps: [step(95, 'expected', 'stop-growth')] });
    const before = monthAt(NOON - 30 * DAY).from;
    const at = (from: Instant) => {
      const note = { steps: { '95% expected stop-growth': { since: from, from } }, had: { web: 0 } };
      return plan({ budget, fleets: [fleet('web', wantAlways(1))], spent: 94n * USDC, note });
    };
    expect(budgetOf(at(before)).steps[0]!.isHeld).toBe(false);
    expect(deployedCount(at(before))).toBe(1);
    expect(budgetOf(at(monthAt(NOON).from)).steps[0]!.isHeld).toBe(true);
  });
});

describe('shrinking', () => {
  const evening = dayAt(NOON).to - 2 * HOUR;
  const budget = makeBudget({
    limit: 2n * USDC,
    per: 'day',
    periodAt: dayAt,
    steps: [step(100, 'expected', 'shrink')],
  });
  const fleets = [fleet('web', wantAlways(6), { floor: 1 }), fleet('shop', wantAlways(1), { floor: 1, priority: 200 })];
  const midnight = dayAt(NOON).to;
  const spent = 3_070_000n;

  it('lets nobody go whose next charge comes after the period', () => {
    const six = Array.from({ length: 6 }, (_, index) => midnight + (index + 1) * HOUR);
    const planned = plan({
      budget,
      fleets,
      members: { web: six, shop: [midnight + HOUR] },
      spent,
      over: { at: evening },
    });
    const { steps, held, expected } = budgetOf(planned);
    expect(steps[0]!.isHeld).toBe(true);
    expect(held).toEqual([]);
    expect(expected).toBe(spent);
    expect(planned.marks.filter(({ to }) => to === 'parked')).toEqual([]);
    expect(planned.refused).toEqual([]);
  });

  it('lets go those of the others alone', () => {
    const web = [midnight - HOUR, midnight - HOUR, ...new Array<Instant>(4).fill(midnight + HOUR)];
    const planned = plan({ budget, fleets, members: { web }, spent, over: { at: evening } });
    expect(budgetOf(planned).held).toMatchObject([{ policy: 'web', most: 4 }]);
    expect(budgetOf(planned).forecast).toBe(0n);
  });

  it('takes back whom it had parked once nothing is saved by it', () => {
    const note = { steps: { '100% expected shrink': { since: NOON, from: dayAt(NOON).from } }, shrunk: { web: 1 } };
    const web = new Array<Instant>(6).fill(midnight + HOUR);
    const planned = plan({ budget, fleets, members: { web }, spent, note, over: { at: evening } });
    expect(budgetOf(planned).held).toEqual([]);
    expect(planned.budgetNotes?.['team']?.shrunk).toBeUndefined();
  });
});

describe('what a rail or a freeze keeps', () => {
  const web = Array.from({ length: 6 }, (_, index) => NOON + (index + 1) * HOUR);
  const budget = makeBudget({
    limit: 2n * USDC,
    per: 'day',
    periodAt: dayAt,
    steps: [step(100, 'expected', 'shrink')],
  });
  const scene = { budget, fleets: [fleet('web', wantAlways(6), { floor: 1 })], members: { web }, spent: 1_000_000n };

  it('is expected to be charged, and what would be with an approval is said', () => {
    const free = budgetOf(plan(scene));
    expect(free.staying).toBeUndefined();
    expect(free.expected <= budget.limit).toBe(true);
    const refused = plan({ ...scene, rails: true });
    expect(refused.refused).toHaveLength(1);
    const { expected, staying, passesAt } = budgetOf(refused);
    expect(expected).toBe(1_000_000n + 6n * PRICE.amount);
    expect(staying).toEqual({ vms: 3, because: 'rail', expected: free.expected });
    expect(passesAt).toBeDefined();
  });

  it('is expected to be charged while all is frozen, and nothing is bought then', () => {
    const books = { at: NOON, frozenBy: 'a file' };
    const { expected, staying } = budgetOf(plan({ ...scene, over: books }));
    expect(expected).toBe(1_000_000n + 6n * PRICE.amount);
    expect(staying).toMatchObject({ vms: 3, because: 'frozen' });
  });

  it('is not expected where a freeze keeps a purchase from being begun, but where it was', () => {
    const order = (state: Intent['state']) =>
      makeIntent(intentId('0000'), { policy: 'web', state, deploy: makeDeploy(1) });
    const reserved = (state: Intent['state'], frozenBy: string | undefined) => {
      const books = makeBooks({ intents: [order(state)], notes: makeNotes({ launchMillis: [0] }) });
      return budgetOf(plan({ budget, fleets: [fleet('web', wantAlways(1))], over: { frozenBy, books } })).reserved;
    };
    expect(reserved('planned', undefined)).toBe(order('planned').deploy!.cap.amount);
    expect(reserved('planned', 'a file')).toBe(0n);
    expect(reserved('calling', 'a file')).toBe(order('planned').deploy!.cap.amount);
  });
});

describe('a limit that is passed', () => {
  it('is passed since it was seen to be, at every later look', () => {
    const budget = makeBudget({ limit: USDC });
    const scene = { budget, fleets: [fleet('web', wantAlways(0))], spent: USDC + 1n };
    const first = plan(scene);
    expect(budgetOf(first).passesAt).toBe(NOON);
    const note = first.budgetNotes!['team']!;
    expect(budgetOf(plan({ ...scene, note, over: { at: NOON + HOUR } })).passesAt).toBe(NOON);
    expect(budgetOf(plan({ ...scene, spent: USDC, note })).passesAt).toBeUndefined();
    const ofBefore = { ...note, passed: { since: NOON - 30 * DAY, from: monthAt(NOON - 30 * DAY).from } };
    expect(budgetOf(plan({ ...scene, note: ofBefore })).passesAt).toBe(NOON);
  });
});
