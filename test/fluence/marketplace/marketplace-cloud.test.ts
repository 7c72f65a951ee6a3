// What the marketplace client asks, how it reads the answers, and how reads are repeated, over real HTTP.
import { afterEach, describe, expect, it } from 'vitest';
import { sendJson } from '../local-server.js';
import { createTrafficScene } from '../traffic-scene.js';
import { newestVm, offer, vmId } from './answers.js';
import { buildCloud, catchError, KEY, order, setUp } from './setup.js';
import type { Setup } from './setup.js';

let setup: Setup;
afterEach(async () => {
  await setup.close();
});

describe('every request', () => {
  it('carries both forms of the key, the agent, and a content type when it has a body', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, []));
    await setup.cloud.listVms();
    await setup.cloud.listOffers();
    const [listing, offers] = setup.server.received;
    expect(listing).toMatchObject({ method: 'GET', path: '/vms/v3', body: '' });
    expect(listing!.headers).toMatchObject({
      'x-api-key': KEY,
      authorization: `Bearer ${KEY}`,
      'user-agent': 'purser/0.1.0',
    });
    expect(listing!.headers['content-type']).toBeUndefined();
    expect(offers).toMatchObject({ method: 'POST', path: '/marketplace/offers', body: '{}' });
    expect(offers!.headers['content-type']).toBe('application/json');
  });

  it('keeps the path of the base URL', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, []));
    const { cloud } = buildCloud(`${setup.server.url}/market/`);
    await cloud.listCountries();
    await cloud.close();
    expect(setup.server.received[0]!.path).toBe('/market/marketplace/countries');
  });

  it('is told to the observer, attempt by attempt', async () => {
    setup = await setUp((_request, response, index) => sendJson(response, index === 0 ? 503 : 200, []));
    await setup.cloud.listVms();
    expect(setup.observed).toMatchObject([
      { account: 'main', call: 'list-vms', attempt: 1, status: 503, code: 'api-unavailable' },
      { account: 'main', call: 'list-vms', attempt: 2, status: 200, code: undefined },
    ]);
    expect(setup.cloud.lastLatencyMillis()).toBeGreaterThan(0);
  });

  it('measures the clock difference', async () => {
    setup = await setUp((_request, response) => {
      sendJson(response, 200, [], { date: new Date(setup.clock.at + 7000).toUTCString(), age: '2' });
    });
    expect(setup.cloud.skewMillis()).toBeUndefined();
    await setup.cloud.listVms();
    expect(setup.cloud.skewMillis()).toBe(9500);
  });
});

describe('the reads of the marketplace', () => {
  it('find each thing where it is', async () => {
    const image = { slug: 'ubuntu-24-04-x64', name: 'Ubuntu', downloadUrl: 'https://images.example/u.img' };
    const key = {
      name: 'ops',
      fingerprint: 'SHA256:f',
      algorithm: 'ssh-ed25519',
      publicKey: 'ssh-ed25519 AAAA',
      active: true,
    };
    const answers: Record<string, unknown> = {
      'GET /vms/v3/default_images': [image],
      'GET /marketplace/basic_configurations': ['cpu-2-ram-4gb-storage-25gb'],
      'GET /marketplace/countries': ['FR'],
      'GET /marketplace/hardware': { cpu: [], memory: [], storage: [{ type: 'NVMe' }] },
      'GET /v1/marketplace/datacenters': [{ countryCode: 'FR' }],
      'GET /ssh_keys': [key, { ...key, name: 'second', publicKey: undefined, public_key: 'ssh-ed25519 BBBB' }],
      'POST /marketplace/offers': [offer()],
    };
    setup = await setUp((request, response) => sendJson(response, 200, answers[`${request.method} ${request.path}`]));
    const { cloud } = setup;
    expect(await cloud.listImages()).toMatchObject([{ slug: 'ubuntu-24-04-x64', url: 'https://images.example/u.img' }]);
    expect(await cloud.listConfigurations()).toEqual(['cpu-2-ram-4gb-storage-25gb']);
    expect(await cloud.listCountries()).toEqual(['FR']);
    expect(await cloud.listHardware()).toEqual({ cpu: [], memory: [], storage: [{ type: 'NVMe' }] });
    expect(await cloud.listDatacenters()).toMatchObject([{ country: 'FR' }]);
    expect((await cloud.listKeys()).map((each) => [each.name, each.publicKey])).toEqual([
      ['ops', 'ssh-ed25519 AAAA'],
      ['second', 'ssh-ed25519 BBBB'],
    ]);
    const maxPrice = { amount: 33_333n, periodMillis: 3_600_000 };
    const offers = await cloud.listOffers({ configuration: 'cpu-2-ram-4gb-storage-25gb', countries: ['PL'], maxPrice });
    expect(offers).toHaveLength(1);
    expect(JSON.parse(setup.server.received.at(-1)!.body)).toEqual({
      basicConfiguration: 'cpu-2-ram-4gb-storage-25gb',
      datacenter: { countries: ['PL'] },
      maxTotalPricePerEpochUsd: '0.799992',
    });
  });

  it('estimate what an order would cost', async () => {
    setup = await setUp((_request, response) =>
      sendJson(response, 200, {
        depositAmountUsdc: '7.01532',
        depositEpochs: 2,
        totalPricePerEpoch: '3.50766',
        maxPricePerEpoch: '.35793',
        instances: 10,
      }),
    );
    expect(await setup.cloud.estimate(order({ count: 10 }))).toEqual({
      depositAmount: 7_015_320n,
      depositPeriods: 2,
      totalPricePerPeriod: 3_507_660n,
      maxPricePerPeriod: 357_930n,
      count: 10,
    });
    expect(JSON.parse(setup.server.received[0]!.body)).toMatchObject({
      instances: 10,
      constraints: { additionalResources: null },
    });
  });
});

