// What the client of the cloud asks and how it reads the answers, over real HTTP, judged by the published document.
import { afterEach, describe, expect, it } from 'vitest';
import { catchError } from '../marketplace/setup.js';
import * as answers from './answers.js';
import { KEY, order, setUp } from './setup.js';
import type { Setup } from './setup.js';

const HOUR = 3_600_000;
let setup: Setup;
afterEach(async () => {
  await setup.close();
});

const forbidden = { status: 403, body: { code: 'forbidden', error: 'Not allowed to call this endpoint' } };

describe('every request', () => {
  it('carries both forms of the key, the agent, and a content type when it has a body', async () => {
    setup = await setUp({ 'POST /v1/prices/cost': { body: cost('0.017555') } });
    await setup.cloud.listImages();
    await setup.cloud.estimate(order());
    const [first] = setup.server.received;
    expect(first!.headers).toMatchObject({
      'x-api-key': KEY,
      authorization: `X-API-KEY ${KEY}`,
      'user-agent': 'purser/0.1.0',
    });
    expect(first!.headers['content-type']).toBeUndefined();
    expect(setup.server.received.at(-1)!.headers['content-type']).toBe('application/json');
  });
});

function cost(totalCost: string) {
  return { costOfResources: [], totalCostPerSec: '0', periodSecs: 3600, totalCost };
}

describe('offers', () => {
  it('are each configuration in each cluster, with the price of disk and address in it', async () => {
    setup = await setUp();
    const offers = await setup.cloud.listOffers();
    // 0.0128 + 25 x 0.0000821917808219 + 0.0027, rounded up once for each of the three.
    expect(offers[0]).toEqual({
      configuration: 'cpu-regular-2vcpu-4gb',
      vcpu: 2,
      ramGb: 4,
      storageGb: 25,
      price: { amount: 17_555n, periodMillis: HOUR },
      place: { country: 'FR', city: 'PAR', cityIndex: 1, tier: 4, certifications: ['SOC2'] },
      capacity: 4,
      hardware: { cpuManufacturer: 'AMD', cpuArchitecture: 'Zen', storageType: 'NVMe' },
      clusterId: answers.CLUSTERS[0],
    });
    expect(offers.map((each) => [each.place.country, each.configuration, each.capacity])).toEqual([
      ['FR', 'cpu-regular-2vcpu-4gb', 4],
      ['FR', 'cpu-regular-4vcpu-8gb', 4],
      ['PL', 'cpu-regular-2vcpu-4gb', 2],
    ]);
  });

  it('come in every size of disk that is asked for, and only those asked for', async () => {
    setup = await setUp();
    const offers = await setup.cloud.listOffers({ countries: ['PL'], storageGb: [25, 100] });
    expect(offers.map((each) => [each.storageGb, each.price.amount])).toEqual([
      [25, 16_755n],
      [100, 22_920n],
    ]);
    const maxPrice = { amount: 17_000n, periodMillis: HOUR };
    expect(await setup.cloud.listOffers({ maxPrice })).toHaveLength(1);
    expect(await setup.cloud.listOffers({ configuration: 'cpu-regular-4vcpu-8gb' })).toHaveLength(1);
    // One look at the market serves them all.
    expect(setup.asked().filter((line) => line === 'GET /v1/prices/vm')).toHaveLength(1);
  });

  it('are asked for cluster by cluster where there is no list of all, in older words too', async () => {
    const { items } = answers.clusters() as { items: { id: string; name: string; dcId: string }[] };
    setup = await setUp({
      'GET /v1/clusters': {
        body: items.map(({ id, name, dcId }) => ({ id, name, dc_id: dcId })),
        asDocumented: false,
      },
      'GET /v1/clusters/resources': { status: 400, body: { code: 'bad_request', error: 'not a UUID' } },
      [`GET /v1/clusters/${answers.CLUSTERS[0]}/resources`]: { body: answers.resources() },
      [`GET /v1/clusters/${answers.CLUSTERS[1]}/resources`]: { body: answers.resources() },
    });
    expect((await setup.cloud.listOffers()).map((each) => each.place.country)).toEqual(['FR', 'FR', 'PL']);
  });

  it('without an address or a disk left have no capacity, without a price there are none', async () => {
    setup = await setUp({
      'GET /v1/clusters/resources': {
        body: {
          resources: {
            [answers.CLUSTERS[0]]: answers.resources({ availablePublicIps: {} }),
            [answers.CLUSTERS[1]]: answers.resources(),
          },
        },
      },
    });
    const offers = await setup.cloud.listOffers();
    expect(offers.map((each) => [each.place.country, each.capacity])).toEqual([
      ['FR', 0],
      ['FR', 0],
      ['PL', 4],
    ]);
  });

  it.each(['-0.01', 'free', '1e-3', '999999999', null, 0.01])(
    'with a price of %j are not told at all',
    async (text) => {
      const prices = answers.vmPrices() as { items: { priceInfo: unknown }[] };
      prices.items[2]!.priceInfo = { pricePerHourPerQty: text };
      setup = await setUp({ 'GET /v1/prices/vm': { body: prices, asDocumented: typeof text === 'string' } });
      expect(await catchError(setup.cloud.listOffers())).toMatchObject({ code: 'api-unreadable', effect: 'none' });
    },
  );
});

