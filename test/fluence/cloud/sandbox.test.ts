// The client against the sandbox's cloud: a VM's whole life with its parts, in every form that the service may have.
import { afterEach, describe, expect, it } from 'vitest';
import { createCpuCloud } from '../../../src/fluence/cloud/cpu-cloud.js';
import type { CpuCloud } from '../../../src/fluence/cloud/cpu-cloud.js';
import { createMarketplaceCloud } from '../../../src/fluence/marketplace/marketplace-cloud.js';
import type { Cloud } from '../../../src/ports/cloud.js';
import type { Clock } from '../../../src/ports/clock.js';
import { startCloudSandbox, startSandbox } from '../../../src/sim/sandbox-server.js';
import type { RunningCloudSandbox } from '../../../src/sim/sandbox-server.js';
import { readCloudWorld, readWorld } from '../../../src/sim/world.js';
import { catchError } from '../marketplace/setup.js';

const MINUTE = 60_000;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

function optionsFor(sandbox: { readonly url: string; now(): number }, key: string) {
  const clock: Clock = {
    now: () => sandbox.now(),
    monotonicMillis: () => sandbox.now(),
    waitUntil: () => Promise.resolve(),
    sync: () => Promise.resolve(),
  };
  return {
    account: 'main',
    baseUrl: sandbox.url,
    readKey: () => key,
    clock,
    timeouts: { connectMillis: 1000, callMillis: 5000, listingMillis: 5000 },
    userAgent: 'purser/0.1.0',
    concurrency: 4,
    pause: () => Promise.resolve(),
  };
}

async function openCloud(document: object): Promise<{ sandbox: RunningCloudSandbox; cloud: CpuCloud }> {
  const world = readCloudWorld(document);
  const sandbox = await startCloudSandbox({ world });
  const cloud = createCpuCloud(optionsFor(sandbox, world.key));
  open.push(sandbox, cloud);
  return { sandbox, cloud };
}

/** Buys the cheapest VM in France as a worker does; its id. */
async function buy(cloud: CpuCloud, sshKeys: readonly string[]): Promise<string> {
  const [offer] = await cloud.listOffers({ countries: ['FR'], configuration: 'cpu-regular-2vcpu-4gb' });
  const [image] = await cloud.listImages();
  const { configuration, price, clusterId, storageGb, place } = offer!;
  const order = await cloud.prepareOrder({
    count: 1,
    offer: { country: place.country, configuration, hardware: undefined, price, clusterId: clusterId!, storageGb },
    cap: price,
    name: 'web-a17k3f2x02',
    hostname: undefined,
    imageUrl: image!.url,
    sshKeys,
    ports: [],
  });
  const [vm] = await cloud.createVms(order);
  return vm!.id;
}

async function find(cloud: Cloud, id: string) {
  const look = await cloud.listVms();
  expect(look.problems).toEqual([]);
  return { look, vm: look.vms.find((each) => each.id === id) };
}

const forms: [string, Record<string, unknown>][] = [
  ['as documented', {}],
  ['with pages from 1', { pageBase: '1' }],
  ['whose pages 0 and 1 are the same', { pageBase: 'either' }],
  ['with bare catalogues and `dc_id`', { lists: 'bare-catalogues', datacenterKey: 'dc_id' }],
  ['with bare lists, which are not paged', { lists: 'bare' }],
  ['with empty answers to actions', { actionBodies: 'empty' }],
  ['without codes in errors', { errorCodes: false }],
  ['with images at the older path, and other words', { defaultImages: 'root', securityGroupKey: 'securityGroupId' }],
  ['whose ended VMs still name their parts', { terminatedNamesParts: true }],
];

