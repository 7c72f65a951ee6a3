// Older variants of the marketplace over HTTP: what each tells, takes and doesn't have.
import { describe, expect, it } from 'vitest';
import { deployBody, openSandbox, type SandboxClient } from '../sandbox-client.js';

async function rent(sandbox: SandboxClient, instances = 1): Promise<string[]> {
  const answer = await sandbox.call('POST', '/vms/v3', deployBody({ instances }));
  expect(answer.status).toBe(200);
  return (answer.json as { vmId: string }[]).map(({ vmId }) => vmId);
}

async function list(sandbox: SandboxClient): Promise<Record<string, unknown>[]> {
  return (await sandbox.call('GET', '/vms/v2')).json as Record<string, unknown>[];
}

describe('the variant v2', () => {
  it('tells VMs at /vms/v2, with times in expanded years and a price without a leading zero', async () => {
    const sandbox = await openSandbox({ variant: 'v2' });
    await rent(sandbox);
    sandbox.advanceBy(60_000);
    expect(await list(sandbox)).toMatchObject([
      {
        vmName: 'web-1',
        status: 'Active',
        pricePerEpoch: '.300000',
        createdAt: '+002026-11-20T06:00:00.000000000Z',
        nextBillingAt: '+002026-11-21T06:01:00.000000000Z',
        datacenter: { countryCode: 'DE' },
      },
    ]);
  });

  it('takes one bare change and deletes many', async () => {
    const sandbox = await openSandbox({ variant: 'v2' });
    const ids = await rent(sandbox, 2);
    const change = { id: ids[0], vmName: 'web-1a', openPorts: [{ port: 22, protocol: 'tcp' }] };
    expect((await sandbox.call('PATCH', '/vms/v2', { updates: [change] })).status).toBe(400);
    expect((await sandbox.call('PATCH', '/vms/v2', change)).status).toBe(204);
    expect((await list(sandbox))[0]).toMatchObject({ vmName: 'web-1a', ports: [{ port: 22 }] });
    expect((await sandbox.call('DELETE', '/vms/v3', { vmId: ids[0] })).status).toBe(400);
    expect((await sandbox.call('DELETE', '/vms/v3', { vmIds: ids })).status).toBe(200);
    sandbox.advanceBy(30_000);
    expect(await list(sandbox)).toEqual([]);
  });
});

describe('the oldest variant', () => {
  it('tells a price in whole micro-USDC, a status in capitals, numbers of MiB, and nothing of time and place', async () => {
    const sandbox = await openSandbox({ variant: 'oldest' });
    const [id] = await rent(sandbox);
    expect(await list(sandbox)).toMatchObject([{ status: 'NEW' }]);
    sandbox.advanceBy(60_000);
    const [vm] = await list(sandbox);
    expect(vm).toMatchObject({
      id,
      status: 'ACTIVE',
      pricePerEpoch: 300_000,
      resources: [
        { type: 'VCPU', quantity: 2 },
        { type: 'RAM', quantity: 4096 },
        { type: 'STORAGE', quantity: 25_600 },
        { type: 'PUBLIC_IP', quantity: 1 },
        { type: 'NETWORK_BANDWIDTH' },
      ],
    });
    expect(Object.keys(vm!).sort()).toEqual(['id', 'pricePerEpoch', 'resources', 'status', 'vmName']);
  });

  it('deletes one VM a call', async () => {
    const sandbox = await openSandbox({ variant: 'oldest' });
    const [first, second] = await rent(sandbox, 2);
    expect((await sandbox.call('DELETE', '/vms/v3', { vmIds: [first, second] })).status).toBe(400);
    expect((await sandbox.call('DELETE', '/vms/v3', { vmId: first })).status).toBe(200);
    expect((await sandbox.call('DELETE', '/vms/v3', { vmId: `0x${'ab'.repeat(20)}` })).status).toBe(404);
    sandbox.advanceBy(30_000);
    expect(await list(sandbox)).toMatchObject([{ id: second }]);
  });
});

describe('what a variant does not have answers 404', () => {
  it.each([
    ['v3', ['GET /vms/v2', 'PATCH /vms/v2']],
    [
      'v2',
      [
        'GET /vms/v3',
        'PATCH /vms/v3',
        'GET /vms/v3/status',
        'POST /vms/v3/estimate',
        'GET /v1/marketplace/datacenters',
      ],
    ],
    ['oldest', ['GET /vms/v3', 'PATCH /vms/v3', 'GET /vms/v3/status', 'POST /vms/v3/estimate']],
  ] as const)('%s', async (variant, missing) => {
    const sandbox = await openSandbox({ variant });
    for (const route of missing) {
      const [method = '', path = ''] = route.split(' ');
      expect([route, (await sandbox.call(method, path, method === 'GET' ? undefined : {})).status]).toEqual([
        route,
        404,
      ]);
    }
  });
});
