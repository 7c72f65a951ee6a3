// The sandbox around the cloud: its controls, its faults, its books, and the VMs that answer through it.
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createBody, launch, openCloud, type CloudClient } from './cloud-client.js';

async function fault(sandbox: CloudClient, effect: object, match: object = { method: 'POST', path: '/v2/vms' }) {
  return sandbox.control('faults', { match, effect });
}

/** The status of a request in absolute form, as to a forward proxy. */
async function askVm(sandbox: CloudClient, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: sandbox.port, path: url, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('the controls', () => {
  it('place VMs with their parts, storages and public IPs that somebody else made', async () => {
    const sandbox = await openCloud();
    const { vms } = await sandbox.control('vms', {
      name: 'DB-1',
      country: 'DE',
      createdAt: '-90m',
      dataDisksGb: [100],
    });
    await sandbox.control('storages', {
      name: 'old',
      country: 'FR',
      volumeGb: 40,
      createdAt: '-30d',
      paidUntil: '+10m',
    });
    await sandbox.control('public_ips', { name: 'spare', count: 2, price: '0.1' });
    const [vm] = (await sandbox.ask('GET', '/v2/vms?expand[0]=bootDisk&expand[1]=dataDisks&expand[2]=publicIp')).items;
    expect(vm).toMatchObject({
      id: vms[0].id,
      name: 'DB-1',
      status: 'launched',
      paidUntil: '2026-11-20T06:30:00Z',
      expanded: {
        bootDisk: { name: 'db-1-boot', volumeGb: 25 },
        dataDisks: [{ name: 'db-1-d1', volumeGb: 100, role: 'DATA' }],
        publicIp: { name: 'db-1-ip' },
      },
    });
    expect(sandbox.books().leftovers).toMatchObject([
      { kind: 'storage', name: 'old', paidUntil: '2026-11-20T06:10:00Z', pricePerHour: '0.004000', madeFor: null },
      { kind: 'public-ip', name: 'spare-1', pricePerHour: '0.100000' },
      { kind: 'public-ip', name: 'spare-2' },
    ]);
    sandbox.advanceBy(10 * 60_000);
    expect(sandbox.books().charges).toMatchObject([{ kind: 'storage', name: 'old', amount: '0.004000' }]);
    expect((await sandbox.call('POST', '/_sandbox/vms', { name: 'x', country: 'PL' })).status).toBe(400);
    expect((await sandbox.call('POST', '/_sandbox/storages', { name: 'Old' })).status).toBe(400);
  });

  it('place VMs in any state, which pay only while they run', async () => {
    const sandbox = await openCloud();
    const states = ['new', 'failed', 'suspended', 'terminated', 'unknown', 'updating'];
    for (const state of states) await sandbox.control('vms', { name: `vm-${state}`, state, publicIp: false });
    sandbox.advanceBy(3_600_000);
    const { items } = await sandbox.ask('GET', '/v2/vms?sort=createdAt&order=asc');
    expect(items.map(({ status }: { status: string }) => status)).toEqual(['launching', ...states.slice(1)]);
    const charged = sandbox.books().charges.filter(({ kind }) => kind === 'vm');
    expect(charged.map(({ name }) => name)).toEqual(['vm-unknown', 'vm-updating']);
  });

  it('end VMs, whose parts stay', async () => {
    const sandbox = await openCloud();
    const { id } = await launch(sandbox);
    expect(await sandbox.control('vms/terminate', { name: 'web-*' })).toEqual({ vms: [{ id, name: 'web-1' }] });
    expect(await sandbox.ask('GET', `/v2/vms/${id}`)).toMatchObject({ status: 'terminated', allowedActions: [] });
    expect(sandbox.books()).toMatchObject({ vms: [{ endedBy: 'provider', endCalledAt: null }], leftovers: [{}, {}] });
    expect((await sandbox.call('POST', '/_sandbox/vms/terminate', { id })).status).toBe(404);
  });

  it('change prices, what is left, and the balance', async () => {
    const sandbox = await openCloud();
    const move = { country: 'FR', configuration: 'cpu-regular-2vcpu-4gb', price: '0.05', capacity: 0 };
    expect(await sandbox.control('offers', move)).toEqual({ changed: 2 });
    expect(await sandbox.control('offers', { storagePricePerGb: '0.001', publicIpPrice: '0.01' })).toEqual({
      changed: 3,
    });
    const [{ priceInfo }] = (await sandbox.ask('GET', '/v1/prices/vm')).items;
    expect(priceInfo.pricePerHourPerQty).toBe('0.05');
    expect(await sandbox.refusal('POST', '/v2/vms', createBody(sandbox))).toBe('422 unprocessable_entity');
    expect(await sandbox.control('balance', { set: '1.5' })).toEqual({ balance: '1.500000' });
  });

  it('are explained for the cloud', async () => {
    const sandbox = await openCloud();
    const { text } = await sandbox.call('GET', '/_sandbox/');
    expect(text).toContain('a simulated Fluence cloud');
    expect(text).toMatch(/POST +\/_sandbox\/storages/);
    expect(text).toContain('"path": "/v2/vms"');
  });
});

describe('the books', () => {
  it('tell each purchase with all it made, each hour of each, and each end', async () => {
    const sandbox = await openCloud();
    const vm = await launch(sandbox);
    await sandbox.ask('PATCH', `/v2/vms/${vm.id}`, { name: 'web-1a' });
    await sandbox.ask('POST', `/v2/vms/${vm.id}/terminate`);
    sandbox.advanceBy(30_000);
    expect(await sandbox.control('books')).toMatchObject({
      now: '2026-11-20T06:01:30Z',
      balance: '9.973500',
      deposited: '10.000000',
      charged: '0.026500',
      totals: { created: 1, foreign: 0, running: 0, ended: 1, storages: 1, publicIps: 1, charges: 3 },
      creates: [{ name: 'web-1', vmId: vm.id, partIds: [vm.bootDisk, vm.publicIp], late: false, error: null }],
      vms: [{ id: vm.id, names: ['web-1', 'web-1a'], status: 'terminated', cluster: 'paris-1', country: 'FR' }],
      parts: [
        { kind: 'storage', id: vm.bootDisk, attachedTo: null, madeFor: vm.id, volumeGb: 25 },
        { kind: 'public-ip', id: vm.publicIp, attachedTo: null, madeFor: vm.id, address: '193.160.0.1' },
      ],
      charges: [
        { kind: 'storage', name: 'web-1-boot', from: '2026-11-20T06:00:05Z', to: '2026-11-20T07:00:05Z' },
        { kind: 'public-ip', name: 'web-1-ip', amount: '0.004000' },
        { kind: 'vm', resourceId: vm.id, name: 'web-1a', amount: '0.020000', at: '2026-11-20T06:01:00Z' },
      ],
      deletes: [{ kind: 'vm', resourceId: vm.id, at: '2026-11-20T06:01:00Z', goneAt: '2026-11-20T06:01:30Z' }],
      leftovers: [{ id: vm.bootDisk }, { id: vm.publicIp }],
      calls: { 'POST /v2/vms': { count: 1, byStatus: { 200: 1 } } },
    });
  });
});

describe('faults', () => {
  it('lose the answer of a create that happened', async () => {
    const sandbox = await openCloud();
    await fault(sandbox, { kind: 'lose-answer' });
    await expect(sandbox.call('POST', '/v2/vms', createBody(sandbox))).rejects.toThrow();
    expect(sandbox.books()).toMatchObject({ creates: [{ name: 'web-1' }], parts: [{}, {}] });
  });

  it('let a create take effect later, or come to nothing', async () => {
    const sandbox = await openCloud({}, { seed: 3 });
    await fault(sandbox, { kind: 'late-create', after: '15m', then: 'drop' });
    await expect(sandbox.call('POST', '/v2/vms', createBody(sandbox))).rejects.toThrow();
    await fault(sandbox, { kind: 'late-create', after: '20m', then: 'drop' });
    await expect(sandbox.call('POST', '/v2/vms', createBody(sandbox, { name: 'web-2' }))).rejects.toThrow();
    expect(sandbox.books().vms).toEqual([]);
    sandbox.advanceBy(15 * 60_000);
    await sandbox.control('offers', { capacity: 0 });
    sandbox.advanceBy(5 * 60_000);
    expect(sandbox.books().creates).toMatchObject([
      { at: '2026-11-20T06:15:00Z', name: 'web-1', late: true, error: null },
      { at: '2026-11-20T06:20:00Z', name: 'web-2', late: true, vmId: null, error: expect.stringMatching(/available/) },
    ]);
  });

  it('let a launch fail without a word', async () => {
    const sandbox = await openCloud();
    await fault(sandbox, { kind: 'never-active' });
    const { id } = await sandbox.ask('POST', '/v2/vms', createBody(sandbox));
    sandbox.advanceBy(30 * 60_000 - 1);
    expect(await sandbox.ask('GET', `/v2/vms/${id}`)).toMatchObject({ status: 'launching' });
    sandbox.advanceBy(1);
    expect(await sandbox.ask('GET', `/v2/vms/${id}`)).toMatchObject({
      status: 'failed',
      allowedActions: ['terminate'],
    });
  });

  it('show a page without some of its entries', async () => {
    const sandbox = await openCloud({ vms: [{ name: 'ci', count: 4 }] });
    const listing = { method: 'GET', path: '/v2/vms' };
    await fault(sandbox, { kind: 'partial-list', missing: ['ci-3'] }, listing);
    const { items, pagination } = await sandbox.ask('GET', '/v2/vms');
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['ci-4', 'ci-2', 'ci-1']);
    expect(pagination.filteredRecords).toBe(4);
    await fault(sandbox, { kind: 'partial-list', share: 0.25 }, listing);
    expect((await sandbox.ask('GET', '/v2/vms')).items).toHaveLength(1);
  });
});

describe('the VMs behind the sandbox', () => {
  it('answer at their public IP while they run', async () => {
    const sandbox = await openCloud({ apps: [{ prefix: 'web-', body: { busy: true } }] });
    const vm = await launch(sandbox);
    const url = `http://${[...sandbox.cloud.publicIps.values()][0]!.address}:8080/status`;
    expect(await askVm(sandbox, url)).toBe(200);
    await sandbox.ask('POST', `/v2/vms/${vm.id}/restart`);
    expect(await askVm(sandbox, url)).toBe(502);
    sandbox.advanceBy(5000);
    await sandbox.ask('POST', `/v2/vms/${vm.id}/public_ip/remove`);
    expect(await askVm(sandbox, url)).toBe(502);
    expect(await askVm(sandbox, 'http://193.160.0.9/')).toBe(502);
  });
});
