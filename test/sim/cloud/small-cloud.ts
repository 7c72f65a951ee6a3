// A small cloud for tests: three clusters in two countries, launches of a minute, deletions of half a minute, and no chance.
import type { Instant } from '../../../src/core/types.js';
import { deployVm } from '../../../src/sim/cloud/cloud-deploy.js';
import type { CloudOrder, CloudState, CloudVm } from '../../../src/sim/cloud/cloud-state.js';
import type { CloudWorldDocument } from '../../../src/sim/cloud/cloud-world-schema.js';
import { createCloud } from '../../../src/sim/cloud/cloud.js';
import { readCloudWorld } from '../../../src/sim/world.js';

export const START: Instant = Date.parse('2026-11-20T06:00:00Z');
export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const SMALL = 'cpu-regular-2vcpu-4gb';
export const LARGE = 'cpu-regular-4vcpu-8gb';
export const IMAGE = 'https://images.example/ubuntu-24.04-server-cloudimg-amd64.img';

/** An hour costs 0.02 (small), 0.04 (large), 0.0001 a GB and 0.004 for an IP. */
export const smallCloudWorld = {
  product: 'cloud',
  start: '2026-11-20T06:00:00Z',
  balance: '10',
  launch: { least: '1m', most: '1m', deadline: '30m' },
  deletion: { least: '30s', most: '30s' },
  provision: { least: '5s', most: '5s' },
  update: { least: '5s', most: '5s' },
  clusters: [
    {
      name: 'paris-1',
      country: 'FR',
      city: 'PAR',
      configurations: [
        { configuration: SMALL, price: '0.02', capacity: 3 },
        { configuration: LARGE, price: '0.04', capacity: 1 },
      ],
      storage: { price: '0.0001', replicatedPrice: '0.0002', freeGb: 200 },
      publicIps: { price: '0.004', free: 4 },
    },
    {
      name: 'paris-2',
      country: 'FR',
      city: 'PAR',
      configurations: [{ configuration: SMALL, price: '0.03', capacity: 5 }],
      storage: { price: '0.0001', freeGb: 500 },
      publicIps: { price: '0.004', free: 10 },
    },
    {
      name: 'frankfurt-1',
      country: 'DE',
      city: 'FRA',
      configurations: [{ configuration: SMALL, price: '0.025', capacity: 5 }],
      storage: { price: '0.0001', freeGb: 500 },
      publicIps: { price: '0.004', free: 10 },
    },
  ],
} satisfies CloudWorldDocument;

export function createSmallCloud(changes: CloudWorldDocument = {}, seed = 1): CloudState {
  return createCloud(readCloudWorld({ ...smallCloudWorld, ...changes }).cloud, seed);
}

export function idOf(cloud: CloudState, slug: string): string {
  return cloud.configurations.find((configuration) => configuration.slug === slug)!.id;
}

/** One small VM in the first cluster, with a boot disk of 25 GB and a public IP. */
export function orderOf(cloud: CloudState, changes: Partial<CloudOrder> = {}): CloudOrder {
  const clusterId = changes.clusterId ?? cloud.clusters[0]!.id;
  return {
    clusterId,
    configurationId: idOf(cloud, SMALL),
    name: 'web-1',
    bootDisk: { clusterId, name: 'web-1-boot', volumeGb: 25, replicated: false, osImage: IMAGE },
    dataDisks: [],
    publicIp: { clusterId, name: 'web-1-ip' },
    sshKeyIds: [...cloud.keys.keys()],
    userData: undefined,
    ...changes,
  };
}

export function deploy(cloud: CloudState, changes: Partial<CloudOrder> = {}): CloudVm {
  const vm = deployVm(cloud, orderOf(cloud, changes));
  if ('error' in vm) throw new Error(vm.error);
  return vm;
}
