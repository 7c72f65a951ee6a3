import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.js';
import type { Traffic, Turn } from '../../src/ports/traffic.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import { createSystemClock } from '../../src/scheduler/system-clock.js';
import { createTraffic } from '../../src/scheduler/traffic.js';
import { createMarketplaceCloud, type MarketplaceCloud } from '../../src/fluence/marketplace/marketplace-cloud.js';
import { startServer, type LocalServer } from '../fluence/local-server.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let installations = 0;
/** Two processes' worth of everything. */
let stores: readonly [Store, Store];
let here: Traffic;
let there: Traffic;
let server: LocalServer | undefined;
const clouds: MarketplaceCloud[] = [];

const clock = createSystemClock();
const calm = { isUrgent: false, mostWaitMillis: 0 };
const urgent = { isUrgent: true, mostWaitMillis: 0 };
const granted: Turn = { granted: true, isTrial: false };

function openTraffic(store: Store, limits = { ratePerSecond: 1000, concurrency: 100 }): Traffic {
  return createTraffic({ account: 'main', ...limits, store, clock });
}

beforeAll(async () => {
  redis = await openTestRedis();
});

beforeEach(() => {
  installations += 1;
  const open = (): Store => createRedisStore({ url: redis.url, installation: `t${installations}` });
  stores = [open(), open()];
  here = openTraffic(stores[0]);
  there = openTraffic(stores[1]);
});

afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.close()));
  await server?.close();
  server = undefined;
  await Promise.all(stores.map((store) => store.close()));
});

afterAll(() => redis.close());

/** So many failures in a row, seen by both processes in turn. */
async function fail(times: number, text = 'the API answered 503'): Promise<void> {
  for (let failed = 0; failed < times; failed += 1) {
    const traffic = failed % 2 === 0 ? here : there;
    expect(await traffic.take(`failing-${failed}`, calm)).toEqual(granted);
    await traffic.end(`failing-${failed}`, { service: 'fails', text });
  }
}

describe('requests a second', () => {
  it('are one second worth at once, then the rate, for all processes together', async () => {
    const limits = { ratePerSecond: 50, concurrency: 1000 };
    const both = stores.map((store) => openTraffic(store, limits));
    await Promise.all(stores.map((store) => store.readNote('warm-up')));
    const stop = new AbortController();
    const startedAt = performance.now();
    setTimeout(() => stop.abort(), 600);
    let taken = 0;
    async function take(traffic: Traffic, process: number): Promise<void> {
      for (let asked = 0; !stop.signal.aborted; asked += 1) {
        const turn = `${process}-${asked}`;
        if ((await traffic.take(turn, { ...calm, signal: stop.signal })).granted) taken += 1;
        await traffic.end(turn, { service: 'answers' });
      }
    }
    await Promise.all(both.map(take));
    const seconds = (performance.now() - startedAt) / 1000;
    expect(taken).toBeGreaterThanOrEqual(50 + Math.floor(0.6 * 50) - 2);
    expect(taken).toBeLessThanOrEqual(50 + Math.ceil(seconds * 50) + 1);
  });

  it('may be fewer than one, and a raised rate takes effect at once', async () => {
    const request = { turn: 'a', concurrency: 9, standsMillis: 5_000, isUrgent: false };
    const [store] = stores;
    expect(await store.takeTurn('main', { ...request, ratePerSecond: 0.5 })).toEqual(granted);
    const answer = await store.takeTurn('main', { ...request, turn: 'b', ratePerSecond: 0.5 });
    expect(answer).toMatchObject({ granted: false, why: 'rate' });
    expect(!answer.granted && answer.waitMillis).toBeGreaterThan(1_500);
    expect(await store.takeTurn('other', { ...request, ratePerSecond: 0.5 })).toEqual(granted);
    const raised = await store.takeTurn('main', { ...request, turn: 'c', ratePerSecond: 100 });
    expect(raised.granted || raised.waitMillis <= 10).toBe(true);
  });
});

