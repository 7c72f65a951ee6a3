// What passes by itself (a launch, a charge that shows late, a VM that a list lacks for a look) moves no budget: neither is anybody
// let go for it, nor is anything counted twice or in the wrong period meanwhile.
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/core/plan-types.js';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import type { Instant, Millis, Vm } from '../../../src/core/types.js';
import { Driver } from '../driver.js';
import { PartsWorld } from '../parts-world.js';
import {
  CLOUD_ABILITIES,
  demandOf,
  HOUR,
  intentId,
  makeBooks,
  makeClaim,
  makeDeploy,
  makeFleet,
  makeIntent,
  makeOffer,
  makePart,
  makeSnapshot,
  makeVm,
  makeWhere,
  MINUTE,
  NOON,
  planOf,
} from '../samples.js';
import { World } from '../world.js';
import { budgetOf, dayAt, makeBudget, step } from './budget-samples.js';

const START = Date.UTC(2026, 10, 1);
const PRICE = { amount: 100n, periodMillis: HOUR };
const SETTINGS = { tickMillis: 30_000, ratePerSecond: 10, concurrency: 4 };

function hourly(name: string, steps: readonly [Instant, number][], over: Partial<FleetPolicy> = {}): FleetPolicy {
  return makeFleet({ name, demand: demandOf(steps), where: makeWhere({ maxPrice: PRICE }), ...over });
}

/** What is parked, or deleted for a budget. */
function listLost(plan: Plan): readonly string[] {
  const deleted = plan.actions.flatMap((action) =>
    action.kind === 'delete' && action.reason.code.startsWith('budget') ? [`${action.policy} deleted`] : [],
  );
  return [...plan.marks.flatMap(({ policy, to }) => (to === 'parked' ? [`${policy} parked`] : [])), ...deleted];
}

describe('a budget while members launch', () => {
  it('reaches no step that it would leave again when they are up', () => {
    // 8 for four hours a day are 960 charges a month, 4 always are 2,880; the limit pays 5,000.
    const office = hourly(
      'office',
      [
        [START, 0],
        [START + 8 * HOUR, 8],
        [START + 12 * HOUR, 0],
      ],
      { priority: 9 },
    );
    const ops = hourly('ops', [[START, 4]], { priority: 1, floor: 1 });
    const budgets = [makeBudget({ limit: 500_000n, steps: [step(100, 'expected', 'shrink')] })];
    const offers = [makeOffer({ price: PRICE, capacity: 1_000 })];
    const world = new World(START, { price: PRICE, launchMillis: 3 * MINUTE, offers, tellsSpent: true });
    const driver = new Driver({
      world,
      policies: { fleets: [office, ops], budgets },
      settings: SETTINGS,
      lookEvery: 30_000,
    });
    const seen: string[] = [];
    driver.run(START + 9 * HOUR, (plan) => {
      seen.push(...listLost(plan), ...(plan.budgetNews ?? []).map(({ text }) => text));
    });
    expect(seen).toEqual([]);
    expect(world.countKept('office')).toBe(8);
  });
});

