// The published document is the judge: every operation that the sandbox serves is played once, and request and answer are
// checked against it. What the sandbox leaves out is listed.
import { afterAll, describe, expect, it } from 'vitest';
import { ABSENT } from '../../openapi/judge.js';
import { createBody, judge, judged, launch, newDisk, openCloud } from './cloud-client.js';
import { IMAGE } from './small-cloud.js';

/** No client of VMs needs these: payments, profiles, networks of one's own, a console. */
const NOT_SERVED = [
  /^\w+ \/v[12]\/(billing\/(top_up|get_history)|top-ups|payment-methods)/,
  /^\w+ \/v1\/users\/(me\/profile|balances\/refresh)$/,
  /^(POST|PATCH|DELETE) \/v1\/(vpcs|subnets)/,
  /^POST \/v2\/vms\/\{vm_id\}\/vm-api-access-token$/,
];

/** The judge speaks after each test, in cloud-client.ts. */
describe(judge.isPresent ? 'by the published document' : ABSENT, () => {
  it('what is for sale is told as documented', async () => {
    const sandbox = await openCloud();
    const [cluster] = (await sandbox.ask('GET', '/v1/clusters')).items;
    const [configuration] = (await sandbox.ask('GET', '/v1/configurations/virtual_machines')).items;
    for (const path of [
      '/v1/datacenters',
      `/v1/clusters/${cluster.id}/resources`,
      '/v1/clusters/resources',
      `/v1/clusters/resources?clusterIds[0]=${cluster.id}`,
      '/v1/storages/default_images',
      '/v1/storages/types',
      '/v1/prices/vm',
      `/v1/prices/vm?clusterId=${cluster.id}`,
      '/v1/prices/storage',
      '/v1/prices/public-ip',
      '/v1/service/status',
    ]) {
      await sandbox.ask('GET', path);
    }
    await sandbox.ask('POST', '/v1/prices/cost', {
      resources: [
        { vm: { resource_id: { clusterId: cluster.id, vmConfigurationId: configuration.id } } },
        {
          storage: { resource_id: { clusterId: cluster.id, storageType: 'NVME', replicated: true }, volume_gb: 25 },
        },
        { publicIp: { resource_id: { clusterId: cluster.id, addressType: 'V4' } } },
      ],
      secs: 86_400,
    });
  });

  it('a VM is told as documented through its whole life', async () => {
    const sandbox = await openCloud();
    const [clusterId] = [sandbox.cloud.clusters[0]!.id];
    const body = createBody(sandbox, {
      dataDisks: [newDisk(clusterId, 'web-1-data')],
      cloudInit: { userData: '#cloud-config\n' },
    });
    const { id } = await sandbox.ask('POST', '/v2/vms', body);
    const expand = ['bootDisk', 'dataDisks', 'publicIp', 'subnets', 'sshKeys', 'networkInterfaces'];
    const query = expand.map((member, index) => `expand[${index}]=${member}`).join('&');
    const look = async () => {
      await sandbox.ask(
        'GET',
        `/v2/vms?${query}&status[0]=launched&status[1]=new&excludeStatus=failed&sort=name&perPage=5`,
      );
      return sandbox.ask('GET', `/v2/vms/${id}?${query}`);
    };
    await look();
    sandbox.advanceBy(60_000);
    const { expanded } = await look();
    await sandbox.ask('PATCH', `/v2/vms/${id}`, { name: 'web-1a' });
    const act = async (path: string, sent?: unknown) => {
      await sandbox.ask('POST', `/v2/vms/${id}/${path}`, sent);
      sandbox.advanceBy(10_000);
    };
    await act('restart');
    await act('softreboot');
    await act('storages/remove', { dataDisks: [expanded.dataDisks[0].id] });
    await act('storages/add', { dataDisks: [expanded.dataDisks[0].id] });
    const group = await sandbox.ask('POST', '/v1/security_groups', { clusterId, name: 'web' });
    const [plug] = await sandbox.ask('GET', `/v2/vms/${id}/interfaces`);
    await sandbox.ask('PATCH', `/v2/vms/${id}/interfaces/${plug.id}`, { securityGroupId: group.id });
    sandbox.advanceBy(10_000);
    await sandbox.ask('GET', `/v2/vms/${id}/interfaces`);
    await act('public_ip/remove');
    await act('public_ip/add', { publicIpId: expanded.publicIp.id });
    await act('terminate');
    await look();
    sandbox.advanceBy(30_000);
    await look();
  });

  it('storages, public IPs, groups, networks and keys are told as documented', async () => {
    const sandbox = await openCloud();
    const clusterId = sandbox.cloud.clusters[0]!.id;
    const made: Record<string, string> = {};
    for (const [path, body] of [
      ['/v1/storages', newDisk(clusterId, 'data-1')],
      ['/v1/storages', newDisk(clusterId, 'boot-1', { osImage: IMAGE, replicated: true })],
      ['/v1/public_ips', { clusterId, name: 'ip-1', addressType: 'V4' }],
      [
        '/v1/security_groups',
        {
          clusterId,
          name: 'web',
          ingressRules: [
            {
              type: 'ipv4',
              protocolKind: { tcp: { ports: { exact: { value: 22 } } } },
              remote: { address: '0.0.0.0/0' },
            },
          ],
        },
      ],
      ['/v1/ssh_keys', { name: 'laptop', publicKey: NEW_KEY }],
    ] as const) {
      made[path] = (await sandbox.ask('POST', path, body)).id;
    }
    sandbox.advanceBy(5000);
    await sandbox.ask('GET', `/v1/storages/${made['/v1/storages']}`);
    await sandbox.ask('GET', '/v1/storages?excludeAttached=true&storageType=NVMe&order=asc&page=0');
    await sandbox.ask('GET', `/v1/public_ips?clusterId=${clusterId}&cityCode=PAR&addressType=V4&excludeAttached=false`);
    await sandbox.ask('GET', '/v1/vpcs');
    await sandbox.ask('GET', '/v1/subnets');
    await sandbox.ask('PATCH', `/v1/storages/${made['/v1/storages']}`, { name: 'boot-2' });
    await sandbox.ask('PATCH', `/v1/public_ips/${made['/v1/public_ips']}`, { name: 'ip-2' });
    await sandbox.ask('PATCH', `/v1/security_groups/${made['/v1/security_groups']}`, {
      ingressRules: { type: 'allowAll' },
    });
    for (const [path, id] of Object.entries(made)) {
      await sandbox.ask('GET', path);
      await sandbox.ask('DELETE', `${path}/${id}`);
    }
    const { items } = await sandbox.ask('GET', '/v1/storages?name=data%25');
    await sandbox.ask('POST', '/v1/storages/delete', { ids: [items[0].id] });
    const ip = await sandbox.ask('POST', '/v1/public_ips', { clusterId, name: 'ip-3', addressType: 'V4' });
    const group = await sandbox.ask('POST', '/v1/security_groups', { clusterId, name: 'db' });
    const key = await sandbox.ask('POST', '/v1/ssh_keys', { name: 'laptop', publicKey: NEW_KEY });
    sandbox.advanceBy(5000);
    await sandbox.ask('POST', '/v1/public_ips/delete', { ids: [ip.id] });
    await sandbox.ask('POST', '/v1/security_groups/delete', { ids: [group.id] });
    await sandbox.ask('POST', '/v1/ssh_keys/delete', { ids: [key.id] });
  });

  it('the account is told as documented', async () => {
    const sandbox = await openCloud();
    await launch(sandbox);
    await sandbox.ask('GET', '/v1/users/me');
    await sandbox.ask('GET', '/v2/users/balances');
    await sandbox.ask('GET', '/v1/billing/charges/total?startDate=2026-11-20&endDate=2026-11-20');
    for (const groupBy of [
      '',
      '&groupBy=RESOURCE',
      '&groupBy=RESOURCE_TYPE&period=DAY',
      '&groupBy=CLUSTER&period=MONTH',
    ]) {
      const query = `startDate=2026-11-01&endDate=2026-11-30${groupBy}`;
      expect(await sandbox.ask('GET', `/v1/billing/charges/aggregated?${query}`)).not.toEqual([]);
    }
  });

  afterAll(() => {
    const left = judge.operations.filter((operation) => !NOT_SERVED.some((pattern) => pattern.test(operation)));
    expect(left.filter((operation) => !judged.has(operation))).toEqual([]);
  });
});

const NEW_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl someone@example';
