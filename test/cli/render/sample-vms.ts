// VMs and offers for the renderers' tests.
import { DAY_MILLIS } from '../../../src/core/money.js';
import type { Offer, Vm } from '../../../src/core/types.js';
import { PRICE, at } from './sample-plans.js';

export function buildVm(over: Partial<Vm> = {}): Vm {
  return {
    id: '0x01',
    name: 'web-a1k3f2x000',
    status: 'active',
    statusText: 'Active',
    price: { amount: PRICE, periodMillis: DAY_MILLIS },
    paidUntil: at('2026-11-21T06:50'),
    createdAt: at('2026-11-19T06:50'),
    place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: [] },
    configuration: 'cpu-2-ram-4gb-storage-25gb',
    vcpu: 2,
    ramGb: 4,
    storageGb: 25,
    hardware: {},
    image: undefined,
    publicIp: '154.42.3.159',
    ports: [{ port: 22, protocol: 'tcp' }],
    reserved: PRICE,
    spent: 2n * PRICE,
    ...over,
  };
}

export function buildOffer(over: Partial<Offer> = {}): Offer {
  return {
    configuration: 'cpu-2-ram-4gb-storage-25gb',
    vcpu: 2,
    ramGb: 4,
    storageGb: 25,
    price: { amount: PRICE, periodMillis: DAY_MILLIS },
    place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: ['SOC2', 'PCI DSS'] },
    capacity: 5,
    hardware: {
      cpuManufacturer: 'AMD',
      cpuArchitecture: 'Zen',
      memoryType: 'DDR',
      memoryGeneration: '5',
      storageType: 'NVMe',
    },
    ...over,
  };
}
