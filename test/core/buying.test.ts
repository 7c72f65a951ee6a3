// Choosing what to rent: only what the service can't answer with something else, never above maxPrice, spread and preferred.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePurchases, spreadKey, type Market } from '../../src/core/buying.js';
import { comparePrices } from '../../src/core/money.js';
import type { FleetPolicy, Where } from '../../src/core/policy-types.js';
import type { Offer } from '../../src/core/types.js';
import { canSelect, findOfferMisfit } from '../../src/core/where.js';
import { daily, HOUR, makeFleet, makeOffer, makeWhere, SIZE } from './samples.js';

const PLACE = makeOffer().place;

function fleetWith(where: Partial<Where>, over: Partial<FleetPolicy> = {}): FleetPolicy {
  return makeFleet({ where: makeWhere(where), ...over });
}

function marketOf(offers: readonly Offer[]): Market {
  return { offers, taken: new Map() };
}

function choose(fleet: FleetPolicy, missing: number, offers: readonly Offer[]) {
  return choosePurchases(fleet, missing, marketOf(offers), undefined);
}

const inCountry = (country: string, over: Partial<Offer> = {}): Offer =>
  makeOffer({ place: { ...PLACE, country }, ...over });
const bought = (chosen: ReturnType<typeof choosePurchases>) =>
  chosen.purchases.map(({ offer, count }) => `${offer.country} ${offer.configuration} ${offer.price.amount} x${count}`);

