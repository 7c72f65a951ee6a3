// Changes at the cloud: one request each, judged by the published document, and what is known of their effect when they fail.
import { afterEach, describe, expect, it } from 'vitest';
import type { CpuCloud } from '../../../src/fluence/cloud/cpu-cloud.js';
import { catchError } from '../marketplace/setup.js';
import * as answers from './answers.js';
import { order, setUp } from './setup.js';
import type { Routes, Setup } from './setup.js';

const { uuid } = answers;
const VM = uuid('a', 1);
let setup: Setup;
afterEach(async () => {
  await setup.close();
});

const error = (code: string, text = 'no') => ({ code, error: text });

async function create(change: Parameters<typeof order>[0] = {}) {
  return setup.cloud.createVms(await setup.cloud.prepareOrder(order(change)));
}

describe('a purchase', () => {
  const created: Routes = { 'POST /v2/vms': { body: answers.cloudVm(1, { expanded: undefined }) } };

  it('names one VM, its disks and its address, all in one cluster', async () => {
    setup = await setUp(created);
    expect(await create({ dataDisksGb: [10], cloudInit: '#cloud-config\n' })).toEqual([
      { id: VM, name: 'web-a17k3f2x02' },
    ]);
    const disk = { clusterId: answers.CLUSTERS[0], storageType: 'NVME', replicated: false };
    expect(setup.bodyOf('POST /v2/vms')).toEqual({
      clusterId: answers.CLUSTERS[0],
      configurationId: answers.CONFIGURATIONS[0],
      name: 'web-a17k3f2x02',
      bootDisk: { ...disk, name: 'web-a17k3f2x02-b', volumeGb: 25, osImage: 'https://images.example/u.img' },
      dataDisks: [{ ...disk, name: 'web-a17k3f2x02-0', volumeGb: 10 }],
      publicIp: { clusterId: answers.CLUSTERS[0], name: 'web-a17k3f2x02-i', addressType: 'V4' },
      sshKeys: [uuid('7', 1)],
      cloudInit: { userData: '#cloud-config\n' },
    });
    expect(setup.asked().filter((line) => line === 'POST /v2/vms')).toHaveLength(1);
  });

  it('takes the price of now, and none above the cap', async () => {
    setup = await setUp(created);
    const cap = { amount: 17_554n, periodMillis: 3_600_000 };
    expect(await catchError(create({ cap }))).toMatchObject({ code: 'api-no-offer', effect: 'none' });
    expect(await create({ cap: { amount: 17_555n * 24n, periodMillis: 86_400_000 } })).toHaveLength(1);
    // The whole is capped, data disks too.
    expect(await catchError(create({ dataDisksGb: [80] }))).toMatchObject({ code: 'api-no-offer', effect: 'none' });
  });

  it.each<[string, Parameters<typeof order>[0]]>([
    ['two VMs', { count: 2 }],
    ['user data of more than 16 KiB in bytes', { cloudInit: 'é'.repeat(8193) }],
    ['a name too long for its disks', { name: 'x'.repeat(24) }],
    ['a name with other letters', { name: 'Web_1' }],
    ['an offer without a cluster', { offer: { ...order().offer, clusterId: 'par-a' } }],
    ['a key that nobody has', { sshKeys: ['nobody'] }],
  ])('of %s is refused before it is sent', async (_title, change) => {
    setup = await setUp(created);
    expect(await catchError(create(change))).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    expect(setup.asked()).not.toContain('POST /v2/vms');
  });

  it('that was not prepared is refused before it is sent', async () => {
    setup = await setUp(created);
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({ code: 'api-bad-request' });
    expect(setup.asked()).toEqual([]);
  });

  it.each([
    ['no id', {}],
    ['an id of the wrong form', { id: '17' }],
    ['nothing', undefined],
    ['a list', [answers.cloudVm(1)]],
  ])('answered with %s may have taken effect', async (_title, body) => {
    setup = await setUp({ 'POST /v2/vms': { body, asDocumented: false } });
    expect(await catchError(create())).toMatchObject({ code: 'api-unreadable', effect: 'unknown', status: 200 });
    expect(setup.asked().filter((line) => line === 'POST /v2/vms')).toHaveLength(1);
  });

  it.each([
    [402, 'insufficient_balance', 'api-no-balance', 'none'],
    [422, 'insufficient_balance', 'api-no-balance', 'none'],
    [422, 'unprocessable_entity', 'api-bad-request', 'none'],
    [400, 'bad_request', 'api-bad-request', 'none'],
    [403, 'forbidden', 'api-key-refused', 'none'],
    [409, 'conflict', 'api-conflict', 'none'],
    [500, 'internal_server_error', 'api-unavailable', 'unknown'],
    [503, 'service_unavailable', 'api-unavailable', 'unknown'],
    [400, 'internal_server_error', 'api-unavailable', 'unknown'],
    [502, 'bad_request', 'api-bad-request', 'unknown'],
  ])('answered %i %s is %s, effect %s, and is never sent again', async (status, apiCode, code, effect) => {
    setup = await setUp({ 'POST /v2/vms': { status, body: error(apiCode) } });
    expect(await catchError(create())).toMatchObject({ code, effect, status });
    expect(setup.asked().filter((line) => line === 'POST /v2/vms')).toHaveLength(1);
  });

  it('that finds nothing left says so', async () => {
    setup = await setUp({
      'POST /v2/vms': { status: 422, body: error('unprocessable_entity', 'Not enough resources in the cluster') },
    });
    expect(await catchError(create())).toMatchObject({ code: 'api-no-offer' });
    expect(
      await catchError(create({ offer: { ...order().offer, configuration: 'cpu-premium-8vcpu-16gb' } })),
    ).toMatchObject({ code: 'api-no-offer', effect: 'none' });
  });
});