describe('a hard budget', () => {
  /** Two members whose boundaries lie a minute apart, 28 charges, and a limit of 36; the service shows a charge so much late. */
  function play(lag: Millis) {
    const web = hourly('web', [
      [START, 1],
      [START + MINUTE, 2],
      [START + 14 * HOUR, 0],
    ]);
    const budgets = [makeBudget({ limit: 3_600n, per: 'day', periodAt: dayAt, hard: true })];
    const offers = [makeOffer({ price: PRICE, capacity: 1_000 })];
    const world = new World(START, {
      price: PRICE,
      launchMillis: 0,
      deletionMillis: 10_000,
      offers,
      tellsSpent: false,
    });
    const showLate = (vm: Vm): Vm => {
      const { paidUntil, createdAt } = vm;
      const isFirst = paidUntil === undefined || createdAt === undefined || paidUntil - HOUR <= createdAt;
      return isFirst || world.now >= paidUntil - HOUR + lag ? vm : { ...vm, paidUntil: paidUntil - HOUR };
    };
    const distort = (vms: readonly Vm[]) => vms.map(showLate);
    const options = { world, policies: { fleets: [web], budgets }, settings: SETTINGS, lookEvery: 15_000, distort };
    const driver = new Driver(options);
    const lost: string[] = [];
    driver.run(START + 13.5 * HOUR, (plan) => void lost.push(...listLost(plan)));
    return { lost, kept: world.countKept('web') };
  }

  it.each([0, 10_000, 20_000])('lets nobody go whom it can pay, though charges show %i ms late', (lag) => {
    expect(play(lag)).toEqual({ lost: [], kept: 2 });
  });

  it('weighs of a machine what comes due within its period: the disks, and not the VM whose hour begins after it', () => {
    const midnight = START + 24 * HOUR;
    const own = { amount: 12_790n, periodMillis: HOUR };
    const whole = { amount: 18_290n, periodMillis: HOUR };
    // Bought two hours and ten seconds before; its disk and its IP come due a minute before itself.
    const first = midnight - 2 * HOUR - 10_000;
    const world = new PartsWorld(
      first,
      { price: own, offers: [makeOffer({ price: whole })], launchMillis: MINUTE },
      { removalMillis: 0, aheadMillis: MINUTE, ipAheadMillis: MINUTE },
    );
    const web = makeFleet({
      demand: demandOf([[first - HOUR, 1]]),
      where: makeWhere({ maxPrice: { amount: 20_000n, periodMillis: HOUR } }),
    });
    const limit = 2n * whole.amount + 500n;
    const budgets = [makeBudget({ limit, per: 'day', periodAt: dayAt, hard: true })];
    const driver = new Driver({
      world,
      policies: { fleets: [web], budgets },
      settings: { product: 'cloud', tickMillis: 30_000 },
      abilities: CLOUD_ABILITIES,
      lookEvery: 30_000,
    });
    const lost: string[] = [];
    driver.run(midnight + MINUTE, (plan) => void lost.push(...listLost(plan)));
    expect(lost).toEqual([]);
    expect(world.removals).toEqual([]);
  });
});

describe('a machine of the cloud that launches', () => {
  const own = { amount: 12_790n, periodMillis: HOUR };
  const disk = { amount: 2_750n, periodMillis: HOUR };
  const whole = { amount: 15_540n, periodMillis: HOUR };
  const intent = intentId('abcd');
  const paidUntil = NOON + 59 * MINUTE;
  const part = makePart('d1', { price: disk, paidUntil, createdAt: NOON - MINUTE, attachedTo: ['v1'] });
  const makeLaunching = (claimedAt: Instant, from: Instant): Plan => {
    const vm = makeVm('v1', {
      status: 'launching',
      price: own,
      paidUntil: undefined,
      createdAt: claimedAt,
      parts: [part],
    });
    const claim = makeClaim('v1', {
      intent,
      price: own,
      paidUntil: undefined,
      claimedAt,
      activeAt: undefined,
      seenAt: NOON - 30_000,
      parts: [{ kind: 'boot-disk', id: 'd1', name: part.name, price: disk, paidUntil, made: 'for-it' }],
    });
    const offer = { ...makeDeploy(1).offer, price: whole };
    const books = makeBooks({
      claims: [claim],
      intents: [makeIntent(intent, { createdAt: claimedAt, deploy: makeDeploy(1, { offer, cap: whole }) })],
      meters: [{ id: 'd1', kind: 'part', paidUntil, spent: undefined, absentSince: undefined }],
    });
    const over = { budgets: { team: { spent: 2_750n } }, offers: [makeOffer({ price: whole })] };
    const where = makeWhere({ maxPrice: { amount: 20_000n, periodMillis: HOUR } });
    const budget = makeBudget({ periodAt: () => ({ from, to: NOON + 30 * MINUTE }) });
    return planOf(makeSnapshot([vm], books, over), {
      fleets: [makeFleet({ demand: demandOf([[NOON - 3 * HOUR, 1]]), where })],
      policies: { budgets: [budget] },
      settings: { product: 'cloud', periodMillis: HOUR },
    });
  };

  it('has only that reserved which is not charged yet', () => {
    expect(budgetOf(makeLaunching(NOON - MINUTE, NOON - 2 * HOUR))).toMatchObject({
      spent: 2_750n,
      reserved: 12_790n,
      expected: 15_540n,
    });
  });

  it('is reserved in the period in which it comes up, though it was bought in the one before', () => {
    expect(budgetOf(makeLaunching(NOON - 2 * MINUTE, NOON - MINUTE)).reserved).toBe(12_790n);
  });
});