describe('requests in flight', () => {
  const two = { ratePerSecond: 1000, concurrency: 2 };

  it('are never more than the account’s, of all processes; a place that is free again is taken', async () => {
    const [first, second] = stores.map((store) => openTraffic(store, two)) as [Traffic, Traffic];
    expect(await first.take('a', calm)).toEqual(granted);
    expect(await second.take('b', calm)).toEqual(granted);
    expect((await first.read()).inFlight).toBe(2);
    let isIn = false;
    const third = second.take('c', calm).then((turn) => ((isIn = true), turn));
    expect(await stores[0].takeTurn('main', { turn: 'd', ...two, standsMillis: 5_000, isUrgent: true })).toMatchObject({
      why: 'in-flight',
    });
    expect(isIn).toBe(false);
    await first.end('a', { service: 'answers' });
    expect(await third).toEqual(granted);
  });

  it('count a turn once that is asked for twice, and stop waiting when they are told to', async () => {
    const one = openTraffic(stores[0], { ratePerSecond: 1000, concurrency: 1 });
    await one.take('a', calm);
    expect(await one.take('a', calm)).toEqual(granted);
    const stop = new AbortController();
    const waiting = one.take('b', { ...calm, signal: stop.signal });
    stop.abort();
    expect(await waiting).toMatchObject({ granted: false, why: 'stopped' });
  });

  it('are given free when a process dies that had them', async () => {
    const request = { ratePerSecond: 1000, concurrency: 1, isUrgent: false };
    await stores[0].takeTurn('main', { ...request, turn: 'of the dead', standsMillis: 60 });
    const taken = await eventually('the turn lapsed', async () => {
      const answer = await stores[1].takeTurn('main', { ...request, turn: 'next', standsMillis: 5_000 });
      return answer.granted;
    });
    expect(taken).toBe(true);
  });
});

describe('a service that asks to be left alone', () => {
  it('is left alone by all processes at once, also by what is urgent: it is its own word', async () => {
    await here.take('a', calm);
    await here.end('a', { service: 'answers', retryAfterMillis: 30_000 });
    for (const wish of [calm, urgent])
      expect(await there.take('b', wish)).toMatchObject({ granted: false, why: 'told-to-wait' });
    const state = await there.read();
    expect(state.toldUntil! - clock.now()).toBeGreaterThan(25_000);
  });

  it('is asked again as soon as its time is over', async () => {
    await here.take('a', calm);
    await here.end('a', { service: 'answers', retryAfterMillis: 120 });
    const startedAt = performance.now();
    expect(await there.take('b', { ...calm, mostWaitMillis: 5_000 })).toEqual(granted);
    expect(performance.now() - startedAt).toBeGreaterThan(80);
  });

  it('keeps nobody away for longer than a quarter of an hour at a time', async () => {
    await here.take('a', calm);
    await here.end('a', { service: 'answers', retryAfterMillis: 86_400_000 });
    expect((await there.read()).toldUntil! - clock.now()).toBeLessThanOrEqual(900_000);
  });
});

