// Listings of the cloud's VMs over real HTTP: with their parts, with what was left behind, whole or told to be partial.
import { afterEach, describe, expect, it } from 'vitest';
import { catchError } from '../marketplace/setup.js';
import type { ReceivedRequest } from '../local-server.js';
import * as answers from './answers.js';
import { setUp } from './setup.js';
import type { Setup, Told } from './setup.js';

const HOUR = 3_600_000;
const { uuid } = answers;
let setup: Setup;
afterEach(async () => {
  await setup.close();
});

/** Pages as the document has them, `size` to a page whatever is asked for. */
function inPages(items: readonly unknown[], size: number) {
  return (request: ReceivedRequest): Told => {
    const page = Number(new URLSearchParams(request.path.split('?')[1]).get('page') ?? 0);
    const numbers = {
      totalRecords: items.length,
      filteredRecords: items.length,
      totalPages: Math.ceil(items.length / size),
      currentPage: page,
      perPage: size,
    };
    return { body: answers.paged(items.slice(page * size, (page + 1) * size), numbers) };
  };
}

describe('a VM', () => {
  it('is read whole, with its disk and its address as parts of their own', async () => {
    setup = await setUp({ 'GET /v2/vms': { body: answers.paged([answers.cloudVm(1)]) } });
    const { state, vms, problems, leftovers } = await setup.cloud.listVms();
    expect({ state, problems, leftovers }).toEqual({ state: 'complete', problems: [], leftovers: [] });
    expect(vms).toEqual([
      {
        id: uuid('a', 1),
        name: 'web-a17k3f2x01',
        status: 'active',
        statusText: 'launched',
        price: { amount: 12_800n, periodMillis: HOUR },
        paidUntil: Date.UTC(2026, 0, 2, 12, 20),
        createdAt: Date.UTC(2026, 0, 2, 9),
        place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: ['SOC2'] },
        configuration: 'cpu-regular-2vcpu-4gb',
        vcpu: 2,
        ramGb: 4,
        storageGb: 25,
        hardware: {},
        image: 'https://images.example/u.img',
        publicIp: '154.42.3.159',
        ports: [],
        reserved: undefined,
        spent: undefined,
        allowedActions: ['delete', 'restart', 'soft-restart', 'set-ports'],
        clusterId: answers.CLUSTERS[0],
        parts: [
          {
            kind: 'boot-disk',
            id: uuid('5', 1),
            name: 'web-a17k3f2x01-b',
            price: { amount: 2055n, periodMillis: HOUR },
            paidUntil: Date.UTC(2026, 0, 2, 12, 30),
            createdAt: Date.UTC(2026, 0, 2, 9),
            attachedTo: [uuid('a', 1)],
            status: 'ready',
            statusText: 'ready',
            mayBeDeleted: false,
            sizeGb: 25,
            address: undefined,
          },
          {
            kind: 'public-ip',
            id: uuid('6', 1),
            name: 'web-a17k3f2x01-i',
            price: { amount: 2700n, periodMillis: HOUR },
            paidUntil: Date.UTC(2026, 0, 2, 12, 40),
            createdAt: Date.UTC(2026, 0, 2, 9),
            attachedTo: [uuid('a', 1)],
            status: 'ready',
            statusText: 'ready',
            mayBeDeleted: false,
            sizeGb: undefined,
            address: '154.42.3.159',
          },
        ],
      },
    ]);
    expect(setup.asked()[0]).toBe(
      'GET /v2/vms?sort=createdAt&order=asc&expand[0]=bootDisk&expand[1]=dataDisks&expand[2]=publicIp&perPage=500',
    );
  });

  it('whose parts `expand` does not show gets them from the lists', async () => {
    const bare = answers.cloudVm(1, { expanded: undefined, dataDisks: [uuid('5', 7)] });
    setup = await setUp({
      'GET /v2/vms': { body: answers.paged([bare]) },
      'GET /v1/storages': (request) => {
        const isFree = request.path.includes('excludeAttached=true');
        return { body: answers.paged(isFree ? [] : [answers.storage(1)]) };
      },
    });
    const { state, vms } = await setup.cloud.listVms();
    expect(state).toBe('complete');
    expect(vms[0]!.parts).toMatchObject([
      { kind: 'boot-disk', price: { amount: 2055n } },
      // In no list: nothing about it is made up.
      { kind: 'data-disk', id: uuid('5', 7), price: undefined, paidUntil: undefined, status: 'unknown' },
      { kind: 'public-ip', id: uuid('6', 1), price: undefined, attachedTo: [uuid('a', 1)] },
    ]);
    expect(vms[0]!.storageGb).toBeUndefined();
  });

  it('whose size the listing leaves out gets it from the configurations', async () => {
    const bare = answers.cloudVm(1, { configurationSlug: undefined, vcpu: undefined, ramGb: undefined });
    setup = await setUp({ 'GET /v2/vms': { body: answers.paged([bare]) } });
    const { vms } = await setup.cloud.listVms();
    expect(vms[0]).toMatchObject({ configuration: 'cpu-regular-2vcpu-4gb', vcpu: 2, ramGb: 4 });
  });

  it('that ended long ago is history', async () => {
    const ended = (index: number, terminatedAt: string) =>
      answers.cloudVm(index, { status: 'terminated', terminatedAt, allowedActions: [] });
    setup = await setUp({
      'GET /v2/vms': {
        body: answers.paged([ended(1, '2026-01-02T10:00:00Z'), ended(2, '2026-01-02T11:30:00Z')]),
      },
    });
    const { vms } = await setup.cloud.listVms();
    expect(vms).toMatchObject([{ id: uuid('a', 2), status: 'terminated', allowedActions: [] }]);
  });
});

