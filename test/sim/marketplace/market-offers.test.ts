// Which offers the service picks and when it refuses.
import { describe, expect, it } from 'vitest';
import { deployVms, estimateOrder } from '../../../src/sim/marketplace/market-deploy.js';
import { findOffers, pickOffers } from '../../../src/sim/marketplace/market-offers.js';
import type { OfferConstraints } from '../../../src/sim/marketplace/market-state.js';
import { createSmallMarket, LARGE, orderOf, SMALL } from '../small-market.js';

function pick(instances: number, constraints: OfferConstraints): unknown {
  const picks = pickOffers(createSmallMarket(), constraints, instances);
  if ('error' in picks) return picks.error;
  return picks.map(({ offer, count, price }) => [offer.place.country, offer.configuration, count, price]);
}

describe('the choice of offers', () => {
  it('takes the smallest configuration, then the cheapest place', () => {
    expect(pick(2, {})).toEqual([['DE', SMALL, 2, 300_000n]]);
  });

  it('goes on to the next cheapest, server by server, when one offer is not enough', () => {
    expect(pick(7, {})).toEqual([
      ['DE', SMALL, 4, 300_000n],
      ['FR', SMALL, 2, 306_980n],
      ['FR', SMALL, 1, 306_980n],
    ]);
  });

  it('takes a larger configuration rather than a mixture when the smallest has too few', () => {
    expect(pick(6, { countries: ['FR'] })).toEqual([['FR', LARGE, 6, 600_000n]]);
  });

  it('gives all instances or none', () => {
    expect(pick(6, { countries: ['FR'], configuration: SMALL })).toBe('Not enough offers found');
    expect(pick(10, {})).toBe('Not enough offers found');
  });

  it('says that none is suitable when constraints or the cap exclude all', () => {
    expect(pick(1, { countries: ['PL'] })).toBe('No suitable offer found');
    expect(pick(1, { maxPrice: 299_999n })).toBe('No suitable offer found');
    expect(pick(1, { cpu: [{ manufacturer: 'Intel' }] })).toBe('No suitable offer found');
  });

  it('holds the cap against each VM, its extra storage included', () => {
    const extra = { storage: [{ type: 'NVMe' }], extraStorage: [{ gib: 10 }], countries: ['FR'], configuration: SMALL };
    expect(pick(1, { ...extra, maxPrice: 326_980n })).toEqual([['FR', SMALL, 1, 326_980n]]);
    expect(pick(1, { ...extra, maxPrice: 326_979n })).toBe('No suitable offer found');
  });

  it('lends extra storage only as far as a server and the limit per VM reach', () => {
    const market = createSmallMarket();
    const order = (instances: number, gib: number) =>
      deployVms(market, orderOf(instances, { configuration: SMALL, extraStorage: [{ gib }] }));
    expect(order(1, 61)).toMatchObject({ error: 'No suitable offer found' });
    expect(order(3, 60)).toMatchObject({ error: 'Not enough offers found' });
    expect(order(2, 60)).toHaveLength(2);
    expect(market.offers[0]!.servers).toEqual([
      { capacity: 1, storageGib: 40 },
      { capacity: 2, storageGib: 40 },
    ]);
  });

  it('leaves out offers without capacity', () => {
    const market = createSmallMarket();
    deployVms(market, orderOf(4));
    expect(findOffers(market, {}).map((offer) => offer.place.country)).toEqual(['FR', 'FR']);
  });

  it('estimates what the same order would take, without taking it', () => {
    const market = createSmallMarket();
    expect(estimateOrder(market, {}, 5)).toEqual({ deposit: 3_013_960n, total: 1_506_980n, highest: 306_980n });
    expect(market.offers[1]!.servers[0]!.capacity).toBe(4);
  });

  it('refuses an order that the balance can not pay twice, and takes nothing', () => {
    const market = createSmallMarket({ balance: '0.599999' });
    expect(deployVms(market, orderOf(1))).toEqual({ status: 402, error: 'Insufficient balance' });
    expect([market.balance, market.vms.size, market.offers[1]!.servers[0]!.capacity]).toEqual([599_999n, 0, 4]);
  });
});