describe('reads that fail', () => {
  it('are asked again as the table says, with growing pauses, and then told', async () => {
    setup = await setUp((_request, response) => sendJson(response, 500, { error: 'database is away' }));
    const error = await catchError(setup.cloud.listCountries());
    expect(error).toMatchObject({ code: 'api-unavailable', status: 500, effect: 'none' });
    expect(error.message).toBe('could not list the countries of account main: the API answered 500: database is away');
    expect(setup.server.received).toHaveLength(3);
    expect(setup.pauses).toEqual([375, 750]);
  });

  it('obey Retry-After, and give up when it is too long', async () => {
    setup = await setUp((_request, response, index) =>
      sendJson(response, 429, { error: 'slow down' }, { 'retry-after': index === 0 ? '4' : '60' }),
    );
    const error = await catchError(setup.cloud.listCountries());
    expect(setup.pauses).toEqual([4000]);
    expect(error).toMatchObject({ code: 'api-rate-limited', retryAfterMillis: 60_000 });
  });

  it('are not asked again when the answer is final', async () => {
    setup = await setUp((_request, response) => sendJson(response, 400, { error: 'bad country' }));
    expect(await catchError(setup.cloud.listOffers())).toMatchObject({ code: 'api-bad-request' });
    expect(setup.server.received).toHaveLength(1);
  });

  it('stop when they are told to', async () => {
    const stop = new AbortController();
    setup = await setUp(() => stop.abort());
    expect(await catchError(setup.cloud.listCountries({ signal: stop.signal }))).toMatchObject({ code: 'api-timeout' });
    expect(setup.server.received).toHaveLength(1);
  });

  it('take a turn for each request, and tell what the service did in it', async () => {
    const traffic = createTrafficScene();
    setup = await setUp((_request, response, index) => sendJson(response, index === 0 ? 502 : 200, []), { traffic });
    await setup.cloud.listCountries();
    expect(traffic.told).toEqual(['take', 'end fails', 'take', 'end answers']);
    expect(setup.pauses).toEqual([375]);
  });
});

