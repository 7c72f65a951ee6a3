// The simulated cloud as a follower in a backtest sees it: VMs with their disks and IPs, each on its own clock. It keeps no
// rules of its own: cloud-*.ts decide what happens. What has ended is forgotten, so that a year takes no more memory than a week.
import type { Abilities } from '../../core/abilities.js';
import { HOUR_MILLIS } from '../../core/money.js';
import { buildPartName } from '../../core/part-names.js';
import type { ScenarioVm } from '../../core/scenario.js';
import { USUAL_DISK_GB } from '../../core/where.js';
import type { Instant, Offer, Part, PartKind, Place, Price, Vm, VmStatus } from '../../core/types.js';
import { isRefusal, type Refusal } from '../refusal.js';
import { advanceTo, nextEventAt } from '../cloud/cloud.js';
import { payFirstHour } from '../cloud/cloud-billing.js';
import { findHourlyPrice, findStoragePrice } from '../cloud/cloud-catalogue.js';
import { deployVm } from '../cloud/cloud-deploy.js';
import { placeVm } from '../cloud/cloud-foreign.js';
import { listPartActions, removeParts } from '../cloud/cloud-parts.js';
import {
  nameOf,
  type CloudCharge,
  type CloudCluster,
  type CloudPart,
  type CloudState,
  type CloudVm,
  type CloudVmStatus,
} from '../cloud/cloud-state.js';
import { endVm, isRunning, listVmActions, readVmStatus, renameVm, terminateVm } from '../cloud/cloud-vms.js';
import { isChargedAtComing, type BacktestMarket, type MarketCharge, type MarketOrder } from './backtest-market.js';
import { findNextTurn } from './next-turn.js';

/** As those of the API (fluence/cloud). */
const ABILITIES: Abilities = {
  createsPerCall: 1,
  renamesPerCall: 1,
  deletesPerCall: 1,
  partsPerCall: 100,
  periodMillis: HOUR_MILLIS,
  deletesEndedVms: false,
};

/** As the API's client translates them (fluence/cloud/read-vms.ts). */
const STATUSES: Readonly<Record<CloudVmStatus, VmStatus>> = {
  new: 'new',
  launching: 'launching',
  launched: 'active',
  updating: 'active',
  restarting: 'active',
  softRebooting: 'active',
  suspending: 'small-balance',
  suspended: 'small-balance',
  failed: 'failed',
  terminating: 'stopped',
  terminated: 'terminated',
  unknown: 'unknown',
};

/** Micro-USDC that pay for all that is charged between two looks. */
const AMPLE = 1_000_000_000n;

function hourly(amount: bigint): Price {
  return { amount, periodMillis: HOUR_MILLIS };
}

function showPlace({ datacenter }: CloudCluster): Place {
  const { country, cityName, index, tier, certifications } = datacenter;
  return { country, city: cityName, cityIndex: index, tier, certifications };
}

function showPart(part: CloudPart, kind: PartKind): Part {
  return {
    kind,
    id: part.id,
    name: nameOf(part),
    price: hourly(findHourlyPrice(part)),
    paidUntil: part.paidUntil,
    createdAt: part.createdAt,
    attachedTo: part.attachedTo === undefined ? [] : [part.attachedTo.id],
    status: part.status,
    statusText: part.status,
    mayBeDeleted: listPartActions(part).includes('delete'),
    sizeGb: part.kind === 'storage' ? part.volumeGb : undefined,
    address: part.kind === 'public-ip' ? part.address : undefined,
  };
}

function kindOf(part: CloudPart): PartKind {
  if (part.kind === 'public-ip') return 'public-ip';
  return part.osImage === undefined ? 'data-disk' : 'boot-disk';
}

function listParts({ bootDisk, dataDisks, publicIp }: CloudVm): readonly CloudPart[] {
  return [bootDisk, ...dataDisks, publicIp].filter((part) => part !== undefined);
}

