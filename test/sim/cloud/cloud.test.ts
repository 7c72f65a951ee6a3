// Properties of the cloud as a whole: whatever happens, money is conserved, every resource pays contiguous hours from its
// activation to its end, nothing is sold twice, and chance is the seed's alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumMicros } from '../../../src/core/money.js';
import { depositFunds } from '../../../src/sim/cloud/cloud-billing.js';
import { readBooks } from '../../../src/sim/cloud/cloud-books.js';
import { moveCatalogue } from '../../../src/sim/cloud/cloud-catalogue.js';
import { plugPublicIp, unplugPublicIp, unplugStorages } from '../../../src/sim/cloud/cloud-attachments.js';
import { deployVm } from '../../../src/sim/cloud/cloud-deploy.js';
import { placeStorage, placeVm } from '../../../src/sim/cloud/cloud-foreign.js';
import { createPublicIp, removeParts } from '../../../src/sim/cloud/cloud-parts.js';
import type { CloudResource, CloudState } from '../../../src/sim/cloud/cloud-state.js';
import { endVm, isRunning, restartVm, terminateVm } from '../../../src/sim/cloud/cloud-vms.js';
import { advanceTo, nextEventAt } from '../../../src/sim/cloud/cloud.js';
import { createSmallCloud, HOUR, IMAGE, MINUTE, orderOf, START } from './small-cloud.js';

type Step =
  | { readonly kind: 'deploy'; readonly cluster: number; readonly dataDisks: number }
  | { readonly kind: 'terminate' | 'end' | 'restart' | 'unplug' | 'plug' | 'remove'; readonly which: number }
  | { readonly kind: 'advance'; readonly millis: number }
  | { readonly kind: 'deposit' | 'price'; readonly micros: number }
  | { readonly kind: 'ip' | 'place' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('deploy' as const), cluster: fc.nat(2), dataDisks: fc.nat(2) }),
  fc.record({
    kind: fc.constantFrom('terminate', 'end', 'restart', 'unplug', 'plug', 'remove', 'remove'),
    which: fc.nat(20),
  }),
  fc.record({
    kind: fc.constant('advance' as const),
    millis: fc.oneof(fc.integer({ min: 0, max: 2 * MINUTE }), fc.integer({ min: 0, max: 5 * HOUR })),
  }),
  fc.record({ kind: fc.constantFrom('deposit', 'price'), micros: fc.integer({ min: -50_000, max: 200_000 }) }),
  fc.record({ kind: fc.constantFrom('ip', 'place') }),
);

const run = fc.record({
  balance: fc.integer({ min: 0, max: 400 }).map((cents) => cents / 100),
  failPercent: fc.constantFrom(0, 30),
  seed: fc.integer(),
  steps: fc.array(step, { maxLength: 40 }),
});
type Run = typeof run extends fc.Arbitrary<infer Value> ? Value : never;

function pick<Item>(items: Iterable<Item>, which: number): Item | undefined {
  return [...items][which];
}

function placeSome(cloud: CloudState): void {
  const facts = {
    country: 'FR',
    cluster: undefined,
    createdAt: cloud.now - HOUR / 2,
    paidUntil: undefined,
    price: 700n,
  };
  placeStorage(cloud, { ...facts, name: 'old', volumeGb: 7, replicated: false, osImage: undefined });
  const vm = { configuration: undefined, status: 'launched', bootDiskGb: 25, dataDisksGb: [], publicIp: true } as const;
  placeVm(cloud, { ...facts, ...vm, name: 'theirs' });
}

function takeStep(cloud: CloudState, taken: Step): void {
  switch (taken.kind) {
    case 'deploy': {
      const clusterId = cloud.clusters[taken.cluster]!.id;
      const disk = { clusterId, name: 'data', volumeGb: 10, replicated: false, osImage: undefined };
      deployVm(cloud, orderOf(cloud, { clusterId, dataDisks: Array.from({ length: taken.dataDisks }, () => disk) }));
      return;
    }
    case 'advance':
      return advanceTo(cloud, cloud.now + taken.millis);
    case 'deposit': {
      const micros = BigInt(taken.micros);
      if (cloud.balance + micros >= 0n) depositFunds(cloud, micros);
      return;
    }
    case 'price': {
      const price = BigInt(Math.abs(taken.micros));
      moveCatalogue(cloud, { country: 'FR', price, publicIpPrice: price / 2n });
      return;
    }
    case 'ip':
      createPublicIp(cloud, { clusterId: cloud.clusters[0]!.id, name: 'spare' });
      return;
    case 'place':
      return placeSome(cloud);
    default:
      changeOne(cloud, taken);
  }
}

function changeOne(cloud: CloudState, { kind, which }: Extract<Step, { which: number }>): void {
  if (kind === 'remove') {
    const part = pick([...cloud.storages.values(), ...cloud.publicIps.values()], which);
    if (part !== undefined) removeParts(cloud, [part]);
    return;
  }
  const vm = pick(cloud.vms.values(), which);
  if (vm === undefined) return;
  if (kind === 'terminate') terminateVm(cloud, vm);
  if (kind === 'restart') restartVm(cloud, vm, 'restart');
  if (kind === 'end' && isRunning(vm)) endVm(cloud, vm, 'provider');
  if (kind === 'unplug' && unplugPublicIp(cloud, vm) !== undefined) unplugStorages(cloud, vm, vm.dataDisks);
  const spare = [...cloud.publicIps.values()].find((ip) => ip.attachedTo === undefined);
  if (kind === 'plug' && spare !== undefined) plugPublicIp(cloud, vm, spare);
}

