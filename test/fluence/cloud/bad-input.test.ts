// Real answers of the sandbox, mutated on the wire, up to the plan: a clear error or a hold, never a deletion, never a crash.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wantAlways } from '../../../src/core/demand.js';
import { planAccount } from '../../../src/core/plan.js';
import type { Plan } from '../../../src/core/plan-types.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { Inventory } from '../../../src/core/types.js';
import { createCpuCloud } from '../../../src/fluence/cloud/cpu-cloud.js';
import { startCloudSandbox } from '../../../src/sim/sandbox-server.js';
import { readCloudWorld } from '../../../src/sim/world.js';
import {
  CLOUD_ABILITIES,
  makeBooks,
  makeClaim,
  makeFleet,
  makeNotes,
  makePolicies,
  makeSettings,
  makeSnapshot,
  MINUTE,
  NO_RAILS,
} from '../../core/samples.js';
import { startServer, type LocalServer, type ReceivedRequest } from '../local-server.js';
import { createStillClock } from '../still-clock.js';
import { changes, mutateAll } from './mutate.js';

type Json = Record<string, unknown>;
interface Listing extends Json {
  readonly items: readonly Json[];
}
/** What becomes of a real answer; a text is sent as it is, a number is a status without a body. */
type Tamper = (answer: Listing, page: number) => unknown;

const VMS = 6;
const A_PAGE = 2;
const NOW = Date.parse('2026-11-20T12:00:00Z');
const clock = createStillClock(NOW);

/** Real answers, by path and query, as the sandbox gave them. */
const recorded = new Map<string, string>();
let sandbox: Awaited<ReturnType<typeof startCloudSandbox>>;
let server: LocalServer;
/** By the path that it tampers with. */
let tampers: Readonly<Record<string, Tamper>> = {};

async function findAnswer(path: string): Promise<string> {
  const known = recorded.get(path);
  if (known !== undefined) return known;
  const answer = await fetch(sandbox.url + path, { headers: { 'x-api-key': sandbox.key } });
  const text = await answer.text();
  recorded.set(path, text);
  return text;
}

async function answerTampered({ path }: ReceivedRequest): Promise<string | number> {
  const [route = '', query] = path.split('?');
  const text = await findAnswer(path);
  const tamper = tampers[route];
  if (tamper === undefined) return text;
  const made = tamper(JSON.parse(text) as Listing, Number(new URLSearchParams(query).get('page') ?? 0));
  return typeof made === 'string' || typeof made === 'number' ? made : JSON.stringify(made);
}

beforeAll(async () => {
  const vms = Array.from({ length: VMS }, (_, index) => ({ name: `web-${index}`, country: 'FR' }));
  const world = readCloudWorld({ start: '2026-11-20T12:00:00Z', vms, perPage: { usual: A_PAGE, most: A_PAGE } });
  sandbox = await startCloudSandbox({ world, seed: 3, clock: { now: () => NOW } });
  server = await startServer((request, response) => {
    void answerTampered(request).then((made) => {
      if (typeof made === 'number') response.writeHead(made).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(made);
    });
  });
});
afterEach(() => {
  tampers = {};
});
afterAll(async () => {
  await server.close();
  await sandbox.close();
});

/** Looks with a client of its own, as a process that has just begun. */
async function look(): Promise<Inventory> {
  const cloud = createCpuCloud({
    account: 'main',
    baseUrl: server.url,
    readKey: () => 'key',
    clock,
    timeouts: { connectMillis: 2_000, callMillis: 2_000, listingMillis: 2_000 },
    userAgent: 'purser/0.1.0',
    concurrency: 2,
    pause: () => Promise.resolve(),
  });
  try {
    return await cloud.listVms();
  } finally {
    await cloud.close();
  }
}

/** All VMs of the sandbox are members that are wanted, so that nothing but a misreading could delete one. */
function planFor(inventory: Inventory): Plan {
  const claims = sandbox.books().vms.map(({ id }) => makeClaim(id, { paidUntil: NOW + 30 * MINUTE, price: undefined }));
  const notes = makeNotes({ lastCompleteLook: { at: NOW - MINUTE, vms: VMS } });
  const books = makeBooks({ claims, notes });
  const over = { at: NOW, inventory, books, product: 'cloud', abilities: CLOUD_ABILITIES } as const;
  const policies = makePolicies({ fleets: [makeFleet({ demand: wantAlways(VMS) })] });
  const settings = makeSettings({ product: 'cloud', rails: NO_RAILS });
  const { snapshot } = reckonSnapshot(makeSnapshot([], {}, over), policies, settings);
  return planAccount({ snapshot, policies, settings });
}

function listDeleted(plan: Plan): readonly string[] {
  return plan.actions.flatMap((action) => (action.kind === 'delete' ? [action.vm.name] : []));
}

