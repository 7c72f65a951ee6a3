// Storages and public IPs of the simulated cloud: made, attached, detached, removed. They are charged apart from VMs and
// outlive them. Hours are cloud-billing.ts's.
import type { Instant, Micros } from '../../core/types.js';
import { drawInteger, drawUuid } from '../random.js';
import { isRefusal, type Refusal } from '../refusal.js';
import { beginBilling, endBilling } from './cloud-billing.js';
import { findCluster, findStoragePrice, moveStock } from './cloud-catalogue.js';
import { settleLater } from './cloud-events.js';
import {
  nameOf,
  type CloudCluster,
  type CloudPart,
  type CloudPublicIp,
  type CloudState,
  type CloudStorage,
  type NewPublicIp,
  type NewStorage,
} from './cloud-state.js';

/** What the Fluence team's own provider holds names of storages to; kept here for public IPs too. */
const PART_NAME = /^[a-z0-9]([a-z0-9-]{0,23}[a-z0-9])?$/;

/** Facts of every new resource that its caller need not know. */
export function startRecord(state: CloudState, luck?: string) {
  state.lastSerial += 1;
  const serial = state.lastSerial;
  return {
    serial,
    luck: luck ?? `${serial}`,
    id: drawUuid(state.seed, `id/${serial}`),
    updatedAt: state.now,
    settlesAt: undefined,
    readySince: undefined,
    lastPaidAt: undefined,
    paidUntil: undefined,
    endCalledAt: undefined,
    endedAt: undefined,
    spent: 0n,
  };
}

interface PartFacts {
  readonly name: string;
  readonly cluster: CloudCluster;
  readonly foreign?: boolean;
  readonly ownPrice?: Micros | undefined;
  readonly createdAt?: Instant | undefined;
  /** The VM in whose create it is made. */
  readonly madeFor?: string | undefined;
  readonly luck?: string | undefined;
}

export function addStorage(
  state: CloudState,
  facts: PartFacts & { volumeGb: number; replicated: boolean; osImage: string | undefined },
): CloudStorage {
  const { volumeGb, replicated, osImage } = facts;
  const storage: CloudStorage = { kind: 'storage', volumeGb, replicated, osImage, ...startPart(state, facts) };
  state.storages.set(storage.id, storage);
  moveStock(storage, -1);
  return storage;
}

// Every address that ever was is one IP's own, so a probe of a VM that is gone never reaches another.
const FIRST_ADDRESS = ((193 << 24) + (160 << 16) + 1) >>> 0;

export function addPublicIp(state: CloudState, facts: PartFacts): CloudPublicIp {
  const number = FIRST_ADDRESS + state.publicIps.size;
  const address = [number >>> 24, number >>> 16, number >>> 8, number].map((part) => part & 255).join('.');
  const ip: CloudPublicIp = { kind: 'public-ip', address, ...startPart(state, facts) };
  state.publicIps.set(ip.id, ip);
  state.ipByAddress.set(address, ip);
  moveStock(ip, -1);
  return ip;
}

function startPart(state: CloudState, facts: PartFacts) {
  return {
    names: [facts.name],
    cluster: facts.cluster,
    foreign: facts.foreign ?? false,
    ownPrice: facts.ownPrice,
    createdAt: facts.createdAt ?? state.now,
    status: 'new' as const,
    attachedTo: undefined,
    madeFor: facts.madeFor,
    // Last: see addVm of market-deploy.ts.
    ...startRecord(state, facts.luck),
  };
}

/** It will be ready after a while, and is charged from then on. */
export function provisionPart(state: CloudState, part: CloudPart): void {
  settleLater(state, part, state.now + drawProvision(state, `provision/${part.luck}`));
}

export function createStorage(state: CloudState, order: NewStorage): CloudStorage | Refusal {
  const refusal = refuseStorage(state, order);
  if (refusal !== undefined) return refusal;
  const cluster = findCluster(state, order.clusterId) as CloudCluster;
  const lacking = refuseStock(cluster, { gb: order.volumeGb }) ?? refuseMoney(state, priceStorage(cluster, order));
  if (lacking !== undefined) return lacking;
  const storage = addStorage(state, { ...order, cluster });
  provisionPart(state, storage);
  return storage;
}

export function createPublicIp(state: CloudState, { clusterId, name }: NewPublicIp): CloudPublicIp | Refusal {
  const refusal = refusePartName(name);
  if (refusal !== undefined) return refusal;
  const cluster = findCluster(state, clusterId);
  if (isRefusal(cluster)) return cluster;
  const lacking = refuseStock(cluster, { ips: 1 }) ?? refuseMoney(state, cluster.publicIps.price);
  if (lacking !== undefined) return lacking;
  const ip = addPublicIp(state, { name, cluster });
  provisionPart(state, ip);
  return ip;
}