describe.each(forms)('a cloud %s', (_title, quirks) => {
  it('shows a whole account, and a VM from its purchase until nothing of it is left', async () => {
    const { sandbox, cloud } = await openCloud({ quirks, vms: [{ name: 'old', count: 47 }], perPage: { most: 10 } });
    const [key] = await cloud.listKeys().then((keys) => keys.map(({ name }) => name));
    expect((await cloud.listVms()).vms).toHaveLength(47);
    const id = await buy(cloud, [key!]);

    const fresh = await find(cloud, id);
    expect(fresh.look.vms).toHaveLength(48);
    expect(fresh.vm).toMatchObject({ status: 'new', place: { country: 'FR' }, allowedActions: [] });
    expect(await catchError(cloud.deleteVms([id]))).toMatchObject({ code: 'api-conflict', effect: 'none' });

    sandbox.advanceBy(5 * MINUTE);
    await cloud.renameVms([{ id, name: 'web-a17k3f2x03' }]);
    sandbox.advanceBy(MINUTE);
    const { vm } = await find(cloud, id);
    expect(vm).toMatchObject({ status: 'active', name: 'web-a17k3f2x03', storageGb: 25 });
    expect(vm!.allowedActions).toContain('delete');
    expect(vm!.publicIp).toBeDefined();
    expect(vm!.parts!.map(({ kind, name }) => [kind, name])).toEqual([
      ['boot-disk', 'web-a17k3f2x02-b'],
      ['public-ip', 'web-a17k3f2x02-i'],
    ]);
    for (const part of [vm!, ...vm!.parts!]) {
      expect(part.price!.amount).toBeGreaterThan(0n);
      expect(part.paidUntil).toBeGreaterThan(sandbox.now());
    }

    await cloud.deleteVms([id]);
    expect((await find(cloud, id)).vm).toMatchObject({ status: 'stopped', statusText: 'terminating' });
    sandbox.advanceBy(2 * MINUTE);
    const ended = await find(cloud, id);
    expect(ended.vm).toMatchObject({ status: 'terminated', allowedActions: [] });
    expect(ended.look.leftovers!.map(({ id: part }) => part)).toEqual(vm!.parts!.map(({ id: part }) => part));
    for (const part of ended.look.leftovers!) await cloud.deleteParts([part]);
    sandbox.advanceBy(2 * MINUTE);
    expect((await find(cloud, id)).look.leftovers).toEqual([]);
  });
});

