// Answers of the marketplace in the forms that were documented, newest and oldest, for tests to start from.

export const vmId = (index: number): string => `0x${index.toString(16).padStart(40, 'a')}`;

export function newestVm(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020',
    vmName: 'web-a17k3f2x02',
    status: 'Active',
    pricePerEpoch: '2.4352',
    resources: [
      {
        type: 'VCPU',
        quantity: 2,
        details: { model: '7702p' },
        metadata: { architecture: 'Zen', brand: 'EPYC', generation: '2', manufacturer: 'AMD' },
      },
      { type: 'RAM', supply: '4096', units: 'MiB', metadata: { generation: '4', type: 'DDR' } },
      { type: 'STORAGE', supply: '25600', units: 'MiB', metadata: { type: 'SSD' } },
      { type: 'PUBLIC_IP', quantity: 1, metadata: { version: '4' } },
    ],
    createdAt: '2025-04-30T11:23:05Z',
    nextBillingAt: '2025-04-30T11:55:09Z',
    osImage: 'https://images.example/jammy.img',
    datacenter: { countryCode: 'FR', cityCode: 'PAR', cityIndex: 1, tier: 4, certifications: ['PCI DSS'] },
    publicIp: '154.42.3.159',
    ports: [{ port: 22, protocol: 'tcp' }],
    reservedBalance: '2.4352',
    totalSpent: '4.8704',
    ...change,
  };
}

export function oldestVm(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '0x0000000000000000000000000000000000000001',
    vmName: 'vm-name',
    status: 'ACTIVE',
    pricePerEpoch: 298160,
    resources: [
      { type: 'VCPU', quantity: 2, metadata: { architecture: 'Zen', manufacturer: 'AMD' } },
      { type: 'RAM', quantity: 4096, metadata: { generation: '4', type: 'DDR' } },
      { type: 'STORAGE', quantity: 25600, metadata: { type: 'SSD' } },
      { type: 'PUBLIC_IP', quantity: 1, details: {}, metadata: { version: '4' } },
      { type: 'NETWORK_BANDWIDTH', quantity: 1000 },
    ],
    ...change,
  };
}

export function offer(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    configuration: { slug: 'cpu-2-ram-4gb-storage-25gb', price: '0.30698' },
    resources: [
      {
        type: 'VCPU',
        metadata: { manufacturer: 'AMD', brand: 'EPYC', architecture: 'Zen', generation: '2' },
        price: '0.005',
      },
      { type: 'RAM', metadata: { type: 'DDR', generation: '4' } },
      { type: 'STORAGE', metadata: { type: 'NVMe' } },
    ],
    datacenter: { countryCode: 'PL', cityCode: 'POZ', cityIndex: 1, tier: 4, certifications: ['SOC2'] },
    servers: [{ availableBasicInstances: 5, additionalResources: [] }, { availableBasicInstances: 2 }],
    maxAdditionalSupply: [],
    ...change,
  };
}