describe('choosePurchases', () => {
  it('takes the cheapest first and the next when it runs out', () => {
    const offers = [inCountry('FR', { capacity: 9 }), inCountry('DE', { price: daily(200_000n), capacity: 2 })];
    expect(bought(choose(fleetWith({ countries: [] }), 3, offers))).toEqual([
      `DE ${SIZE} 200000 x2`,
      `FR ${SIZE} 306980 x1`,
    ]);
  });

  it('follows the listed order of countries when that is preferred, also over a lower price', () => {
    const offers = [inCountry('DE', { price: daily(1n) }), inCountry('FR'), inCountry('PL', { price: daily(1n) })];
    const fleet = fleetWith({ countries: ['FR', 'DE'], prefer: 'listed' });
    expect(choose(fleet, 1, offers).purchases[0]!.offer.country).toBe('FR');
  });

  it('compares prices across periods', () => {
    const hourly = inCountry('DE', { price: { amount: 20_000n, periodMillis: HOUR } });
    expect(choose(fleetWith({ countries: [] }), 1, [hourly, inCountry('FR')]).purchases[0]!.offer.country).toBe('FR');
  });

  it('takes the smallest on offer when no size is said, and not a larger one when it runs out', () => {
    const large = makeOffer({ configuration: 'cpu-4-ram-8gb-storage-25gb', vcpu: 4, ramGb: 8, price: daily(1n) });
    const small = makeOffer({ capacity: 1 });
    const fleet = fleetWith({ configurations: undefined });
    expect(bought(choose(fleet, 2, [large, small]))).toEqual([`FR ${SIZE} 306980 x1`]);
    expect(choose(fleet, 2, [large, small]).shortfall?.code).toBe('no-offer');
  });

  it('takes any size above a minimum, the cheapest first', () => {
    const large = makeOffer({ configuration: 'cpu-4-ram-8gb-storage-25gb', vcpu: 4, ramGb: 8, price: daily(1n) });
    const fleet = fleetWith({ configurations: undefined, minimum: { vcpu: 2, ramGb: 4, storageGb: 25 } });
    expect(choose(fleet, 1, [makeOffer(), large]).purchases[0]!.offer.configuration).toBe(large.configuration);
  });

  it('sends a cap of the price plus two percent, and never more than maxPrice', () => {
    expect(choose(fleetWith({}), 1, [makeOffer()]).purchases[0]!.cap).toEqual(daily(313_119n));
    expect(choose(fleetWith({ maxPrice: daily(310_000n) }), 1, [makeOffer()]).purchases[0]!.cap).toEqual(
      daily(310_000n),
    );
    const hourly = choose(fleetWith({ maxPrice: { amount: 12_800n, periodMillis: HOUR } }), 1, [makeOffer()]);
    expect(hourly.purchases[0]!.cap).toEqual(daily(307_200n));
  });

  it.each([
    ['tier', { tier: 4 }, { place: { ...PLACE, tier: 2 } }],
    ['certifications', { certifications: ['SOC2'] }, {}],
  ] as const)("holds when %s can't be asked of the service, and names it", (field, where, other) => {
    const good = makeOffer({ place: { ...PLACE, certifications: ['SOC2'] } });
    const { purchases, shortfall } = choose(fleetWith(where), 1, [good, makeOffer(other)]);
    expect(purchases).toEqual([]);
    expect(shortfall?.code).toBe('cannot-target');
    expect(shortfall?.text).toContain(`where.${field}`);
  });

  it('buys when the offer that fails is above the cap, elsewhere, or sold out', () => {
    const low = { ...PLACE, tier: 2 };
    const others = [
      makeOffer({ place: low, price: daily(313_120n) }),
      makeOffer({ place: { ...low, country: 'DE' } }),
      makeOffer({ place: low, capacity: 0 }),
    ];
    expect(choose(fleetWith({ tier: 4, countries: [] }), 1, [makeOffer(), ...others]).purchases.length).toBe(1);
  });

  it('names every field of a hardware type that it names', () => {
    const hardware = { cpuManufacturer: 'AMD', cpuArchitecture: 'Zen', storageType: 'NVMe' };
    const { purchases } = choose(fleetWith({ hardware: { cpuManufacturer: 'amd' } }), 1, [makeOffer({ hardware })]);
    expect(purchases[0]!.offer.hardware).toEqual({ cpuManufacturer: 'AMD', cpuArchitecture: 'Zen' });
    expect(choose(fleetWith({}), 1, [makeOffer({ hardware })]).purchases[0]!.offer.hardware).toBeUndefined();
  });

  it('orders at most a hundred a call', () => {
    const { purchases } = choose(fleetWith({}), 250, [makeOffer({ capacity: 1000 })]);
    expect(purchases.map(({ count }) => count)).toEqual([100, 100, 50]);
  });

  it('leaves what an earlier fleet of the plan took', () => {
    const market = marketOf([makeOffer({ capacity: 3 })]);
    expect(choosePurchases(fleetWith({}), 2, market, undefined).purchases[0]!.count).toBe(2);
    const second = choosePurchases(fleetWith({}), 2, market, undefined);
    expect(second.purchases[0]!.count).toBe(1);
    expect(second.shortfall?.code).toBe('no-offer');
  });

  it('names the cluster and the disk of an offer that has them, and takes from both sizes what is bought of one', () => {
    const inCluster = (storageGb: number, over: Partial<Offer> = {}) =>
      makeOffer({ clusterId: 'c1', configuration: 'cpu-regular-2vcpu-4gb', storageGb, capacity: 3, ...over });
    const market = marketOf([inCluster(25), inCluster(50), inCluster(50, { clusterId: 'c2', price: daily(400_000n) })]);
    const small = fleetWith({ configurations: undefined, minimum: { vcpu: 2, ramGb: 4, storageGb: 25 } });
    const large = fleetWith({ configurations: undefined, minimum: { vcpu: 2, ramGb: 4, storageGb: 50 } });
    expect(choosePurchases(small, 2, market, undefined).purchases).toMatchObject([
      { count: 2, offer: { clusterId: 'c1', storageGb: 25 } },
    ]);
    expect(choosePurchases(large, 2, market, undefined).purchases).toMatchObject([
      { count: 1, offer: { clusterId: 'c1', storageGb: 50 } },
      { count: 1, offer: { clusterId: 'c2', storageGb: 50 } },
    ]);
  });

  it('says which price would do, or which field keeps most offers out', () => {
    const dear = choose(fleetWith({ maxPrice: daily(1n) }), 1, [makeOffer()]);
    expect(dear.shortfall?.text).toContain('in FR at 0.306980 a day');
    // In the unit in which the policy is written.
    const byHour = choose(fleetWith({ maxPrice: { amount: 1n, periodMillis: HOUR } }), 1, [makeOffer()]);
    expect(byHour.shortfall?.text).toContain('in FR at 0.012791 an hour');
    const nowhere = choose(fleetWith({}), 1, [inCountry('DE'), inCountry('PL')]);
    expect(nowhere.shortfall?.text).toContain('2 of 2 fail where.countries');
    expect(choose(fleetWith({}), 1, []).shortfall?.text).toContain('nothing with capacity');
  });

  it('names no country that is not wanted while a wanted one offers something', () => {
    const offers = [inCountry('FR', { price: daily(900_000n) }), inCountry('PL', { price: daily(850_000n) })];
    expect(choose(fleetWith({}), 1, offers).shortfall?.text).toContain(`${SIZE} in FR at 0.900000`);
    expect(choose(fleetWith({}), 1, offers.slice(1)).shortfall?.text).toContain('1 of 1 fail where.countries');
    const small = inCountry('FR', { configuration: 'cpu-1', vcpu: 1 });
    const text = choose(fleetWith({}), 1, [small, inCountry('PL'), inCountry('DE')]).shortfall?.text;
    expect(text).toContain('no offer in FR fits (1 of 1 fail where.configuration)');
  });

  it('says how many there were when all that fits is taken', () => {
    const offers = [inCountry('FR', { capacity: 2 }), inCountry('PL')];
    expect(choose(fleetWith({}), 5, offers).shortfall?.text).toBe("3 can't be had: the offers that fit had room for 2");
  });
});

