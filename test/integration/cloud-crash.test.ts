// A worker that is killed between any two of the single calls that the cloud wants: nothing is bought twice, lost, or paid again.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { ALPHABET } from '../../src/core/names.js';
import type { RunningCloudSandbox } from '../../src/sim/sandbox-server.js';
import { cloudGrowingPlaces, cloudShrinkingPlaces, describePlace, type CrashPlace } from './crash-places.js';
import { killVictims, playCrash } from './crash-scene.js';
import { createMemoryDriver } from './engine-driver.js';
import { MINUTE, openCloudRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const shipped = readFileSync('policies/keep-web-in-france.yaml', 'utf8');
const wantWeb = (replicas: number): string =>
  shipped.replace('replicas: 4', `replicas: ${replicas}`).replace('floor: 4', 'floor: 0');

let redis: TestRedis;
let opened = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  killVictims();
  await redis.close();
});

/** A fleet of no VM, past the looks of a new store, beside a VM of somebody else. */
async function open(): Promise<Rig<RunningCloudSandbox>> {
  opened += 1;
  const world = { vms: [{ name: 'database', country: 'FR' }], launch: { least: '40s', most: '60s' } };
  const rig = await openCloudRig({ redis, installation: `c${ALPHABET.charAt(opened)}`, world });
  await rig.publish(wantWeb(0));
  await createMemoryDriver(rig).advanceBy(2 * MINUTE);
  return rig;
}

function isCreateInDoubt({ job, call, when }: CrashPlace): boolean {
  return job === 'deploy' && (when === 'during-nothing' || (call === 'store.beginCall' && when === 'after'));
}

describe('a worker that is killed while a fleet grows on the cloud', () => {
  it.concurrent.for(cloudGrowingPlaces.map((place) => [describePlace(place), place] as const))(
    'buys each VM once when it dies %s',
    async ([, place], { expect }) => {
      const rig = await open();
      try {
        await rig.publish(wantWeb(3));
        const startedAt = rig.clock.now() + MINUTE;
        await rig.clock.set(startedAt);
        await playCrash(rig, place, 30 * MINUTE);

        const books = rig.sandbox.books();
        const bought = books.vms.filter((vm) => !vm.foreign);
        expect(bought.map((vm) => vm.status)).toEqual(['launched', 'launched', 'launched']);
        expect(new Set(bought.map((vm) => vm.name)).size).toBe(3);
        expect(books.deletes).toEqual([]);
        const waited = Date.parse(books.creates.at(-1)!.at) - startedAt;
        if (isCreateInDoubt(place)) expect(waited).toBeGreaterThanOrEqual(10 * MINUTE);
        expect(waited).toBeLessThan(isCreateInDoubt(place) ? 21 * MINUTE : 2 * MINUTE);
        const { claims, intents } = await rig.engine.store.readBooks('main');
        expect(claims.map((claim) => claim.state)).toEqual(['member', 'member', 'member']);
        expect(intents.filter((intent) => ['planned', 'calling', 'unknown'].includes(intent.state))).toEqual([]);
      } finally {
        await rig.close();
      }
    },
  );
});

describe('a worker that is killed while a fleet shrinks on the cloud', () => {
  it.concurrent.for(cloudShrinkingPlaces.map((place) => [describePlace(place), place] as const))(
    'deletes two VMs, each before its boundary, when it dies %s',
    async ([, place], { expect }) => {
      const rig = await open();
      try {
        const before = createMemoryDriver(rig);
        await rig.publish(wantWeb(3));
        await before.advanceBy(10 * MINUTE);
        await rig.publish(wantWeb(1));
        await before.look();
        const deadline = (await before.readPlan()).nextDeadlineAt!;
        await before.advanceTo(deadline - MINUTE);
        // Launches end within 20 s of each other, so that the boundaries of all lie behind one deadline.
        await rig.clock.set(deadline + 25_000);
        await playCrash(rig, place, 20 * MINUTE);

        const books = rig.sandbox.books();
        const gone = books.vms.filter((vm) => vm.endCalledAt !== null);
        expect(gone).toHaveLength(2);
        for (const { id } of gone) expect(books.charges.filter((charge) => charge.resourceId === id)).toHaveLength(1);
        expect(books.vms.filter((vm) => vm.foreign && vm.endCalledAt !== null)).toEqual([]);
        expect(books.totals.created).toBe(3);
        expect((await rig.engine.store.readBooks('main')).claims.map((claim) => claim.state)).toEqual(['member']);
      } finally {
        await rig.close();
      }
    },
  );
});
