// The cloud without a world file: four clusters in three countries, prices and capacities of their own, and an account with
// 1000 USD and one SSH key. Written as a world document, so that it is also an example of one.
import { defaultWorld } from '../marketplace/default-market-world.js';
import type { WholeCloudWorld } from './cloud-world-schema.js';

type ClusterDocument = WholeCloudWorld['clusters'][number];

/** [slug, price in quarters of the smallest, share of the capacity in percent]; shared ones are sold in some clusters only. */
const CONFIGURATIONS: readonly (readonly [string, number, number])[] = [
  ['cpu-regular-2vcpu-4gb', 4, 100],
  ['cpu-regular-4vcpu-8gb', 8, 60],
  ['cpu-regular-8vcpu-16gb', 16, 30],
  ['cpu-regular-8vcpu-32gb', 20, 20],
  ['cpu-regular-16vcpu-32gb', 32, 10],
  ['cpu-premium-2vcpu-4gb', 6, 40],
  ['cpu-premium-4vcpu-8gb', 12, 20],
];

const SHARED: readonly (readonly [string, number, number])[] = [
  ['cpu-shared-2vcpu-2gb', 1, 100],
  ['cpu-shared-4vcpu-8gb', 3, 60],
];

export const defaultCloudWorld: Omit<
  WholeCloudWorld,
  'product' | 'readOnlyKey' | 'apps' | 'terminations' | 'vms' | 'storages' | 'publicIps' | 'moves'
> = {
  start: defaultWorld.start,
  key: defaultWorld.key,
  balance: '1000',
  launch: { least: '40s', most: '150s', failPercent: 0, deadline: '30m' },
  deletion: { least: '10s', most: '45s' },
  provision: { least: '2s', most: '8s' },
  update: { least: '2s', most: '10s' },
  history: '24h',
  minVolumeGb: 10,
  perPage: { usual: 20, most: 100 },
  quirks: {
    pageBase: '0',
    lists: 'wrapped',
    datacenterKey: 'dcId',
    securityGroupKey: 'securityGroup',
    defaultImages: 'both',
    actionBodies: 'object',
    sshKeysAs: 'ids',
    sshKeysForbidden: false,
    noBalanceStatus: 402,
    errorCodes: true,
    terminatedNamesParts: false,
  },
  clusters: [
    buildCluster('paris-1', ['FR', 'PAR', 'Paris', 4], 12_790, 48, 'AMD_ZEN3', SHARED),
    buildCluster('frankfurt-1', ['DE', 'FRA', 'Frankfurt', 3], 13_390, 36, 'AMD_ZEN2', []),
    buildCluster('frankfurt-2', ['DE', 'FRA', 'Frankfurt', 3], 14_100, 24, 'AMD_ZEN5', SHARED),
    buildCluster('poznan-1', ['PL', 'POZ', 'Poznan', 4], 12_420, 24, 'AMD_ZEN2', []),
  ],
  images: defaultWorld.images,
  sshKeys: defaultWorld.sshKeys,
};

/** `smallestMicros` per hour of the smallest regular configuration; `capacity` of it. */
function buildCluster(
  name: string,
  [country, city, cityName, tier]: readonly [string, string, string, number],
  smallestMicros: number,
  capacity: number,
  cpuFamily: NonNullable<ClusterDocument['cpuFamily']>,
  more: typeof SHARED,
): ClusterDocument {
  return {
    name,
    country,
    city,
    cityName,
    index: 1,
    tier,
    certifications: ['ISO/IEC 27001:2022'],
    cpuFamily,
    configurations: [...CONFIGURATIONS, ...more].map(([configuration, quarters, percent]) => ({
      configuration,
      price: ((smallestMicros * quarters) / 4_000_000).toFixed(6),
      capacity: Math.floor((capacity * percent) / 100),
    })),
    storage: { price: '0.000110', replicatedPrice: '0.000230', freeGb: 8000 },
    publicIps: { price: '0.004110', free: 60 },
  };
}
