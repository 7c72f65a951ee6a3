// The world without a world file: a believable market of six countries, prices and capacities of their own, and an account
// with 1000 USDC and one SSH key. Written as a world document, so that it is also an example of one.
import type { WholeWorld } from './market-world-schema.js';

type OfferDocument = WholeWorld['offers'][number];

interface DataCenter {
  readonly country: string;
  readonly city: string;
  readonly tier: number;
  readonly certifications: readonly string[];
  /** Micro-USDC per epoch of the smallest configuration; larger ones in proportion. */
  readonly smallestMicros: number;
  /** VMs of the smallest configuration free on each server. */
  readonly servers: readonly number[];
  readonly cpu: NonNullable<OfferDocument['cpu']>;
  readonly storage: NonNullable<OfferDocument['storage']>;
}

const MILAN = { manufacturer: 'AMD', brand: 'EPYC', architecture: 'Zen', generation: '3' };
const ROME = { manufacturer: 'AMD', brand: 'EPYC', architecture: 'Zen', generation: '2' };
const ICE_LAKE = { manufacturer: 'Intel', brand: 'Xeon', architecture: 'Ice Lake', generation: '3' };
const NVME = { type: 'NVMe', pricePerGib: '0.002000', supply: 4000, perVmLimit: 1000 };
const SSD = { type: 'SSD', pricePerGib: '0.001200', supply: 8000, perVmLimit: 2000 };

const DATA_CENTERS: readonly DataCenter[] = [
  {
    country: 'FR',
    city: 'PAR',
    tier: 4,
    certifications: ['PCI DSS', 'ISO 9001:2015', 'ISO/IEC 27001:2022'],
    smallestMicros: 306_980,
    servers: [28, 20],
    cpu: MILAN,
    storage: NVME,
  },
  {
    country: 'DE',
    city: 'FRA',
    tier: 3,
    certifications: ['ISO/IEC 27001:2022', 'SOC2'],
    smallestMicros: 321_450,
    servers: [24, 12],
    cpu: ROME,
    storage: NVME,
  },
  {
    country: 'GB',
    city: 'LON',
    tier: 3,
    certifications: ['ISO/IEC 27001:2022'],
    smallestMicros: 348_120,
    servers: [16],
    cpu: ICE_LAKE,
    storage: SSD,
  },
  {
    country: 'LT',
    city: 'VNO',
    tier: 3,
    certifications: ['ISO 9001:2015'],
    smallestMicros: 289_900,
    servers: [20],
    cpu: ROME,
    storage: SSD,
  },
  {
    country: 'PL',
    city: 'POZ',
    tier: 4,
    certifications: ['SOC2'],
    smallestMicros: 298_160,
    servers: [14, 10],
    cpu: ROME,
    storage: NVME,
  },
  {
    country: 'US',
    city: 'DAL',
    tier: 3,
    certifications: ['SOC2', 'PCI DSS'],
    smallestMicros: 357_930,
    servers: [30, 18],
    cpu: MILAN,
    storage: NVME,
  },
];

/** [slug, price in quarters of the smallest, share of the capacity in percent] */
const CONFIGURATIONS: readonly (readonly [string, number, number])[] = [
  ['cpu-2-ram-4gb-storage-25gb', 4, 100],
  ['cpu-4-ram-8gb-storage-25gb', 8, 60],
  ['cpu-4-ram-8gb-storage-50gb', 9, 50],
  ['cpu-8-ram-16gb-storage-25gb', 16, 30],
  ['cpu-16-ram-32gb-storage-25gb', 32, 10],
];

export const defaultWorld: Pick<
  WholeWorld,
  'start' | 'key' | 'balance' | 'billing' | 'launch' | 'deletion' | 'offers' | 'images' | 'sshKeys'
> = {
  start: '2026-11-20T06:00:00Z',
  key: 'sandbox-key',
  balance: '1000',
  billing: { regime: 'rolling', boundary: '17:55', grace: '1h' },
  launch: { least: '40s', most: '150s', failPercent: 0 },
  deletion: { least: '10s', most: '45s' },
  offers: DATA_CENTERS.flatMap(buildOffers),
  images: [
    buildImage('ubuntu-24-04-x64', '24.04 (LTS) x64', 'Ubuntu', 'ubuntu-24.04-server-cloudimg-amd64.img', 'ubuntu'),
    buildImage('ubuntu-22-04-x64', '22.04 (LTS) x64', 'Ubuntu', 'ubuntu-22.04-server-cloudimg-amd64.img', 'ubuntu'),
    buildImage('debian-12', '12 x64', 'Debian', 'debian-12-genericcloud-amd64.qcow2', 'debian'),
    buildImage('fedora-41', '41 x64', 'Fedora', 'fedora-41-cloud-base-generic.x86_64.qcow2', 'fedora'),
  ],
  sshKeys: [
    {
      name: 'ops',
      publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII2dQCDIO8NJYlOayMl+BQMe1ozHsS1vYJGiNkAgjf4D ops@example',
    },
  ],
};

function buildOffers(center: DataCenter): OfferDocument[] {
  return CONFIGURATIONS.map(([configuration, quarters, percent]) => ({
    configuration,
    price: ((center.smallestMicros * quarters) / 4_000_000).toFixed(6),
    country: center.country,
    city: center.city,
    cityIndex: 1,
    tier: center.tier,
    certifications: [...center.certifications],
    servers: center.servers.map((capacity) => Math.floor((capacity * percent) / 100)),
    cpu: center.cpu,
    memory: { type: 'DDR', generation: '4' },
    storage: center.storage,
  }));
}

function buildImage(slug: string, name: string, distribution: string, file: string, username: string) {
  return { slug, name, distribution, url: `https://images.example/${file}`, username };
}
