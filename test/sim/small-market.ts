// A small market for tests: two countries, two configurations, launches of a minute, deletions of half a minute, and no chance.
import { DAY_MILLIS } from '../../src/core/money.js';
import type { Instant } from '../../src/core/types.js';
import { createMarket } from '../../src/sim/marketplace/market.js';
import type { DeployOrder, MarketState, OfferConstraints } from '../../src/sim/marketplace/market-state.js';
import type { WorldDocument } from '../../src/sim/marketplace/market-world-schema.js';
import { readWorld } from '../../src/sim/world.js';

export const START: Instant = Date.parse('2026-11-20T06:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = DAY_MILLIS;
export const SMALL = 'cpu-2-ram-4gb-storage-25gb';
export const LARGE = 'cpu-4-ram-8gb-storage-25gb';

export const smallWorld = {
  start: '2026-11-20T06:00:00Z',
  balance: '100',
  launch: { least: '1m', most: '1m' },
  deletion: { least: '30s', most: '30s' },
  offers: [
    {
      configuration: SMALL,
      country: 'FR',
      price: '0.306980',
      servers: [2, 3],
      storage: { supply: 100, perVmLimit: 60 },
    },
    { configuration: SMALL, country: 'DE', price: '0.300000', capacity: 4 },
    { configuration: LARGE, country: 'FR', price: '0.600000', capacity: 8 },
  ],
} satisfies WorldDocument;

export function createSmallMarket(changes: WorldDocument = {}, seed = 1): MarketState {
  return createMarket(readWorld({ ...smallWorld, ...changes }).market, seed);
}

export function orderOf(instances: number, constraints: OfferConstraints = {}): DeployOrder {
  return {
    constraints,
    instances,
    name: 'web',
    hostname: undefined,
    osImage: 'https://images.example/a.img',
    ports: [],
  };
}
