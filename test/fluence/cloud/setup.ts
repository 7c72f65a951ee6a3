// A client of the cloud against a local server that answers by route. Every request is judged by the published document, and
// so is every answer that claims to be as documented.
import { expect } from 'vitest';
import { createCpuCloud } from '../../../src/fluence/cloud/cpu-cloud.js';
import type { CpuCloud, CpuCloudOptions } from '../../../src/fluence/cloud/cpu-cloud.js';
import type { CreateOrder } from '../../../src/ports/cloud.js';
import { openJudge } from '../../openapi/judge.js';
import { sendJson, startServer } from '../local-server.js';
import type { LocalServer, ReceivedRequest } from '../local-server.js';
import { createStillClock } from '../still-clock.js';
import type { StillClock } from '../still-clock.js';
import * as answers from './answers.js';

export const KEY = 'key-Zx81-secret';
const judge = openJudge();

/** A status and a body; `undefined` for an empty one. `asDocumented: false` where the answer is meant to differ. */
export interface Told {
  readonly status?: number;
  readonly body?: unknown;
  readonly asDocumented?: boolean;
}
/** By `METHOD /path` without the query. */
export type Routes = Record<string, Told | ((request: ReceivedRequest) => Told)>;

export interface Setup {
  readonly server: LocalServer;
  readonly cloud: CpuCloud;
  readonly clock: StillClock;
  readonly routes: Routes;
  /** `METHOD /path?query` of all requests, in order. */
  asked(): readonly string[];
  bodyOf(route: string): unknown;
  close(): Promise<void>;
}

/** What an account without VMs sees. */
function usualRoutes(): Routes {
  return {
    'GET /v1/datacenters': { body: answers.datacenters() },
    'GET /v1/clusters': { body: answers.clusters() },
    'GET /v1/clusters/resources': { body: answers.allResources() },
    'GET /v1/configurations/virtual_machines': {
      body: { items: [answers.configuration(0), answers.configuration(1)] },
    },
    'GET /v1/prices/vm': { body: answers.vmPrices() },
    'GET /v1/prices/storage': { body: answers.storagePrices() },
    'GET /v1/prices/public-ip': { body: answers.addressPrices() },
    'GET /v1/storages/default_images': { body: { items: [answers.image()] } },
    'GET /v2/vms': { body: answers.paged([]) },
    'GET /v1/storages': { body: answers.paged([]) },
    'GET /v1/public_ips': { body: answers.paged([]) },
    'GET /v1/ssh_keys': { body: answers.paged([answers.sshKey(1), answers.sshKey(2)]) },
  };
}

export async function setUp(routes: Routes = {}, change: Partial<CpuCloudOptions> = {}): Promise<Setup> {
  const table: Routes = { ...usualRoutes(), ...routes };
  const problems: string[] = [];
  const server = await startServer((request, response) => {
    problems.push(...judge.judgeRequest(request));
    const route = `${request.method} ${request.path.split('?')[0]}`;
    const entry = table[route] ?? { status: 404, body: { code: 'not_found', error: `no ${route}` } };
    const { status = 200, body, asDocumented = true } = typeof entry === 'function' ? entry(request) : entry;
    const text = body === undefined ? '' : JSON.stringify(body);
    if (asDocumented) problems.push(...judge.judgeAnswer(request, { status, body: text }));
    if (body === undefined) response.writeHead(status).end();
    else sendJson(response, status, body);
  });
  const clock = createStillClock();
  const cloud = createCpuCloud({
    account: 'main',
    baseUrl: server.url,
    readKey: () => KEY,
    clock,
    timeouts: { connectMillis: 1000, callMillis: 5000, listingMillis: 5000 },
    userAgent: 'purser/0.1.0',
    concurrency: 4,
    random: () => 0.5,
    pause: () => Promise.resolve(),
    ...change,
  });
  return {
    server,
    cloud,
    clock,
    routes: table,
    asked: () => server.received.map(({ method, path }) => `${method} ${path}`),
    bodyOf(route) {
      const request = server.received.findLast(({ method, path }) => `${method} ${path}`.startsWith(route));
      return JSON.parse(request?.body ?? 'null');
    },
    async close() {
      await cloud.close();
      await server.close();
      expect(problems).toEqual([]);
    },
  };
}

export function order(change: Partial<CreateOrder> = {}): CreateOrder {
  return {
    count: 1,
    offer: {
      country: 'FR',
      configuration: 'cpu-regular-2vcpu-4gb',
      hardware: undefined,
      price: { amount: 17_555n, periodMillis: 3_600_000 },
      clusterId: answers.CLUSTERS[0],
      storageGb: 25,
    },
    cap: { amount: 20_000n, periodMillis: 3_600_000 },
    name: 'web-a17k3f2x02',
    hostname: 'web-a17k3f2x02',
    imageUrl: 'https://images.example/u.img',
    sshKeys: ['key-1'],
    ports: [{ port: 80, protocol: 'tcp' }],
    ...change,
  };
}
