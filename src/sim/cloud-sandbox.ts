// The cloud in a sandbox: what a sandbox needs of it, and what only the cloud can be told from outside.
import { depositFunds } from './cloud/cloud-billing.js';
import { readBooks, type CloudBooks } from './cloud/cloud-books.js';
import { moveCatalogue } from './cloud/cloud-catalogue.js';
import {
  placePublicIp,
  placeStorage,
  placeVm,
  type ForeignCloudVm,
  type ForeignPublicIp,
  type ForeignStorage,
} from './cloud/cloud-foreign.js';
import {
  nameOf,
  type CloudMove,
  type CloudPublicIp,
  type CloudState,
  type CloudStorage,
  type CloudVm,
} from './cloud/cloud-state.js';
import { endVm, isRunning } from './cloud/cloud-vms.js';
import { advanceTo, createCloud, nextEventAt } from './cloud/cloud.js';
import type { CloudQuirks, CloudWorld } from './cloud/cloud-world.js';
import { createSandbox, refuse, type Sandbox, type SandboxOptions, type Simulation } from './sandbox.js';

export interface CloudSandbox extends Sandbox<CloudBooks> {
  readonly cloud: CloudState;
  readonly quirks: CloudQuirks;
  /** A second key, which may only read; undefined: there is none. */
  readonly readOnlyKey: string | undefined;
  /** Each throws `option-invalid` when no cluster has such a thing. */
  placeVms(vms: readonly ForeignCloudVm[]): readonly CloudVm[];
  placeStorages(storages: readonly ForeignStorage[]): readonly CloudStorage[];
  placePublicIps(ips: readonly ForeignPublicIp[]): readonly CloudPublicIp[];
  /** Returns how many configurations and clusters it changed. */
  moveCatalogue(move: CloudMove): number;
}

export function createCloudSandbox(world: CloudWorld, seed: number, options: SandboxOptions): CloudSandbox {
  const cloud = createCloud(world.cloud, seed);
  const sandbox = createSandbox(buildSimulation(cloud), world, options);
  const placeAll = <Facts extends { readonly name: string }, Placed>(
    things: readonly Facts[],
    place: (state: CloudState, facts: Facts) => Placed | undefined,
  ): readonly Placed[] => {
    sandbox.sync();
    return things.map((facts) => {
      const placed = place(cloud, facts);
      if (placed === undefined) throw refuse(`No cluster fits ${facts.name}: change its country or configuration.`);
      return placed;
    });
  };
  return Object.assign(sandbox, {
    cloud,
    quirks: world.quirks,
    readOnlyKey: world.readOnlyKey,
    placeVms: (vms: readonly ForeignCloudVm[]) => placeAll(vms, placeVm),
    placeStorages: (storages: readonly ForeignStorage[]) => placeAll(storages, placeStorage),
    placePublicIps: (ips: readonly ForeignPublicIp[]) => placeAll(ips, placePublicIp),
    moveCatalogue(move: CloudMove) {
      sandbox.sync();
      return moveCatalogue(cloud, move);
    },
  });
}

function buildSimulation(cloud: CloudState): Simulation<CloudBooks> {
  return {
    now: () => cloud.now,
    advanceTo: (instant) => advanceTo(cloud, instant),
    nextEventAt: () => nextEventAt(cloud),
    books: () => readBooks(cloud),
    listVms: () =>
      Array.from(cloud.vms.values(), (vm) => ({
        id: vm.id,
        name: nameOf(vm),
        status: vm.status,
        isThere: vm.status !== 'terminated',
        isRunning: isRunning(vm),
        end: () => endVm(cloud, vm, 'provider'),
      })),
    findVmAt(address) {
      const vm = cloud.ipByAddress.get(address)?.attachedTo;
      // Nothing answers while it restarts.
      const answers = vm?.status === 'launched' || vm?.status === 'updating' || vm?.status === 'terminating';
      return vm === undefined || !answers ? undefined : { id: vm.id, name: nameOf(vm) };
    },
    balance: () => cloud.balance,
    deposit: (amount) => depositFunds(cloud, amount),
  };
}
