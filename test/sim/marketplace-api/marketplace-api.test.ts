// The product's API over HTTP: the shapes it answers with, from discovery to deletion. What it refuses is in read-requests.test.ts.
import { describe, expect, it } from 'vitest';
import { deployBody, openSandbox, type SandboxClient } from '../sandbox-client.js';
import { LARGE, SMALL } from '../small-market.js';

interface Listed {
  id: string;
  vmName: string;
  status: string;
  publicIp: string | null;
  nextBillingAt: string | null;
  ports: unknown[];
}

async function list(sandbox: SandboxClient): Promise<Listed[]> {
  return (await sandbox.call('GET', '/vms/v3')).json as Listed[];
}

async function deploy(sandbox: SandboxClient, instances = 1): Promise<string[]> {
  const answer = await sandbox.call('POST', '/vms/v3', deployBody({ instances }));
  expect(answer.status).toBe(200);
  return (answer.json as { vmId: string }[]).map(({ vmId }) => vmId);
}

const UNKNOWN_ID = `0x${'ab'.repeat(20)}`;

describe('the marketplace API', () => {
  it('takes the key as X-API-KEY or as Bearer token, and refuses anything else in its own words', async () => {
    const sandbox = await openSandbox({}, { key: 'k-1' });
    const keys = [{ 'x-api-key': 'k-1' }, { 'x-api-key': '', authorization: 'Bearer k-1' }];
    for (const headers of keys) expect((await sandbox.call('GET', '/vms/v3', undefined, headers)).status).toBe(200);
    for (const headers of [{ 'x-api-key': 'k-2' }, { 'x-api-key': '' }, { 'x-api-key': '', authorization: 'k-1' }]) {
      const answer = await sandbox.call('GET', '/marketplace/countries', undefined, headers);
      expect([answer.status, answer.json]).toEqual([403, { error: 'Auth failed. No such API Key' }]);
    }
  });

  it('shows countries, configurations, hardware, data centers and images', async () => {
    const sandbox = await openSandbox();
    const read = async (path: string) => (await sandbox.call('GET', path)).json;
    expect(await read('/marketplace/countries')).toEqual(['DE', 'FR']);
    expect(await read('/marketplace/basic_configurations')).toEqual([SMALL, LARGE]);
    expect(await read('/marketplace/hardware')).toEqual({
      cpu: [{ manufacturer: 'AMD', architecture: 'Zen' }],
      memory: [{ type: 'DDR', generation: '4' }],
      storage: [{ type: 'NVMe' }],
    });
    expect(await read('/v1/marketplace/datacenters')).toMatchObject([
      { countryCode: 'DE', cityCode: 'CTY', cityIndex: 1, tier: 3, certifications: [] },
      { countryCode: 'FR' },
    ]);
    expect(await read('/vms/v3/default_images')).toContainEqual(
      expect.objectContaining({ slug: 'ubuntu-24-04-x64', downloadUrl: expect.stringMatching(/^https:/) as string }),
    );
  });

  it('answers a search with offers in the documented shape', async () => {
    const sandbox = await openSandbox();
    const answer = await sandbox.call('POST', '/marketplace/offers', {
      basicConfiguration: SMALL,
      datacenter: { countries: ['FR'] },
      hardware: { cpu: [{ manufacturer: 'AMD' }] },
    });
    expect(answer.json).toMatchObject([
      {
        configuration: { slug: SMALL, price: '0.30698' },
        datacenter: { countryCode: 'FR', tier: 3 },
        servers: [
          {
            availableBasicInstances: 2,
            additionalResources: [{ type: 'STORAGE', supply: 100, units: 'GiB', perVmLimit: 60 }],
          },
          { availableBasicInstances: 3 },
        ],
        maxAdditionalSupply: [{ type: 'STORAGE', metadata: { type: 'NVMe' }, price: '0.002', supply: 100 }],
      },
    ]);
    expect((await sandbox.call('POST', '/marketplace/offers', { datacenter: { countries: ['PL'] } })).json).toEqual([]);
    expect((await sandbox.call('POST', '/marketplace/offers', {})).json).toHaveLength(3);
  });

  it('estimates what a deployment would take', async () => {
    const sandbox = await openSandbox();
    const answer = await sandbox.call('POST', '/vms/v3/estimate', { constraints: null, instances: 5 });
    expect(answer.json).toEqual({
      depositAmountUsdc: '3.01396',
      depositEpochs: 2,
      totalPricePerEpoch: '1.50698',
      maxPricePerEpoch: '0.30698',
      instances: 5,
    });
    const refused = await sandbox.call('POST', '/vms/v3/estimate', { instances: 500 });
    expect([refused.status, refused.json]).toEqual([422, { error: 'Not enough offers found' }]);
  });

  it('lists a VM from New to Active in the documented shape', async () => {
    const sandbox = await openSandbox();
    const [id] = await deploy(sandbox);
    expect(await list(sandbox)).toMatchObject([{ status: 'New', publicIp: null, nextBillingAt: null }]);
    sandbox.advanceBy(30_000);
    expect(await list(sandbox)).toMatchObject([{ status: 'Launching', publicIp: null, nextBillingAt: null }]);
    sandbox.advanceBy(30_000);
    expect(await list(sandbox)).toEqual([
      {
        id,
        vmName: 'web-1',
        status: 'Active',
        pricePerEpoch: '0.3',
        resources: [
          expect.objectContaining({ type: 'VCPU', quantity: 2 }),
          expect.objectContaining({ type: 'RAM', supply: '4096', units: 'MiB' }),
          expect.objectContaining({ type: 'STORAGE', supply: '25600', units: 'MiB' }),
          expect.objectContaining({ type: 'PUBLIC_IP', quantity: 1 }),
        ],
        createdAt: '2026-11-20T06:00:00Z',
        nextBillingAt: '2026-11-21T06:01:00Z',
        osImage: 'https://images.example/ubuntu.img',
        datacenter: { countryCode: 'DE', cityCode: 'CTY', cityIndex: 1, tier: 3, certifications: [] },
        publicIp: '154.42.3.1',
        ports: [
          { port: 22, protocol: 'tcp' },
          { port: 80, protocol: 'tcp' },
        ],
        reservedBalance: '0.3',
        totalSpent: '0.3',
      },
    ]);
    expect((await sandbox.call('GET', '/vms/v3/status')).json).toEqual([
      { id, vmName: 'web-1', status: 'Active', publicIp: '154.42.3.1' },
    ]);
  });

  it('renames and replaces the whole list of ports, 22 too', async () => {
    const sandbox = await openSandbox();
    const [first, second] = await deploy(sandbox, 2);
    const answer = await sandbox.call('PATCH', '/vms/v3', {
      updates: [
        { id: first, vmName: 'web-1a' },
        { id: second!.toLowerCase(), openPorts: [{ port: 9000, protocol: 'udp' }] },
      ],
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await list(sandbox)).toMatchObject([
      { vmName: 'web-1a', ports: [{ port: 22 }, { port: 80 }] },
      { vmName: 'web-1', ports: [{ port: 9000, protocol: 'udp' }] },
    ]);
  });

  it('deletes many at once; they leave the list some time later, half of them shown as Stopped', async () => {
    const sandbox = await openSandbox({ balance: '1000', offers: [offerOf(40)] });
    const ids = await deploy(sandbox, 40);
    sandbox.advanceBy(60_000);
    const answer = await sandbox.call('DELETE', '/vms/v3', { vmIds: ids });
    expect([answer.status, answer.text]).toEqual([200, '']);
    const listed = await list(sandbox);
    const stopped = listed.filter((vm) => vm.status === 'Stopped');
    expect(listed).toHaveLength(40);
    expect(stopped.length).toBeGreaterThan(5);
    expect(stopped.length).toBeLessThan(35);
    expect(stopped.every((vm) => vm.publicIp === null)).toBe(true);
    sandbox.advanceBy(30_000);
    expect(await list(sandbox)).toEqual([]);
    expect((await sandbox.call('DELETE', '/vms/v3', { vmIds: [ids[0]] })).status).toBe(404);
  });

  it('fails a whole bulk call for one unknown id and does nothing', async () => {
    const sandbox = await openSandbox();
    const [id] = await deploy(sandbox);
    const calls = [
      await sandbox.call('DELETE', '/vms/v3', { vmIds: [id, UNKNOWN_ID] }),
      await sandbox.call('PATCH', '/vms/v3', {
        updates: [
          { id, vmName: 'x' },
          { id: UNKNOWN_ID, vmName: 'y' },
        ],
      }),
    ];
    for (const answer of calls) {
      expect([answer.status, answer.json]).toEqual([404, { error: `VM not found: ${UNKNOWN_ID}` }]);
    }
    expect(sandbox.books().deletes).toEqual([]);
    expect(await list(sandbox)).toMatchObject([{ vmName: 'web-1' }]);
  });

  it('shows a VM that its provider ended without an address, its reserve locked', async () => {
    const sandbox = await openSandbox();
    await deploy(sandbox);
    sandbox.advanceBy(60_000);
    await sandbox.control('vms/terminate', { name: 'web-1' });
    expect(await list(sandbox)).toMatchObject([
      { status: 'Terminated', publicIp: null, nextBillingAt: null, reservedBalance: '0.3' },
    ]);
  });

  it('registers SSH keys by fingerprint', async () => {
    const sandbox = await openSandbox();
    const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKgJIjnDg1DjqOOxINs78oU3f7PJXIyq9uiNocNVhXNx me@laptop';
    const added = await sandbox.call('POST', '/ssh_keys', { name: 'mine', publicKey });
    const again = await sandbox.call('POST', '/ssh_keys', { name: 'other', publicKey });
    expect([added.status, again.status]).toEqual([201, 200]);
    expect(again.json).toEqual(added.json);
    const fingerprint = 'SHA256:sINcLA/hlKG0nDpE9n233xEnXAgSISxq0/nVWbbx5A4';
    expect(added.json).toMatchObject({
      name: 'mine',
      fingerprint,
      algorithm: 'ssh-ed25519',
      comment: 'me@laptop',
      public_key: publicKey,
    });
    expect((await sandbox.call('GET', '/ssh_keys')).json).toMatchObject([
      { name: 'ops' },
      { name: 'mine', publicKey, active: true, createdAt: '+002026-11-20T06:00:00.000000000Z' },
    ]);
    expect((await sandbox.call('DELETE', '/ssh_keys', { fingerprint })).status).toBe(200);
    expect((await sandbox.call('DELETE', '/ssh_keys', { fingerprint })).status).toBe(404);
    expect((await sandbox.call('POST', '/ssh_keys', { name: 'bad', publicKey: 'ssh-ed25519 AAAA' })).status).toBe(400);
  });

  it('lets a search and an estimate name half a hardware type', async () => {
    const sandbox = await openSandbox();
    const constraints = { hardware: { memory: [{ type: 'DDR' }] } };
    expect((await sandbox.call('POST', '/marketplace/offers', constraints)).status).toBe(200);
    expect((await sandbox.call('POST', '/vms/v3/estimate', { constraints, instances: 1 })).status).toBe(200);
  });

  it('takes 50 ports beyond 22 and a raw public key', async () => {
    const sandbox = await openSandbox();
    const { publicKey } = ((await sandbox.call('GET', '/ssh_keys')).json as { publicKey: string }[])[0]!;
    const vm = {
      openPorts: [
        { port: 22, protocol: 'tcp' },
        ...Array.from({ length: 50 }, (_, index) => ({ port: 3000 + index, protocol: 'tcp' })),
      ],
      sshKeys: [publicKey],
    };
    expect((await sandbox.call('POST', '/vms/v3', deployBody({ vm }))).status).toBe(200);
    expect((await list(sandbox))[0]!.ports).toHaveLength(51);
  });
});

function offerOf(capacity: number) {
  return { configuration: SMALL, country: 'FR', price: '0.3', capacity };
}