describe('the circuit', () => {
  it('opens at the fifth failure in a row, whoever saw them, and says since when and why', async () => {
    await fail(4);
    expect((await here.read()).circuit).toBeUndefined();
    await fail(1, 'could not list the offers: 503');
    expect(await there.take('next', calm)).toMatchObject({ granted: false, why: 'circuit' });
    expect((await there.read()).circuit).toMatchObject({ failures: 5, text: 'could not list the offers: 503' });
  });

  it('counts failures in a row only', async () => {
    await fail(4);
    await here.take('fine', calm);
    await here.end('fine', { service: 'answers' });
    await fail(4);
    expect(await there.take('next', calm)).toEqual(granted);
  });

  it('never holds back what must land before a boundary, and closes when that is answered', async () => {
    await fail(5);
    expect(await there.take('deletion', urgent)).toEqual({ granted: true, isTrial: true });
    await there.end('deletion', { service: 'answers' });
    expect(await here.take('next', calm)).toEqual(granted);
  });

  it('lets one request try when its time has come, and no second one beside it', async () => {
    const [store] = stores;
    const end = (turn: string, service: 'answers' | 'fails') =>
      store.endTurn('main', {
        turn,
        service,
        text: '',
        keepAwayMillis: 0,
        circuit: { failures: 1, firstMillis: 40, longestMillis: 60_000 },
      });
    const take = (turn: string) =>
      store.takeTurn('main', { turn, ratePerSecond: 1000, concurrency: 9, standsMillis: 5_000, isUrgent: false });
    await take('a');
    await end('a', 'fails');
    expect(await take('b')).toMatchObject({ granted: false, why: 'circuit' });
    const trial = await eventually('the circuit is half open', async () => {
      const answer = await take('b');
      return answer.granted ? answer : undefined;
    });
    expect(trial.isTrial).toBe(true);
    expect(await take('c')).toMatchObject({ granted: false, why: 'circuit' });
    await end('b', 'fails');
    const again = await take('c');
    expect(!again.granted && again.waitMillis).toBeGreaterThan(40);
    await eventually('it is half open once more', async () => (await take('c')).granted);
    await end('c', 'answers');
    expect(await take('d')).toEqual(granted);
  });
});

describe('two processes over HTTP', () => {
  const timeouts = { connectMillis: 2_000, callMillis: 2_000, listingMillis: 2_000 };

  function openCloud(traffic: Traffic, baseUrl: string): MarketplaceCloud {
    const cloud = createMarketplaceCloud({
      account: 'main',
      baseUrl,
      readKey: () => 'key',
      clock,
      timeouts,
      userAgent: 'purser/test',
      concurrency: 8,
      variant: 'v3',
      traffic,
      pause: () => Promise.resolve(),
    });
    clouds.push(cloud);
    return cloud;
  }

  it('never have more open requests than the account may, however many are wanted', async () => {
    let open = 0;
    let most = 0;
    server = await startServer((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
      }, 15);
    });
    const { url } = server;
    const both = stores.map((store) => openCloud(openTraffic(store, { ratePerSecond: 1000, concurrency: 3 }), url));
    await Promise.all(both.flatMap((cloud) => Array.from({ length: 8 }, () => cloud.listCountries())));
    expect(server.received).toHaveLength(16);
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });

  it('both keep away from a service that told one of them to', async () => {
    server = await startServer((_request, response) =>
      response.writeHead(429, { 'retry-after': '60' }).end(JSON.stringify({ error: 'slow down' })),
    );
    const [first, second] = [openCloud(here, server.url), openCloud(there, server.url)];
    await expect(first.listCountries()).rejects.toMatchObject({ code: 'api-rate-limited', retryAfterMillis: 60_000 });
    const refused = await second.listVms();
    expect(refused).toMatchObject({ state: 'failed' });
    expect(refused.problems[0]).toContain('asked to be left alone');
    expect(server.received).toHaveLength(1);
  });

  it('ask a dead service by the look alone, once each, until it is answered', async () => {
    let isDead = true;
    server = await startServer((_request, response) =>
      isDead ? response.writeHead(503).end() : response.writeHead(200).end('[]'),
    );
    const [first, second] = [openCloud(here, server.url), openCloud(there, server.url)];
    await first.listVms();
    await second.listVms();
    expect((await here.read()).circuit).toBeDefined();
    const asked = server.received.length;
    await expect(second.listCountries()).rejects.toMatchObject({ code: 'api-unavailable', effect: 'none' });
    expect(server.received).toHaveLength(asked);
    expect(await first.listVms()).toMatchObject({ state: 'failed' });
    expect(server.received).toHaveLength(asked + 1);
    isDead = false;
    expect(await first.listVms()).toMatchObject({ state: 'complete' });
    expect(await second.listCountries()).toEqual([]);
  });
});
