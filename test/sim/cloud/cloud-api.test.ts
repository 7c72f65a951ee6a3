// The cloud's API over HTTP: what is sold, renting, changing, ending, and what stays behind. That answers have the documented
// form is judged in cloud-client.ts; here stands what they say.
import { describe, expect, it } from 'vitest';
import { createBody, launch, newDisk, openCloud } from './cloud-client.js';
import { idOf, LARGE, SMALL } from './small-cloud.js';

describe('what is sold', () => {
  it('stands in clusters of data centers of countries', async () => {
    const sandbox = await openCloud();
    const { items: datacenters } = await sandbox.ask('GET', '/v1/datacenters');
    const { items: clusters } = await sandbox.ask('GET', '/v1/clusters');
    expect(datacenters).toMatchObject([
      { countryCode: 'FR', cityCode: 'PAR', index: 1, slug: 'fr-par-1' },
      { countryCode: 'DE', cityCode: 'FRA', slug: 'de-fra-1' },
    ]);
    const countryOf = (dcId: string) => datacenters.find(({ id }: { id: string }) => id === dcId).countryCode;
    expect(clusters.map(({ name, dcId }: { name: string; dcId: string }) => [name, countryOf(dcId)])).toEqual([
      ['paris-1', 'FR'],
      ['paris-2', 'FR'],
      ['frankfurt-1', 'DE'],
    ]);
  });

  it('is what a cluster has left, of all the sizes that there are', async () => {
    const sandbox = await openCloud();
    const { items } = await sandbox.ask('GET', '/v1/configurations/virtual_machines');
    expect(items).toHaveLength(21);
    expect(items[0]).toMatchObject({ slug: SMALL, vcpu: 2, ramGb: 4, dedicated: true });
    const { id } = sandbox.cloud.clusters[0]!;
    const read = () => sandbox.ask('GET', `/v1/clusters/${id}/resources`);
    const slugsOf = ({ availableConfigurations }: { availableConfigurations: { slug: string }[] }) =>
      availableConfigurations.map(({ slug }) => slug);
    expect(await read()).toMatchObject({
      availablePublicIps: { V4: 4, V6: 0 },
      availableStorage: {
        AMD_ZEN3: [
          { replicated: false, storageType: 'NVME', volumeGb: 200 },
          { replicated: true, volumeGb: 200 },
        ],
      },
    });
    expect(slugsOf(await read())).toEqual([SMALL, LARGE]);
    await launch(sandbox, { configurationId: idOf(sandbox.cloud, LARGE) });
    expect(slugsOf(await read())).toEqual([SMALL]);
    expect(await read()).toMatchObject({
      availablePublicIps: { V4: 3 },
      availableStorage: { AMD_ZEN3: [{ volumeGb: 175 }, {}] },
    });
    const all = await sandbox.ask('GET', '/v1/clusters/resources');
    expect(all.resources[id]).toEqual(await read());
    expect(Object.keys(all.resources)).toHaveLength(3);
  });

  it('has a price by the hour, each for itself and for a time', async () => {
    const sandbox = await openCloud();
    const { id: clusterId } = sandbox.cloud.clusters[0]!;
    const vmConfigurationId = idOf(sandbox.cloud, SMALL);
    const { items: vms } = await sandbox.ask('GET', `/v1/prices/vm?clusterId=${clusterId}`);
    expect(vms).toMatchObject([
      { vmTypeId: { clusterId, vmConfigurationId }, priceInfo: { pricePerHourPerQty: '0.02' } },
      { priceInfo: { pricePerHourPerQty: '0.04' } },
    ]);
    const { items: storages } = await sandbox.ask('GET', `/v1/prices/storage?clusterId=${clusterId}`);
    expect(storages).toMatchObject([
      { storageTypeId: { replicated: false }, priceInfo: { pricePerHourPerQty: '0.0001' } },
      { storageTypeId: { replicated: true }, priceInfo: { pricePerHourPerQty: '0.0002' } },
    ]);
    const resources = [
      { vm: { resource_id: { clusterId, vmConfigurationId } } },
      { storage: { resource_id: { clusterId, storageType: 'NVME', replicated: false }, volume_gb: 25 } },
      { publicIp: { resource_id: { clusterId, addressType: 'V4' } } },
    ];
    expect(await sandbox.ask('POST', '/v1/prices/cost', { resources, secs: 7200 })).toEqual({
      costOfResources: [
        { resource: resources[0], costPerSec: '0.000005555555' },
        { resource: resources[1], costPerSec: '0.000000694444' },
        { resource: resources[2], costPerSec: '0.000001111111' },
      ],
      periodSecs: 7200,
      totalCost: '0.053',
      totalCostPerSec: '0.000007361111',
    });
  });

  it('boots from default images, which stand at both documented places', async () => {
    const sandbox = await openCloud();
    const { items } = await sandbox.ask('GET', '/v1/storages/default_images');
    expect(items[0]).toMatchObject({ slug: 'ubuntu-24-04-x64', username: 'ubuntu' });
    expect((await sandbox.ask('GET', '/v1/default_images')).items).toEqual(items);
  });
});

