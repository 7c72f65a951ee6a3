// What is surplus and kept running all the same is paid for nothing: it is parked, and its charge says what kept it.
import { describe, expect, it } from 'vitest';
import { explainWaste } from '../../../src/cli/render/explain-waste.js';
import { joinTallies, tallyByVm } from '../../../src/core/tallies.js';
import { Driver } from '../driver.js';
import { DAY, demandOf, HOUR, makeFleet, makePolicies, makeSettings, MINUTE, NOON } from '../samples.js';
import { World } from '../world.js';

const HOURLY = { amount: 20_000n, periodMillis: HOUR };
const NO_CAP = { count: 1_000, percent: 100 };
const demand = (count: number) => demandOf([[0, count]]);

/** Six VMs, paid by the hour; then somebody edits the number to one. */
function editToOne(rails = makeSettings().rails): Driver {
  const world = new World(NOON, { price: HOURLY, billing: 'rolling', launchMillis: 0, tellsSpent: false });
  const driver = new Driver({
    world,
    policies: { fleets: [makeFleet({ demand: demand(6) })] },
    settings: { rails },
    lookEvery: 5 * MINUTE,
  });
  driver.run(NOON + 10 * MINUTE);
  driver.policies = makePolicies({ fleets: [makeFleet({ demand: demand(1) })] });
  driver.stoodSince['web'] = world.now;
  return driver;
}

const usesAfter = ({ charges }: Driver, from: number) =>
  charges
    .filter(({ at }) => at >= from)
    .map(({ use }) => use)
    .sort();

const whysOf = ({ charges, ledger }: Driver) =>
  new Set(explainWaste(joinTallies(tallyByVm(charges, 0, NOON + DAY)), ledger).map(({ why }) => why));

const SURPLUS = 'surplus: web wants 1 in window "w0" and has 6';
const REFUSED = '5 of 6 VMs would be deleted; the rail allows 2 (34 %) at a time';

describe('a charge of surplus', () => {
  it('that a rail keeps running is parked and says so, and stays refused look after look', () => {
    const driver = editToOne();
    driver.run(NOON + 90 * MINUTE, ({ at, refused, actions, rails }) => {
      if (at <= NOON + 10 * MINUTE) return;
      expect(refused.map(({ targets }) => targets.length)).toEqual([5]);
      expect(rails).toMatchObject({ deletions: 0, deletionsRefused: 5 });
      expect(actions).toEqual([]);
    });
    expect(driver.books.claims.map(({ state }) => state).sort()).toEqual([
      'member',
      ...Array<string>(5).fill('parked'),
    ]);
    expect(usesAfter(driver, NOON + 30 * MINUTE)).toEqual([...Array<string>(5).fill('parked'), 'wanted']);
    expect(whysOf(driver)).toEqual(new Set([`${SURPLUS}; a rail refused its deletion (${REFUSED})`]));
    expect(driver.ledger.filter(({ event }) => event === 'parked').length).toBe(5);
  });

  it('is booked as wanted again as soon as the number is put back, and refusals are forgotten', () => {
    const driver = editToOne();
    driver.run(NOON + 20 * MINUTE);
    expect(driver.books.notes.refusedDeletions).toEqual({ web: REFUSED });
    driver.policies = makePolicies({ fleets: [makeFleet({ demand: demand(6) })] });
    driver.run(NOON + 90 * MINUTE);
    expect(usesAfter(driver, NOON + 30 * MINUTE)).toEqual(Array<string>(6).fill('wanted'));
    expect(driver.books.notes.refusedDeletions).toBeUndefined();
  });

  it('of a fleet that only observes is wanted: nobody has decided against it', () => {
    const driver = editToOne();
    driver.policies = makePolicies({ fleets: [makeFleet({ demand: demand(1), mode: 'observe' })] });
    driver.run(NOON + 90 * MINUTE);
    expect(usesAfter(driver, NOON + 30 * MINUTE)).toEqual(Array<string>(6).fill('wanted'));
  });

  it('that a freeze keeps running is parked and says so', () => {
    const driver = editToOne({ ...makeSettings().rails, deletes: { perPlan: NO_CAP, perHour: NO_CAP } });
    const { handles } = driver.books;
    driver.books = { ...driver.books, handles: { ...handles, freeze: { since: driver.world.now, why: '' } } };
    driver.run(NOON + 90 * MINUTE);
    expect(usesAfter(driver, NOON + 30 * MINUTE)).toEqual([...Array<string>(5).fill('parked'), 'wanted']);
    expect(whysOf(driver)).toEqual(new Set([`${SURPLUS}; deletions were frozen`]));
  });

  it('whose deadline and boundary nobody looked at says between which looks', () => {
    const driver = editToOne({ ...makeSettings().rails, deletes: { perPlan: NO_CAP, perHour: NO_CAP } });
    driver.run(NOON + 20 * MINUTE);
    driver.world.advance(NOON + 2 * HOUR + 10 * MINUTE);
    driver.step();
    expect(whysOf(driver)).toEqual(
      new Set([
        `${SURPLUS}; nobody looked between 2026-11-20 12:15Z and its boundary 2026-11-20 13:00Z, so its deadline passed unseen`,
      ]),
    );
  });
});