describe('spread', () => {
  const paris = makeOffer({ capacity: 9 });
  const lyon = makeOffer({ capacity: 9, place: { ...PLACE, city: 'LYS' }, price: daily(400_000n) });

  it('leaves room where there is some, and says when there is none', () => {
    const counts = new Map([['FR-PAR-1', 2]]);
    const spread = { by: 'datacenter', max: 3, counts } as const;
    const fleet = fleetWith({}, { spread });
    const { purchases } = choosePurchases(fleet, 4, marketOf([paris, lyon]), spread);
    expect(purchases.map(({ offer, count }) => [offer.price.amount, count])).toEqual([[306_980n, 1]]);
    const full = choosePurchases(fleet, 1, marketOf([paris]), spread);
    expect(full.shortfall?.text).toContain('spread');
  });

  it('by country counts the members of a country', () => {
    const spread = { by: 'country', max: 2, counts: new Map<string, number>() } as const;
    const { purchases } = choosePurchases(
      fleetWith({ countries: [] }, { spread }),
      5,
      marketOf([paris, inCountry('DE'), inCountry('PL')]),
      spread,
    );
    expect(new Map(purchases.map(({ offer, count }) => [offer.country, count]))).toEqual(
      new Map([
        ['DE', 2],
        ['FR', 2],
        ['PL', 1],
      ]),
    );
  });

  it('leaves room for those on their way to a place that is not known yet', () => {
    const room = (by: 'country' | 'datacenter', ...counts: [string, number][]) => {
      const spread = { by, max: 3, counts: new Map(counts) };
      const { purchases } = choosePurchases(fleetWith({}, { spread }), 9, marketOf([paris]), spread);
      return purchases.reduce((sum, { count }) => sum + count, 0);
    };
    expect(room('datacenter', ['FR', 2])).toBe(1);
    expect(room('datacenter', ['DE', 2])).toBe(3);
    expect(room('datacenter', ['', 1], ['FR-PAR-1', 1])).toBe(1);
    expect(room('country', ['FR', 2])).toBe(1);
  });

  it('counts a purchase in every place that its call can select', () => {
    const spread = { by: 'datacenter', max: 3, counts: new Map<string, number>() } as const;
    const nearby = { ...lyon, price: daily(310_000n) };
    const { purchases } = choosePurchases(fleetWith({}, { spread }), 9, marketOf([paris, nearby]), spread);
    expect(purchases.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it('has a key for each place', () => {
    expect(spreadKey(PLACE, 'country')).toBe('FR');
    expect(spreadKey(PLACE, 'datacenter')).toBe('FR-PAR-1');
    expect(spreadKey({ ...PLACE, city: undefined, cityIndex: undefined }, 'datacenter')).toBe('FR-?-0');
  });
});

describe('whatever the market', () => {
  const offers = fc.array(
    fc
      .record({
        country: fc.constantFrom('FR', 'DE'),
        tier: fc.constantFrom(1, 4),
        amount: fc.integer({ min: 90, max: 110 }),
        capacity: fc.nat(5),
        vcpu: fc.constantFrom(2, 4),
      })
      .map(({ country, tier, amount, capacity, vcpu }) =>
        makeOffer({
          place: { ...PLACE, country, tier },
          price: daily(BigInt(amount)),
          capacity,
          vcpu,
          configuration: `cpu-${vcpu}`,
        }),
      ),
    { maxLength: 8 },
  );
  const wheres = fc.record({
    countries: fc.constantFrom(['FR'], ['DE', 'FR'], []),
    prefer: fc.constantFrom('price' as const, 'listed' as const),
    configurations: fc.constantFrom(undefined, ['cpu-2'], ['cpu-2', 'cpu-4']),
    tier: fc.constantFrom(undefined, 4),
    maxPrice: fc.integer({ min: 95, max: 115 }).map((amount) => daily(BigInt(amount))),
  });

  it('buys only what can be answered with nothing but what fits, at most what is missing and offered', () => {
    fc.assert(
      fc.property(offers, wheres, fc.integer({ min: 1, max: 12 }), (all, where, missing) => {
        const fleet = fleetWith(where);
        const { purchases, shortfall } = choose(fleet, missing, all);
        const total = purchases.reduce((sum, { count }) => sum + count, 0);
        expect(total).toBeLessThanOrEqual(missing);
        expect(shortfall === undefined).toBe(total === missing);
        for (const { offer, cap, count } of purchases) {
          expect(count).toBeGreaterThan(0);
          expect(comparePrices(cap, fleet.where.maxPrice)).toBeLessThanOrEqual(0);
          expect(comparePrices(offer.price, cap)).toBeLessThanOrEqual(0);
          const answers = all.filter((one) => canSelect(offer, cap, one));
          expect(
            answers.map((one) => findOfferMisfit(one, fleet.where)).filter((field) => field !== undefined),
          ).toEqual([]);
        }
        const fitting = all.filter((one) => findOfferMisfit(one, fleet.where) === undefined);
        expect(total).toBeLessThanOrEqual(fitting.reduce((sum, { capacity }) => sum + capacity, 0));
      }),
      { numRuns: 1000 },
    );
  });
});
