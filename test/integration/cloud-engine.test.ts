// The main life of a fleet on the cloud, over HTTP: bought, parked, taken back, deleted before its hourly boundary, healed. The
// cloud's own books judge.
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashText } from '../../src/core/hash.js';
import { encodeJson } from '../../src/core/json.js';
import type { BookedCloudVm, CloudBooks } from '../../src/sim/cloud/cloud-books.js';
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
  rig = await openCloudRig({
    redis,
    installation: `c${'0123456789abcdefghjkmnpqrstvwxyz'.charAt(opened)}`,
    ...options,
  });
  driver = createMemoryDriver(rig);
}

const keepWeb = readFileSync('policies/keep-web-in-france.yaml', 'utf8');

function wantWeb(replicas: number): string {
  return keepWeb.replace('replicas: 4', `replicas: ${replicas}`).replace('floor: 4', 'floor: 0');
}

function listRunning(books: CloudBooks): readonly BookedCloudVm[] {
  return books.vms.filter((vm) => !vm.foreign && vm.endedAt === null && vm.endCalledAt === null);
}

function listChargesOf(books: CloudBooks, vm: BookedCloudVm) {
  return books.charges.filter((charge) => charge.resourceId === vm.id);
}

/** How long before the end of its last paid hour each deleted VM was gone, and how long before it the call was made. */
function listDepartures(
  books: CloudBooks,
): readonly { readonly name: string; readonly calledBefore: number; readonly goneBefore: number }[] {
  return books.vms
    .filter((vm) => vm.endCalledAt !== null && vm.endedAt !== null)
    .map((vm) => {
      const paidUntil = Date.parse(listChargesOf(books, vm).at(-1)!.to);
      return {
        name: vm.name,
        calledBefore: paidUntil - Date.parse(vm.endCalledAt!),
        goneBefore: paidUntil - Date.parse(vm.endedAt!),
      };
    });
}

function countCalls(route: RegExp): number {
  const calls = Object.entries(rig.sandbox.books().calls);
  return calls.reduce((sum, [name, { count }]) => sum + (route.test(name) ? count : 0), 0);
}

async function readEvents(): Promise<readonly string[]> {
  const entries = await rig.engine.store.readLedger('main', 0, Number.MAX_SAFE_INTEGER);
  return entries.map((entry) => entry.event);
}

