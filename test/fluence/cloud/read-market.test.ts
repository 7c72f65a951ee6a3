// Mutated catalogues, prices, parts and money: each is read, or is unreadable; nothing crashes, and no price is made up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOffers } from '../../../src/fluence/cloud/market.js';
import {
  readAllResources,
  readClusters,
  readConfigurations,
  readDatacenters,
} from '../../../src/fluence/cloud/read-catalogue.js';
import { readBalances, readCharges, readChargeTotal, readCost } from '../../../src/fluence/cloud/read-money.js';
import { readAddress, readDisk, readParts } from '../../../src/fluence/cloud/read-parts.js';
import { readAddressPrices, readStoragePrices, readVmPrices } from '../../../src/fluence/cloud/read-prices.js';
import { multiplyPrice } from '../../../src/fluence/cloud/read-wire.js';
import { readImages } from '../../../src/fluence/read-images.js';
import { Unreadable } from '../../../src/fluence/read-values.js';
import * as answers from './answers.js';
import { changes, mutateAll } from './mutate.js';

function readOrRefuse<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(Unreadable);
    return undefined;
  }
}

const readers: [string, unknown, (json: never) => unknown][] = [
  ['data centers', answers.datacenters(), readDatacenters],
  ['clusters', answers.clusters(), readClusters],
  ['configurations', { items: [answers.configuration(0)] }, readConfigurations],
  ['resources', answers.allResources(), readAllResources],
  ['images', { items: [answers.image()] }, readImages],
  ['prices of VMs', answers.vmPrices(), readVmPrices],
  ['prices of disks', answers.storagePrices(), readStoragePrices],
  ['prices of addresses', answers.addressPrices(), readAddressPrices],
  ['balances', [{ featureKey: 'usd', balance: '1.5', usageDaysLeft: 3 }], readBalances],
  ['charges', [{ totalCost: '0.5', periodStart: '2026-01-01' }], readCharges],
  ['a total', { total: '0.5' }, readChargeTotal],
  ['a cost', { totalCost: '0.5', periodSecs: 3600 }, (json) => readCost(json, 1)],
  ['disks', [answers.storage(1)], (json) => readParts(json, (entry) => readDisk(entry))],
  ['addresses', [answers.address(1)], (json) => readParts(json, (entry) => readAddress(entry, []))],
];

describe('mutated answers', () => {
  it.each(readers)('of %s are read or refused', (_title, answer, read) => {
    expect(readOrRefuse(() => read(answer as never))).toBeDefined();
    fc.assert(
      fc.property(changes, (made) => {
        readOrRefuse(() =>
          read((Array.isArray(answer) ? [mutateAll(answer[0], made)] : mutateAll(answer, made)) as never),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('never make an offer cheaper than its parts, nor more of it than there is', () => {
    const pick = fc.constantFrom('resources', 'vm', 'disk', 'address', 'clusters');
    fc.assert(
      fc.property(pick, changes, (where, made) => {
        const change = (name: string, json: unknown): unknown => (name === where ? mutateAll(json, made) : json);
        const market = readOrRefuse(() => ({
          clusters: readClusters(change('clusters', answers.clusters())),
          places: readDatacenters(answers.datacenters()),
          resources: readAllResources(change('resources', answers.allResources())),
          vmPrices: readVmPrices(change('vm', answers.vmPrices())),
          diskPrices: readStoragePrices(change('disk', answers.storagePrices())),
          addressPrices: readAddressPrices(change('address', answers.addressPrices())),
        }));
        const offers = market === undefined ? [] : (readOrRefuse(() => listOffers(market, [25])) ?? []);
        for (const offer of offers) {
          expect(offer.price.amount).toBeGreaterThanOrEqual(0n);
          expect(Number.isInteger(offer.capacity) && offer.capacity >= 0).toBe(true);
          expect(offer.vcpu * offer.ramGb).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a price times a quantity', () => {
  it('is exact, and rounded up once', () => {
    expect(multiplyPrice('0.0000821917808219', 25, 'x')).toBe(2055n);
    expect(multiplyPrice('0.0000821917808219', 1, 'x')).toBe(83n);
    expect(multiplyPrice('2', 3, 'x')).toBe(6_000_000n);
    expect(multiplyPrice('0', 1000, 'x')).toBe(0n);
    const digits = fc.nat(10 ** 9);
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: 1, max: 1000 }), (micros, rest, quantity) => {
        const text = `0.${String(micros % 1_000_000).padStart(6, '0')}${String(rest).padStart(10, '0')}`;
        const exact = BigInt(text.slice(2)) * BigInt(quantity);
        const amount = multiplyPrice(text, quantity, 'x');
        expect(amount * 10n ** 10n >= exact && (amount - 1n) * 10n ** 10n < exact).toBe(true);
      }),
    );
  });

  it.each(['-1', '', '.', '1e3', ' 1', '1 USD', '9'.repeat(12), 1, null, undefined])('%j is none', (text) => {
    expect(() => multiplyPrice(text, 1, 'a price')).toThrow(Unreadable);
  });
});
