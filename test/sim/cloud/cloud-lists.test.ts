// Lists of the cloud: pages, filters, order; and each quirk by which a world answers otherwise than its document says.
import { describe, expect, it } from 'vitest';
import type { CloudWorldDocument } from '../../../src/sim/cloud/cloud-world-schema.js';
import { createBody, launch, openCloud, type CloudClient } from './cloud-client.js';

async function openFull(changes: CloudWorldDocument = {}): Promise<CloudClient> {
  const vms: CloudWorldDocument['vms'] & object = [
    { name: 'web', count: 5 },
    { name: 'web-db' },
    { name: 'CI-1', state: 'suspended' },
  ];
  return openCloud({ vms, perPage: { usual: 3, most: 4 }, ...changes });
}

const namesOf = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name);

describe('a page', () => {
  it('is counted from 0, has the usual size, and tells how many there are', async () => {
    const sandbox = await openFull();
    const first = await sandbox.ask('GET', '/v2/vms');
    expect(namesOf(first)).toEqual(['CI-1', 'web-db', 'web-5']);
    expect(first.pagination).toEqual({
      totalRecords: 7,
      filteredRecords: 7,
      totalPages: 3,
      currentPage: 0,
      perPage: 3,
    });
    expect(await sandbox.ask('GET', '/v2/vms?page=0')).toEqual(first);
    expect(namesOf(await sandbox.ask('GET', '/v2/vms?page=2'))).toEqual(['web-1']);
    expect(namesOf(await sandbox.ask('GET', '/v2/vms?page=3'))).toEqual([]);
    const wide = await sandbox.ask('GET', '/v2/vms?perPage=100&page=1');
    expect(wide.pagination).toMatchObject({ perPage: 4, totalPages: 2, currentPage: 1 });
    expect(namesOf(wide)).toEqual(['web-3', 'web-2', 'web-1']);
  });

  it('moves when a VM comes in between', async () => {
    const sandbox = await openFull();
    const first = await sandbox.ask('GET', '/v2/vms?page=0');
    sandbox.advanceBy(1000);
    await sandbox.ask('POST', '/v2/vms', createBody(sandbox));
    const second = await sandbox.ask('GET', '/v2/vms?page=1');
    expect(second.items[0].id).toBe(first.items[2].id);
  });

  it('is counted from 1, or from either, in worlds that do so', async () => {
    const fromOne = await openFull({ quirks: { pageBase: '1' } });
    expect(await fromOne.refusal('GET', '/v2/vms?page=0')).toBe('400 bad_request');
    expect(await fromOne.ask('GET', '/v2/vms?page=1')).toMatchObject({ pagination: { currentPage: 1, totalPages: 3 } });
    expect(namesOf(await fromOne.ask('GET', '/v2/vms'))).toEqual(['CI-1', 'web-db', 'web-5']);
    expect(namesOf(await fromOne.ask('GET', '/v2/vms?page=3'))).toEqual(['web-1']);
    const either = await openFull({ quirks: { pageBase: 'either' } });
    const names = async (page: number) => namesOf(await either.ask('GET', `/v2/vms?page=${page}`));
    expect(await names(0)).toEqual(await names(1));
    expect(await names(2)).toEqual(['web-4', 'web-3', 'web-2']);
  });
});

describe('a filter', () => {
  it.each([
    ['name=web-_', ['web-5', 'web-4', 'web-3', 'web-2', 'web-1']],
    ['name=ci%25', ['CI-1']],
    ['name=ci', []],
    ['name=%25-d_', ['web-db']],
    ['name=web\\_db', []],
    ['status=suspended', ['CI-1']],
    ['status[0]=suspended&status[1]=new', ['CI-1']],
    ['status[0]=launched&excludeStatus[0]=launched', []],
    ['excludeStatus=launched&sort=name', ['CI-1']],
    ['sort=name&order=desc&name=web-_&status=launched', ['web-5', 'web-4', 'web-3', 'web-2', 'web-1']],
    ['sort=createdAt&order=asc&name=web%25', ['web-1', 'web-2', 'web-3', 'web-4', 'web-5', 'web-db']],
    ['sort=status', ['web-1', 'web-2', 'web-3', 'web-4', 'web-5', 'web-db', 'CI-1']],
  ])('%s finds %j', async (query, names) => {
    const sandbox = await openFull({ perPage: { usual: 20 } });
    const page = await sandbox.ask('GET', `/v2/vms?${query}`);
    expect(namesOf(page)).toEqual(names);
    expect(page.pagination).toMatchObject({ totalRecords: 7, filteredRecords: names.length });
  });

  it('by ids, cluster and public IP finds those', async () => {
    const sandbox = await openFull();
    const vms = [...sandbox.cloud.vms.values()];
    const [one, two] = vms as [(typeof vms)[0], (typeof vms)[0]];
    expect(namesOf(await sandbox.ask('GET', `/v2/vms?ids[0]=${one.id}&ids[1]=${two.id}`))).toEqual(['web-2', 'web-1']);
    expect(namesOf(await sandbox.ask('GET', `/v2/vms?publicIpId=${two.publicIp!.id}`))).toEqual(['web-2']);
    const { id } = sandbox.cloud.clusters[2]!;
    expect(namesOf(await sandbox.ask('GET', `/v2/vms?clusterId=${id}`))).toEqual([]);
    expect(namesOf(await sandbox.ask('GET', `/v1/public_ips?clusterId=${id}`))).toEqual([]);
    expect(namesOf(await sandbox.ask('GET', '/v1/storages?name=WEB-1%25&status=ready'))).toEqual(['web-1-boot']);
    expect(namesOf(await sandbox.ask('GET', `/v1/vpcs?clusterId=${id}`))).toEqual(['default']);
  });
});