describe('a shipped fleet on the cloud', () => {
  it('is bought one VM a call, each under a name of its own from the start, all in under the cap', async () => {
    await open();
    await rig.publish(keepWeb);
    await driver.advanceBy(10 * MINUTE);
    const books = rig.sandbox.books();
    expect(books.creates.map(({ error }) => error)).toEqual([null, null, null, null]);
    expect(books.calls['POST /v2/vms']!.count).toBe(4);
    expect(new Set(books.vms.map((vm) => vm.name)).size).toBe(4);
    for (const vm of books.vms) {
      expect(vm).toMatchObject({ country: 'FR', status: 'launched', names: [vm.name] });
      const disk = books.parts.find((part) => part.id === vm.bootDiskId)!;
      const ip = books.parts.find((part) => part.id === vm.publicIpId)!;
      expect([disk.volumeGb, disk.name, ip.name]).toEqual([25, `${vm.name}-b`, `${vm.name}-i`]);
      const perHour = [vm, disk, ip].reduce((sum, { pricePerHour }) => sum + Number(pricePerHour), 0);
      expect(perHour * 24).toBeLessThanOrEqual(0.8);
    }
    const plan = await driver.readPlan();
    expect(plan.actions).toEqual([]);
    expect(plan.fleets).toMatchObject([{ policy: 'web', wanted: 4, running: 4, launching: 0, parked: 0 }]);
    expect(driver.takeErrors()).toEqual([]);
  });

  it('gets its cloud-init with the secret that only the worker knows', async () => {
    await open({ env: { RUNNER_TOKEN: 'hunter2' } });
    const init = 'cloudInit: {text: "#cloud-config\\n# ${TOKEN}", secrets: {TOKEN: {env: RUNNER_TOKEN}}}';
    await rig.publish(wantWeb(1).replace('  ports:', `  ${init}\n  ports:`));
    await driver.advanceBy(10 * MINUTE);
    const text = '#cloud-config\n# hunter2';
    expect(rig.sandbox.books().vms).toMatchObject([{ userData: { bytes: text.length, hash: hashText(text) } }]);
    const record = await rig.engine.store.readGeneration();
    const kept = [
      record,
      await driver.readBooks(),
      await rig.engine.store.readLedger('main', 0, Number.MAX_SAFE_INTEGER),
    ];
    expect(kept.map((part) => encodeJson(part)).join()).not.toContain('hunter2');
  });

  it('parks what is not wanted, takes it back for nothing, and deletes it before its hour ends', async () => {
    await open();
    await rig.publish(keepWeb);
    await driver.advanceBy(10 * MINUTE);
    await rig.publish(wantWeb(1));
    await driver.advanceBy(10 * MINUTE);
    expect((await driver.readBooks()).claims.filter((claim) => claim.state === 'parked')).toHaveLength(3);
    expect(listRunning(rig.sandbox.books())).toHaveLength(4);
    await rig.publish(wantWeb(2));
    await driver.advanceBy(2 * MINUTE);
    expect((await driver.readBooks()).claims.filter((claim) => claim.state === 'parked')).toHaveLength(2);
    await driver.advanceBy(2 * HOUR);
    const books = rig.sandbox.books();
    expect(books.creates).toHaveLength(4);
    expect(listRunning(books)).toHaveLength(2);
    const departures = listDepartures(books);
    expect(departures).toHaveLength(2);
    for (const { calledBefore, goneBefore } of departures) {
      // Its disk and IP were paid for some minutes earlier, and are to be gone before that comes round.
      expect(calledBefore).toBeLessThanOrEqual(8 * MINUTE);
      expect(goneBefore).toBeGreaterThan(0);
    }
    for (const vm of books.vms.filter(({ endedAt }) => endedAt !== null))
      expect(listChargesOf(books, vm)).toHaveLength(1);
    expect(countCalls(/^POST .*\/terminate$/)).toBe(2);
    // The list goes on showing them as terminated; nobody minds.
    const plan = await driver.readPlan();
    expect(plan.seen.vms).toBe(2);
    expect([plan.others, plan.actions]).toEqual([[], []]);
    expect(await readEvents()).not.toContain('missed-boundary');
  });

  it('replaces what the provider terminates, once, and has no record to delete', async () => {
    await open();
    await rig.publish(keepWeb);
    await driver.advanceBy(10 * MINUTE);
    const [first] = rig.sandbox.books().vms;
    rig.sandbox.terminate({ id: first!.id });
    await driver.advanceBy(40 * MINUTE);
    const books = rig.sandbox.books();
    expect(books.creates).toHaveLength(5);
    expect(listRunning(books)).toHaveLength(4);
    expect(books.deletes.filter(({ kind }) => kind === 'vm')).toEqual([]);
    const events = await readEvents();
    expect(events.filter((event) => event === 'terminated')).toHaveLength(1);
    expect((await driver.readBooks()).claims).toHaveLength(4);
  });

  it('keeps office hours: ten by day, two at night, none paid for an hour that nobody wants', async () => {
    await open();
    await rig.publish(readFileSync('policies/office-hours.yaml', 'utf8'));
    // Friday 07:00 in Paris; the window is open from 08:00 to 20:00.
    await driver.advanceBy(70 * MINUTE);
    expect(listRunning(rig.sandbox.books())).toHaveLength(10);
    await driver.advanceBy(14 * HOUR);
    const books = rig.sandbox.books();
    expect(listRunning(books)).toHaveLength(2);
    const nightFrom = Date.parse('2026-11-20T19:00:00Z');
    const gone = books.vms.filter((vm) => vm.endedAt !== null);
    expect(gone).toHaveLength(8);
    for (const vm of gone)
      expect(listChargesOf(books, vm).filter((charge) => Date.parse(charge.from) >= nightFrom)).toEqual([]);
    expect(books.creates).toHaveLength(10);
    expect(await readEvents()).not.toContain('missed-boundary');
    expect(driver.takeErrors()).toEqual([]);
  });
});