function showVm(vm: CloudVm, state: CloudState): Vm {
  const { configuration, cluster } = vm;
  const status = readVmStatus(vm, state);
  return {
    id: vm.id,
    name: nameOf(vm),
    status: STATUSES[status],
    statusText: status,
    price: hourly(findHourlyPrice(vm)),
    paidUntil: vm.paidUntil,
    createdAt: vm.createdAt,
    place: showPlace(cluster),
    configuration: configuration.slug,
    vcpu: configuration.vcpu,
    ramGb: configuration.ramGb,
    storageGb: vm.bootDisk?.volumeGb,
    hardware: {},
    image: vm.bootDisk?.osImage,
    publicIp: vm.publicIp?.address,
    ports: [],
    reserved: undefined,
    spent: undefined,
    parts: listParts(vm).map((part) => showPart(part, kindOf(part))),
    clusterId: cluster.id,
    ...(status === 'terminated' && vm.lastPaidAt !== undefined ? { lastPaidAt: vm.lastPaidAt } : {}),
    allowedActions: listVmActions(vm).includes('terminate') ? ['delete'] : [],
  };
}

function showOffers({ clusters, configurations }: CloudState, sizesGb: readonly number[]): Offer[] {
  return clusters.flatMap((cluster) =>
    configurations.flatMap((configuration): Offer[] => {
      const sold = cluster.sold.get(configuration.id);
      if (sold === undefined) return [];
      const perGb = findStoragePrice(cluster, false) ?? 0n;
      const { slug, vcpu, ramGb } = configuration;
      return sizesGb.map((storageGb) => ({
        configuration: slug,
        vcpu,
        ramGb,
        storageGb,
        price: hourly(sold.price + perGb * BigInt(storageGb) + cluster.publicIps.price),
        place: showPlace(cluster),
        capacity: sold.capacity,
        hardware: {},
        clusterId: cluster.id,
      }));
    }),
  );
}

function rent(state: CloudState, { offer, cap, name, lucks }: MarketOrder): readonly string[] | Refusal {
  const { clusterId = '', configuration: slug, storageGb: volumeGb = USUAL_DISK_GB } = offer;
  const now = showOffers(state, [volumeGb]).find(
    (known) => known.clusterId === clusterId && known.configuration === slug,
  );
  const configuration = state.configurations.find((known) => known.slug === slug);
  if (now === undefined || configuration === undefined) return { status: 404, error: `${slug} is not sold there` };
  if (now.price.amount > cap.amount) return { status: 422, error: `${slug} costs more than the cap now` };
  const ids: string[] = [];
  for (const luck of lucks) {
    const vm = deployVm(state, {
      clusterId,
      configurationId: configuration.id,
      name,
      bootDisk: {
        clusterId,
        name: buildPartName(name, 'boot-disk') ?? 'disk',
        volumeGb,
        replicated: false,
        osImage: 'https://images.example/any.img',
      },
      dataDisks: [],
      publicIp: { clusterId, name: buildPartName(name, 'public-ip') ?? 'ip' },
      sshKeyIds: [...state.keys.keys()].slice(0, 1),
      userData: undefined,
      luck,
    });
    if (isRefusal(vm)) return ids.length === 0 ? vm : ids;
    ids.push(vm.id);
  }
  return ids;
}

function isServing(vm: CloudVm): boolean {
  return isRunning(vm) && vm.endCalledAt === undefined;
}

/** Whole hours from its activation; parts count with the VM that they were made for. */
function showCharge({ resource, at, amount, from, to }: CloudCharge): MarketCharge {
  const isVm = resource.kind === 'vm';
  const vmId = isVm ? resource.id : (resource.madeFor ?? resource.attachedTo?.id);
  return {
    at,
    resourceId: resource.id,
    vmId,
    part: isVm ? undefined : kindOf(resource),
    amount,
    readSpan: () => ({ from, to }),
  };
}

/** So long an ended VM is shown, as an API that keeps a history would. */
const SHOWN_AFTER_END = 15 * 60_000;

