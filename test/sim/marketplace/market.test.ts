// Properties of the market as a whole: whatever happens, money is conserved, nobody pays twice or after the end, and chance is
// the seed's alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumMicros } from '../../../src/core/money.js';
import { depositFunds } from '../../../src/sim/marketplace/market-billing.js';
import { readBooks } from '../../../src/sim/marketplace/market-books.js';
import { deployVms } from '../../../src/sim/marketplace/market-deploy.js';
import { deleteVms, endVm, isRunning, placeVm } from '../../../src/sim/marketplace/market-life.js';
import { moveOffers } from '../../../src/sim/marketplace/market-offers.js';
import type { MarketState } from '../../../src/sim/marketplace/market-state.js';
import { advanceTo, nextEventAt } from '../../../src/sim/marketplace/market.js';
import { createSmallMarket, DAY, HOUR, LARGE, MINUTE, orderOf, SMALL, START } from '../small-market.js';

type Step =
  | { readonly kind: 'deploy'; readonly count: number; readonly country: string | undefined }
  | { readonly kind: 'delete' | 'terminate'; readonly which: number }
  | { readonly kind: 'advance'; readonly millis: number }
  | { readonly kind: 'deposit'; readonly micros: number }
  | { readonly kind: 'place' }
  | { readonly kind: 'price'; readonly micros: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('deploy' as const),
    count: fc.integer({ min: 1, max: 4 }),
    country: fc.constantFrom(undefined, 'FR', 'DE'),
  }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'terminate' as const), which: fc.nat(30) }),
  fc.record({
    kind: fc.constant('advance' as const),
    millis: fc.oneof(fc.integer({ min: 0, max: 2 * MINUTE }), fc.integer({ min: 0, max: 2 * DAY })),
  }),
  fc.record({ kind: fc.constant('deposit' as const), micros: fc.integer({ min: -2_000_000, max: 2_000_000 }) }),
  fc.record({ kind: fc.constant('place' as const) }),
  fc.record({ kind: fc.constant('price' as const), micros: fc.integer({ min: 1, max: 900_000 }) }),
);

const run = fc.record({
  regime: fc.constantFrom('rolling' as const, 'fixed' as const),
  balance: fc.integer({ min: 0, max: 12 }),
  failPercent: fc.constantFrom(0, 30),
  seed: fc.integer(),
  steps: fc.array(step, { maxLength: 40 }),
});

function takeStep(market: MarketState, taken: Step): void {
  switch (taken.kind) {
    case 'deploy': {
      const countries = taken.country === undefined ? undefined : [taken.country];
      deployVms(market, orderOf(taken.count, { countries }));
      break;
    }
    case 'delete': {
      const vm = [...market.vms.values()][taken.which];
      if (vm !== undefined) deleteVms(market, [vm.id]);
      break;
    }
    case 'terminate': {
      const vm = [...market.vms.values()].filter(isRunning)[taken.which];
      if (vm !== undefined) endVm(market, vm, 'terminated');
      break;
    }
    case 'advance':
      advanceTo(market, market.now + taken.millis);
      break;
    case 'deposit':
      if (market.balance + BigInt(taken.micros) >= 0n) depositFunds(market, BigInt(taken.micros));
      break;
    case 'place':
      placeVm(market, {
        name: 'db-1',
        country: undefined,
        configuration: undefined,
        status: 'active',
        createdAt: market.now,
        paidUntil: market.now + HOUR,
        price: undefined,
        ports: [],
      });
      break;
    case 'price':
      moveOffers(market, { country: 'DE', price: BigInt(taken.micros) });
  }
}

type Run = typeof run extends fc.Arbitrary<infer Value> ? Value : never;

function play({ regime, balance, failPercent, seed, steps }: Run, check: (market: MarketState) => void): MarketState {
  const market = createSmallMarket(
    {
      balance,
      billing: { regime },
      launch: { least: '10s', most: '5m', failPercent },
      deletion: { least: '1s', most: '2h' },
    },
    seed,
  );
  for (const taken of steps) {
    takeStep(market, taken);
    check(market);
  }
  return market;
}