describe('a VM', () => {
  it('is new, launches and is launched, with its parts on clocks of their own', async () => {
    const sandbox = await openCloud();
    const created = await sandbox.ask('POST', '/v2/vms', createBody(sandbox));
    expect(created).toMatchObject({
      name: 'web-1',
      status: 'new',
      allowedActions: [],
      configurationSlug: SMALL,
      vcpu: 2,
      ramGb: 4,
      paidUntil: null,
      readySince: null,
      priceHourlyUsd: '0.02',
      priceMonthlyUsd: '14.60',
      cloudInit: null,
    });
    sandbox.advanceBy(10_000);
    expect(await sandbox.ask('GET', `/v2/vms/${created.id}`)).toMatchObject({
      status: 'launching',
      allowedActions: [],
    });
    sandbox.advanceBy(50_000);
    const launched = await sandbox.ask('GET', `/v2/vms/${created.id}?expand[0]=publicIp&expand[1]=bootDisk`);
    expect(launched).toMatchObject({
      status: 'launched',
      readySince: '2026-11-20T06:01:00Z',
      lastPaidAt: '2026-11-20T06:01:00Z',
      paidUntil: '2026-11-20T07:01:00Z',
      expanded: {
        publicIp: {
          id: created.publicIp,
          address: '193.160.0.1',
          attachedTo: { id: created.id, name: 'web-1' },
          paidUntil: '2026-11-20T07:00:05Z',
        },
        bootDisk: { id: created.bootDisk, role: 'BOOT', attachedTo: [created.id], image: { slug: 'ubuntu-24-04-x64' } },
      },
    });
    expect(launched.allowedActions).toContain('terminate');
    // Only lists and creates tell the size.
    expect(launched).not.toHaveProperty('configurationSlug');
  });

  it('takes disks and an IP that are there, and gives them back when it goes', async () => {
    const sandbox = await openCloud();
    const clusterId = sandbox.cloud.clusters[0]!.id;
    const data = await sandbox.ask('POST', '/v1/storages', newDisk(clusterId, 'data'));
    const ip = await sandbox.ask('POST', '/v1/public_ips', { clusterId, name: 'ip', addressType: 'V4' });
    sandbox.advanceBy(5000);
    const vm = await launch(sandbox, { dataDisks: [data.id], publicIp: ip.id });
    expect(vm).toMatchObject({ dataDisks: [data.id], publicIp: ip.id });
    expect(await sandbox.refusal('DELETE', `/v1/storages/${data.id}`)).toBe('409 conflict');
    expect(await sandbox.ask('POST', `/v2/vms/${vm.id}/terminate`)).toMatchObject({
      status: 'terminating',
      allowedActions: [],
    });
    expect(await sandbox.refusal('DELETE', `/v1/storages/${data.id}`)).toBe('409 conflict');
    sandbox.advanceBy(30_000);
    expect(await sandbox.ask('GET', `/v2/vms/${vm.id}`)).toMatchObject({
      status: 'terminated',
      terminatedAt: '2026-11-20T06:01:35Z',
      bootDisk: null,
      dataDisks: [],
      publicIp: null,
      paidUntil: null,
    });
    const left = (await sandbox.ask('GET', '/v1/storages?excludeAttached=true')).items;
    expect(left.map(({ name }: { name: string }) => name).sort()).toEqual(['data', 'web-1-boot']);
    expect(await sandbox.ask('DELETE', `/v1/storages/${data.id}`)).toMatchObject({ status: 'removing' });
    sandbox.advanceBy(5000);
    expect(await sandbox.ask('GET', `/v1/storages/${data.id}`)).toMatchObject({
      status: 'removed',
      removedAt: '2026-11-20T06:01:40Z',
      paidUntil: null,
    });
  });

  it('stays in the list for a while after it has ended, and is unknown then', async () => {
    const sandbox = await openCloud({ history: '1h' });
    const vm = await launch(sandbox);
    await sandbox.ask('POST', `/v2/vms/${vm.id}/terminate`);
    sandbox.advanceBy(30_000 + 3_599_999);
    expect((await sandbox.ask('GET', '/v2/vms')).items).toMatchObject([{ id: vm.id, status: 'terminated' }]);
    sandbox.advanceBy(1);
    expect((await sandbox.ask('GET', '/v2/vms')).items).toEqual([]);
    expect(await sandbox.refusal('GET', `/v2/vms/${vm.id}`)).toBe('404 not_found');
  });

  it('is renamed, restarted, and plugged into other things', async () => {
    const sandbox = await openCloud();
    const { id } = await launch(sandbox);
    const clusterId = sandbox.cloud.clusters[0]!.id;
    const act = async (path: string, body?: unknown) => {
      const answer = await sandbox.ask('POST', `/v2/vms/${id}/${path}`, body);
      sandbox.advanceBy(5000);
      return answer;
    };
    expect(await sandbox.ask('PATCH', `/v2/vms/${id}`, { name: 'web-1a' })).toMatchObject({ name: 'web-1a' });
    expect(await act('softreboot')).toMatchObject({ status: 'softRebooting', allowedActions: [] });
    const data = await sandbox.ask('POST', '/v1/storages', newDisk(clusterId, 'data'));
    sandbox.advanceBy(5000);
    expect(await act('storages/add', { dataDisks: [data.id] })).toMatchObject({
      status: 'updating',
      dataDisks: [data.id],
      restartRequired: true,
    });
    expect(await act('restart')).toMatchObject({ status: 'restarting', restartRequired: false });
    expect(await act('storages/remove', { dataDisks: [data.id] })).toMatchObject({ dataDisks: [] });
    const { networkInterfaces } = await act('public_ip/remove');
    expect(networkInterfaces).toHaveLength(1);
    const [ip] = (await sandbox.ask('GET', '/v1/public_ips?excludeAttached=true')).items;
    expect(await act('public_ip/add', { publicIpId: ip.id })).toMatchObject({ publicIp: ip.id });
    expect(await sandbox.ask('GET', `/v2/vms/${id}`)).toMatchObject({ status: 'launched', name: 'web-1a' });
  });

  it('has its ports opened by a security group on its interface', async () => {
    const sandbox = await openCloud();
    const vm = await launch(sandbox);
    const clusterId = sandbox.cloud.clusters[0]!.id;
    const rule = {
      type: 'ipv4',
      protocolKind: { tcp: { ports: { range: { min: 80, max: 81 } } } },
      remote: { address: '0.0.0.0/0' },
    };
    const group = await sandbox.ask('POST', '/v1/security_groups', { clusterId, name: 'web', ingressRules: [rule] });
    expect(group).toMatchObject({ status: 'ready', attachedTo: [], ingressRules: { type: 'allow', rules: [rule] } });
    const plugs = await sandbox.ask('GET', `/v2/vms/${vm.id}/interfaces`);
    const outside = plugs.find(({ kind }: { kind: object }) => 'public' in kind);
    expect(outside).toMatchObject({ default: true, kind: { public: { public_ip: vm.publicIp } }, securityGroup: null });
    await sandbox.ask('PATCH', `/v2/vms/${vm.id}/interfaces/${outside.id}`, { securityGroupId: group.id });
    expect((await sandbox.ask('GET', '/v1/security_groups')).items[0].attachedTo).toEqual([outside.id]);
    expect(await sandbox.refusal('DELETE', `/v1/security_groups/${group.id}`)).toBe('409 conflict');
    sandbox.advanceBy(5000);
    await sandbox.ask('PATCH', `/v2/vms/${vm.id}/interfaces/${outside.id}`, { securityGroupId: null });
    await sandbox.ask('DELETE', `/v1/security_groups/${group.id}`);
    expect((await sandbox.ask('GET', '/v1/security_groups')).items).toEqual([]);
  });

  it('keeps of its cloud-init only that it was there', async () => {
    const sandbox = await openCloud();
    const userData = '#cloud-config\npassword: hunter2\n';
    const vm = await launch(sandbox, { cloudInit: { userData } });
    expect(vm.cloudInit).toEqual({});
    expect(sandbox.books().vms[0]!.userData).toMatchObject({ bytes: userData.length });
    expect(JSON.stringify([vm, sandbox.books()])).not.toContain('hunter2');
  });
});

