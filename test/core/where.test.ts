// Matching against `where`: which field fails first, what a call can select, and what makes a VM a misfit.
import { describe, expect, it } from 'vitest';
import type { Offer } from '../../src/core/types.js';
import { canSelect, findOfferMisfit, listWantedDisks } from '../../src/core/where.js';
import { daily, makeOffer, makeWhere, PRICE, SIZE } from './samples.js';

const PLACE = makeOffer().place;
const AMD = { cpuManufacturer: 'AMD', cpuArchitecture: 'Zen' };

describe('findOfferMisfit', () => {
  it.each([
    ['nothing', {}, {}, undefined],
    ['any country', { countries: [] }, { place: { ...PLACE, country: 'PL' } }, undefined],
    ['another country', {}, { place: { ...PLACE, country: 'PL' } }, 'countries'],
    ['another configuration', {}, { configuration: 'cpu-4-ram-8gb-storage-25gb' }, 'configuration'],
    ['any configuration', { configurations: undefined }, { configuration: 'x' }, undefined],
    ['enough', { minimum: { vcpu: 2, ramGb: 4, storageGb: 25 } }, {}, undefined],
    ['too few CPUs', { minimum: { vcpu: 3, ramGb: 4, storageGb: 25 } }, {}, 'minimum'],
    ['too little memory', { minimum: { vcpu: 2, ramGb: 5, storageGb: 25 } }, {}, 'minimum'],
    ['too little storage', { minimum: { vcpu: 2, ramGb: 4, storageGb: 26 } }, {}, 'minimum'],
    ['hardware in other letters', { hardware: { cpuManufacturer: 'amd' } }, { hardware: AMD }, undefined],
    ['other hardware', { hardware: { cpuManufacturer: 'Intel' } }, { hardware: AMD }, 'hardware'],
    ['hardware not told', { hardware: { cpuManufacturer: 'AMD' } }, {}, 'hardware'],
    ['the very maxPrice', { maxPrice: PRICE }, {}, undefined],
    ['a micro above maxPrice', { maxPrice: daily(306_979n) }, {}, 'maxPrice'],
    ['a tier reached', { tier: 4 }, {}, undefined],
    ['a tier too low', { tier: 4 }, { place: { ...PLACE, tier: 3 } }, 'tier'],
    ['a tier not told', { tier: 1 }, { place: { ...PLACE, tier: undefined } }, 'tier'],
    ['certifications', { certifications: ['soc2'] }, { place: { ...PLACE, certifications: ['SOC2'] } }, undefined],
    [
      'a certification lacking',
      { certifications: ['SOC2', 'X'] },
      { place: { ...PLACE, certifications: ['SOC2'] } },
      'certifications',
    ],
  ] as const)('finds %s', (_what, where, offer, field) => {
    expect(findOfferMisfit(makeOffer(offer), makeWhere(where))).toBe(field);
  });
});

describe('where disks are chosen', () => {
  const cloudOffer = { clusterId: 'c1', configuration: 'cpu-regular-2vcpu-4gb', vcpu: 2, ramGb: 4, storageGb: 25 };

  it.each([
    ['a configuration that names a whole size: every one of that size', {}, {}, undefined],
    ['another size', { configurations: ['cpu-4-ram-8gb-storage-25gb'] }, {}, 'configuration'],
    ['the size with another disk', {}, { storageGb: 50 }, 'configuration'],
    ['its own name', { configurations: ['cpu-regular-2vcpu-4gb'] }, {}, undefined],
    [
      'its own name with a disk that nobody asked for',
      { configurations: ['cpu-regular-2vcpu-4gb'] },
      { storageGb: 10 },
      'configuration',
    ],
    [
      'a minimum with the disk that it says',
      { configurations: undefined, minimum: { vcpu: 1, ramGb: 1, storageGb: 40 } },
      { storageGb: 40 },
      undefined,
    ],
    [
      'a larger disk than the minimum says',
      { configurations: undefined, minimum: { vcpu: 1, ramGb: 1, storageGb: 20 } },
      {},
      'minimum',
    ],
    [
      'a minimum without a disk, and the usual one',
      { configurations: undefined, minimum: { vcpu: 2, ramGb: 4, storageGb: 0 } },
      {},
      undefined,
    ],
    [
      'its own name, of processors that others share',
      { configurations: ['cpu-shared-2vcpu-4gb'] },
      { configuration: 'cpu-shared-2vcpu-4gb' },
      undefined,
    ],
    ['processors that others share for a whole size', {}, { configuration: 'cpu-shared-2vcpu-4gb' }, 'configuration'],
    [
      'processors that others share for a minimum',
      { configurations: undefined, minimum: { vcpu: 1, ramGb: 1, storageGb: 0 } },
      { configuration: 'cpu-shared-2vcpu-4gb' },
      'configuration',
    ],
    [
      'processors that others share for no size at all',
      { configurations: undefined },
      { configuration: 'cpu-shared-2vcpu-4gb' },
      'configuration',
    ],
    ['no size at all, and the usual disk', { configurations: undefined }, {}, undefined],
    ['no size at all, and a smaller disk', { configurations: undefined }, { storageGb: 10 }, 'minimum'],
  ] as const)('finds %s', (_what, where, offer, field) => {
    expect(findOfferMisfit(makeOffer({ ...cloudOffer, ...offer }), makeWhere(where))).toBe(field);
  });

  it.each([
    [{ configurations: undefined }, [25]],
    [{ configurations: undefined, minimum: { vcpu: 1, ramGb: 1, storageGb: 0 } }, [25]],
    [{ configurations: undefined, minimum: { vcpu: 1, ramGb: 1, storageGb: 80 } }, [80]],
    [{ configurations: ['cpu-2-ram-4gb-storage-50gb', 'cpu-regular-2vcpu-4gb'] }, [50, 25]],
  ] as const)('%j asks for disks of %j', (where, sizes) => {
    expect(listWantedDisks(makeWhere(where))).toEqual(sizes);
  });

  it('a call that names a cluster and a disk can be answered with nothing else', () => {
    const chosen = {
      country: 'FR',
      configuration: SIZE,
      hardware: undefined,
      price: PRICE,
      clusterId: 'c1',
      storageGb: 25,
    };
    const can = (over: Partial<Offer>) => canSelect(chosen, PRICE, makeOffer({ clusterId: 'c1', ...over }));
    expect([can({}), can({ clusterId: 'c2' }), can({ storageGb: 50 })]).toEqual([true, false, false]);
  });
});

describe('canSelect', () => {
  const chosen = { country: 'FR', configuration: SIZE, hardware: undefined, price: PRICE };
  it.each([
    ['the same', {}, true],
    ['one without capacity', { capacity: 0 }, false],
    ['one at the cap', { price: daily(313_119n) }, true],
    ['one above the cap', { price: daily(313_120n) }, false],
    ['one in another country', { place: { ...PLACE, country: 'PL' } }, false],
    ['another size', { configuration: 'x' }, false],
    ['another tier, which no call can name', { place: { ...PLACE, tier: 1 } }, true],
  ] as const)('says whether a call may be answered with %s', (_what, offer, can) => {
    expect(canSelect(chosen, daily(313_119n), makeOffer(offer))).toBe(can);
  });

  it('heeds the hardware that the call names', () => {
    expect(canSelect({ ...chosen, hardware: AMD }, PRICE, makeOffer())).toBe(false);
    expect(canSelect({ ...chosen, hardware: AMD }, PRICE, makeOffer({ hardware: AMD }))).toBe(true);
  });
});