describe('a cloud', () => {
  it('takes ports through a security group on an interface', async () => {
    const { sandbox, cloud } = await openCloud({ vms: [{ name: 'old' }] });
    const { vms } = await cloud.listVms();
    const [vm] = vms;
    const plug = (await cloud.listInterfaces(vm!.id)).find(({ isPublic }) => isPublic);
    const ports = [22, 443].map((port) => ({ port, protocol: 'tcp' as const }));
    const groupId = await cloud.createSecurityGroup({ clusterId: vm!.clusterId!, name: 'web', ports });
    sandbox.advanceBy(MINUTE);
    await cloud.attachSecurityGroup({ vmId: vm!.id, interfaceId: plug!.id, groupId });
    sandbox.advanceBy(MINUTE);
    const opened = (await cloud.listInterfaces(vm!.id)).filter(({ securityGroupId }) => securityGroupId === groupId);
    expect(opened).toMatchObject([{ id: plug!.id, isDefault: true }]);
    expect(await cloud.listSecurityGroups()).toMatchObject([{ id: groupId, ports }]);
  });

  it('that refuses a key for SSH keys sells VMs with keys that are named by id', async () => {
    const { cloud } = await openCloud({ quirks: { sshKeysForbidden: true } });
    expect(await catchError(buy(cloud, ['ops']))).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    const { sandbox, cloud: seeing } = await openCloud({});
    const [key] = await seeing.listKeys();
    expect(sandbox.url).not.toBe('');
    expect(await buy(cloud, [key!.id!])).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('without money says so, whatever its status, and nothing was bought', async () => {
    for (const noBalanceStatus of [402, 422]) {
      const { cloud } = await openCloud({ balance: '0.001', quirks: { noBalanceStatus } });
      const [key] = await cloud.listKeys();
      expect(await catchError(buy(cloud, [key!.id!]))).toMatchObject({ code: 'api-no-balance', effect: 'none' });
      expect((await cloud.listVms()).vms).toEqual([]);
    }
  });

  it('restarts a VM that counts all the while, and shows what stands about and is charged', async () => {
    const { sandbox, cloud } = await openCloud({
      vms: [{ name: 'old' }],
      storages: [{ name: 'lost', count: 3 }],
      publicIps: [{ name: 'stray' }],
    });
    const { vms, leftovers } = await cloud.listVms();
    expect(leftovers!.map(({ kind, name }) => `${kind} ${name}`)).toHaveLength(4);
    await cloud.deleteParts(leftovers!.filter(({ kind }) => kind !== 'public-ip'));
    await cloud.restartVm(vms[0]!.id);
    expect((await cloud.listVms()).vms).toMatchObject([{ status: 'active', statusText: 'restarting' }]);
    sandbox.advanceBy(2 * MINUTE);
    await cloud.softRestartVm(vms[0]!.id);
    sandbox.advanceBy(2 * MINUTE);
    expect((await cloud.listVms()).leftovers).toMatchObject([{ kind: 'public-ip' }]);
  });

  it('tells money and prices', async () => {
    const { sandbox, cloud } = await openCloud({ vms: [{ name: 'old' }] });
    sandbox.advanceBy(180 * MINUTE);
    const day = new Date(sandbox.now()).toISOString().slice(0, 10);
    const days = { startDate: day, endDate: day };
    const total = await cloud.readChargeTotal(days);
    const charges = await cloud.listCharges({ ...days, groupBy: 'RESOURCE' });
    expect(total).toBeGreaterThan(0n);
    expect(charges.reduce((sum, { cost }) => sum + cost, 0n)).toBe(total);
    expect(await cloud.listBalances()).toHaveLength(1);
    expect((await cloud.listPrices()).length).toBeGreaterThan(10);
    const [offer] = await cloud.listOffers();
    const { place, configuration, price, clusterId, storageGb } = offer!;
    const chosen = {
      country: place.country,
      configuration,
      hardware: undefined,
      price,
      clusterId: clusterId!,
      storageGb,
    };
    // What we say that a VM costs is what the service says.
    const estimate = await cloud.estimate({ count: 1, offer: chosen, cap: price });
    expect(estimate.maxPricePerPeriod).toBe(price.amount);
  });
});

describe.each(['v3', 'v2', 'oldest'] as const)('a marketplace of the variant %s', (variant) => {
  it('is found out, and its VMs are renamed and deleted', async () => {
    const world = readWorld({ variant, vms: [{ name: 'old', count: 3 }] });
    const sandbox = await startSandbox({ world });
    const cloud = createMarketplaceCloud(optionsFor(sandbox, world.key));
    open.push(sandbox, cloud);
    await cloud.prepare();
    const { state, vms } = await cloud.listVms();
    expect([state, vms.length]).toEqual(['complete', 3]);
    expect(vms.every(({ paidUntil }) => (paidUntil === undefined) === (variant === 'oldest'))).toBe(true);
    const ids = vms.map(({ id }) => id);
    const { renamesPerCall, deletesPerCall } = cloud.abilities;
    for (let at = 0; at < ids.length; at += renamesPerCall)
      await cloud.renameVms(ids.slice(at, at + renamesPerCall).map((id) => ({ id, name: `new-${id.slice(-2)}` })));
    expect((await cloud.listVms()).vms.map(({ name }) => name)).toEqual(ids.map((id) => `new-${id.slice(-2)}`));
    for (let at = 0; at < ids.length; at += deletesPerCall) await cloud.deleteVms(ids.slice(at, at + deletesPerCall));
    sandbox.advanceBy(5 * MINUTE);
    expect((await cloud.listVms()).vms).toEqual([]);
  });
});
