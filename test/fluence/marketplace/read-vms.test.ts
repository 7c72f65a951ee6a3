// Listings in every documented form, and the traps: nothing crashes, nothing is guessed, nothing partial passes for whole.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Unreadable } from '../../../src/fluence/read-values.js';
import { readListing } from '../../../src/fluence/marketplace/read-vms.js';
import { newestVm, oldestVm, vmId } from './answers.js';

const DAY = 86_400_000;

function readOne(entry: unknown) {
  const { vms, problems } = readListing([entry]);
  return { vm: vms[0], problems };
}

describe('a VM of the newest form', () => {
  it('is read whole', () => {
    expect(readOne(newestVm())).toEqual({
      problems: [],
      vm: {
        id: '0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020',
        name: 'web-a17k3f2x02',
        status: 'active',
        statusText: 'Active',
        price: { amount: 2_435_200n, periodMillis: DAY },
        paidUntil: Date.UTC(2025, 3, 30, 11, 55, 9),
        createdAt: Date.UTC(2025, 3, 30, 11, 23, 5),
        place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: ['PCI DSS'] },
        configuration: 'cpu-2-ram-4gb-storage-25gb',
        vcpu: 2,
        ramGb: 4,
        storageGb: 25,
        hardware: {
          cpuManufacturer: 'AMD',
          cpuArchitecture: 'Zen',
          memoryType: 'DDR',
          memoryGeneration: '4',
          storageType: 'SSD',
        },
        image: 'https://images.example/jammy.img',
        publicIp: '154.42.3.159',
        ports: [{ port: 22, protocol: 'tcp' }],
        reserved: 2_435_200n,
        spent: 4_870_400n,
      },
    });
  });

  it('that was terminated has neither address nor place', () => {
    const { vm, problems } = readOne(
      newestVm({ status: 'Terminated', publicIp: null, datacenter: null, nextBillingAt: null }),
    );
    expect(problems).toEqual([]);
    expect(vm).toMatchObject({ status: 'terminated', publicIp: undefined, place: undefined, paidUntil: undefined });
    expect(vm?.reserved).toBe(2_435_200n);
  });
});

describe('a VM of the oldest form', () => {
  it('is read with its integer price, and what it lacks is undefined', () => {
    const { vm, problems } = readOne(oldestVm());
    expect(problems).toEqual([]);
    expect(vm).toMatchObject({
      status: 'active',
      price: { amount: 298_160n, periodMillis: DAY },
      configuration: 'cpu-2-ram-4gb-storage-25gb',
      ramGb: 4,
      storageGb: 25,
    });
    for (const field of ['paidUntil', 'createdAt', 'place', 'image', 'publicIp', 'reserved', 'spent'] as const) {
      expect(vm?.[field]).toBeUndefined();
    }
    expect(vm?.ports).toEqual([]);
  });
});

