// Offers, and what the marketplace lists beside them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readImages } from '../../../src/fluence/read-images.js';
import { Unreadable } from '../../../src/fluence/read-values.js';
import {
  readConfigurations,
  readCountries,
  readDatacenters,
  readHardware,
} from '../../../src/fluence/marketplace/read-catalogue.js';
import { readOffers } from '../../../src/fluence/marketplace/read-offers.js';
import { offer } from './answers.js';

describe('an offer', () => {
  it('is read with the capacity of all its servers', () => {
    expect(readOffers([offer()])).toEqual([
      {
        configuration: 'cpu-2-ram-4gb-storage-25gb',
        vcpu: 2,
        ramGb: 4,
        storageGb: 25,
        price: { amount: 306_980n, periodMillis: 86_400_000 },
        place: { country: 'PL', city: 'POZ', cityIndex: 1, tier: 4, certifications: ['SOC2'] },
        capacity: 7,
        hardware: {
          cpuManufacturer: 'AMD',
          cpuArchitecture: 'Zen',
          memoryType: 'DDR',
          memoryGeneration: '4',
          storageType: 'NVMe',
        },
      },
    ]);
  });

  it('of a configuration pattern that we do not know is passed over: it can never be asked for', () => {
    const other = offer({ configuration: { slug: 'gpu-h100-1', price: 'on request' }, servers: null });
    expect(readOffers([other, offer()])).toHaveLength(1);
  });

  it.each([
    ['a negative price', { configuration: { slug: 'cpu-2-ram-4gb-storage-25gb', price: '-1' } }],
    ['no price', { configuration: { slug: 'cpu-2-ram-4gb-storage-25gb' } }],
    ['no configuration', { configuration: undefined }],
    ['no country', { datacenter: null }],
    ['no servers', { servers: undefined }],
    ['a capacity that is no number', { servers: [{ availableBasicInstances: '5' }] }],
    ['a negative capacity', { servers: [{ availableBasicInstances: -1 }] }],
  ])('with %s could be bought unseen, so the whole answer is unreadable', (_title, change) => {
    expect(() => readOffers([offer(), offer(change)])).toThrow(/offer 2 of 2 can't be read/);
  });

  it('list may be empty, but must be a list', () => {
    expect(readOffers([])).toEqual([]);
    for (const json of [undefined, null, {}, 'none']) expect(() => readOffers(json)).toThrow(Unreadable);
  });
});

describe('the catalogue', () => {
  it('is read', () => {
    expect(readConfigurations(['cpu-2-ram-4gb-storage-25gb', 7])).toEqual(['cpu-2-ram-4gb-storage-25gb']);
    expect(readCountries(['DE', 'fr', 'Poland', null])).toEqual(['DE', 'FR']);
    expect(
      readHardware({
        cpu: [{ manufacturer: 'AMD', architecture: 'Zen' }, { manufacturer: 'AMD' }],
        memory: [{ type: 'DDR', generation: '5' }],
        storage: [{ type: 'SSD' }, { type: 'NVMe', more: 1 }],
      }),
    ).toEqual({
      cpu: [{ manufacturer: 'AMD', architecture: 'Zen' }],
      memory: [{ type: 'DDR', generation: '5' }],
      storage: [{ type: 'SSD' }, { type: 'NVMe' }],
    });
    const place = { country: 'FR', city: 'PAR', cityIndex: 2, tier: 3, certifications: [] };
    const datacenter = { id: 'x', countryCode: 'FR', cityCode: 'PAR', index: 2, tier: 3 };
    expect(readDatacenters([datacenter])).toEqual([place]);
    expect(readDatacenters({ items: [datacenter, {}] })).toEqual([place]);
  });

  it('has images with a slug and a URL; others can not be used', () => {
    const image = {
      id: '1',
      name: 'Ubuntu 24.04',
      distribution: 'Ubuntu',
      slug: 'ubuntu-24-04-x64',
      username: 'ubuntu',
    };
    expect(readImages([{ ...image, downloadUrl: 'https://images.example/u.img' }, image, null])).toEqual([
      {
        slug: 'ubuntu-24-04-x64',
        name: 'Ubuntu 24.04',
        distribution: 'Ubuntu',
        url: 'https://images.example/u.img',
        username: 'ubuntu',
      },
    ]);
  });

  it('of anything at all is read, or unreadable, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        for (const read of [readConfigurations, readCountries, readHardware, readDatacenters, readImages, readOffers]) {
          try {
            read(json);
          } catch (error) {
            expect(error).toBeInstanceOf(Unreadable);
          }
        }
      }),
    );
  });
});
