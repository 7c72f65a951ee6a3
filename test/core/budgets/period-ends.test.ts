// What is bought across the end of a budget's period: an order that was not answered yet is reserved in the new one, and its charge
// counts in the period in which it came.
import { describe, expect, it } from 'vitest';
import { wantAlways } from '../../../src/core/demand.js';
import type { Vm } from '../../../src/core/types.js';
import { Driver } from '../driver.js';
import { DAY, HOUR, makeFleet, makeOffer, makeWhere, MINUTE } from '../samples.js';
import { World } from '../world.js';
import { budgetOf, dayAt, makeBudget } from './budget-samples.js';

const MIDNIGHT = Date.UTC(2026, 10, 21);
const PRICE = { amount: 1_000_000n, periodMillis: DAY };

describe('a create that is open when the period ends', () => {
  it.each([
    ['took effect before it: the old period was charged', 'lost' as const, 0n],
    ['takes effect after it: the new period is charged', 'late' as const, 3_000_000n],
  ])('is reserved in the new period; once seen it %s', (_, fault, spent) => {
    const offers = [makeOffer({ price: PRICE, capacity: 1000 })];
    const start = MIDNIGHT - 30_000;
    const world = new World(start, { price: PRICE, offers, launchMillis: 2 * MINUTE, tellsSpent: true });
    const fleets = [makeFleet({ name: 'web', demand: wantAlways(3), where: makeWhere({ maxPrice: PRICE }) })];
    const budgets = [makeBudget({ limit: 5_000_000n, per: 'day', periodAt: dayAt })];
    let isListed = false;
    const distort = (vms: readonly Vm[]) => (isListed ? vms : []);
    const options = { world, policies: { fleets, budgets }, distort, lateMillis: MINUTE };
    const driver = new Driver({ ...options, fault: () => fault });
    driver.step();
    world.advance(MIDNIGHT + 1_000);
    expect(driver.books.intents.map(({ state }) => state)).toEqual(['unknown']);
    // No look has shown a charge: whichever period it falls into, this one has the money for it.
    expect(budgetOf(driver.preview())).toMatchObject({ from: MIDNIGHT, spent: 0n, reserved: 3_000_000n });
    isListed = true;
    driver.run(MIDNIGHT + HOUR);
    const after = budgetOf(driver.preview());
    expect([after.from, after.spent, after.reserved]).toEqual([MIDNIGHT, spent, 0n]);
    expect(driver.charges.reduce((sum, { amount }) => sum + amount, 0n)).toBe(3_000_000n);
  });
});
