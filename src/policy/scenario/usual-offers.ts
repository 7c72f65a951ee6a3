// What is offered in a scenario that names no offers: the places and prices of the sandbox's usual market, ample everywhere.
// Figures alone; nothing is read here.
import { DAY_MILLIS, HOUR_MILLIS } from '../../core/money.js';
import type { ScenarioOffer } from '../../core/scenario.js';
import type { Micros, Product } from '../../core/types.js';

export const USUAL_CAPACITY = 100;

/** Of a GB and of an IP, in micro-USDC an hour. */
export const USUAL_PARTS = { storagePerGb: 110n, publicIp: 4110n };

/** Country, tier, and what the smallest costs in micro-USDC by the product's unit. */
const USUAL_PLACES: Readonly<Record<Product, readonly (readonly [country: string, tier: number, smallest: Micros])[]>> =
  {
    marketplace: [
      ['FR', 4, 306_980n],
      ['DE', 3, 321_450n],
      ['PL', 4, 298_160n],
    ],
    cloud: [
      ['FR', 4, 12_790n],
      ['DE', 3, 13_390n],
      ['PL', 4, 12_420n],
    ],
  };

/** By size: twice as large is twice as dear. */
const USUAL_CONFIGURATIONS: Readonly<Record<Product, readonly (readonly [slug: string, times: bigint])[]>> = {
  marketplace: [
    ['cpu-2-ram-4gb-storage-25gb', 1n],
    ['cpu-4-ram-8gb-storage-25gb', 2n],
    ['cpu-8-ram-16gb-storage-25gb', 4n],
  ],
  cloud: [
    ['cpu-regular-2vcpu-4gb', 1n],
    ['cpu-regular-4vcpu-8gb', 2n],
    ['cpu-regular-8vcpu-16gb', 4n],
  ],
};

/** What is offered in a scenario without `offers`. */
export function listUsualOffers(product: Product): readonly ScenarioOffer[] {
  const periodMillis = product === 'cloud' ? HOUR_MILLIS : DAY_MILLIS;
  return USUAL_PLACES[product].flatMap(([country, tier, smallest]) =>
    USUAL_CONFIGURATIONS[product].map(([configuration, times]) => ({
      configuration,
      country,
      price: { amount: smallest * times, periodMillis },
      capacity: USUAL_CAPACITY,
      tier,
      hardware: {},
      changes: [],
    })),
  );
}
