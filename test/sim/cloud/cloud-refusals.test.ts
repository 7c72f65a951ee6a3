// What the cloud refuses, with which status and code; and that a refusal changes nothing.
import { describe, expect, it } from 'vitest';
import { createBody, launch, newDisk, openCloud, type CloudClient } from './cloud-client.js';
import { idOf, IMAGE, LARGE, SMALL } from './small-cloud.js';

const UNKNOWN = '3fa85f64-5717-4562-b3fc-2c963f66afa6';

describe('a key', () => {
  it('is taken from either header, and its lack is told from a wrong one', async () => {
    const sandbox = await openCloud({}, { key: 'k-1' });
    const read = async (headers: Record<string, string>) => {
      const { status, json } = await sandbox.call('GET', '/v2/vms', undefined, { 'x-api-key': '', ...headers });
      return `${status} ${json.code}`;
    };
    expect(await read({ 'x-api-key': 'k-1' })).toBe('200 undefined');
    expect(await read({ authorization: 'X-API-KEY k-1' })).toBe('200 undefined');
    expect(await read({})).toBe('401 unauthorized');
    expect(await read({ authorization: 'Bearer k-1' })).toBe('401 unauthorized');
    expect(await read({ 'x-api-key': 'k-2' })).toBe('403 forbidden');
  });
});

type Changes = (sandbox: CloudClient) => Record<string, unknown>;

const clusterOf = (sandbox: CloudClient) => sandbox.cloud.clusters[0]!.id;
const bootDisk =
  (changes: Record<string, unknown>): Changes =>
  (sandbox) => ({ bootDisk: newDisk(clusterOf(sandbox), 'boot', { osImage: IMAGE, ...changes }) });

describe('a create', () => {
  it.each<[string, string, Changes]>([
    ['an unknown field', '400 bad_request', () => ({ instances: 2 })],
    ['no name', '400 bad_request', () => ({ name: undefined })],
    ['a name with an underscore', '400 bad_request', () => ({ name: 'web_1' })],
    ['a name of 64 characters', '400 bad_request', () => ({ name: 'a'.repeat(64) })],
    ['no SSH key', '400 bad_request', () => ({ sshKeys: [] })],
    ['an unknown SSH key', '404 not_found', () => ({ sshKeys: [UNKNOWN] })],
    ['the name of an SSH key', '404 not_found', () => ({ sshKeys: ['ops'] })],
    ['an unknown cluster', '404 not_found', () => ({ clusterId: UNKNOWN })],
    ['an unknown configuration', '404 not_found', () => ({ configurationId: UNKNOWN })],
    [
      'a configuration without a price',
      '404 not_found',
      ({ cloud }) => ({ configurationId: idOf(cloud, 'cpu-shared-2vcpu-2gb') }),
    ],
    [
      'a disk in another cluster',
      '400 bad_request',
      ({ cloud }) => ({ bootDisk: newDisk(cloud.clusters[1]!.id, 'b', { osImage: IMAGE }) }),
    ],
    ['a boot disk without an image', '400 bad_request', bootDisk({ osImage: null })],
    ['an image that is no URL', '400 bad_request', bootDisk({ osImage: 'ubuntu' })],
    ['a disk name of 26 characters', '400 bad_request', bootDisk({ name: 'a'.repeat(26) })],
    ['a disk name in capitals', '400 bad_request', bootDisk({ name: 'Boot' })],
    ['a disk name that ends in a hyphen', '400 bad_request', bootDisk({ name: 'boot-' })],
    ['a disk that is too small', '400 bad_request', bootDisk({ volumeGb: 9 })],
    ['a kind of storage that is not sold', '400 bad_request', bootDisk({ storageType: 'HDD' })],
    ['an unknown disk', '404 not_found', () => ({ bootDisk: UNKNOWN })],
    ['an unknown public IP', '404 not_found', () => ({ publicIp: UNKNOWN })],
    [
      'an IP name in capitals',
      '400 bad_request',
      (sandbox) => ({ publicIp: { clusterId: clusterOf(sandbox), name: 'IP', addressType: 'V4' } }),
    ],
    ['more storage than there is', '422 unprocessable_entity', bootDisk({ volumeGb: 201 })],
    ['16385 bytes of userData', '400 bad_request', () => ({ cloudInit: { userData: `#${'é'.repeat(8192)}` } })],
  ])('with %s is refused with %s', async (_, refusal, changes) => {
    const sandbox = await openCloud();
    expect(await sandbox.refusal('POST', '/v2/vms', createBody(sandbox, changes(sandbox)))).toBe(refusal);
    expect(sandbox.books()).toMatchObject({ creates: [], vms: [], parts: [], balance: '10.000000' });
  });

  it('with 16384 bytes of userData is taken', async () => {
    const sandbox = await openCloud();
    await sandbox.ask('POST', '/v2/vms', createBody(sandbox, { cloudInit: { userData: 'é'.repeat(8192) } }));
  });

  it('of what is sold out is refused', async () => {
    const sandbox = await openCloud();
    const configurationId = idOf(sandbox.cloud, LARGE);
    await sandbox.ask('POST', '/v2/vms', createBody(sandbox, { configurationId }));
    expect(await sandbox.refusal('POST', '/v2/vms', createBody(sandbox, { configurationId }))).toBe(
      '422 unprocessable_entity',
    );
    await sandbox.control('offers', { cluster: 'paris-1', publicIpsFree: 0 });
    expect(await sandbox.refusal('POST', '/v2/vms', createBody(sandbox))).toBe('422 unprocessable_entity');
  });

  it('of what an hour of all its parts is too dear for is refused', async () => {
    const sandbox = await openCloud({ balance: '0.0264' });
    expect(await sandbox.refusal('POST', '/v2/vms', createBody(sandbox))).toBe('402 insufficient_balance');
    await sandbox.control('balance', { add: '0.0001' });
    await sandbox.ask('POST', '/v2/vms', createBody(sandbox));
  });

  it('with a disk or an IP that is in use, or twice the same, is refused', async () => {
    const sandbox = await openCloud();
    const vm = await launch(sandbox);
    const refusal = (changes: Record<string, unknown>) =>
      sandbox.refusal('POST', '/v2/vms', createBody(sandbox, changes));
    expect(await refusal({ bootDisk: vm.bootDisk })).toBe('409 conflict');
    expect(await refusal({ publicIp: vm.publicIp })).toBe('409 conflict');
    const data = await sandbox.ask('POST', '/v1/storages', newDisk(clusterOf(sandbox), 'data'));
    expect(await refusal({ dataDisks: [data.id] })).toBe('406 not_acceptable');
    sandbox.advanceBy(5000);
    expect(await refusal({ dataDisks: [data.id, data.id] })).toBe('400 bad_request');
    expect(await refusal({ bootDisk: data.id })).toBe('400 bad_request');
  });
});