describe('a quirk', () => {
  it('answers lists as bare arrays, of catalogues or of everything', async () => {
    const catalogues = await openFull({ quirks: { lists: 'bare-catalogues' } });
    expect(await catalogues.ask('GET', '/v1/clusters')).toHaveLength(3);
    expect(await catalogues.ask('GET', '/v2/vms')).toHaveProperty('pagination');
    const all = await openFull({ quirks: { lists: 'bare' } });
    expect(await all.ask('GET', '/v2/vms?page=1')).toHaveLength(7);
  });

  it('spells dc_id, and the group of an interface as securityGroupId', async () => {
    const sandbox = await openCloud({ quirks: { datacenterKey: 'dc_id', securityGroupKey: 'securityGroupId' } });
    const [cluster] = (await sandbox.ask('GET', '/v1/clusters')).items;
    expect(cluster.dc_id).toBe(sandbox.cloud.clusters[0]!.datacenter.id);
    expect(cluster).not.toHaveProperty('dcId');
    const { id } = await launch(sandbox);
    const [plug] = await sandbox.ask('GET', `/v2/vms/${id}/interfaces`);
    expect(plug).toHaveProperty('securityGroupId', null);
    expect(plug).not.toHaveProperty('securityGroup');
  });

  it('has default images at one place only', async () => {
    for (const [quirk, there, missing] of [
      ['storages', '/v1/storages/default_images', '/v1/default_images'],
      ['root', '/v1/default_images', '/v1/storages/default_images'],
    ] as const) {
      const sandbox = await openCloud({ quirks: { defaultImages: quirk } });
      expect((await sandbox.ask('GET', there)).items).not.toEqual([]);
      expect(await sandbox.refusal('GET', missing)).toBe('404 not_found');
    }
  });

  it('answers what changes things with an empty body', async () => {
    const sandbox = await openCloud({ quirks: { actionBodies: 'empty' } });
    const { id, bootDisk } = await launch(sandbox);
    const answers = [await sandbox.call('POST', `/v2/vms/${id}/terminate`)];
    sandbox.advanceBy(30_000);
    answers.push(await sandbox.call('DELETE', `/v1/storages/${bootDisk}`));
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, ''],
      [200, ''],
    ]);
    expect(sandbox.books().deletes).toHaveLength(2);
  });

  it('takes names and raw keys for ids of SSH keys', async () => {
    const sandbox = await openCloud({ quirks: { sshKeysAs: 'any' } });
    const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@example';
    const { sshKeys } = await sandbox.ask('POST', '/v2/vms', createBody(sandbox, { sshKeys: ['ops', publicKey] }));
    const { items } = await sandbox.ask('GET', '/v1/ssh_keys');
    expect(items.map(({ id, name }: { id: string; name: string }) => [id, name])).toEqual([
      [sshKeys[0], 'ops'],
      [sshKeys[1], 'me@example'],
    ]);
    expect(await sandbox.refusal('POST', '/v2/vms', createBody(sandbox, { sshKeys: ['nobody'] }))).toBe(
      '400 bad_request',
    );
  });

  it('refuses API keys at /v1/ssh_keys, and takes ids of keys all the same', async () => {
    const sandbox = await openCloud({ quirks: { sshKeysForbidden: true } });
    expect(await sandbox.refusal('GET', '/v1/ssh_keys')).toBe('403 forbidden');
    expect(await sandbox.refusal('POST', '/v1/ssh_keys', { name: 'a', publicKey: 'b' })).toBe('403 forbidden');
    await launch(sandbox);
  });

  it('says a balance that is too low with 422, and errors without a code', async () => {
    const sandbox = await openCloud({ balance: '0', quirks: { noBalanceStatus: 422 } });
    expect(await sandbox.refusal('POST', '/v2/vms', createBody(sandbox))).toBe('422 insufficient_balance');
    const mute = await openCloud({ balance: '0', quirks: { errorCodes: false } });
    expect((await mute.call('POST', '/v2/vms', createBody(mute))).json).toEqual({ error: 'Insufficient balance' });
  });

  it('lets a terminated VM name what it left behind', async () => {
    const sandbox = await openCloud({ quirks: { terminatedNamesParts: true } });
    const { id, bootDisk, publicIp } = await launch(sandbox);
    await sandbox.ask('POST', `/v2/vms/${id}/terminate`);
    sandbox.advanceBy(30_000);
    expect(await sandbox.ask('GET', `/v2/vms/${id}`)).toMatchObject({ status: 'terminated', bootDisk, publicIp });
  });
});
