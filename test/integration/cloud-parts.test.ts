// Disks and public IPs over HTTP: they go after their VM, each once and before its own boundary, and nobody else's ever does.
// The cloud's own books judge.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/core/books.js';
import { formatUsdc, sumMicros } from '../../src/core/money.js';
import type { BookedPart, CloudBooks } from '../../src/sim/cloud/cloud-books.js';
import type { RunningCloudSandbox } from '../../src/sim/sandbox-server.js';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { HOUR, MINUTE, openCloudRig, type Rig, type RigOptions } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let rig: Rig<RunningCloudSandbox>;
let driver: MemoryDriver;
let opened = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterEach(() => rig.close());
afterAll(() => redis.close());

async function open(options: Partial<RigOptions> = {}): Promise<void> {
  opened += 1;
  const installation = `p${'0123456789abcdefghjkmnpqrstvwxyz'.charAt(opened)}`;
  rig = await openCloudRig({ redis, installation, ...options });
  driver = createMemoryDriver(rig);
}

const keepWeb = readFileSync('policies/keep-web-in-france.yaml', 'utf8');

function wantWeb(replicas: number): string {
  return keepWeb.replace('replicas: 4', `replicas: ${replicas}`).replace('floor: 4', 'floor: 0');
}

function readLedger(): Promise<readonly LedgerEntry[]> {
  return rig.engine.store.readLedger('main', 0, Number.MAX_SAFE_INTEGER);
}

async function countEvent(event: LedgerEntry['event']): Promise<number> {
  return (await readLedger()).filter((entry) => entry.event === event).length;
}

/** What the ledger says was paid. */
async function sumPaid(): Promise<string> {
  const paid = (await readLedger()).filter(({ event }) => event === 'charged' || event === 'missed-boundary');
  return formatUsdc(sumMicros(paid.map(({ money }) => money ?? 0n)));
}

function chargesOf(books: CloudBooks, id: string) {
  return books.charges.filter((charge) => charge.resourceId === id);
}

/** Of the parts in the claims, whose they are. */
async function listMade(): Promise<readonly string[]> {
  const { claims } = await driver.readBooks();
  return claims.flatMap(({ parts = [] }) => parts.map(({ made }) => made)).sort();
}

function ours(books: CloudBooks): readonly BookedPart[] {
  return books.parts.filter((part) => !part.foreign);
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(rig.sandbox.url + path, {
    method,
    headers: { 'x-api-key': rig.sandbox.key, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBeLessThan(300);
  const text = await answer.text();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

describe('disks and IPs of a fleet', () => {
  it('go after their VMs, each once, none paid for a second hour; the ledger has the books to the micro', async () => {
    await open();
    await rig.publish(keepWeb);
    await driver.advanceBy(10 * MINUTE);
    await rig.publish(wantWeb(1));
    await driver.advanceBy(2 * HOUR);
    const books = rig.sandbox.books();
    expect(books.leftovers).toEqual([]);
    const gone = books.vms.filter(({ endedAt }) => endedAt !== null);
    expect(gone).toHaveLength(3);
    const goneIds = new Set(gone.map(({ id }) => id));
    const left = ours(books).filter(({ madeFor }) => goneIds.has(madeFor!));
    expect(left).toHaveLength(6);
    for (const part of left) {
      expect(part.status).toBe('removed');
      expect(chargesOf(books, part.id)).toHaveLength(1);
    }
    for (const vm of gone) expect(chargesOf(books, vm.id)).toHaveLength(1);
    expect(await countEvent('part-removed')).toBe(6);
    expect(await countEvent('missed-boundary')).toBe(0);
    expect(await sumPaid()).toBe(books.charged);
    expect((await driver.readBooks()).notes.leftParts).toBeUndefined();
    expect(driver.takeErrors()).toEqual([]);
  });

  it('of a VM that the provider ended go too, and another is bought with its own', async () => {
    await open();
    await rig.publish(wantWeb(1));
    await driver.advanceBy(10 * MINUTE);
    const [first] = rig.sandbox.books().vms;
    rig.sandbox.terminate({ id: first!.id });
    await driver.advanceBy(20 * MINUTE);
    const books = rig.sandbox.books();
    expect(books.leftovers).toEqual([]);
    expect(books.creates).toHaveLength(2);
    const parts = ours(books);
    expect(parts.filter(({ status }) => status === 'removed').map(({ madeFor }) => madeFor)).toEqual([
      first!.id,
      first!.id,
    ]);
    expect(parts.filter(({ attachedTo }) => attachedTo !== null)).toHaveLength(2);
    expect(await sumPaid()).toBe(books.charged);
  });

  it('that a person attached stay, also when the VM goes that they were attached to', async () => {
    await open({ world: { storages: [{ name: 'archive', country: 'FR', cluster: 'paris-1', volumeGb: 50 }] } });
    await rig.publish(wantWeb(2));
    await driver.advanceBy(10 * MINUTE);
    const [first] = rig.sandbox.books().vms;
    const archive = rig.sandbox.books().parts.find(({ name }) => name === 'archive')!;
    await call('POST', `/v2/vms/${first!.id}/storages/add`, { dataDisks: [archive.id] });
    await driver.advanceBy(MINUTE);
    expect(await listMade()).toEqual(['by-others', 'for-it', 'for-it', 'for-it', 'for-it']);
    await rig.publish(wantWeb(0));
    await driver.advanceBy(2 * HOUR);
    const books = rig.sandbox.books();
    expect(books.vms.every(({ endedAt }) => endedAt !== null)).toBe(true);
    expect(books.leftovers.map(({ name }) => name)).toEqual(['archive']);
    expect(books.deletes.filter(({ kind }) => kind !== 'vm')).toHaveLength(4);
  });
});