describe('an action', () => {
  it('that allowedActions lacks is refused with 406, on new, busy and ended VMs', async () => {
    const sandbox = await openCloud();
    const { id } = await sandbox.ask('POST', '/v2/vms', createBody(sandbox));
    const paths = ['terminate', 'restart', 'softreboot', 'public_ip/remove'];
    const refuseAll = async () => {
      for (const path of paths) {
        expect(await sandbox.refusal('POST', `/v2/vms/${id}/${path}`)).toBe('406 not_acceptable');
      }
    };
    await refuseAll();
    sandbox.advanceBy(60_000);
    await sandbox.ask('POST', `/v2/vms/${id}/restart`);
    await refuseAll();
    sandbox.advanceBy(5000);
    await sandbox.ask('POST', `/v2/vms/${id}/terminate`);
    await refuseAll();
    expect(await sandbox.refusal('PATCH', `/v2/vms/${id}`, { name: 'web-2' })).toBe('406 not_acceptable');
    sandbox.advanceBy(30_000);
    await refuseAll();
  });

  it('on what is not there, or is not its own, is refused', async () => {
    const sandbox = await openCloud();
    const vm = await launch(sandbox);
    const [plug] = vm.networkInterfaces;
    for (const [method, path, body, refusal] of [
      ['POST', `/v2/vms/${UNKNOWN}/terminate`, undefined, '404 not_found'],
      ['POST', '/v2/vms/17/terminate', undefined, '404 not_found'],
      ['POST', `/v2/vms/${vm.id}/public_ip/add`, { publicIpId: vm.publicIp }, '409 conflict'],
      ['POST', `/v2/vms/${vm.id}/public_ip/add`, {}, '400 bad_request'],
      ['POST', `/v2/vms/${vm.id}/storages/remove`, { dataDisks: [vm.bootDisk] }, '409 conflict'],
      ['POST', `/v2/vms/${vm.id}/storages/add`, { dataDisks: [vm.bootDisk] }, '409 conflict'],
      ['POST', `/v2/vms/${vm.id}/storages/add`, { dataDisks: [UNKNOWN] }, '404 not_found'],
      ['PATCH', `/v2/vms/${vm.id}/interfaces/${UNKNOWN}`, { securityGroupId: null }, '404 not_found'],
      ['PATCH', `/v2/vms/${vm.id}/interfaces/${plug}`, { securityGroupId: UNKNOWN }, '404 not_found'],
      ['PATCH', `/v2/vms/${vm.id}`, { name: '-web' }, '400 bad_request'],
      ['PATCH', '/v2/vms', { name: 'web' }, '404 not_found'],
    ] as const) {
      expect([path, await sandbox.refusal(method, path, body)]).toEqual([path, refusal]);
    }
    expect(sandbox.books().deletes).toEqual([]);
  });
});