describe('SSH keys of a purchase', () => {
  const created: Routes = { 'POST /v2/vms': { body: answers.cloudVm(1, { expanded: undefined }) } };
  const raw = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAInew me@here';
  const keysSent = () => (setup.bodyOf('POST /v2/vms') as { sshKeys: string[] }).sshKeys;

  it('that are there are found by name and by what they are, whatever their comment says', async () => {
    setup = await setUp(created);
    await create({ sshKeys: ['key-2', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI1 another@comment', uuid('7', 9)] });
    expect(keysSent()).toEqual([uuid('7', 2), uuid('7', 1), uuid('7', 9)]);
  });

  it('that are raw and new are not registered where nothing may be changed; those that are there need no leave', async () => {
    setup = await setUp(created);
    const beforeChange = () => Promise.reject(new Error('frozen'));
    const prepare = (sshKeys: readonly string[]) => setup.cloud.prepareOrder(order({ sshKeys }), { beforeChange });
    await expect(prepare([raw])).rejects.toThrow('frozen');
    expect(setup.asked()).not.toContain('POST /v1/ssh_keys');
    expect(await prepare(['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI1 me'])).toMatchObject({
      resolved: { keyIds: [uuid('7', 1)] },
    });
  });

  it('that are raw and new are registered first', async () => {
    setup = await setUp({ ...created, 'POST /v1/ssh_keys': { body: answers.sshKey(5, { publicKey: raw }) } });
    await create({ sshKeys: [raw] });
    expect(setup.bodyOf('POST /v1/ssh_keys')).toEqual({ name: 'web-a17k3f2x02-key-1', publicKey: raw });
    expect(keysSent()).toEqual([uuid('7', 5)]);
  });

  it('that somebody registered meanwhile are taken over', async () => {
    setup = await setUp({
      ...created,
      'POST /v1/ssh_keys': () => {
        setup.routes['GET /v1/ssh_keys'] = { body: answers.paged([answers.sshKey(6, { publicKey: raw })]) };
        return { status: 409, body: error('conflict') };
      },
    });
    await create({ sshKeys: [raw] });
    expect(keysSent()).toEqual([uuid('7', 6)]);
  });

  it('need no listing when all are ids: a key that may not list them buys all the same', async () => {
    setup = await setUp({ ...created, 'GET /v1/ssh_keys': { status: 403, body: error('forbidden') } });
    await create({ sshKeys: [uuid('7', 9)] });
    expect(keysSent()).toEqual([uuid('7', 9)]);
    const refused = await catchError(create({ sshKeys: ['key-1'] }));
    expect(refused).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    expect(refused.message).toContain('name them by their ids');
  });

  it('of one name that two keys have are not guessed', async () => {
    const twice = [answers.sshKey(1), answers.sshKey(2, { name: 'key-1' })];
    setup = await setUp({ ...created, 'GET /v1/ssh_keys': { body: answers.paged(twice) } });
    expect((await catchError(create())).message).toContain('has 2 SSH keys called "key-1"');
  });

  it('are added and removed by fingerprint, and one that is gone is no error', async () => {
    setup = await setUp({ [`DELETE /v1/ssh_keys/${uuid('7', 1)}`]: { body: answers.sshKey(1) } });
    await setup.cloud.removeKey('SHA256:1');
    await setup.cloud.removeKey('SHA256:gone');
    expect(setup.asked().filter((line) => line.startsWith('DELETE'))).toEqual([`DELETE /v1/ssh_keys/${uuid('7', 1)}`]);
  });

  it('whose name another key has can not be added', async () => {
    setup = await setUp({ 'POST /v1/ssh_keys': { status: 409, body: error('conflict', 'name is taken') } });
    const refused = await catchError(setup.cloud.addKey({ name: 'key-1', publicKey: raw }));
    expect(refused).toMatchObject({ code: 'api-conflict', effect: 'none' });
  });
});

describe('changes of VMs', () => {
  const whole = { body: answers.cloudVm(1, { expanded: undefined }) };
  const empty = { body: undefined, asDocumented: false };
  const changes: [string, string, (cloud: CpuCloud) => Promise<unknown>][] = [
    ['a renaming', `PATCH /v2/vms/${VM}`, (cloud) => cloud.renameVms([{ id: VM, name: 'web-a17k3f2x03' }])],
    ['a deletion', `POST /v2/vms/${VM}/terminate`, (cloud) => cloud.deleteVms([VM])],
    ['a restart', `POST /v2/vms/${VM}/restart`, (cloud) => cloud.restartVm(VM)],
    ['a soft restart', `POST /v2/vms/${VM}/softreboot`, (cloud) => cloud.softRestartVm(VM)],
    [
      'the opening of ports',
      `PATCH /v2/vms/${VM}/interfaces/${uuid('8', 1)}`,
      (cloud) => cloud.attachSecurityGroup({ vmId: VM, interfaceId: uuid('8', 1), groupId: uuid('9', 1) }),
    ],
  ];

  it.each(changes)('%s is one request, with an answer or an empty one', async (_title, route, call) => {
    setup = await setUp({ [route]: whole });
    await call(setup.cloud);
    setup.routes[route] = empty;
    await call(setup.cloud);
    expect(setup.asked()).toEqual([route, route]);
  });

  it.each(changes)('%s that the state does not allow is a conflict without effect', async (_title, route, call) => {
    setup = await setUp({ [route]: { status: 406, body: error('not_acceptable', 'VM is launching') } });
    const refused = await catchError(call(setup.cloud));
    expect(refused).toMatchObject({ code: 'api-conflict', effect: 'none', status: 406 });
    expect(refused.message).toContain('VM is launching');
  });

  it('about an unknown VM says so, and one that breaks may have taken effect', async () => {
    const route = `POST /v2/vms/${VM}/terminate`;
    setup = await setUp({ [route]: { status: 404, body: error('not_found') } });
    expect(await catchError(setup.cloud.deleteVms([VM]))).toMatchObject({ code: 'api-not-found', effect: 'none' });
    setup.routes[route] = { status: 500, body: error('internal_server_error') };
    expect(await catchError(setup.cloud.deleteVms([VM]))).toMatchObject({ effect: 'unknown' });
  });

  it('about more than one VM, or about an id of another product, is refused unsent', async () => {
    setup = await setUp();
    const { cloud } = setup;
    for (const call of [
      () => cloud.deleteVms([VM, uuid('a', 2)]),
      () => cloud.deleteVms([]),
      () => cloud.deleteVms(['0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020']),
      () => cloud.deleteVms(['../ssh_keys']),
      () =>
        cloud.renameVms([
          { id: VM, name: 'a' },
          { id: uuid('a', 2), name: 'b' },
        ]),
    ]) {
      expect(await catchError(call())).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    }
    expect(setup.asked()).toEqual([]);
  });
});

describe('deletions of parts', () => {
  const disks = [uuid('5', 1), uuid('5', 2)];
  const ips = [uuid('6', 1), uuid('6', 2)];

  it('go one by one or all at once, disks and addresses apart', async () => {
    setup = await setUp({
      [`DELETE /v1/storages/${disks[0]}`]: { body: answers.storage(1) },
      [`DELETE /v1/public_ips/${ips[0]}`]: { body: answers.address(1) },
      'POST /v1/storages/delete': { body: [answers.storage(1), answers.storage(2)] },
      'POST /v1/public_ips/delete': { body: undefined, asDocumented: false },
    });
    const { cloud } = setup;
    await cloud.deleteParts([{ kind: 'boot-disk', id: disks[0]! }]);
    await cloud.deleteParts([{ kind: 'public-ip', id: ips[0]! }]);
    await cloud.deleteParts([
      { kind: 'boot-disk', id: disks[0]! },
      { kind: 'data-disk', id: disks[1]! },
    ]);
    expect(setup.bodyOf('POST /v1/storages/delete')).toEqual({ ids: disks });
    await cloud.deleteParts(ips.map((id) => ({ kind: 'public-ip', id })));
    expect(setup.bodyOf('POST /v1/public_ips/delete')).toEqual({ ids: ips });
    expect(setup.asked()).toHaveLength(4);
  });

  it('of both kinds in one call, of none, and of too many are refused unsent', async () => {
    setup = await setUp();
    const many = Array.from({ length: 101 }, (_, index) => ({ kind: 'boot-disk' as const, id: uuid('5', index) }));
    const mixed = [many[0]!, { kind: 'public-ip' as const, id: ips[0]! }];
    for (const parts of [mixed, [], many]) {
      expect(await catchError(setup.cloud.deleteParts(parts))).toMatchObject({
        code: 'api-bad-request',
        effect: 'none',
      });
    }
    expect(setup.asked()).toEqual([]);
  });

  it('that are attached still are a conflict', async () => {
    setup = await setUp({ 'POST /v1/storages/delete': { status: 406, body: error('not_acceptable') } });
    const parts = disks.map((id) => ({ kind: 'boot-disk' as const, id }));
    expect(await catchError(setup.cloud.deleteParts(parts))).toMatchObject({ code: 'api-conflict', effect: 'none' });
  });
});

describe('ports', () => {
  const tcp = (value: number) => ({ protocolKind: { tcp: { ports: { exact: { value } } } } });
  const group = (index: number, ingressRules: unknown) => ({
    id: uuid('9', index),
    userId: answers.USER,
    clusterId: answers.CLUSTERS[0],
    vpcId: uuid('b', 1),
    name: `web-${index}`,
    status: 'ready',
    ingressRules,
    egressRules: { type: 'allowAll' },
    createdAt: '2026-01-02T09:00:00Z',
    attachedTo: [],
  });
  const rules = [
    { type: 'ipv4', ...tcp(22), remote: { address: '0.0.0.0/0' } },
    { type: 'ipv6', ...tcp(22), remote: { address: '::/0' } },
  ];

  it('are opened by a group that lets in exactly what it names, from everywhere', async () => {
    setup = await setUp({ 'POST /v1/security_groups': { body: group(1, { type: 'allow', rules }) } });
    const asked = { clusterId: answers.CLUSTERS[0], name: 'web', ports: [{ port: 22, protocol: 'tcp' as const }] };
    expect(await setup.cloud.createSecurityGroup(asked)).toBe(uuid('9', 1));
    expect(setup.bodyOf('POST /v1/security_groups')).toEqual({
      clusterId: answers.CLUSTERS[0],
      name: 'web',
      ingressRules: rules,
    });
    const reserved = { ...asked, ports: [{ port: 10_250, protocol: 'tcp' as const }] };
    expect(await catchError(setup.cloud.createSecurityGroup(reserved))).toMatchObject({ code: 'api-bad-request' });
  });

  it('are told of groups that are lists of ports, and of no others', async () => {
    const narrow = { type: 'ipv4', ...tcp(80), remote: { address: '10.0.0.0/8' } };
    setup = await setUp({
      'GET /v1/security_groups': {
        body: answers.paged([
          group(1, { type: 'allow', rules }),
          group(2, { type: 'allowAll' }),
          group(3, { type: 'allow', rules: [narrow] }),
        ]),
      },
    });
    const ports = (await setup.cloud.listSecurityGroups()).map((each) => each.ports);
    expect(ports).toEqual([[{ port: 22, protocol: 'tcp' }], undefined, undefined]);
  });

  it('belong to interfaces, which tell their group in either word', async () => {
    const shown = { id: uuid('8', 1), default: true, kind: { public: { public_ip: uuid('6', 1) } } };
    const route = `GET /v2/vms/${VM}/interfaces`;
    setup = await setUp({ [route]: { body: [{ ...shown, securityGroup: uuid('9', 1) }] } });
    const expected = [{ id: uuid('8', 1), isPublic: true, isDefault: true, securityGroupId: uuid('9', 1) }];
    expect(await setup.cloud.listInterfaces(VM)).toEqual(expected);
    setup.routes[route] = { body: [{ ...shown, securityGroupId: uuid('9', 1) }], asDocumented: false };
    expect(await setup.cloud.listInterfaces(VM)).toEqual(expected);
  });
});