describe('statuses', () => {
  it.each([
    ['New', 'new'],
    ['LAUNCHING', 'launching'],
    ['active', 'active'],
    ['SmallBalance', 'small-balance'],
    ['SMALL_BALANCE', 'small-balance'],
    ['InsufficientFunds', 'insufficient-funds'],
    ['insufficientfunds', 'insufficient-funds'],
    ['Terminated', 'terminated'],
    ['STOPPED', 'stopped'],
    ['Failed', 'unknown'],
    ['Hibernating', 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    [null, 'unknown'],
  ])('%j is %s, and the own word is kept', (word, status) => {
    expect(readOne(newestVm({ status: word })).vm).toMatchObject({ status, statusText: word ?? '' });
  });
});

describe('resources', () => {
  const cpu = { type: 'VCPU', quantity: 4 };
  const ram = (entry: object) => ({ type: 'RAM', ...entry });
  const disk = (entry: object) => ({ type: 'STORAGE', ...entry });
  it.each([
    ['quantities in MiB', [cpu, ram({ quantity: 8192 }), disk({ quantity: 25_600 })], 'cpu-4-ram-8gb-storage-25gb'],
    [
      'supplies as texts',
      [cpu, ram({ supply: '8192', units: 'MiB' }), disk({ supply: '25', units: 'GiB' })],
      'cpu-4-ram-8gb-storage-25gb',
    ],
    [
      'supplies as numbers',
      [cpu, ram({ supply: 8, units: 'GiB' }), disk({ supply: 25_600, units: 'MiB' })],
      'cpu-4-ram-8gb-storage-25gb',
    ],
    [
      'two disks',
      [cpu, ram({ quantity: 8192 }), disk({ quantity: 25_600 }), disk({ supply: 4, units: 'GiB' })],
      'cpu-4-ram-8gb-storage-29gb',
    ],
    ['no memory', [cpu, disk({ quantity: 25_600 })], undefined],
    ['an unknown unit', [cpu, ram({ supply: 8, units: 'GB' }), disk({ quantity: 25_600 })], undefined],
    ['a negative amount', [cpu, ram({ quantity: -8192 }), disk({ quantity: 25_600 })], undefined],
    ['one unreadable disk of two', [cpu, ram({ quantity: 8192 }), disk({ quantity: 25_600 }), disk({})], undefined],
    ['half a gibibyte', [cpu, ram({ quantity: 8704 }), disk({ quantity: 25_600 })], undefined],
    ['not a list', 'many', undefined],
  ])('%s', (_title, resources, slug) => {
    const { vm, problems } = readOne(newestVm({ resources }));
    expect(problems).toEqual([]);
    expect(vm?.configuration).toBe(slug);
  });

  it.each([5e-324, 1e-300, 1e300, '0', 0])('of %j are unknown: no machine has them', (supply) => {
    const { vm, problems } = readOne(newestVm({ resources: [cpu, ram({ supply, units: 'MiB' })] }));
    expect(problems).toEqual([]);
    expect(vm).toMatchObject({ vcpu: 4, ramGb: undefined });
  });

  it('of disks of several types tell no storage type', () => {
    const types = (...names: string[]) => names.map((type) => disk({ quantity: 1024, metadata: { type } }));
    expect(readOne(newestVm({ resources: types('SSD', 'NVMe') })).vm?.hardware).toEqual({});
    expect(readOne(newestVm({ resources: types('NVMe', 'NVMe') })).vm?.hardware).toEqual({ storageType: 'NVMe' });
  });
});

describe('an entry that cannot be read', () => {
  it.each([
    ['a negative price', newestVm({ pricePerEpoch: '-1' }), /pricePerEpoch is "-1"/],
    ['a huge price', newestVm({ pricePerEpoch: '1000000' }), /pricePerEpoch/],
    ['an id that is too short', newestVm({ id: '0x123' }), /its id is "0x123"/],
    ['the id of the other product', newestVm({ id: '1b4e28ba-2fa1-11d2-883f-0016d3cca427' }), /its id is/],
    ['no id', newestVm({ id: undefined }), /its id is undefined/],
    ['an impossible boundary', newestVm({ nextBillingAt: '2025-02-30T00:00:00Z' }), /nextBillingAt/],
    ['a boundary as a number', newestVm({ nextBillingAt: 1746014109 }), /nextBillingAt/],
    ['an impossible creation', newestVm({ createdAt: 'yesterday' }), /createdAt/],
    ['a status that is no word', newestVm({ status: 3 }), /status is 3/],
    ['a name that is no text', newestVm({ vmName: {} }), /vmName/],
    ['a text', 'vm', /not an object/],
    ['null', null, /not an object/],
    ['a list', [], /not an object/],
  ])('%s is dropped and told; the others stay', (_title, entry, told) => {
    const { vms, problems } = readListing([newestVm({ id: vmId(1) }), entry, newestVm({ id: vmId(2) })]);
    expect(vms.map((vm) => vm.id)).toEqual([vmId(1), vmId(2)]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^VM 2 of 3 can't be read/);
    expect(problems[0]).toMatch(told);
  });

  it('is not an entry whose small facts are odd: those count as not told', () => {
    const odd = newestVm({
      publicIp: '154.42.3.999/evil',
      ports: [{ port: 70_000, protocol: 'tcp' }, { port: 80, protocol: 'TCP' }, 'x', { port: 1, protocol: 'icmp' }],
      datacenter: { countryCode: 'fr', tier: 9, certifications: 'all' },
      osImage: 5,
    });
    const { vm, problems } = readOne(odd);
    expect(problems).toEqual([]);
    expect(vm).toMatchObject({ publicIp: undefined, ports: [{ port: 80, protocol: 'tcp' }], image: undefined });
    expect(vm?.place).toEqual({
      country: 'FR',
      city: undefined,
      cityIndex: undefined,
      tier: undefined,
      certifications: [],
    });
  });
});

describe('a listing', () => {
  it('that names a VM twice is not whole, and has it once', () => {
    const lower = newestVm({ id: '0x311edb209b61eaa8c3e67c6b96d03288db5bc020' });
    const { vms, problems } = readListing([newestVm(), lower]);
    expect(vms).toHaveLength(1);
    expect(problems).toEqual(['VM 0x311edb209b61eaa8c3e67c6b96d03288db5bc020 (web-a17k3f2x02) is listed twice']);
  });

  it('may be empty', () => {
    expect(readListing([])).toEqual({ vms: [], problems: [] });
  });

  it.each([undefined, null, {}, { items: [] }, 'VMs', 0, true])('is none if it is %j', (json) => {
    expect(() => readListing(json)).toThrow(Unreadable);
  });

  it('of anything at all is read or told, never more', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (json) => {
        const { vms, problems } = readListing(json);
        expect(vms.length + problems.length).toBe(json.length);
      }),
    );
  });

  it('of real answers with anything in any place is read or told, entry by entry', () => {
    const paths = collectPaths(newestVm());
    const mutation = fc.record({
      path: fc.constantFrom(...paths),
      value: fc.oneof(fc.jsonValue(), fc.constant(undefined)),
    });
    fc.assert(
      fc.property(fc.boolean(), fc.array(mutation, { minLength: 1, maxLength: 4 }), (newest, mutations) => {
        const entry = structuredClone(newest ? newestVm() : oldestVm());
        for (const { path, value } of mutations) setPath(entry, path, value);
        const { vms, problems } = readListing([newestVm({ id: vmId(1) }), entry]);
        expect(vms.length + problems.length).toBe(2);
        for (const vm of vms) {
          expect(vm.id).toMatch(/^0x[0-9a-fA-F]{40}$/);
          expect(vm.price === undefined || vm.price.amount >= 0n).toBe(true);
          for (const time of [vm.paidUntil, vm.createdAt])
            expect(time === undefined || Number.isSafeInteger(time)).toBe(true);
          for (const size of [vm.vcpu, vm.ramGb, vm.storageGb]) expect(size === undefined || size > 0).toBe(true);
        }
      }),
      { numRuns: 500, examples: [[true, [{ path: ['resources', '2', 'supply'], value: 5e-324 }]]] },
    );
  });
});

function collectPaths(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, child]) => collectPaths(child, [...path, key]));
  return path.length === 0 ? below : [path, ...below];
}

function setPath(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let holder = root;
  for (const key of path.slice(0, -1)) {
    const next = holder[key];
    if (typeof next !== 'object' || next === null) return;
    holder = next as Record<string, unknown>;
  }
  holder[path.at(-1)!] = value;
}