describe('a deletion of parts', () => {
  it('is refused while they are new, attached, being removed or removed, and one unknown id spoils many', async () => {
    const sandbox = await openCloud();
    const vm = await launch(sandbox);
    const disk = await sandbox.ask('POST', '/v1/storages', newDisk(clusterOf(sandbox), 'data'));
    const other = await sandbox.ask('POST', '/v1/storages', newDisk(clusterOf(sandbox), 'other'));
    const remove = (...ids: string[]) => sandbox.refusal('POST', '/v1/storages/delete', { ids });
    expect(await remove(disk.id)).toBe('406 not_acceptable');
    sandbox.advanceBy(5000);
    expect(await remove(disk.id, UNKNOWN)).toBe('404 not_found');
    expect(await remove(disk.id, vm.bootDisk)).toBe('409 conflict');
    expect(await sandbox.refusal('DELETE', `/v1/public_ips/${vm.publicIp}`)).toBe('409 conflict');
    expect(sandbox.books().deletes).toEqual([]);
    expect(await remove(disk.id, other.id)).toBe('200 undefined');
    expect(await remove(disk.id)).toBe('406 not_acceptable');
    sandbox.advanceBy(5000);
    expect(await remove(disk.id)).toBe('406 not_acceptable');
    expect(sandbox.books().deletes.map(({ name }) => name)).toEqual(['data', 'other']);
  });
});

describe('a query', () => {
  it.each([
    ['/v2/vms?state=launched', '400 bad_request'],
    ['/v2/vms?status=Launched', '400 bad_request'],
    ['/v2/vms?status=launched&status=new', '400 bad_request'],
    ['/v2/vms?expand[0]=everything', '400 bad_request'],
    ['/v2/vms?page=-1', '400 bad_request'],
    ['/v1/storages?excludeAttached=yes', '400 bad_request'],
    ['/v1/billing/charges/aggregated?startDate=2026-11-20', '400 bad_request'],
    ['/v1/billing/charges/total?startDate=yesterday', '400 bad_request'],
    ['/v1/nothing', '404 not_found'],
    [`/v1/clusters/${UNKNOWN}/resources`, '404 not_found'],
  ])('%s is refused with %s', async (path, refusal) => {
    expect(await (await openCloud()).refusal('GET', path)).toBe(refusal);
  });

  it('for the price of what has none is refused', async () => {
    const sandbox = await openCloud();
    const ids = { clusterId: clusterOf(sandbox), vmConfigurationId: idOf(sandbox.cloud, 'cpu-shared-2vcpu-2gb') };
    expect(await sandbox.refusal('POST', '/v1/prices/cost', { resources: [{ vm: { resource_id: ids } }] })).toBe(
      '404 not_found',
    );
    expect(idOf(sandbox.cloud, SMALL)).not.toBe(ids.vmConfigurationId);
  });

  it('with a body that is no JSON, of another type or too long is refused', async () => {
    const sandbox = await openCloud();
    expect(await sandbox.refusal('POST', '/v2/vms', '{')).toBe('400 bad_request');
    const typed = await sandbox.call('POST', '/v2/vms', '{}', { 'content-type': 'text/plain' });
    expect(typed.status).toBe(415);
    expect(await sandbox.refusal('POST', '/v2/vms', ' '.repeat(1_048_577))).toBe('413 bad_request');
  });
});
