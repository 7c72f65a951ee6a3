// Listing 10,000 VMs of the cloud, in pages, against the bare requests for the same pages; and turning such answers into our VMs
// against JSON.parse of them. The answers are the sandbox's own, with ids of their own.
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { createCpuCloud } from '../src/fluence/cloud/cpu-cloud.js';
import { readClusters, readDatacenters } from '../src/fluence/cloud/read-catalogue.js';
import { readVms } from '../src/fluence/cloud/read-vms.js';
import { defaultTimeouts } from '../src/fluence/send-request.js';
import { createSystemClock } from '../src/scheduler/system-clock.js';
import { startCloudSandbox } from '../src/sim/sandbox-server.js';
import { readCloudWorld } from '../src/sim/world.js';
import { judgeAtMost, takeTurns, timeMillis, type BenchRow } from './measure.js';
import type { PageServerData } from './page-server.js';

const VMS = 10_000;
const A_PAGE = 100;
const CONCURRENCY = 4;
const LATENCY_MILLIS = 25;
const ROUNDS = 9;
const LISTING_LIMIT = 1.5;
const READING_LIMIT = 1;

type Json = Record<string, unknown>;

interface Answers extends Pick<PageServerData, 'pages' | 'others'> {
  readonly items: readonly Json[];
}

/** Of a VM and of what came with it; clusters and configurations stay. */
function listOwnIds(item: Json): readonly string[] {
  const ids: string[] = [];
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value) && !/^(cluster|configuration|user)Id$/.test(key))
      ids.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) visit(part, Array.isArray(value) ? key : name);
  };
  visit(item, '');
  return [...new Set(ids)];
}

function copyItem(item: Json, copy: number): Json {
  let text = JSON.stringify(item);
  for (const id of listOwnIds(item))
    text = text.replaceAll(id, id.slice(0, 24) + (copy * 4096).toString(16).padStart(9, '0') + id.slice(33));
  return JSON.parse(text) as Json;
}

async function gatherAnswers(): Promise<Answers> {
  const vms = Array.from({ length: A_PAGE }, (_, index) => ({ name: `vm-${index}` }));
  const sandbox = await startCloudSandbox({ world: readCloudWorld({ vms }), seed: 1 });
  try {
    const ask = async (path: string): Promise<string> => {
      const answer = await fetch(sandbox.url + path, { headers: { 'x-api-key': sandbox.key } });
      if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}`);
      return answer.text();
    };
    const query = 'expand[0]=bootDisk&expand[1]=dataDisks&expand[2]=publicIp';
    const first = JSON.parse(await ask(`/v2/vms?perPage=${A_PAGE}&${query}`)) as { items: readonly Json[] };
    if (first.items.length !== A_PAGE) throw new Error(`the sandbox has ${first.items.length} VMs, not ${A_PAGE}`);
    const items = Array.from({ length: VMS }, (_, index) =>
      copyItem(first.items[index % A_PAGE]!, 1 + Math.floor(index / A_PAGE)),
    );
    const pages = Array.from({ length: VMS / A_PAGE }, (_, page) => {
      const counts = { totalRecords: VMS, filteredRecords: VMS, totalPages: VMS / A_PAGE, currentPage: page };
      const part = items.slice(page * A_PAGE, (page + 1) * A_PAGE);
      return JSON.stringify({ items: part, pagination: { ...counts, perPage: A_PAGE } });
    });
    const others = { '/v1/clusters': await ask('/v1/clusters'), '/v1/datacenters': await ask('/v1/datacenters') };
    return { items, pages, others };
  } finally {
    await sandbox.close();
  }
}

/** The same requests, as many at a time, with nothing around them but the JSON.parse that every client needs. */
async function requestBare(pool: Pool, pages: number): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < pages) {
      const path = `/v2/vms?page=${next}&perPage=${A_PAGE}`;
      next += 1;
      const { body } = await pool.request({ method: 'GET', path });
      await body.json();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, run));
}

async function benchListing({ pages, others }: Answers): Promise<BenchRow> {
  const workerData: PageServerData = { pages, others, latencyMillis: LATENCY_MILLIS };
  const server = new Worker(new URL('./page-server.js', import.meta.url), { workerData });
  const port = await new Promise<number>((resolve) => server.once('message', resolve));
  const baseUrl = `http://127.0.0.1:${port}`;
  const pool = new Pool(baseUrl, { connections: CONCURRENCY });
  const cloud = createCpuCloud({
    account: 'bench',
    baseUrl,
    readKey: () => 'key',
    clock: createSystemClock(),
    timeouts: defaultTimeouts,
    userAgent: 'purser/bench',
    concurrency: CONCURRENCY,
  });
  try {
    const list = async (): Promise<void> => {
      const { state, vms, problems } = await cloud.listVms();
      if (state !== 'complete' || vms.length !== VMS)
        throw new Error(`${vms.length} VMs, ${state}: ${problems.join('; ')}`);
    };
    const taken = await takeTurns(
      { list: () => timeMillis(list), bare: () => timeMillis(() => requestBare(pool, pages.length)) },
      ROUNDS,
      2,
    );
    const detail =
      `listing ${taken.list.toFixed(0)} ms, ${pages.length} bare requests, parsed, ${taken.bare.toFixed(0)} ms; ${CONCURRENCY} at a time, ` +
      `${A_PAGE} VMs a page, ${LATENCY_MILLIS} ms an answer; ${ROUNDS} rounds; ours also reads disks, IPs and what the pages say twice`;
    return judgeAtMost(
      'listing 10,000 VMs of the cloud / bare requests',
      taken.list / taken.bare,
      LISTING_LIMIT,
      detail,
    );
  } finally {
    await Promise.all([cloud.close(), pool.close()]);
    await server.terminate();
  }
}

async function benchReading({ pages, others }: Answers): Promise<BenchRow> {
  const places = readDatacenters(JSON.parse(others['/v1/datacenters']!));
  const placeOf = new Map(
    readClusters(JSON.parse(others['/v1/clusters']!)).map(({ id, datacenterId }) => [id, places.get(datacenterId)]),
  );
  const context = {
    placeOf: (clusterId: string) => placeOf.get(clusterId),
    configurationOf: () => undefined,
    partOf: () => undefined,
  };
  const parse = (): readonly unknown[] =>
    pages.flatMap((page) => (JSON.parse(page) as { items: readonly unknown[] }).items);
  const taken = await takeTurns(
    {
      parse: () => timeMillis(parse),
      read: () => {
        // What was parsed just now, as after a listing: never the same objects twice.
        const items = parse();
        return timeMillis(() => {
          const { vms, problems } = readVms(items, context);
          if (vms.length !== VMS || problems.length > 0) throw new Error(`${vms.length} VMs: ${problems.join('; ')}`);
        });
      },
    },
    ROUNDS,
    4,
  );
  const megabytes = (pages.reduce((sum, page) => sum + page.length, 0) / 1e6).toFixed(1);
  const detail = `reading ${taken.read.toFixed(0)} ms, JSON.parse ${taken.parse.toFixed(0)} ms (${megabytes} MB); ${ROUNDS} rounds`;
  return judgeAtMost(
    "10,000 of the cloud's VMs: reading / JSON.parse",
    taken.read / taken.parse,
    READING_LIMIT,
    detail,
  );
}

export async function benchCloudListing(): Promise<readonly BenchRow[]> {
  const answers = await gatherAnswers();
  return [await benchListing(answers), await benchReading(answers)];
}
