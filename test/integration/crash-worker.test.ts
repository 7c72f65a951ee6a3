import { afterAll, beforeAll, describe, it, type ExpectStatic } from 'vitest';
import { ALPHABET } from '../../src/core/names.js';
import { describePlace, growingPlaces, shrinkingPlaces, type CrashPlace } from './crash-places.js';
import { killVictims, playCrash } from './crash-scene.js';
import { createMemoryDriver } from './engine-driver.js';
import { describeFleet, HOUR, listKept, listRenewals, MINUTE, openRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

/** VMs of others; the second bears a name that another installation gave. */
const BYSTANDERS = ['web', 'web-zz123456', 'database'];
/** Longer than the longest lead without measured deletions. */
const LONGEST_LEAD = 5 * MINUTE;

let redis: TestRedis;
let opened = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  killVictims();
  await redis.close();
});

/** A fleet of no VM, past the looks of a new store. */
async function open(): Promise<Rig> {
  opened += 1;
  const installation = ALPHABET.charAt(Math.floor(opened / 32)) + ALPHABET.charAt(opened % 32);
  const vms = BYSTANDERS.map((name) => ({ name, country: 'FR' }));
  const launch = { least: '40s', most: '60s' };
  const rig = await openRig({ redis, installation, world: { vms, launch } });
  await rig.publish(describeFleet('web', 0));
  await createMemoryDriver(rig).advanceBy(2 * MINUTE);
  return rig;
}

function expectBystandersUntouched(expect: ExpectStatic, rig: Rig): void {
  const foreign = rig.sandbox.books().vms.filter((vm) => vm.foreign);
  expect(foreign.map((vm) => vm.names)).toEqual(BYSTANDERS.map((name) => [name]));
  expect(foreign.filter((vm) => vm.deleteCalledAt !== null)).toEqual([]);
}

/** The create may have been sent, and nobody knows: it is bought anew only when it can't turn up any more. */
function isCreateInDoubt({ job, call, when }: CrashPlace): boolean {
  return job === 'deploy' && (when === 'during-nothing' || (call === 'store.beginCall' && when === 'after'));
}

describe('a worker that is killed while a fleet grows', () => {
  it.concurrent.for(growingPlaces.map((place) => [describePlace(place), place] as const))(
    'buys nothing twice and loses nothing when it dies %s',
    async ([, place], { expect }) => {
      const rig = await open();
      try {
        await rig.publish(describeFleet('web', 2));
        const startedAt = rig.clock.now() + MINUTE;
        await rig.clock.set(startedAt);
        await playCrash(rig, place, 40 * MINUTE);

        const books = rig.sandbox.books();
        const bought = books.vms.filter((vm) => !vm.foreign);
        expect(bought).toHaveLength(2);
        expect(listKept(books, 'web').filter((vm) => vm.status === 'active')).toHaveLength(2);
        expect(books.deletes).toEqual([]);
        expect(new Set(bought.map((vm) => vm.name)).size).toBe(2);
        const waited = Date.parse(books.creates.at(-1)!.at) - startedAt;
        if (isCreateInDoubt(place)) expect(waited).toBeGreaterThanOrEqual(10 * MINUTE);
        expect(waited).toBeLessThan(isCreateInDoubt(place) ? 21 * MINUTE : 2 * MINUTE);
        expectBystandersUntouched(expect, rig);

        const { claims, intents } = await rig.engine.store.readBooks('main');
        expect(claims.map((claim) => claim.state)).toEqual(['member', 'member']);
        expect(intents.filter((intent) => ['planned', 'calling', 'unknown'].includes(intent.state))).toEqual([]);
      } finally {
        await rig.close();
      }
    },
  );
});

describe('a worker that is killed while a fleet shrinks', () => {
  it.concurrent.for(shrinkingPlaces.map((place) => [describePlace(place), place] as const))(
    'deletes one VM, once and before its boundary, when it dies %s',
    async ([, place], { expect }) => {
      const rig = await open();
      try {
        const before = createMemoryDriver(rig);
        await rig.publish(describeFleet('web', 2));
        await before.advanceBy(10 * MINUTE);
        await rig.publish(describeFleet('web', 1));
        const boundaries = rig.sandbox.books().vms.flatMap((vm) => (vm.foreign ? [] : [Date.parse(vm.nextBillingAt!)]));
        const boundary = Math.min(...boundaries);
        await before.advanceTo(boundary - LONGEST_LEAD);
        const deadline = (await before.readPlan()).nextDeadlineAt!;
        // Each process measures the difference of the clocks itself, by dates of whole seconds.
        await rig.clock.set(deadline + 2_000);
        await playCrash(rig, place, HOUR);

        const books = rig.sandbox.books();
        expect(books.totals.created).toBe(2);
        expect(books.deletes).toHaveLength(1);
        const [deleted] = books.deletes;
        expect(Date.parse(deleted!.at)).toBeGreaterThanOrEqual(deadline);
        expect(Date.parse(deleted!.goneAt!)).toBeLessThan(boundary);
        expect(listRenewals(books, deleted!.vmId)).toEqual([]);
        expect(books.calls['DELETE /vms/v3']!.count).toBeLessThanOrEqual(3);
        const kept = listKept(books, 'web');
        expect(kept.map((vm) => listRenewals(books, vm.id).length)).toEqual([1]);
        expectBystandersUntouched(expect, rig);
        expect((await rig.engine.store.readBooks('main')).claims.map((claim) => claim.state)).toEqual(['member']);
      } finally {
        await rig.close();
      }
    },
  );
});
