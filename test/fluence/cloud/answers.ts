// Answers of the cloud in the documented form, for tests to start from.

/** A UUID whose first part tells what it is of: `uuid('a', 3)`. */
export function uuid(kind: string, index: number): string {
  return `${kind.repeat(8).slice(0, 8)}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

export const USER = uuid('f', 1);
export const CLUSTERS = [uuid('c', 1), uuid('c', 2)] as const;
const DATACENTERS = [uuid('d', 1), uuid('d', 2)] as const;
export const CONFIGURATIONS = [uuid('e', 1), uuid('e', 2)] as const;

type Json = Record<string, unknown>;

export function datacenters(): Json {
  return {
    items: [
      {
        id: DATACENTERS[0],
        countryCode: 'FR',
        cityCode: 'PAR',
        cityName: 'Paris',
        index: 1,
        tier: 4,
        certifications: ['SOC2'],
        slug: 'par-1',
      },
      {
        id: DATACENTERS[1],
        countryCode: 'PL',
        cityCode: 'POZ',
        cityName: 'Poznan',
        index: 2,
        tier: 3,
        certifications: [],
        slug: 'poz-2',
      },
    ],
  };
}

export function clusters(): Json {
  return {
    items: [
      { id: CLUSTERS[0], name: 'par-a', dcId: DATACENTERS[0] },
      { id: CLUSTERS[1], name: 'poz-a', dcId: DATACENTERS[1] },
    ],
  };
}

export function configuration(index: 0 | 1, change: Json = {}): Json {
  const size = index === 0 ? { vcpu: 2, ramGb: 4 } : { vcpu: 4, ramGb: 8 };
  return {
    id: CONFIGURATIONS[index],
    slug: `cpu-regular-${size.vcpu}vcpu-${size.ramGb}gb`,
    name: `Regular ${size.vcpu}`,
    ...size,
    dedicated: false,
    cpuFamilies: ['AMD_ZEN2', 'AMD_ZEN3'],
    preset: 'general',
    tags: [],
    description: '',
    ...change,
  };
}

export function resources(change: Json = {}): Json {
  return {
    availablePublicIps: { V4: 7, V6: 0 },
    availableStorage: {
      AMD_ZEN2: [{ replicated: false, storageType: 'NVME', volumeGb: 110 }],
      AMD_ZEN5: [{ replicated: true, storageType: 'NVME', volumeGb: 9000 }],
    },
    availableConfigurations: [configuration(0), configuration(1)],
    ...change,
  };
}

export function allResources(): Json {
  return {
    resources: {
      [CLUSTERS[0]]: resources(),
      [CLUSTERS[1]]: resources({ availableConfigurations: [configuration(0)], availablePublicIps: { V4: 2 } }),
    },
  };
}

function price(typeField: string, type: Json, pricePerHourPerQty: string): Json {
  return { [typeField]: type, priceInfo: { pricePerHourPerQty } };
}

export function vmPrices(): Json {
  return {
    items: [
      price('vmTypeId', { clusterId: CLUSTERS[0], vmConfigurationId: CONFIGURATIONS[0] }, '0.0128'),
      price('vmTypeId', { clusterId: CLUSTERS[0], vmConfigurationId: CONFIGURATIONS[1] }, '0.0256'),
      price('vmTypeId', { clusterId: CLUSTERS[1], vmConfigurationId: CONFIGURATIONS[0] }, '0.0120'),
    ],
  };
}

export function storagePrices(): Json {
  const rows = CLUSTERS.flatMap((clusterId) => [
    price('storageTypeId', { clusterId, storageType: 'NVME', replicated: false }, '0.0000821917808219'),
    price('storageTypeId', { clusterId, storageType: 'NVME', replicated: true }, '0.0001643835616438'),
  ]);
  return { items: rows };
}

export function addressPrices(): Json {
  return {
    items: CLUSTERS.map((clusterId) => price('publicIpTypeId', { clusterId, addressType: 'V4' }, '0.0027')),
  };
}

export function image(): Json {
  return {
    id: '1',
    name: 'Ubuntu 24.04',
    distribution: 'Ubuntu',
    slug: 'ubuntu-24-04-x64',
    downloadUrl: 'https://images.example/u.img',
    iconUrl: 'https://images.example/u.svg',
    username: 'ubuntu',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
  };
}

export function storage(index: number, change: Json = {}): Json {
  return {
    id: uuid('5', index),
    userId: USER,
    clusterId: CLUSTERS[0],
    name: `web-a17k3f2x${String(index).padStart(2, '0')}-b`,
    storageType: 'NVME',
    status: 'ready',
    role: 'BOOT',
    volumeGb: 25,
    replicated: false,
    attachedTo: [uuid('a', index)],
    createdAt: '2026-01-02T09:00:00Z',
    paidUntil: '2026-01-02T12:30:00Z',
    priceHourlyUsd: '0.002055',
    initUrl: 'https://images.example/u.img',
    allowedActions: [],
    ...change,
  };
}

export function address(index: number, change: Json = {}): Json {
  return {
    id: uuid('6', index),
    userId: USER,
    clusterId: CLUSTERS[0],
    name: `web-a17k3f2x${String(index).padStart(2, '0')}-i`,
    addressType: 'V4',
    address: '154.42.3.159',
    status: 'ready',
    attachedTo: { id: uuid('a', index), name: 'web' },
    createdAt: '2026-01-02T09:00:00Z',
    paidUntil: '2026-01-02T12:40:00Z',
    priceHourlyUsd: '0.0027',
    allowedActions: [],
    ...change,
  };
}

export function cloudVm(index: number, change: Json = {}): Json {
  return {
    id: uuid('a', index),
    userId: USER,
    clusterId: CLUSTERS[0],
    configurationId: CONFIGURATIONS[0],
    configurationSlug: 'cpu-regular-2vcpu-4gb',
    configurationName: 'Regular 2',
    vcpu: 2,
    ramGb: 4,
    name: `web-a17k3f2x${String(index).padStart(2, '0')}`,
    status: 'launched',
    restartRequired: false,
    allowedActions: ['terminate', 'restart', 'softReboot', 'updateNetworkInterface', 'addStorages'],
    bootDisk: uuid('5', index),
    dataDisks: [],
    publicIp: uuid('6', index),
    subnets: [],
    sshKeys: [uuid('7', 1)],
    networkInterfaces: [uuid('8', index)],
    createdAt: '2026-01-02T09:00:00Z',
    updatedAt: '2026-01-02T09:05:00Z',
    paidUntil: '2026-01-02T12:20:00Z',
    priceHourlyUsd: '0.0128',
    expanded: { bootDisk: storage(index), dataDisks: [], publicIp: address(index) },
    ...change,
  };
}

export function sshKey(index: number, change: Json = {}): Json {
  return {
    id: uuid('7', index),
    userId: USER,
    name: `key-${index}`,
    publicKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${index} someone@somewhere`,
    algorithm: 'ssh-ed25519',
    fingerprint: `SHA256:${index}`,
    ...change,
  };
}

/** What the client sees of one page. */
export function paged(items: readonly unknown[], change: Json = {}): Json {
  const count = items.length;
  return {
    items,
    pagination: { totalRecords: count, filteredRecords: count, totalPages: 1, currentPage: 0, perPage: 100, ...change },
  };
}
