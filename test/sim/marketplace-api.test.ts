// The product's API over HTTP: the shapes it answers with, and everything that it refuses.
import { describe, expect, it } from 'vitest';
import { deployBody, openSandbox, type SandboxClient } from './sandbox-client.js';
import { LARGE, SMALL } from './small-market.js';

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
const FIELD_WORDS = 'cpu-4-ram-8gb-storage-25gb';

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

  const ports = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ port: 3000 + index, protocol: 'tcp' }));
  const refusals: readonly (readonly [string, number, RegExp, unknown])[] = [
    ['no instances', 400, /instances must be >= 1/, deployBody({ instances: 0 })],
    ['half an instance', 400, /instances must be integer/, deployBody({ instances: 1.5 })],
    ['instances as text', 400, /instances must be integer/, deployBody({ instances: '2' })],
    ['no SSH key', 400, /sshKeys must NOT have fewer than 1/, deployBody({ vm: { sshKeys: [] } })],
    ['an unknown key name', 400, /SSH key not found: deploy/, deployBody({ vm: { sshKeys: ['deploy'] } })],
    ['a broken public key', 400, /Invalid SSH public key/, deployBody({ vm: { sshKeys: ['ssh-rsa AAAAB3 x'] } })],
    ['an image of a wrong format', 400, /Invalid osImage/, deployBody({ vm: { osImage: 'https://x.example/a.iso' } })],
    ['an image that is no URL', 400, /Invalid osImage/, deployBody({ vm: { osImage: 'ubuntu-24-04-x64' } })],
    [
      'the reserved port',
      400,
      /Port 10250 is reserved/,
      deployBody({ vm: { openPorts: [{ port: 10_250, protocol: 'tcp' }] } }),
    ],
    [
      'a port out of range',
      400,
      /must be <= 65535/,
      deployBody({ vm: { openPorts: [{ port: 70_000, protocol: 'tcp' }] } }),
    ],
    [
      'an unknown protocol',
      400,
      /protocol must be one of tcp, udp/,
      deployBody({ vm: { openPorts: [{ port: 80, protocol: 'sctp' }] } }),
    ],
    ['51 ports', 400, /At most 50 ports/, deployBody({ vm: { openPorts: ports(51) } })],
    [
      'a port twice',
      400,
      /Port 3000\/tcp is listed twice/,
      deployBody({ vm: { openPorts: [...ports(2), ...ports(1)] } }),
    ],
    [
      'a name with a space',
      400,
      /name must be 1 to 63 letters, digits and hyphens/,
      deployBody({ vm: { name: 'my vm' } }),
    ],
    [
      'an unknown country format',
      400,
      /countries\[0\] must be a country code/,
      deployBody({ constraints: { datacenter: { countries: ['France'] } } }),
    ],
    [
      'no country in the list',
      400,
      /countries must NOT have fewer/,
      deployBody({ constraints: { datacenter: { countries: [] } } }),
    ],
    [
      'half a CPU type',
      400,
      /hardware.cpu lacks the field "architecture"/,
      deployBody({ constraints: { hardware: { cpu: [{ manufacturer: 'AMD' }] } } }),
    ],
    [
      'half a memory type',
      400,
      /hardware.memory lacks the field "generation"/,
      deployBody({ constraints: { hardware: { memory: [{ type: 'DDR' }] } } }),
    ],
    [
      'extra storage without a storage type',
      400,
      /only be used together with hardware.storage/,
      deployBody({ constraints: { additionalResources: { storage: [{ supply: 4, units: 'GiB' }] } } }),
    ],
    [
      'a price as a number',
      400,
      /maxTotalPricePerEpochUsd must be string/,
      deployBody({ constraints: { maxTotalPricePerEpochUsd: 1.5 } }),
    ],
    [
      'a negative price',
      400,
      /maxTotalPricePerEpochUsd/,
      deployBody({ constraints: { maxTotalPricePerEpochUsd: '-1' } }),
    ],
    [
      'a configuration that is none',
      400,
      /basicConfiguration must be a configuration/,
      deployBody({ constraints: { basicConfiguration: 'large' } }),
    ],
    ['an unknown field', 400, /unknown field "size"/, { ...deployBody(), size: FIELD_WORDS }],
    [
      'a country without offers',
      422,
      /^No suitable offer found$/,
      deployBody({ constraints: { datacenter: { countries: ['PL'] } } }),
    ],
    [
      'a cap under every price',
      422,
      /^No suitable offer found$/,
      deployBody({ constraints: { maxTotalPricePerEpochUsd: '0.2999999' } }),
    ],
    ['more than there is', 422, /^Not enough offers found$/, deployBody({ instances: 10 })],
    ['an array', 400, /must be object/, []],
    ['null', 400, /must be object/, 'null'],
    ['broken JSON', 400, /not valid JSON/, '{"instances": 1'],
    ['an endless nesting', 400, /Invalid request|not valid JSON/, '['.repeat(100_000)],
    ['two megabytes', 413, /too large/, `"${'x'.repeat(2_000_000)}"`],
  ];
  it.each(refusals)('refuses %s in a deployment and rents nothing', async (_what, status, text, body) => {
    const sandbox = await openSandbox();
    const answer = await sandbox.call('POST', '/vms/v3', body);
    expect(answer.status).toBe(status);
    expect((answer.json as { error: string }).error).toMatch(text);
    expect(sandbox.books()).toMatchObject({ creates: [], vms: [], charged: '0.000000', balance: '100.000000' });
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
    const vm = { openPorts: [{ port: 22, protocol: 'tcp' }, ...ports(50)], sshKeys: [publicKey] };
    expect((await sandbox.call('POST', '/vms/v3', deployBody({ vm }))).status).toBe(200);
    expect((await list(sandbox))[0]!.ports).toHaveLength(51);
  });

  it('refuses an empty balance with 402, another content type with 415 and an unknown path with 404', async () => {
    const sandbox = await openSandbox({ balance: 0.5 });
    const poor = await sandbox.call('POST', '/vms/v3', deployBody());
    expect([poor.status, poor.json]).toEqual([402, { error: 'Insufficient balance' }]);
    const typed = await sandbox.call('POST', '/vms/v3', deployBody(), { 'content-type': 'text/plain' });
    expect(typed.status).toBe(415);
    expect((await sandbox.call('GET', '/vms/v9')).status).toBe(404);
  });

  it.each([
    ['DELETE', { vmIds: [] }],
    ['DELETE', { vmIds: ['web-1'] }],
    ['DELETE', { vmId: UNKNOWN_ID }],
    ['PATCH', { updates: [] }],
    ['PATCH', { updates: [{ vmName: 'x' }] }],
  ])('refuses a %s that names no VM properly: %j', async (method, body) => {
    const sandbox = await openSandbox();
    expect((await sandbox.call(method, '/vms/v3', body)).status).toBe(400);
  });

  it('refuses a reserved port in an update and changes nothing', async () => {
    const sandbox = await openSandbox();
    const [id] = await deploy(sandbox);
    const updates = [{ id, vmName: 'other', openPorts: [{ port: 10_250, protocol: 'tcp' }] }];
    expect((await sandbox.call('PATCH', '/vms/v3', { updates })).status).toBe(400);
    expect(await list(sandbox)).toMatchObject([{ vmName: 'web-1' }]);
  });
});

function offerOf(capacity: number) {
  return { configuration: SMALL, country: 'FR', price: '0.3', capacity };
}