function forgetEnded(state: CloudState): void {
  for (const resources of [state.vms, state.storages, state.publicIps] as readonly Map<string, CloudVm | CloudPart>[]) {
    for (const [id, { endedAt }] of resources)
      if (endedAt !== undefined && state.now - endedAt > SHOWN_AFTER_END) resources.delete(id);
  }
  state.ipByAddress.clear();
  state.creates.length = 0;
}

/** Parts that nobody made a VM with may stay for ever. */
function isSettling({ vms, storages, publicIps }: CloudState): boolean {
  const isLeft = (part: CloudPart): boolean =>
    part.endedAt === undefined && part.attachedTo === undefined && part.madeFor !== undefined;
  return (
    [...vms.values()].some((vm) => vm.endedAt === undefined && vm.status !== 'launched') ||
    [...storages.values(), ...publicIps.values()].some(isLeft)
  );
}

/** Who comes now, and isn't paid for already, is charged now, its disk and its address too. */
function placeForeign(state: CloudState, vm: ScenarioVm): string | undefined {
  const { name, country, configuration, price, paidUntil, at } = vm;
  const placed = placeVm(state, {
    name,
    country,
    cluster: undefined,
    configuration,
    status: 'launched',
    createdAt: at,
    paidUntil,
    price: price?.amount,
    bootDiskGb: USUAL_DISK_GB,
    dataDisksGb: [],
    publicIp: true,
  });
  if (placed !== undefined && isChargedAtComing(vm, state.now))
    for (const resource of [placed, ...listParts(placed)]) payFirstHour(state, resource);
  return placed?.id;
}

export function openCloud(state: CloudState): BacktestMarket {
  const findVm = (id: string): CloudVm | undefined => state.vms.get(id);
  const findPart = (id: string): CloudPart | undefined => state.storages.get(id) ?? state.publicIps.get(id);
  const isListed = ({ endedAt }: { readonly endedAt: Instant | undefined }): boolean =>
    endedAt === undefined || state.now - endedAt <= SHOWN_AFTER_END;
  return {
    abilities: ABILITIES,
    now: () => state.now,
    nextEventAt: () => nextEventAt(state),
    // A charge that nothing pays ends its VM.
    nextTurnAt: () =>
      state.balance < AMPLE ? nextEventAt(state) : findNextTurn(state.due, ({ kind }) => kind === 'charge'),
    advanceTo: (instant) => advanceTo(state, instant),
    listVms: () => [...state.vms.values()].filter(isListed).map((vm) => showVm(vm, state)),
    listLeftovers: () =>
      [...state.storages.values(), ...state.publicIps.values()]
        .filter((part) => part.endedAt === undefined && part.attachedTo === undefined)
        .map((part) => showPart(part, kindOf(part))),
    listOffers: (storageGb) => showOffers(state, storageGb),
    listRunning: () =>
      [...state.vms.values()].filter(isServing).map((vm) => ({
        id: vm.id,
        price: listParts(vm).reduce((sum, part) => sum + findHourlyPrice(part), findHourlyPrice(vm)),
      })),
    isSettling: () => isSettling(state),
    create: (order) => rent(state, order),
    deleteVms: (ids) => {
      let begun = 0;
      for (const id of ids) {
        const vm = findVm(id);
        if (vm !== undefined && terminateVm(state, vm) === undefined) begun += 1;
      }
      return begun;
    },
    removePart: (id) => {
      const part = findPart(id);
      if (part === undefined || part.endedAt !== undefined) return 'absent';
      if (part.endCalledAt !== undefined) return 'accepted';
      return removeParts(state, [part]) === undefined ? 'accepted' : 'failed';
    },
    rename: (id, name) => {
      const vm = findVm(id);
      if (vm !== undefined) renameVm(state, vm, name);
    },
    endVm: (id) => {
      const vm = findVm(id);
      if (vm !== undefined && isServing(vm)) endVm(state, vm, 'provider');
    },
    placeVm: (vm) => placeForeign(state, vm),
    takeCharges: () => {
      const charges = state.charges.splice(0).map(showCharge);
      forgetEnded(state);
      return charges;
    },
  };
}