describe('leftovers', () => {
  it('are what is attached to nothing', async () => {
    const freeDisk = answers.storage(8, { attachedTo: [], role: 'DATA', allowedActions: ['delete'] });
    const freeAddress = answers.address(9, { attachedTo: null, address: null, allowedActions: ['delete'] });
    setup = await setUp({
      'GET /v2/vms': { body: answers.paged([answers.cloudVm(1)]) },
      // An API that doesn't obey `excludeAttached`.
      'GET /v1/storages': { body: answers.paged([answers.storage(1), freeDisk]) },
      'GET /v1/public_ips': { body: answers.paged([answers.address(1), freeAddress]) },
    });
    expect((await setup.cloud.listVms()).leftovers).toMatchObject([
      { kind: 'data-disk', id: uuid('5', 8), attachedTo: [], mayBeDeleted: true },
      { kind: 'public-ip', id: uuid('6', 9), attachedTo: [], mayBeDeleted: true },
    ]);
    expect(setup.asked()).toContain(
      'GET /v1/storages?sort=createdAt&order=asc&excludeStatus[0]=removed&excludeAttached=true&perPage=500',
    );
  });

  it('are no parts of a VM that is there, whatever another list says; those of an ended one are', async () => {
    const ended = answers.cloudVm(2, { status: 'terminated', terminatedAt: '2026-01-02T11:59:00Z' });
    setup = await setUp({
      'GET /v2/vms': { body: answers.paged([answers.cloudVm(1), ended]) },
      'GET /v1/public_ips': {
        body: answers.paged([answers.address(1, { attachedTo: null }), answers.address(2, { attachedTo: null })]),
      },
    });
    expect((await setup.cloud.listVms()).leftovers).toMatchObject([{ id: uuid('6', 2) }]);
  });

  it('are not told when one of them can not be read, and the VMs stay complete', async () => {
    setup = await setUp({
      'GET /v1/storages': { body: answers.paged([answers.storage(8, { attachedTo: [], priceHourlyUsd: '-3' })]) },
    });
    const look = await setup.cloud.listVms();
    expect(look.state).toBe('complete');
    expect(look.leftovers).toBeUndefined();
    expect(look.problems.join()).toContain('priceHourlyUsd is "-3"');
  });
});

