// Renting in the simulated cloud: one order becomes one VM that launches, with its disks and its public IP, or a refusal that
// changes nothing. Also VMs, disks and IPs that somebody else rented.
import type { Micros } from '../../core/types.js';
import { drawInteger, drawUnit } from '../random.js';
import { isRefusal, type Refusal } from '../refusal.js';
import { attachDataDisks, attachPublicIp, buildInterface } from './cloud-attachments.js';
import { findCluster, findConfiguration, moveStock } from './cloud-catalogue.js';
import { settleLater } from './cloud-events.js';
import {
  addPublicIp,
  addStorage,
  priceStorage,
  provisionPart,
  refuseAttaching,
  refuseMoney,
  refusePartName,
  refuseStock,
  refuseStorage,
  startRecord,
} from './cloud-parts.js';
import type {
  CloudCluster,
  CloudConfiguration,
  CloudOrder,
  CloudPart,
  CloudPublicIp,
  CloudState,
  CloudStorage,
  CloudVm,
  NewPublicIp,
  NewStorage,
} from './cloud-state.js';
import { refuseVmName } from './cloud-vms.js';

interface DeployFacts {
  /** The launch fails without a word (a fault). */
  readonly neverActive?: boolean;
  /** It takes effect after its call was answered (a fault). */
  readonly late?: boolean;
}

/** An order whose every part was found and may be had. */
interface Checked {
  readonly cluster: CloudCluster;
  readonly configuration: CloudConfiguration;
  readonly bootDisk: CloudStorage | NewStorage;
  readonly dataDisks: readonly (CloudStorage | NewStorage)[];
  readonly publicIp: CloudPublicIp | NewPublicIp | undefined;
}

export function deployVm(state: CloudState, order: CloudOrder, facts: DeployFacts = {}): CloudVm | Refusal {
  const checked = checkOrder(state, order);
  const { late = false } = facts;
  const record = { at: state.now, name: order.name, late };
  if (isRefusal(checked)) {
    if (late) state.creates.push({ ...record, vmId: undefined, partIds: [], error: checked.error });
    return checked;
  }
  const vm = launch(state, order, checked, facts);
  const made = [vm.bootDisk, ...vm.dataDisks, vm.publicIp].filter((part) => part?.madeFor === vm.id);
  const partIds = made.map((part) => part!.id);
  state.creates.push({ ...record, vmId: vm.id, partIds, error: undefined });
  return vm;
}

function checkOrder(state: CloudState, order: CloudOrder): Checked | Refusal {
  const cluster = findCluster(state, order.clusterId);
  if (isRefusal(cluster)) return cluster;
  const configuration = findConfiguration(state, order.configurationId);
  if (isRefusal(configuration)) return configuration;
  const sold = cluster.sold.get(configuration.id);
  // As documented of a size without a price.
  if (sold === undefined) return { status: 404, error: `${configuration.slug} has no price in ${cluster.name}` };
  const bootDisk = checkDisk(state, order.bootDisk, cluster, true);
  if (isRefusal(bootDisk)) return bootDisk;
  const dataDisks: (CloudStorage | NewStorage)[] = [];
  for (const wanted of order.dataDisks) {
    const disk = checkDisk(state, wanted, cluster, false);
    if (isRefusal(disk)) return disk;
    dataDisks.push(disk);
  }
  const publicIp = order.publicIp === undefined ? undefined : checkPublicIp(state, order.publicIp, cluster);
  if (publicIp !== undefined && isRefusal(publicIp)) return publicIp;
  const checked: Checked = { cluster, configuration, bootDisk, dataDisks, publicIp };
  return (
    refuseVmName(order.name) ??
    refuseKeys(state, order) ??
    refuseTwice(checked) ??
    refuseLack(state, checked) ??
    checked
  );
}

function checkDisk(
  state: CloudState,
  wanted: string | NewStorage,
  cluster: CloudCluster,
  boots: boolean,
): CloudStorage | NewStorage | Refusal {
  if (typeof wanted !== 'string') {
    if (wanted.clusterId !== cluster.id) return { status: 400, error: `${wanted.name} is for another cluster` };
    if (boots && wanted.osImage === undefined) return { status: 400, error: 'A boot disk needs an osImage' };
    return refuseStorage(state, wanted) ?? wanted;
  }
  const storage = state.storages.get(wanted);
  if (storage === undefined) return { status: 404, error: `Storage not found: ${wanted}` };
  if (boots && storage.osImage === undefined) return { status: 400, error: 'The boot disk has no image' };
  return refuseAttaching(storage, cluster) ?? storage;
}

