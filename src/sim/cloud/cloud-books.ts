// The cloud's own accounting, as JSON: every create, every life, every charge, every call for an end, what was left behind, and
// where the money is. The judge in crash tests. It reads the cloud and changes nothing.
import { formatUsdc, sumMicros } from '../../core/money.js';
import { formatInstant, formatMaybe } from '../instant-text.js';
import { findHourlyPrice } from './cloud-catalogue.js';
import { isLeftover } from './cloud-parts.js';
import { nameOf, type CloudPart, type CloudResource, type CloudState, type CloudVm } from './cloud-state.js';
import { isRunning } from './cloud-vms.js';

/** Instants are ISO 8601, money is USD with six decimals; null: not (yet). */
export interface CloudBooks {
  readonly now: string;
  readonly seed: number;
  readonly balance: string;
  /** At every instant deposited = balance + charged. */
  readonly deposited: string;
  readonly charged: string;
  readonly totals: {
    readonly created: number;
    /** VMs placed by a control or the world, not created through the API. */
    readonly foreign: number;
    readonly running: number;
    readonly ended: number;
    readonly storages: number;
    readonly publicIps: number;
    readonly charges: number;
  };
  readonly creates: readonly {
    readonly at: string;
    readonly name: string;
    readonly late: boolean;
    readonly vmId: string | null;
    /** Disks and IP that were made along with it. */
    readonly partIds: readonly string[];
    readonly error: string | null;
  }[];
  readonly vms: readonly BookedCloudVm[];
  /** Storages and public IPs. */
  readonly parts: readonly BookedPart[];
  /** One record for each hour of each resource. */
  readonly charges: readonly {
    readonly kind: CloudResource['kind'];
    readonly resourceId: string;
    readonly name: string;
    readonly at: string;
    readonly amount: string;
    readonly from: string;
    readonly to: string;
  }[];
  /** Calls for an end: `terminate` of a VM, deletion of a part. */
  readonly deletes: readonly {
    readonly kind: CloudResource['kind'];
    readonly resourceId: string;
    readonly name: string;
    readonly at: string;
    readonly goneAt: string | null;
  }[];
  /** What is charged though it is attached to nothing and nobody has called for its end. */
  readonly leftovers: readonly {
    readonly kind: CloudPart['kind'];
    readonly id: string;
    readonly name: string;
    readonly madeFor: string | null;
    readonly pricePerHour: string;
    readonly paidUntil: string | null;
  }[];
}

interface BookedResource {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly foreign: boolean;
  readonly cluster: string;
  readonly country: string;
  readonly pricePerHour: string;
  readonly status: string;
  readonly createdAt: string;
  readonly readySince: string | null;
  readonly paidUntil: string | null;
  readonly endCalledAt: string | null;
  readonly endedAt: string | null;
  readonly spent: string;
}

export interface BookedCloudVm extends BookedResource {
  readonly configuration: string;
  readonly endedBy: 'provider' | 'no-money' | null;
  readonly bootDiskId: string | null;
  readonly dataDiskIds: readonly string[];
  readonly publicIpId: string | null;
  readonly sshKeyIds: readonly string[];
  /** Its security groups, by interface. */
  readonly groups: readonly { readonly kind: 'private' | 'public'; readonly groupId: string | null }[];
  /** Of cloud-init: its size and a hash of it (src/core/hash.ts), never the text. */
  readonly userData: { readonly bytes: number; readonly hash: string } | null;
}

export interface BookedPart extends BookedResource {
  readonly kind: CloudPart['kind'];
  readonly volumeGb: number | null;
  readonly address: string | null;
  readonly attachedTo: string | null;
  /** The VM in whose create it was made. */
  readonly madeFor: string | null;
}

export function readBooks(state: CloudState): CloudBooks {
  const vms = [...state.vms.values()];
  const parts = [...state.storages.values(), ...state.publicIps.values()];
  const everything = [...vms, ...parts].sort((left, right) => left.serial - right.serial);
  return {
    now: formatInstant(state.now),
    seed: state.seed,
    balance: formatUsdc(state.balance),
    deposited: formatUsdc(state.deposited),
    charged: formatUsdc(sumMicros(state.charges.map(({ amount }) => amount))),
    totals: {
      created: vms.filter((vm) => !vm.foreign).length,
      foreign: vms.filter((vm) => vm.foreign).length,
      running: vms.filter(isRunning).length,
      ended: vms.filter((vm) => vm.endedAt !== undefined).length,
      storages: state.storages.size,
      publicIps: state.publicIps.size,
      charges: state.charges.length,
    },
    creates: state.creates.map(({ at, vmId, error, ...create }) => ({
      ...create,
      at: formatInstant(at),
      vmId: vmId ?? null,
      error: error ?? null,
    })),
    vms: vms.map(bookVm),
    parts: parts.map(bookPart),
    charges: state.charges.map(({ resource, at, amount, from, to }) => ({
      ...nameResource(resource),
      at: formatInstant(at),
      amount: formatUsdc(amount),
      from: formatInstant(from),
      to: formatInstant(to),
    })),
    deletes: everything.flatMap((resource) =>
      resource.endCalledAt === undefined
        ? []
        : [
            {
              ...nameResource(resource),
              at: formatInstant(resource.endCalledAt),
              goneAt: formatMaybe(resource.endedAt),
            },
          ],
    ),
    leftovers: parts.filter(isLeftover).map((part) => ({
      kind: part.kind,
      id: part.id,
      name: nameOf(part),
      madeFor: part.madeFor ?? null,
      pricePerHour: formatPrice(part),
      paidUntil: formatMaybe(part.paidUntil),
    })),
  };
}

function nameResource(resource: CloudResource) {
  return { kind: resource.kind, resourceId: resource.id, name: nameOf(resource) };
}

function formatPrice(resource: CloudResource): string {
  return formatUsdc(findHourlyPrice(resource));
}

function bookResource(resource: CloudResource): BookedResource {
  return {
    id: resource.id,
    name: nameOf(resource),
    names: resource.names,
    foreign: resource.foreign,
    cluster: resource.cluster.name,
    country: resource.cluster.datacenter.country,
    pricePerHour: formatPrice(resource),
    status: resource.status,
    createdAt: formatInstant(resource.createdAt),
    readySince: formatMaybe(resource.readySince),
    paidUntil: formatMaybe(resource.paidUntil),
    endCalledAt: formatMaybe(resource.endCalledAt),
    endedAt: formatMaybe(resource.endedAt),
    spent: formatUsdc(resource.spent),
  };
}

function bookVm(vm: CloudVm): BookedCloudVm {
  return {
    ...bookResource(vm),
    configuration: vm.configuration.slug,
    endedBy: vm.endedBy ?? null,
    bootDiskId: vm.bootDisk?.id ?? null,
    dataDiskIds: vm.dataDisks.map(({ id }) => id),
    publicIpId: vm.publicIp?.id ?? null,
    sshKeyIds: vm.sshKeyIds,
    groups: vm.interfaces.map(({ kind, groupId }) => ({ kind, groupId: groupId ?? null })),
    userData: vm.userData ?? null,
  };
}

function bookPart(part: CloudPart): BookedPart {
  return {
    ...bookResource(part),
    kind: part.kind,
    volumeGb: part.kind === 'storage' ? part.volumeGb : null,
    address: part.kind === 'public-ip' ? part.address : null,
    attachedTo: part.attachedTo?.id ?? null,
    madeFor: part.madeFor ?? null,
  };
}