const first =
  (change: Json): Tamper =>
  (answer, page) =>
    page > 0
      ? answer
      : { ...answer, items: answer.items.map((item, index) => (index === 0 ? { ...item, ...change } : item)) };

describe('the real answers', () => {
  it('are read whole, and nothing is to be done', async () => {
    const inventory = await look();
    expect(inventory).toMatchObject({ state: 'complete', problems: [] });
    expect(inventory.vms).toHaveLength(VMS);
    expect(planFor(inventory).actions).toEqual([]);
  });
});

describe('a listing', () => {
  const held: readonly (readonly [string, Tamper])[] = [
    ['that lacks a page in the middle', (answer, page) => (page === 1 ? { ...answer, items: [] } : answer)],
    ['whose page in the middle is refused', (answer, page) => (page === 1 ? 404 : answer)],
    ['whose page in the middle is an error', (answer, page) => (page === 1 ? 502 : answer)],
    [
      'that shows the same page all the time',
      (answer, page) => (page === 1 ? answer : { ...answer, items: answer.items.slice(0, 1) }),
    ],
    [
      'that tells more VMs than it has',
      (answer) => ({
        ...answer,
        pagination: { ...(answer['pagination'] as Json), filteredRecords: 9, totalRecords: 9 },
      }),
    ],
    ['that is cut off', (answer) => JSON.stringify(answer).slice(0, 300)],
    ['that is a page of HTML', () => '<html>maintenance</html>'],
    ['that is empty', () => ''],
    ['with an id of the wrong form', first({ id: '0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020' })],
    ['with a number for an id', first({ id: 7 })],
    ['with a negative price', first({ priceHourlyUsd: '-0.01' })],
    ['with an absurd price', first({ priceHourlyUsd: '1000000' })],
    ['with a boundary that is no time', first({ paidUntil: 'soon' })],
    ['with an entry that is no VM', first({ id: undefined, status: undefined })],
  ];

  it.each(held)('%s holds everything, and says why', async (_what, tamper) => {
    tampers = { '/v2/vms': tamper };
    const inventory = await look();
    expect(inventory.state).not.toBe('complete');
    expect(inventory.problems[0]).toBeTruthy();
    const plan = planFor(inventory);
    expect(plan.actions).toEqual([]);
    expect(plan.marks).toEqual([]);
    expect(plan.holds.map(({ reason }) => reason.code)).toContain('untrusted-inventory');
  });

  it('that shows a VM twice across pages is held, or read once', async () => {
    let shown: Json | undefined;
    tampers = {
      '/v2/vms': (answer, page) => {
        if (page === 0) shown = answer.items[0];
        return page === 1 && shown !== undefined ? { ...answer, items: [shown, ...answer.items.slice(1)] } : answer;
      },
    };
    const inventory = await look();
    expect(new Set(inventory.vms.map(({ id }) => id)).size).toBe(inventory.vms.length);
    expect(inventory.state).not.toBe('complete');
    expect(planFor(inventory).actions).toEqual([]);
  });

  it('with an unknown status keeps that VM', async () => {
    tampers = { '/v2/vms': first({ status: 'hibernating' }) };
    const inventory = await look();
    expect(inventory.state).toBe('complete');
    expect(inventory.vms.map(({ status }) => status)).toContain('unknown');
    expect(planFor(inventory).actions).toEqual([]);
  });

  it.each(['/v1/storages', '/v1/public_ips'])('of %s that is broken tells no leftovers', async (path) => {
    tampers = { [path]: (answer) => JSON.stringify(answer).slice(0, 20) };
    expect(await look()).not.toHaveProperty('leftovers');
  });
});

describe('anything in any place of any answer', () => {
  it('is a hold or is read as it was written: never a deletion, never a crash', async () => {
    const path = fc.constantFrom('/v2/vms', '/v1/clusters', '/v1/datacenters', '/v1/storages', '/v1/public_ips');
    await fc.assert(
      fc.asyncProperty(path, changes, fc.nat(2), async (tampered, made, tamperedPage) => {
        tampers = { [tampered]: (answer, page) => (page === tamperedPage ? mutateAll(answer, made) : answer) };
        const inventory = await look();
        expect(new Set(inventory.vms.map(({ id }) => id)).size).toBe(inventory.vms.length);
        for (const { price } of inventory.vms) expect(price === undefined || price.amount >= 0n).toBe(true);
        if (inventory.state !== 'complete') expect(inventory.problems.join('')).not.toBe('');
        const plan = planFor(inventory);
        expect(listDeleted(plan)).toEqual([]);
        if (inventory.state !== 'complete') expect(plan.actions).toEqual([]);
      }),
      { numRuns: 80 },
    );
  }, 60_000);
});
