// Members that cost more than maxPrice: what is told of them, and that their replacement never leaves the fleet short.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetPolicy } from '../../../src/core/policy-types.js';
import type { Vm } from '../../../src/core/types.js';
import { Driver } from '../driver.js';
import {
  daily,
  DAY,
  deletedIds,
  demandOf,
  deployedCount,
  HOUR,
  makeClaim,
  makeFleet,
  makeNotes,
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

const DEAR = daily(900_000n);
const CHEAP = daily(306_980n);
const REPLACE = { where: makeWhere({ aboveMaxPrice: 'replace' }) };

function planWith(vms: readonly (Partial<Vm> & { id: string })[], over: Partial<FleetPolicy> = {}, snapshot = {}) {
  const claims = vms.map(({ id, paidUntil, status, createdAt }) =>
    makeClaim(id, {
      ...(createdAt === undefined ? {} : { claimedAt: createdAt }),
      ...(paidUntil === undefined ? {} : { paidUntil }),
      ...(status === 'launching' ? { activeAt: undefined, claimedAt: NOON - MINUTE } : {}),
    }),
  );
  const listed = vms.map((vm) => makeVm(vm.id, vm));
  const fleet = makeFleet({ demand: demandOf([[0, 1]]), ...over });
  return planOf(makeSnapshot(listed, { claims, notes: makeNotes({ launchMillis: [MINUTE] }) }, snapshot), {
    fleets: [fleet],
  });
}

const told = (plan: ReturnType<typeof planWith>, id?: string) =>
  plan.holds.flatMap(({ reason, vm }) => (reason.code === 'above-max-price' && vm?.id === id ? [reason.text] : []));
const soon = NOON + 10 * MINUTE;

describe('a member above maxPrice', () => {
  it('is kept and told, with what it costs and what is allowed', () => {
    const plan = planWith([{ id: 'a', price: DEAR, paidUntil: soon }]);
    expect(told(plan, 'a')).toEqual([
      'costs 0.900000 a day, above the 0.800000 a day of maxPrice: kept (where.aboveMaxPrice: keep)',
    ]);
    expect(plan.actions).toEqual([]);
    expect(planWith([{ id: 'a', price: daily(800_000n) }]).holds).toEqual([]);
  });

  it('is compared in the unit of its own period, with its disks and IP', () => {
    const where = makeWhere({ maxPrice: daily(2_400n) });
    const hourly = (amount: bigint) => ({ amount, periodMillis: HOUR });
    const parts = [makePart('d', { price: hourly(60n), paidUntil: soon, attachedTo: ['a'] })];
    expect(told(planWith([{ id: 'a', price: hourly(60n) }], { where }), 'a')).toEqual([]);
    expect(told(planWith([{ id: 'a', price: hourly(60n), parts }], { where }), 'a')).toEqual([
      'costs 0.000120 an hour, above the 0.000100 an hour of maxPrice: kept (where.aboveMaxPrice: keep)',
    ]);
  });

  it('is bought anew shortly before its boundary, and not before', () => {
    const early = planWith([{ id: 'a', price: DEAR, paidUntil: NOON + 60 * MINUTE }], REPLACE);
    expect(deployedCount(early)).toBe(0);
    // A launch (1m), twice the lead (3m30s) and two looks (1m) before the boundary.
    expect(told(early, 'a')[0]).toContain('bought anew from 2026-11-20 12:51Z on');
    expect(early.nextWakeAt).toBe(NOON + 51 * MINUTE);
    const due = planWith([{ id: 'a', price: DEAR, paidUntil: NOON + 9 * MINUTE }], REPLACE);
    expect(deployedCount(due)).toBe(1);
    expect(due.actions[0]!.reason).toEqual({
      code: 'replacement',
      text: '1 above maxPrice are replaced before their boundary',
    });
  });

  it('goes once its successor is up, and neither it nor another goes before', () => {
    const old = { id: 'a', price: DEAR, paidUntil: NOON + 2 * MINUTE };
    const other = { id: 'b', price: CHEAP, paidUntil: NOON + 2 * MINUTE };
    const two = { ...REPLACE, demand: demandOf([[0, 2]]) };
    const fresh = { id: 'c', price: CHEAP, paidUntil: NOON + DAY };
    const coming = planWith([old, other, { ...fresh, status: 'launching' }], two);
    expect(deletedIds(coming)).toEqual([]);
    expect(coming.marks).toEqual([]);
    expect(deployedCount(coming)).toBe(0);
    expect(deletedIds(planWith([old, other, fresh], two))).toEqual(['a']);
  });

  it('says when it goes that it was replaced, by whom and why, parked as well as due', () => {
    const fresh = { id: 'c', price: CHEAP, paidUntil: NOON + DAY, createdAt: NOON - 5 * MINUTE };
    const text = 'replaced by vm-c: it costs 0.900000 a day, above the 0.800000 a day of maxPrice';
    const early = planWith([{ id: 'a', price: DEAR, paidUntil: NOON + 8 * MINUTE }, fresh], REPLACE);
    expect(early.marks).toMatchObject([{ vmId: 'a', to: 'parked', reason: { code: 'replaced', text } }]);
    const due = planWith([{ id: 'a', price: DEAR, paidUntil: NOON + 2 * MINUTE }, fresh], REPLACE);
    expect(due.actions).toMatchObject([{ kind: 'delete', vm: { id: 'a' }, reason: { code: 'replaced', text } }]);
    expect(due.charges.find(({ vm }) => vm.id === 'a')?.fate).toBe('deleting');
  });

  it.each([
    ['nobody was bought in its place: the wish has ended', { createdAt: NOON - 15 * HOUR, price: CHEAP }],
    ['what was bought is too dear itself', { createdAt: NOON - 5 * MINUTE, price: daily(850_000n) }],
  ])('and is ordinary surplus where %s', (_, over) => {
    const old = { id: 'a', price: DEAR, paidUntil: NOON + 2 * MINUTE };
    const plan = planWith([old, { id: 'c', paidUntil: NOON + DAY, ...over }], REPLACE);
    expect(plan.actions).toMatchObject([{ kind: 'delete', vm: { id: 'a' }, reason: { code: 'surplus' } }]);
  });

  it('goes before a dearer one whose boundary is far', () => {
    const dearer = { id: 'b', price: daily(950_000n), paidUntil: NOON + 10 * HOUR };
    const members = [
      { id: 'a', price: DEAR, paidUntil: NOON + 2 * MINUTE },
      dearer,
      { id: 'c', price: CHEAP, paidUntil: NOON + DAY },
    ];
    expect(deletedIds(planWith(members, { ...REPLACE, demand: demandOf([[0, 2]]) }))).toEqual(['a']);
  });

  it('is kept and told where no offer fits, without the fleet lacking anything', () => {
    const offers = [makeOffer({ price: daily(850_000n) })];
    const plan = planWith([{ id: 'a', price: DEAR, paidUntil: soon - MINUTE }], REPLACE, { offers });
    expect(plan.actions).toEqual([]);
    expect(told(plan)[0]).toMatch(/^1 above maxPrice can't be replaced now: 1 can't be had under maxPrice/);
    expect(plan.holds.map(({ reason }) => reason.code)).toEqual(['above-max-price', 'above-max-price']);
    const later = planWith([{ id: 'a', price: DEAR, paidUntil: NOON + HOUR }], REPLACE, { offers });
    expect(told(later, 'a')[0]).toContain('no offer within maxPrice fits now; looked for again at');
  });

  it('needs no successor when it is let go anyway', () => {
    const plan = planWith([{ id: 'a', price: DEAR, paidUntil: soon - MINUTE }], { ...REPLACE, demand: demandOf([]) });
    expect(deployedCount(plan)).toBe(0);
    expect(told(plan, 'a')).toEqual([]);
  });
});

describe('a fleet whose prices rise', () => {
  const scenarios = fc.record({
    billing: fc.constantFrom('rolling' as const, 'fixed' as const),
    launchMillis: fc.constantFrom(0, 20_000, 4 * MINUTE),
    steps: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 4 }),
    raised: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    hasOffers: fc.boolean(),
  });

  it('is never short of what it wants, and pays no raised price again where an offer fits', () => {
    fc.assert(
      fc.property(scenarios, ({ billing, launchMillis, steps, raised, hasOffers }) => {
        const demand = demandOf(steps.map((minutes, index) => [NOON + (index * 300 + minutes) * MINUTE, index + 1]));
        const wanted = steps.length;
        const offers = [makeOffer({ price: CHEAP, capacity: 1000 })];
        const world = new World(NOON, { price: CHEAP, billing, launchMillis, deletionMillis: 20_000, offers });
        const fleet = makeFleet({ demand, ...REPLACE, keepIfWantedWithinMillis: 10 * MINUTE });
        const driver = new Driver({ world, policies: { fleets: [fleet] }, lookEvery: HOUR });
        // Late enough that nothing is compared with its order any more.
        const raisedAt = NOON + 1500 * MINUTE + 2 * HOUR;
        driver.run(raisedAt);
        const dear = [...world.machines.values()].filter((_, index) => raised[index % 4]);
        for (const machine of dear) Object.assign(machine, { price: DEAR });
        if (!hasOffers) Object.assign(offers[0]!, { capacity: 0 });
        driver.run(raisedAt + 2 * DAY, () => expect(world.countUp()).toBeGreaterThanOrEqual(wanted));
        const ids = new Set(dear.map(({ id }) => id));
        // Who is charged before a successor can be up is paid once more, whatever anybody does.
        const avoidable = raisedAt + launchMillis + 5 * MINUTE;
        const paidAgain = world.charges.filter(({ at, vmId }) => at > avoidable && ids.has(vmId));
        if (hasOffers) expect(paidAgain).toEqual([]);
        expect([...world.machines.values()].filter(({ price }) => price === DEAR).length).toBe(
          hasOffers ? 0 : dear.length,
        );
        expect(world.machines.size).toBe(wanted);
      }),
      { numRuns: 30 },
    );
  });

  const hours = fc.record({
    wanted: fc.integer({ min: 1, max: 3 }),
    gaps: fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 3, maxLength: 3 }),
    launchMillis: fc.constantFrom(20_000, 3 * MINUTE, 12 * MINUTE),
    deletionMillis: fc.constantFrom(0, 10_000, 50_000),
    fallAt: fc.integer({ min: 0, max: 60 }),
    capacity: fc.constantFrom(0, 1, 100),
  });

  it('lets nobody go before its successor is up where launches take longer than boundaries lie apart', () => {
    const hourly = (amount: bigint) => ({ amount, periodMillis: HOUR });
    const check = ({
      wanted,
      gaps,
      launchMillis,
      deletionMillis,
      fallAt,
      capacity,
    }: typeof hours extends fc.Arbitrary<infer Case> ? Case : never) => {
      const joinsAt = gaps
        .slice(0, wanted)
        .map((_, index) => NOON + gaps.slice(0, index + 1).reduce((a, b) => a + b) * MINUTE);
      const limitedTo = (amount: bigint) => {
        const where = makeWhere({ maxPrice: hourly(amount), aboveMaxPrice: 'replace' });
        const demand = demandOf(joinsAt.map((at, index) => [at, index + 1]));
        return { fleets: [makeFleet({ demand, keepIfWantedWithinMillis: 20 * MINUTE, where })] };
      };
      const market = (amount: bigint, size: number) => ({
        price: hourly(amount),
        offers: [makeOffer({ price: hourly(amount), capacity: size })],
      });
      const world = new World(NOON, { launchMillis, deletionMillis, billing: 'rolling', ...market(300_000n, 100) });
      const driver = new Driver({ world, policies: limitedTo(300_000n), lookEvery: MINUTE });
      const fallsAt = NOON + 4 * HOUR + fallAt * MINUTE;
      driver.run(fallsAt);
      Object.assign(world.options, market(200_000n, capacity));
      driver.policies = { ...driver.policies, ...limitedTo(250_000n), generation: 2 };
      driver.run(fallsAt + 5 * HOUR, () => expect(world.countUp()).toBeGreaterThanOrEqual(wanted));
      if (capacity === 0) expect(world.removals).toEqual([]);
    };
    fc.assert(fc.property(hours, check), {
      numRuns: 60,
      // The first renewed while both successors launched; the second was let go for the one that wasn't up.
      examples: [
        [{ wanted: 2, gaps: [10, 56, 0], launchMillis: 12 * MINUTE, deletionMillis: 10_000, fallAt: 0, capacity: 1 }],
      ],
    });
  });
});