describe('what goes wrong on the cloud', () => {
  it('one of four purchases whose answer is lost is neither made twice nor lost', async () => {
    await open();
    rig.sandbox.faults.add({
      rules: [{ match: { method: 'POST', path: '/v2/vms' }, nth: 2, count: 1, effect: { kind: 'lose-answer' } }],
    });
    await rig.publish(keepWeb);
    await driver.advanceBy(30 * MINUTE);
    const books = rig.sandbox.books();
    expect(books.creates).toHaveLength(4);
    expect(listRunning(books)).toHaveLength(4);
    expect(new Set((await driver.readBooks()).claims.map((claim) => claim.vmId)).size).toBe(4);
  });

  it('a purchase that is refused for lack of room leaves the others alone and counts as one failure', async () => {
    await open();
    rig.sandbox.faults.add({
      rules: [
        {
          match: { method: 'POST', path: '/v2/vms' },
          nth: 2,
          count: 3,
          effect: { kind: 'answer', status: 422, body: { code: 'unprocessable_entity', error: 'No capacity' } },
        },
      ],
    });
    await rig.publish(keepWeb);
    await driver.look();
    expect((await driver.readBooks()).notes.backOffs['web']).toMatchObject({ attempts: 1 });
    await driver.advanceBy(20 * MINUTE);
    expect(rig.sandbox.books().creates.filter(({ error }) => error === null)).toHaveLength(4);
    expect(listRunning(rig.sandbox.books())).toHaveLength(4);
  });

  it('a deletion that the service does not allow yet is not called for, and lands before the boundary', async () => {
    await open({ world: { update: { least: '80s', most: '80s' } } });
    await rig.publish(wantWeb(1));
    await driver.advanceBy(10 * MINUTE);
    const [vm] = rig.sandbox.books().vms;
    await rig.publish(wantWeb(0));
    await driver.look();
    // It restarts when its deletion is due, and may not be deleted while it does.
    await driver.advanceTo((await driver.readPlan()).nextDeadlineAt! - 10_000);
    const restarted = await fetch(`${rig.sandbox.url}/v2/vms/${vm!.id}/restart`, {
      method: 'POST',
      headers: { 'x-api-key': rig.sandbox.key, 'content-type': 'application/json' },
    });
    expect(restarted.status).toBe(200);
    await driver.advanceBy(40_000);
    expect((await driver.readPlan()).holds.map((hold) => hold.reason.code)).toContain('not-deletable');
    expect(countCalls(/\/terminate$/)).toBe(0);
    await driver.advanceBy(10 * MINUTE);
    expect(countCalls(/\/terminate$/)).toBe(1);
    const books = rig.sandbox.books();
    expect(listDepartures(books)).toMatchObject([{ name: vm!.name }]);
    expect(listDepartures(books)[0]!.goneBefore).toBeGreaterThan(0);
    expect(listChargesOf(books, vm!)).toHaveLength(1);
  });

  it.each(['1', 'either'] as const)(
    'pages whose base is %s, and long lists of ended VMs, change nothing',
    async (pageBase) => {
      await open({
        world: {
          perPage: { usual: 3, most: 3 },
          quirks: { pageBase },
          vms: [{ name: 'other', country: 'FR', state: 'terminated', count: 8 }],
        },
      });
      await rig.publish(keepWeb);
      await driver.advanceBy(10 * MINUTE);
      expect(listRunning(rig.sandbox.books())).toHaveLength(4);
      expect((await driver.readPlan()).others).toEqual([]);
    },
  );
});
