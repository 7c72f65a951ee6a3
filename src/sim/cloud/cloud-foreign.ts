// VMs, storages and public IPs of the simulated cloud that somebody else made: placed by the world or by a control, in any
// state and paid until any instant.
import { HOUR_MILLIS } from '../../core/money.js';
import type { Instant, Micros } from '../../core/types.js';
import { attachDataDisks, attachPublicIp } from './cloud-attachments.js';
import { addVm } from './cloud-deploy.js';
import { scheduleEvent } from './cloud-events.js';
import { addPublicIp, addStorage } from './cloud-parts.js';
import type { CloudCluster, CloudConfiguration, CloudPart, CloudResource, CloudState, CloudVm } from './cloud-state.js';
import { isRunning } from './cloud-vms.js';

interface ForeignFacts {
  readonly name: string;
  readonly country: string | undefined;
  readonly cluster: string | undefined;
  readonly createdAt: Instant;
  /** undefined: by whole hours from its creation. */
  readonly paidUntil: Instant | undefined;
  /** Of an hour; undefined: the catalogue's. */
  readonly price: Micros | undefined;
}

export interface ForeignCloudVm extends ForeignFacts {
  readonly configuration: string | undefined;
  readonly status: CloudVm['status'];
  readonly bootDiskGb: number;
  readonly dataDisksGb: readonly number[];
  readonly publicIp: boolean;
}

export interface ForeignStorage extends ForeignFacts {
  readonly volumeGb: number;
  readonly replicated: boolean;
  readonly osImage: string | undefined;
}

export type ForeignPublicIp = ForeignFacts;

/** With its boot disk, data disks and public IP, all of one age. undefined: no cluster sells such a thing. */
export function placeVm(state: CloudState, facts: ForeignCloudVm): CloudVm | undefined {
  const place = findPlace(state, facts);
  if (place === undefined) return undefined;
  const { cluster, configuration } = place;
  const { createdAt } = facts;
  const vm = addVm(state, {
    name: facts.name,
    cluster,
    configuration,
    foreign: true,
    ownPrice: facts.price,
    createdAt,
    launchingAt: createdAt,
    failsLaunch: false,
    sshKeyIds: [...state.keys.keys()].slice(0, 1),
    userData: undefined,
  });
  vm.status = facts.status === 'new' ? 'launching' : facts.status;
  if (isRunning(vm)) runSince(state, vm, facts);
  if (vm.status === 'terminated') {
    vm.endedAt = state.now;
    vm.interfaces = [];
    return vm;
  }
  const parts = { ...facts, cluster: cluster.name, price: undefined, replicated: false };
  const osImage = state.images[0]?.downloadUrl ?? 'https://images.example/any.img';
  vm.bootDisk = placeStorage(state, {
    ...parts,
    name: cutName(facts.name, 'boot'),
    volumeGb: facts.bootDiskGb,
    osImage,
  })!;
  vm.bootDisk.attachedTo = vm;
  const disks = facts.dataDisksGb.map((volumeGb, index) =>
    placeStorage(state, { ...parts, name: cutName(facts.name, `d${index + 1}`), volumeGb, osImage: undefined })!,
  );
  attachDataDisks(vm, disks);
  if (facts.publicIp) attachPublicIp(state, vm, placePublicIp(state, { ...parts, name: cutName(facts.name, 'ip') })!);
  return vm;
}

export function placeStorage(state: CloudState, facts: ForeignStorage) {
  const cluster = findCluster(state, facts);
  if (cluster === undefined) return undefined;
  return startPart(state, addStorage(state, { ...facts, cluster, foreign: true, ownPrice: facts.price }), facts);
}

export function placePublicIp(state: CloudState, facts: ForeignPublicIp) {
  const cluster = findCluster(state, facts);
  if (cluster === undefined) return undefined;
  return startPart(state, addPublicIp(state, { ...facts, cluster, foreign: true, ownPrice: facts.price }), facts);
}

function startPart<Part extends CloudPart>(state: CloudState, part: Part, facts: ForeignFacts): Part {
  part.status = 'ready';
  runSince(state, part, facts);
  return part;
}

function runSince(state: CloudState, resource: CloudResource, { createdAt, paidUntil }: ForeignFacts): void {
  const hours = Math.floor((state.now - createdAt) / HOUR_MILLIS) + 1;
  resource.readySince = createdAt;
  resource.lastPaidAt = createdAt;
  resource.paidUntil = paidUntil ?? createdAt + hours * HOUR_MILLIS;
  scheduleEvent(state, resource.paidUntil, { kind: 'charge', resource });
}

type Wish = Pick<ForeignFacts, 'country' | 'cluster'> & { readonly configuration?: string | undefined };

function findPlace(
  state: CloudState,
  wish: Wish,
): { readonly cluster: CloudCluster; readonly configuration: CloudConfiguration } | undefined {
  for (const cluster of state.clusters.filter((candidate) => isMeant(candidate, wish))) {
    const configuration = state.configurations.find(
      ({ id, slug }) => cluster.sold.has(id) && (wish.configuration === undefined || slug === wish.configuration),
    );
    if (configuration !== undefined) return { cluster, configuration };
  }
  return undefined;
}

function findCluster(state: CloudState, wish: Wish): CloudCluster | undefined {
  return state.clusters.find((candidate) => isMeant(candidate, wish));
}

function isMeant({ name, datacenter }: CloudCluster, { country, cluster }: Wish): boolean {
  return (country === undefined || datacenter.country === country) && (cluster === undefined || name === cluster);
}

/** A name within the rule of parts, whatever the VM's is. */
function cutName(name: string, tail: string): string {
  const start = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 24 - tail.length)
    .replace(/^-+|-+$/g, '');
  return `${start}-${tail}`.replace(/^-+/, '');
}