function checkPublicIp(
  state: CloudState,
  wanted: string | NewPublicIp,
  cluster: CloudCluster,
): CloudPublicIp | NewPublicIp | Refusal {
  if (typeof wanted !== 'string') {
    if (wanted.clusterId !== cluster.id) return { status: 400, error: `${wanted.name} is for another cluster` };
    return refusePartName(wanted.name) ?? wanted;
  }
  const ip = state.publicIps.get(wanted);
  return ip === undefined
    ? { status: 404, error: `Public IP not found: ${wanted}` }
    : (refuseAttaching(ip, cluster) ?? ip);
}

function refuseKeys(state: CloudState, { sshKeyIds }: CloudOrder): Refusal | undefined {
  if (sshKeyIds.length === 0) return { status: 400, error: 'At least one SSH key is required' };
  const unknown = sshKeyIds.find((id) => !state.keys.has(id));
  return unknown === undefined ? undefined : { status: 404, error: `SSH key not found: ${unknown}` };
}

function refuseTwice({ bootDisk, dataDisks }: Checked): Refusal | undefined {
  const found = [bootDisk, ...dataDisks].filter((disk) => 'id' in disk);
  return new Set(found).size === found.length ? undefined : { status: 400, error: 'One storage is named twice' };
}

/** Why the cluster or the account can't give all of it. */
function refuseLack(state: CloudState, { cluster, configuration, ...parts }: Checked): Refusal | undefined {
  const sold = cluster.sold.get(configuration.id)!;
  if (sold.capacity < 1) return { status: 422, error: `No ${configuration.slug} is available in ${cluster.name}` };
  const disks = [parts.bootDisk, ...parts.dataDisks].flatMap((disk) => ('id' in disk ? [] : disk));
  const needsIp = parts.publicIp !== undefined && !('id' in parts.publicIp);
  const gb = disks.reduce((sum, disk) => sum + disk.volumeGb, 0);
  const ofDisks = disks.reduce((sum, disk) => sum + priceStorage(cluster, disk), 0n);
  const firstHour: Micros = sold.price + ofDisks + (needsIp ? cluster.publicIps.price : 0n);
  return refuseStock(cluster, { gb, ips: needsIp ? 1 : 0 }) ?? refuseMoney(state, firstHour);
}

function launch(state: CloudState, order: CloudOrder, checked: Checked, facts: DeployFacts): CloudVm {
  const { rules, seed, now } = state;
  const luck = order.luck ?? `${state.lastSerial + 1}`;
  const fails = facts.neverActive === true || drawUnit(seed, `launch-fails/${luck}`) < rules.launch.failShare;
  const millis = drawInteger(seed, `launch/${luck}`, rules.launch.leastMillis, rules.launch.mostMillis);
  const vm = addVm(state, {
    name: order.name,
    cluster: checked.cluster,
    configuration: checked.configuration,
    foreign: false,
    ownPrice: undefined,
    createdAt: now,
    launchingAt: now + Math.floor(millis / 10),
    failsLaunch: fails,
    sshKeyIds: order.sshKeyIds,
    userData: order.userData,
    luck,
  });
  settleLater(state, vm, now + (fails ? rules.launch.deadlineMillis : millis));
  let made = 0;
  const make = () => ({ cluster: checked.cluster, madeFor: vm.id, luck: `${luck}/part-${made++}` });
  const provision = <Part extends CloudPart>(part: Part): Part => {
    provisionPart(state, part);
    return part;
  };
  const takeDisk = (disk: CloudStorage | NewStorage) =>
    'id' in disk ? disk : provision(addStorage(state, { ...disk, ...make() }));
  vm.bootDisk = takeDisk(checked.bootDisk);
  vm.bootDisk.attachedTo = vm;
  attachDataDisks(vm, checked.dataDisks.map(takeDisk));
  const { publicIp } = checked;
  if (publicIp !== undefined) {
    attachPublicIp(state, vm, 'id' in publicIp ? publicIp : provision(addPublicIp(state, { ...publicIp, ...make() })));
  }
  return vm;
}

type VmFacts = { readonly name: string; readonly luck?: string | undefined } & Pick<
  CloudVm,
  | 'cluster'
  | 'configuration'
  | 'foreign'
  | 'ownPrice'
  | 'createdAt'
  | 'launchingAt'
  | 'failsLaunch'
  | 'sshKeyIds'
  | 'userData'
>;

/** Puts a VM into the account's list, launching, plugged into its cluster's network and nothing else. */
export function addVm(state: CloudState, { name, luck, ...facts }: VmFacts): CloudVm {
  const vm: CloudVm = {
    kind: 'vm',
    names: [name],
    status: 'launching',
    left: { bootDisk: null, dataDisks: [], publicIp: null },
    bootDisk: undefined,
    dataDisks: [],
    publicIp: undefined,
    interfaces: [],
    restartRequired: false,
    endedBy: undefined,
    // Last: see addVm of market-deploy.ts.
    ...startRecord(state, luck),
    ...facts,
  };
  vm.interfaces = [buildInterface(state, vm, 'private')];
  state.vms.set(vm.id, vm);
  moveStock(vm, -1);
  return vm;
}