describe('other reads', () => {
  it('find images on both paths', async () => {
    setup = await setUp();
    const expected = [{ slug: 'ubuntu-24-04-x64', url: 'https://images.example/u.img' }];
    expect(await setup.cloud.listImages()).toMatchObject(expected);
    expect(await setup.cloud.listImages()).toMatchObject(expected);
    // Purchases that follow each other share the answer.
    expect(setup.asked()).toEqual(['GET /v1/storages/default_images']);
    await setup.close();
    setup = await setUp();
    // The older path stands in no document that can judge it.
    const { server } = setup;
    server.respond((request, response) => {
      response.writeHead(request.path === '/v1/default_images' ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(request.path === '/v1/default_images' ? [answers.image()] : { error: 'no route' }));
    });
    expect(await setup.cloud.listImages()).toMatchObject(expected);
    expect(setup.asked().at(-1)).toBe('GET /v1/default_images');
  });

  it('list configurations, countries and prices', async () => {
    setup = await setUp();
    expect(await setup.cloud.listConfigurations()).toEqual(['cpu-regular-2vcpu-4gb', 'cpu-regular-4vcpu-8gb']);
    expect(await setup.cloud.listCountries()).toEqual(['FR', 'PL']);
    const prices = await setup.cloud.listPrices();
    expect(prices.map(({ kind, what, place }) => `${kind} ${what} ${place?.country}`)).toEqual([
      'vm cpu-regular-2vcpu-4gb FR',
      'vm cpu-regular-4vcpu-8gb FR',
      'vm cpu-regular-2vcpu-4gb PL',
      'disk-gb NVME FR',
      'disk-gb NVME replicated FR',
      'disk-gb NVME PL',
      'disk-gb NVME replicated PL',
      'public-ip V4 FR',
      'public-ip V4 PL',
    ]);
    expect(prices[3]).toMatchObject({ price: { amount: 83n, periodMillis: HOUR }, text: '0.0000821917808219' });
  });

  it('tell balances and charges', async () => {
    const balance = {
      featureKey: 'usd',
      userId: answers.USER,
      balance: '-1.5',
      usage: '12.25',
      estimatedUsage: '20',
      overage: '0',
      totalDepositedAmount: '100',
      usageDaysLeft: 3,
    };
    const charge = { userId: answers.USER, totalUsageHours: '5', totalCost: '0.0640001', resourceType: 'VM' };
    setup = await setUp({
      'GET /v2/users/balances': { body: [balance] },
      'GET /v1/billing/charges/total': { body: { total: '3.25' } },
      'GET /v1/billing/charges/aggregated': { body: [{ ...charge, periodStart: '2026-01-01' }] },
    });
    const days = { startDate: '2026-01-01', endDate: '2026-01-31' };
    expect(await setup.cloud.listBalances()).toEqual([
      {
        feature: 'usd',
        balance: -1_500_000n,
        usage: 12_250_000n,
        estimatedUsage: 20_000_000n,
        overage: 0n,
        daysLeft: 3,
      },
    ]);
    expect(await setup.cloud.readChargeTotal(days)).toBe(3_250_000n);
    expect(await setup.cloud.listCharges({ ...days, groupBy: 'RESOURCE', period: 'DAY' })).toMatchObject([
      { resourceType: 'VM', periodStart: Date.UTC(2026, 0, 1), cost: 64_001n },
    ]);
  });

  it('estimate an hour of an order, disks and address included', async () => {
    setup = await setUp({ 'POST /v1/prices/cost': { body: cost('0.017555') } });
    expect(await setup.cloud.estimate({ ...order(), count: 3 })).toEqual({
      depositAmount: 52_665n,
      depositPeriods: 1,
      totalPricePerPeriod: 52_665n,
      maxPricePerPeriod: 17_555n,
      count: 3,
    });
    expect(setup.bodyOf('POST /v1/prices/cost')).toMatchObject({ secs: 3600, resources: [{}, {}, {}] });
  });

  it('of SSH keys tell their ids', async () => {
    setup = await setUp();
    expect(await setup.cloud.listKeys()).toMatchObject([
      { id: answers.uuid('7', 1), name: 'key-1', fingerprint: 'SHA256:1' },
      { id: answers.uuid('7', 2), name: 'key-2' },
    ]);
  });
});

describe('what a key may not do', () => {
  it('with VMs is thrown', async () => {
    setup = await setUp({ 'GET /v2/vms': forbidden });
    expect(await catchError(setup.cloud.listVms())).toMatchObject({ code: 'api-key-refused' });
  });

  it('with disks and addresses leaves the VMs as they are, and no leftovers are told', async () => {
    setup = await setUp({
      'GET /v2/vms': { body: answers.paged([answers.cloudVm(1)]) },
      'GET /v1/storages': forbidden,
    });
    const look = await setup.cloud.listVms();
    expect(look).toMatchObject({ state: 'complete', vms: [{ parts: [{ kind: 'boot-disk' }, { kind: 'public-ip' }] }] });
    expect(look.leftovers).toBeUndefined();
    expect(look.problems.join()).toContain('could not list the disks of account main');
  });
});