describe('the account', () => {
  it('has keys, each once', async () => {
    const sandbox = await openCloud();
    const { items } = await sandbox.ask('GET', '/v1/ssh_keys');
    expect(items).toMatchObject([{ name: 'ops', algorithm: 'ssh-ed25519' }]);
    const again = { name: 'other', publicKey: items[0].publicKey };
    expect(await sandbox.refusal('POST', '/v1/ssh_keys', again)).toBe('409 conflict');
    await sandbox.ask('DELETE', `/v1/ssh_keys/${items[0].id}`);
    expect(await sandbox.ask('POST', '/v1/ssh_keys', again)).toMatchObject({ name: 'other' });
  });

  it('has a balance, and tells what was really charged', async () => {
    const sandbox = await openCloud();
    const vm = await launch(sandbox);
    sandbox.advanceBy(24 * 3_600_000);
    expect(await sandbox.ask('GET', '/v2/users/balances')).toMatchObject([
      { featureKey: 'usd_balance', balance: '9.337500', usage: '0.662500', totalDepositedAmount: '10.000000' },
    ]);
    expect(await sandbox.ask('GET', '/v2/users/balances?entitlementKey=other')).toEqual([]);
    expect(await sandbox.ask('GET', '/v1/billing/charges/total')).toEqual({ total: '0.662500' });
    expect(await sandbox.ask('GET', `/v1/billing/charges/total?resourceId=${vm.id}&endDate=2026-11-20`)).toEqual({
      total: '0.360000',
    });
    const query = 'startDate=2026-11-20&endDate=2026-11-21';
    expect(
      await sandbox.ask('GET', `/v1/billing/charges/aggregated?${query}&groupBy=RESOURCE_TYPE&period=DAY`),
    ).toMatchObject([
      { resourceType: 'STORAGE', totalUsageHours: '18', totalCost: '0.045000', periodStart: '2026-11-20T00:00:00Z' },
      { resourceType: 'PUBLIC_IP', totalUsageHours: '18', totalCost: '0.072000' },
      { resourceType: 'VM', totalUsageHours: '18', totalCost: '0.360000' },
      { resourceType: 'STORAGE', totalUsageHours: '7', totalCost: '0.017500', periodStart: '2026-11-21T00:00:00Z' },
      { resourceType: 'PUBLIC_IP', totalUsageHours: '7', totalCost: '0.028000' },
      { resourceType: 'VM', totalUsageHours: '7', totalCost: '0.140000' },
    ]);
    expect(await sandbox.ask('GET', `/v1/billing/charges/aggregated?${query}&resourceType=VM`)).toMatchObject([
      { resourceId: vm.id, resourceName: 'web-1', vmConfiguration: SMALL, totalUsageHours: '25' },
    ]);
  });

  it('may have a second key that only reads', async () => {
    const sandbox = await openCloud({ readOnlyKey: 'look-only' });
    const headers = { 'x-api-key': 'look-only' };
    const me = await sandbox.call('GET', '/v1/users/me', undefined, headers);
    expect(me.json.permissions).not.toContain('vms:write');
    expect((await sandbox.ask('GET', '/v1/users/me')).permissions).toContain('vms:write');
    expect((await sandbox.call('GET', '/v2/vms', undefined, headers)).status).toBe(200);
    expect((await sandbox.call('POST', '/v1/prices/cost', { resources: [] }, headers)).status).toBe(200);
    const refused = await sandbox.call('POST', '/v2/vms', createBody(sandbox), headers);
    expect([refused.status, refused.json.code]).toEqual([403, 'forbidden']);
  });
});