describe('the market', () => {
  it('conserves money to the micro at every step', () => {
    fc.assert(
      fc.property(run, (played) => {
        play(played, (market) => {
          const reserves = sumMicros(market.everyVm.map((vm) => vm.reserve));
          const charged = sumMicros(market.charges.map((charge) => charge.amount));
          expect(market.balance + reserves + charged).toBe(market.deposited);
          expect(market.balance >= 0n && market.everyVm.every((vm) => vm.reserve >= 0n)).toBe(true);
        });
      }),
    );
  });

  it('never rents more than an offer has, and gets everything back in the end', () => {
    fc.assert(
      fc.property(run, (played) => {
        const market = play(played, ({ offers }) => {
          expect(offers.every((offer) => offer.servers.every((server) => server.capacity >= 0))).toBe(true);
        });
        deleteVms(
          market,
          [...market.vms.values()].map((vm) => vm.id),
        );
        advanceTo(market, market.now + 3 * HOUR);
        expect(market.offers.map((offer) => offer.servers.map((server) => server.capacity))).toEqual([
          [2, 3],
          [4],
          [8],
        ]);
        expect(market.vms.size).toBe(0);
      }),
    );
  });

  it('charges each VM once for each of its epochs, back to back, and never after its end', () => {
    fc.assert(
      fc.property(run, (played) => {
        const market = play(played, () => undefined);
        for (const vm of market.everyVm) {
          const charges = market.charges.filter((charge) => charge.vm === vm);
          const end = Math.min(vm.goneAt ?? Infinity, vm.endedAt ?? Infinity);
          const timed = charges.filter((charge) => charge.from !== undefined);
          for (const [index, charge] of timed.entries()) {
            expect(charge.at).toBeLessThanOrEqual(end);
            expect(charge.to! > charge.from!).toBe(true);
            if (index > 0) expect(charge.from).toBe(timed[index - 1]!.to);
          }
          expect(charges.length - timed.length).toBe(vm.activeAt === undefined && !vm.foreign ? 1 : 0);
        }
      }),
    );
  });

  it('charges every VM that is listed and running at its boundary while the money lasts', () => {
    fc.assert(
      fc.property(run, (played) => {
        play({ ...played, balance: 1_000_000 }, (market) => {
          for (const vm of market.vms.values()) if (isRunning(vm)) expect(vm.nextBillingAt! > market.now).toBe(true);
        });
      }),
    );
  });

  it('is the same world, byte for byte, after the same seed and the same events', () => {
    fc.assert(
      fc.property(run, (played) => {
        const [first, second] = [play(played, () => undefined), play(played, () => undefined)];
        expect(JSON.stringify(readBooks(first))).toBe(JSON.stringify(readBooks(second)));
      }),
    );
  });

  it('draws by event: a detour does not change how long a later launch takes', () => {
    const launchOf = (detour: boolean) => {
      const market = createSmallMarket({ launch: { least: '1s', most: '1h' } });
      deployVms(market, orderOf(1));
      if (detour) advanceTo(market, START + DAY);
      deployVms(market, orderOf(1));
      return market.everyVm[1]!.activeDueAt! - market.now;
    };
    expect(launchOf(true)).toBe(launchOf(false));
  });

  it('gives other launches to another seed', () => {
    const launches = [1, 2, 3].map((seed) => {
      const market = createSmallMarket({ launch: { least: '1s', most: '1h' } }, seed);
      deployVms(market, orderOf(1));
      return nextEventAt(market);
    });
    expect(new Set(launches).size).toBe(3);
  });

  it('plays what a world says at its instants: moves, terminations and drift', () => {
    const market = createSmallMarket({
      vms: [{ name: 'ci-build-07', paidUntil: '+4h' }, { name: 'ci-build-08' }],
      terminations: [{ at: '+2h', name: 'ci-*' }],
      moves: [{ at: '+1h', country: 'DE', configuration: SMALL, price: '0.5', capacity: 0 }],
    });
    expect(nextEventAt(market)).toBe(START + HOUR);
    advanceTo(market, START + HOUR);
    expect(market.offers[1]).toMatchObject({ price: 500_000n, servers: [{ capacity: 0 }] });
    advanceTo(market, START + 2 * HOUR);
    expect([...market.vms.values()].map((vm) => [vm.names[0], vm.status])).toEqual([
      ['ci-build-07', 'terminated'],
      ['ci-build-08', 'active'],
    ]);
  });

  it('drifts around the base price and never below nothing', () => {
    const market = createSmallMarket({ drift: { every: '1h', pricePercent: 10, capacity: 3 } });
    const prices = new Set<bigint>();
    for (let hour = 1; hour <= 200; hour += 1) {
      advanceTo(market, START + hour * HOUR);
      const large = market.offers.find((offer) => offer.configuration === LARGE)!;
      prices.add(large.price);
      expect(large.price >= 540_000n && large.price <= 660_000n).toBe(true);
      expect(large.servers[0]!.capacity).toBeGreaterThanOrEqual(0);
    }
    expect(prices.size).toBeGreaterThan(10);
  });
});
