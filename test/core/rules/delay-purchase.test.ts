// Purchases near a boundary that all VMs share: when they wait, until when, and what an account must have shown before.
import { describe, expect, it } from 'vitest';
import { Driver } from '../driver.js';
import {
  DAY,
  demandOf,
  deployedCount,
  HOUR,
  makeFleet,
  makeNotes,
  makeOffer,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
  PRICE,
} from '../samples.js';
import { World } from '../world.js';

const BOUNDARY = NOON + 30 * MINUTE;
const fixedClock = { phaseMillis: BOUNDARY % DAY, periodMillis: DAY };
const fleet = makeFleet({ delayPurchaseMillis: 15 * MINUTE });

function planAt(minutes: number, over: { fleet?: typeof fleet; notes?: object; skewMillis?: number } = {}) {
  const at = BOUNDARY + minutes * MINUTE;
  const books = { notes: makeNotes({ fixedClock, ...over.notes }) };
  const clock = { skewMillis: over.skewMillis ?? 0, jumpMillis: 0 };
  return planOf(makeSnapshot([], books, { at, clock }), { fleets: [over.fleet ?? fleet] });
}

describe('billing.delayPurchase', () => {
  it.each([
    [-16, 1],
    [-15, 0],
    [-1, 0],
    [0.5, 0],
    [1.01, 1],
    [600, 1],
  ])('%i minutes from the boundary it buys %i', (minutes, bought) => {
    expect(deployedCount(planAt(minutes))).toBe(bought);
  });

  it('says why nothing is bought and until when, and wakes then', () => {
    const plan = planAt(-10);
    expect(plan.holds).toMatchObject([{ policy: 'web', vm: undefined, until: BOUNDARY + MINUTE }]);
    expect(plan.holds[0]!.reason).toEqual({
      code: 'purchase-delayed',
      text: 'all VMs of the account are charged at 12:30Z: what is bought before would be paid again then; bought from 12:31Z on (billing.delayPurchase: 15m)',
    });
    expect(plan.nextWakeAt).toBe(BOUNDARY + MINUTE);
  });

  it("goes by the service's clock", () => {
    expect(deployedCount(planAt(1.5, { skewMillis: -MINUTE }))).toBe(0);
    expect(deployedCount(planAt(0.5, { skewMillis: MINUTE }))).toBe(1);
  });

  it('delays nothing where it is not said, and where no such clock was seen', () => {
    expect(deployedCount(planAt(-10, { fleet: makeFleet() }))).toBe(1);
    expect(deployedCount(planAt(-10, { notes: { fixedClock: undefined } }))).toBe(1);
  });

  it('is told of by plans, with or without a delay: what a schedule saves on such a clock is another sum', () => {
    expect(planAt(-10, { fleet: makeFleet() }).fixedClock).toBeDefined();
    expect(planAt(-10, { notes: { fixedClock: undefined } })).not.toHaveProperty('fixedClock');
  });

  it('says where it has no effect: VMs have times of their own, or too few are there', () => {
    const summaryOf = (hours: readonly number[]) => {
      const vms = hours.map((hour) => makeVm(`v${hour}`, { paidUntil: NOON + hour * HOUR }));
      return planOf(makeSnapshot(vms), { fleets: [fleet] }).fleets[0]!.undelayed;
    };
    expect(summaryOf([3, 4])).toBe('rolling');
    expect(summaryOf([3])).toBe('untold');
    expect(planAt(60).fleets[0]!.undelayed).toBeUndefined();
    expect(planOf(makeSnapshot([])).fleets[0]!.undelayed).toBeUndefined();
  });

  it('is learned from what VMs show, kept while none is there, and spares the second charge', () => {
    const pay = (delayPurchaseMillis: number | undefined) => {
      const offers = [makeOffer({ price: PRICE, capacity: 100 })];
      // Boundaries at midnight; two at first, none in the evening, one from ten to midnight on.
      const world = new World(NOON, { price: PRICE, billing: 'fixed', offers });
      const late = NOON + DAY + 11 * HOUR + 50 * MINUTE;
      const demand = demandOf([
        [NOON, 2],
        [NOON + 2 * HOUR, 0],
        [late, 1],
        [late + 2 * HOUR, 0],
      ]);
      const over = delayPurchaseMillis === undefined ? {} : { delayPurchaseMillis };
      const driver = new Driver({ world, policies: { fleets: [makeFleet({ demand, ...over })] }, lookEvery: HOUR });
      driver.run(late + 4 * HOUR);
      expect(driver.books.notes.fixedClock).toEqual({ phaseMillis: 0, periodMillis: DAY });
      return world.charges.filter(({ at }) => at >= late).length;
    };
    expect(pay(undefined)).toBe(2);
    expect(pay(15 * MINUTE)).toBe(1);
  });

  it('is forgotten when a VM shows another boundary', () => {
    const world = new World(NOON, { price: PRICE, billing: 'rolling' });
    const driver = new Driver({ world, policies: { fleets: [makeFleet()] } });
    driver.books = { ...driver.books, notes: { ...driver.books.notes, fixedClock } };
    driver.run(NOON + HOUR);
    expect(driver.books.notes.fixedClock).toBeUndefined();
  });
});