describe('pages', () => {
  const vms = Array.from({ length: 23 }, (_, index) => answers.cloudVm(index));

  it('are all read, and every VM is there once', async () => {
    setup = await setUp({ 'GET /v2/vms': inPages(vms, 5) });
    const look = await setup.cloud.listVms();
    expect(look.state).toBe('complete');
    expect(look.vms.map(({ id }) => id)).toEqual(vms.map(({ id }) => id));
  });

  it('may come without numbers, and without a wrapping', async () => {
    setup = await setUp({ 'GET /v2/vms': { body: vms, asDocumented: false } });
    const look = await setup.cloud.listVms();
    expect([look.state, look.vms.length]).toEqual(['complete', 23]);
  });

  it('one of which is missing make the look partial', async () => {
    const usual = inPages(vms, 5);
    setup = await setUp({
      'GET /v2/vms': (request) =>
        request.path.includes('page=2')
          ? { status: 500, body: { code: 'internal_server_error', error: 'database is away' } }
          : usual(request),
    });
    const look = await setup.cloud.listVms();
    expect([look.state, look.vms.length]).toEqual(['partial', 18]);
    expect(look.problems.join()).toContain('database is away');
  });

  it('that share a VM make the look partial, if they do so twice', async () => {
    const doubled = [...vms.slice(0, 10), vms[3]!, ...vms.slice(11)];
    setup = await setUp({ 'GET /v2/vms': inPages(doubled, 5) });
    const look = await setup.cloud.listVms();
    expect(look.state).toBe('partial');
    expect(look.problems.join()).toMatch(/moved while it was read: .*listed twice/);
    expect(new Set(look.vms.map(({ id }) => id)).size).toBe(look.vms.length);
  });

  it('are asked for smaller when the API finds them too large', async () => {
    setup = await setUp({
      'GET /v2/vms': (request) =>
        request.path.includes('perPage=500')
          ? { status: 400, body: { code: 'bad_request', error: 'perPage is at most 100' } }
          : { body: answers.paged(vms) },
    });
    expect((await setup.cloud.listVms()).state).toBe('complete');
    await setup.cloud.listVms();
    const sizes = setup.asked().flatMap((line) => /^GET \/v2\/vms.*perPage=(\d+)/.exec(line)?.[1] ?? []);
    expect(sizes).toEqual(['500', '100', '100']);
  });
});

describe('a page that is cut off', () => {
  it.each([
    ['in its middle', (text: string) => text.slice(0, text.length / 2)],
    ['before its first VM', () => '{"items":['],
    ['altogether', () => ''],
  ])('%s is no look, and never an empty account', async (_title, cut) => {
    setup = await setUp();
    const text = JSON.stringify(answers.paged([answers.cloudVm(1), answers.cloudVm(2)]));
    setup.server.respond((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(cut(text));
    });
    expect(await setup.cloud.listVms()).toMatchObject({ state: 'failed', vms: [] });
    expect((await setup.cloud.listVms()).problems.join()).toMatch(/not JSON, or was cut off|body is empty/);
  });
});

describe('a look', () => {
  it('at an API that is down has failed, and no key is blamed', async () => {
    setup = await setUp({
      'GET /v2/vms': { status: 503, body: { code: 'service_unavailable', error: 'back soon' } },
    });
    expect(await setup.cloud.listVms()).toMatchObject({
      state: 'failed',
      vms: [],
      problems: ['could not list the VMs of account main: the API answered 503: back soon'],
    });
  });

  it('with a wrong key throws', async () => {
    setup = await setUp({
      'GET /v2/vms': { status: 401, body: { code: 'unauthorized', error: 'Auth token invalid' } },
    });
    expect(await catchError(setup.cloud.listVms())).toMatchObject({ code: 'api-key-refused', effect: 'none' });
  });

  it('whose places can not be read is partial: nothing may be decided by country', async () => {
    setup = await setUp({
      'GET /v2/vms': { body: answers.paged([answers.cloudVm(1)]) },
      'GET /v1/datacenters': { status: 500, body: { code: 'internal_server_error', error: 'away' } },
    });
    const look = await setup.cloud.listVms();
    expect(look).toMatchObject({ state: 'partial', vms: [{ place: undefined }] });
    expect(look.problems.join()).toContain('could not list the data centers');
  });

  it('asks for places once, and again for a cluster that it does not know', async () => {
    setup = await setUp({ 'GET /v2/vms': { body: answers.paged([answers.cloudVm(1)]) } });
    await setup.cloud.listVms();
    await setup.cloud.listVms();
    const count = () => setup.asked().filter((line) => line === 'GET /v1/clusters').length;
    expect(count()).toBe(1);
    setup.routes['GET /v2/vms'] = { body: answers.paged([answers.cloudVm(1, { clusterId: uuid('c', 9) })]) };
    const look = await setup.cloud.listVms();
    expect(count()).toBe(2);
    expect(look).toMatchObject({ state: 'complete', vms: [{ place: undefined }] });
  });

  it('that shows a VM that can not be read is partial, and keeps the others', async () => {
    const odd = answers.cloudVm(2, { paidUntil: 'soon' });
    setup = await setUp({ 'GET /v2/vms': { body: answers.paged([answers.cloudVm(1), odd]), asDocumented: false } });
    const look = await setup.cloud.listVms();
    expect(look).toMatchObject({ state: 'partial', vms: [{ id: uuid('a', 1) }] });
    expect(look.problems).toEqual([`VM 2 of 2 can't be read: ${uuid('a', 2)}: paidUntil is "soon", not a time`]);
  });
});