function play({ balance, failPercent, seed, steps }: Run, check?: (cloud: CloudState) => void): CloudState {
  const cloud = createSmallCloud({ balance, launch: { least: '30s', most: '5m', failPercent, deadline: '20m' } }, seed);
  for (const taken of steps) {
    takeStep(cloud, taken);
    check?.(cloud);
  }
  return cloud;
}

function everything(cloud: CloudState): CloudResource[] {
  return [...cloud.vms.values(), ...cloud.storages.values(), ...cloud.publicIps.values()];
}

describe('the cloud', () => {
  it('conserves money to the micro, and never lends any', () => {
    fc.assert(
      fc.property(run, (played) => {
        play(played, (cloud) => {
          expect(cloud.deposited).toBe(cloud.balance + sumMicros(cloud.charges.map(({ amount }) => amount)));
          expect(cloud.balance).toBeGreaterThanOrEqual(0n);
        });
      }),
    );
  });

  it('charges every resource contiguous hours from its activation until its end', () => {
    fc.assert(
      fc.property(run, (played) => {
        const cloud = play(played);
        for (const resource of everything(cloud)) {
          const charges = cloud.charges.filter((charge) => charge.resource === resource);
          let until = resource.foreign ? charges[0]?.from : resource.readySince;
          for (const { from, to, at } of charges) {
            expect([from, to]).toEqual([until, from + HOUR]);
            expect(at).toBeGreaterThanOrEqual(from);
            until = to;
          }
          expect(resource.spent).toBe(sumMicros(charges.map(({ amount }) => amount)));
          if (resource.endedAt === undefined) expect(resource.paidUntil ?? until).toBe(until ?? resource.paidUntil);
          // What ended is paid to its end, unless there was no money; and no hour began after it.
          else expect(charges.filter(({ from }) => from > resource.endedAt!)).toEqual([]);
        }
      }),
    );
  });

  it('leaves nothing unpaid but parts that owe, and VMs end when nothing pays them', () => {
    fc.assert(
      fc.property(run, (played) => {
        const cloud = play(played);
        const late = everything(cloud).filter(({ paidUntil }) => paidUntil !== undefined && paidUntil < cloud.now);
        expect(late.filter((resource) => resource.kind === 'vm')).toEqual([]);
        for (const part of late) expect(cloud.unpaid.has(part as never)).toBe(true);
      }),
    );
  });

  it('sells no more than there is, and takes back what was given back', () => {
    fc.assert(
      fc.property(run, (played) => {
        const cloud = play({ ...played, failPercent: 0 }, ({ clusters }) => {
          for (const { sold, storage, publicIps } of clusters) {
            for (const { capacity } of sold.values()) expect(capacity).toBeGreaterThanOrEqual(0);
            expect(Math.min(storage.freeGb, publicIps.free)).toBeGreaterThanOrEqual(0);
          }
        });
        depositFunds(cloud, 1_000_000_000n);
        advanceTo(cloud, cloud.now + HOUR);
        for (const vm of cloud.vms.values()) terminateVm(cloud, vm);
        advanceTo(cloud, cloud.now + HOUR);
        for (const part of [...cloud.storages.values(), ...cloud.publicIps.values()]) removeParts(cloud, [part]);
        advanceTo(cloud, cloud.now + HOUR);
        expect(nextEventAt(cloud)).toBeUndefined();
        const fresh = createSmallCloud();
        const stock = ({ clusters }: CloudState) =>
          clusters.map(({ sold, storage, publicIps }) => [
            [...sold.values()].map(({ capacity }) => capacity),
            storage.freeGb,
            publicIps.free,
          ]);
        expect(stock(cloud)).toEqual(stock(fresh));
        expect(readBooks(cloud).leftovers).toEqual([]);
      }),
    );
  });

  it('gives the same books for the same seed and calls, however time is stepped', () => {
    fc.assert(
      fc.property(run, (played) => {
        const books = readBooks(play(played));
        const inSmallSteps = {
          ...played,
          steps: played.steps.flatMap((taken): Step[] =>
            taken.kind === 'advance'
              ? [
                  { ...taken, millis: Math.floor(taken.millis / 3) },
                  { ...taken, millis: taken.millis - Math.floor(taken.millis / 3) },
                ]
              : [taken],
          ),
        };
        expect(readBooks(play(inSmallSteps))).toEqual(books);
      }),
    );
  });

  it('draws other ids and launches from another seed', () => {
    const [one, other] = [1, 2].map((seed) => {
      const cloud = createSmallCloud({ launch: { least: '10s', most: '10m' } }, seed);
      deployVm(cloud, orderOf(cloud));
      return [...cloud.vms.values()][0]!;
    });
    expect(one!.id).not.toBe(other!.id);
    expect(one!.settlesAt).not.toBe(other!.settlesAt);
    expect(one!.bootDisk!.osImage).toBe(IMAGE);
    expect(one!.createdAt).toBe(START);
  });
});