/** Why no such storage can be made anywhere; what is left of the cluster and the money is not looked at. */
export function refuseStorage(state: CloudState, order: NewStorage): Refusal | undefined {
  const cluster = findCluster(state, order.clusterId);
  if (isRefusal(cluster)) return cluster;
  const least = state.rules.minVolumeGb;
  if (order.volumeGb < least) return { status: 400, error: `volumeGb must be at least ${least}` };
  if (findStoragePrice(cluster, order.replicated) === undefined) {
    return { status: 404, error: `${cluster.name} sells no replicated storage` };
  }
  if (order.osImage !== undefined && !/^https?:\/\/[^\s/]+\/\S+$/.test(order.osImage)) {
    return { status: 400, error: 'osImage must be a download URL' };
  }
  return refusePartName(order.name);
}

export function refusePartName(name: string): Refusal | undefined {
  if (PART_NAME.test(name)) return undefined;
  return { status: 400, error: `Invalid name ${name}: 1 to 25 of a-z, 0-9 and hyphens, no hyphen at the ends` };
}

export function refuseStock(cluster: CloudCluster, wanted: { gb?: number; ips?: number }): Refusal | undefined {
  if ((wanted.gb ?? 0) > cluster.storage.freeGb) {
    return { status: 422, error: `Not enough storage is available in ${cluster.name}` };
  }
  if ((wanted.ips ?? 0) <= cluster.publicIps.free) return undefined;
  return { status: 422, error: `No public IP is available in ${cluster.name}` };
}

/** Whether the account could pay the first hour. */
export function refuseMoney(state: CloudState, firstHour: Micros): Refusal | undefined {
  return firstHour <= state.balance ? undefined : { status: 402, error: 'Insufficient balance' };
}

export function priceStorage(cluster: CloudCluster, { replicated, volumeGb }: NewStorage): Micros {
  return (findStoragePrice(cluster, replicated) ?? 0n) * BigInt(volumeGb);
}

/** Its status ends: it is ready, or removed. */
export function settlePart(state: CloudState, part: CloudPart): void {
  part.settlesAt = undefined;
  part.updatedAt = state.now;
  if (part.status === 'new') {
    part.status = 'ready';
    // It stays without money and owes its hours; so do all parts.
    if (!beginBilling(state, part)) state.unpaid.add(part);
  } else if (part.status === 'removing') {
    part.status = 'removed';
    endBilling(state, part);
    moveStock(part, 1);
  }
}

/** Has all of them removed, or none when one can't be. */
export function removeParts(state: CloudState, parts: readonly CloudPart[]): Refusal | undefined {
  for (const part of parts) {
    const refusal = refuseRemoval(part);
    if (refusal !== undefined) return refusal;
  }
  for (const part of new Set(parts)) {
    part.status = 'removing';
    part.endCalledAt = state.now;
    part.updatedAt = state.now;
    settleLater(state, part, state.now + drawProvision(state, `removal/${part.luck}`));
  }
  return undefined;
}

function refuseRemoval(part: CloudPart): Refusal | undefined {
  if (!listPartActions(part).includes('delete')) {
    return { status: 406, error: `${nameOf(part)} is ${part.status}: it can't be deleted now` };
  }
  if (part.attachedTo === undefined) return undefined;
  return { status: 409, error: `${nameOf(part)} is attached to the VM ${part.attachedTo.id}` };
}

/** Why it can't be attached to a VM of that cluster now. */
export function refuseAttaching(part: CloudPart, cluster: CloudCluster): Refusal | undefined {
  if (part.cluster !== cluster) return { status: 400, error: `${nameOf(part)} is in another cluster` };
  if (!listPartActions(part).includes('attachToVm')) {
    return { status: 406, error: `${nameOf(part)} is ${part.status}: it can't be attached now` };
  }
  return part.attachedTo === undefined ? undefined : { status: 409, error: `${nameOf(part)} is attached already` };
}

export function renamePart(state: CloudState, part: CloudPart, name: string): Refusal | undefined {
  if (!listPartActions(part).includes('update')) {
    return { status: 406, error: `${nameOf(part)} is ${part.status}: it can't be changed now` };
  }
  const refusal = refusePartName(name);
  if (refusal === undefined && name !== nameOf(part)) {
    part.names.push(name);
    part.updatedAt = state.now;
  }
  return refusal;
}

export function listPartActions({ status }: CloudPart): readonly ('update' | 'delete' | 'attachToVm')[] {
  switch (status) {
    case 'ready':
      return ['update', 'delete', 'attachToVm'];
    case 'failed':
      return ['delete'];
    case 'new':
    case 'removing':
    case 'removed':
      return [];
  }
}

/** Charged for nothing: attached to no VM, and nobody has called for its end. */
export function isLeftover(part: CloudPart): boolean {
  return part.attachedTo === undefined && part.endCalledAt === undefined && part.endedAt === undefined;
}

function drawProvision({ seed, rules }: CloudState, key: string): number {
  return drawInteger(seed, key, rules.provision.leastMillis, rules.provision.mostMillis);
}