describe('a look at the VMs', () => {
  it('is complete when every entry was read, and says from when to when', async () => {
    setup = await setUp((_request, response) => {
      setup.clock.at += 40;
      sendJson(response, 200, [newestVm()]);
    });
    const begun = setup.clock.at;
    const look = await setup.cloud.listVms();
    expect(look).toMatchObject({ state: 'complete', startedAt: begun, finishedAt: begun + 40, problems: [] });
    expect(look.vms).toHaveLength(1);
  });

  it('asks caches for no old answer, and takes one for as old as it says', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, [newestVm()], { age: '20' }));
    const look = await setup.cloud.listVms();
    expect(setup.server.received[0]!.headers['cache-control']).toBe('no-cache');
    const asked = setup.clock.at - 20_000;
    expect(look).toMatchObject({ state: 'complete', startedAt: asked, finishedAt: asked });
  });

  it('is no look when a cache answers with what it knew more than half a minute ago', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, [newestVm()], { age: '31' }));
    const look = await setup.cloud.listVms();
    expect(look.state).toBe('partial');
    expect(look.problems[0]).toMatch(/^the list came from a cache on the way and is 31s old/);
  });

  it('tells the first twenty problems, without the key', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, Array(50).fill({ id: KEY })));
    const { state, problems } = await setup.cloud.listVms();
    expect(state).toBe('partial');
    expect(problems).toHaveLength(21);
    expect(problems[0]).toBe(`VM 1 of 50 can't be read: its id is "[API key]", not 0x and 40 hex digits`);
    expect(problems[20]).toBe('30 more like these');
  });

  it('is partial when one entry can not be read', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, [newestVm(), newestVm({ id: 'x' })]));
    expect(await setup.cloud.listVms()).toMatchObject({ state: 'partial', vms: [{ status: 'active' }] });
  });

  it.each([
    ['an object', (): unknown => ({ vms: [] }), /not a list of VMs/],
    ['an error', (): unknown => ({ error: 'x' }), /not a list of VMs/],
  ])('of %s has failed', async (_title, body, told) => {
    setup = await setUp((_request, response) => sendJson(response, 200, body()));
    const look = await setup.cloud.listVms();
    expect(look).toMatchObject({ state: 'failed', vms: [] });
    expect(look.problems[0]).toMatch(told);
    expect(setup.server.received).toHaveLength(2);
  });

  it('that answers with a page instead of JSON has failed, with the beginning of the page', async () => {
    setup = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<html>\u001b[31m<body>Please sign in ${KEY}${'x'.repeat(500)}`);
    });
    const look = await setup.cloud.listVms();
    expect(look.state).toBe('failed');
    expect(look.problems[0]).toMatch(/text\/html.*<html> \[31m<body>Please sign in \[API key\]x/);
    expect(look.problems[0]!.length).toBeLessThan(420);
  });

  it('with an empty answer has failed', async () => {
    setup = await setUp((_request, response) => response.writeHead(200).end());
    expect(await setup.cloud.listVms()).toMatchObject({
      state: 'failed',
      problems: [expect.stringMatching(/body is empty/)],
    });
  });

  it.each(['with a length', 'in chunks'])(
    'that is cut off (%s) has failed, never passes for a short one',
    async (form) => {
      setup = await setUp((_request, response) => {
        const text = JSON.stringify([newestVm({ id: vmId(1) }), newestVm({ id: vmId(2) })]);
        response.writeHead(200, form === 'with a length' ? { 'content-length': String(text.length) } : {});
        response.write(text.slice(0, text.length - 30), () => response.destroy());
      });
      const look = await setup.cloud.listVms();
      expect(look).toMatchObject({ state: 'failed', vms: [] });
      expect(look.problems[0]).toMatch(/cut off/);
    },
  );

  it('with an answer that ends early but politely has failed', async () => {
    setup = await setUp((_request, response) => response.writeHead(200).end(JSON.stringify([newestVm()]).slice(0, -1)));
    expect(await setup.cloud.listVms()).toMatchObject({ state: 'failed' });
  });

  it('of an API that is down has failed', async () => {
    setup = await setUp(() => undefined);
    await setup.server.close();
    const look = await setup.cloud.listVms();
    expect(look.state).toBe('failed');
    expect(look.problems[0]).toMatch(/can't be reached: .*ECONNREFUSED/);
  });

  it('that takes too long has failed', async () => {
    setup = await setUp(() => undefined, { timeouts: { connectMillis: 500, callMillis: 50, listingMillis: 80 } });
    const look = await setup.cloud.listVms();
    expect(look.problems).toEqual(['could not list the VMs of account main: no answer after 80ms']);
  });

  it('throws only for a key: a wrong one', async () => {
    setup = await setUp((_request, response) => sendJson(response, 403, { error: 'Auth failed. No such API Key' }));
    const error = await catchError(setup.cloud.listVms());
    expect(error).toMatchObject({ code: 'api-key-refused', status: 403, effect: 'none' });
    expect(error.message).toContain('Auth failed. No such API Key');
  });

  it('throws only for a key: a missing one, before anything is sent', async () => {
    setup = await setUp(() => undefined, { readKey: () => Promise.reject(new Error('keyEnv CI_KEY is not set')) });
    const error = await catchError(setup.cloud.listVms());
    expect(error).toMatchObject({ code: 'api-key-missing' });
    expect(error.message).toContain('keyEnv CI_KEY is not set');
    expect(setup.server.received).toHaveLength(0);
  });
});
