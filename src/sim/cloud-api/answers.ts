// What the cloud answers about VMs, storages and public IPs: as the OpenAPI document has them, or as the world's quirks say.
// Reads the cloud, changes nothing.
import { formatUsdc } from '../../core/money.js';
import type { Micros } from '../../core/types.js';
import type { CloudSandbox } from '../cloud-sandbox.js';
import { findListedPrice } from '../cloud/cloud-catalogue.js';
import { listPartActions } from '../cloud/cloud-parts.js';
import {
  nameOf,
  type CloudCluster,
  type CloudPublicIp,
  type CloudResource,
  type CloudState,
  type CloudStorage,
  type CloudVm,
  type NetworkInterface,
} from '../cloud/cloud-state.js';
import { listVmActions, namePartsOf, readVmStatus } from '../cloud/cloud-vms.js';
import { formatInstant, formatMaybe } from '../instant-text.js';
import { answerKey } from './account-answers.js';

export const EXPANDABLE = ['bootDisk', 'dataDisks', 'publicIp', 'subnets', 'sshKeys', 'networkInterfaces'] as const;
export type Expandable = (typeof EXPANDABLE)[number];

const HOURS_OF_MONTH = 730n;

/** `0.05`, `36.50`, `0.003198`: at least two decimals, at most six. */
export function formatUsd(micros: Micros): string {
  return formatUsdc(micros).replace(/0{1,4}$/, '');
}

/** Whether it still stands in lists: what has ended stays for a while. */
export function isListed(resource: CloudResource, { now, rules }: CloudState): boolean {
  return resource.endedAt === undefined || now - resource.endedAt < rules.historyMillis;
}

/** `whole`: a list's or a create's answer, which tell the configuration too. */
export function answerVm(
  vm: CloudVm,
  { cloud, quirks }: CloudSandbox,
  { whole = false, expand }: { whole?: boolean; expand?: readonly Expandable[] | undefined } = {},
): object {
  const { configuration } = vm;
  const parts = quirks.terminatedNamesParts && vm.status === 'terminated' ? vm.left : namePartsOf(vm);
  return {
    id: vm.id,
    userId: cloud.userId,
    name: nameOf(vm),
    status: readVmStatus(vm, cloud),
    clusterId: vm.cluster.id,
    configurationId: configuration.id,
    ...(whole
      ? {
          configurationName: nameConfiguration(configuration),
          configurationSlug: configuration.slug,
          vcpu: configuration.vcpu,
          ramGb: configuration.ramGb,
        }
      : {}),
    ...parts,
    sshKeys: vm.sshKeyIds,
    networkInterfaces: vm.interfaces.map(({ id }) => id),
    subnets: [vm.cluster.network.subnetId],
    allowedActions: listVmActions(vm),
    restartRequired: vm.restartRequired,
    cloudInit: vm.userData === undefined ? null : {},
    createdAt: formatInstant(vm.createdAt),
    updatedAt: formatInstant(vm.updatedAt),
    ...answerPayment(vm),
    terminatedAt: formatMaybe(vm.endedAt),
    ...(expand === undefined ? {} : { expanded: expandVm(vm, cloud, quirks.securityGroupKey, expand) }),
  };
}

function expandVm(
  vm: CloudVm,
  cloud: CloudState,
  groupKey: string,
  expand: readonly Expandable[],
): Partial<Record<Expandable, unknown>> {
  const answers: Record<Expandable, () => unknown> = {
    bootDisk: () => (vm.bootDisk === undefined ? null : answerStorage(vm.bootDisk, cloud)),
    dataDisks: () => vm.dataDisks.map((disk) => answerStorage(disk, cloud)),
    publicIp: () => (vm.publicIp === undefined ? null : answerPublicIp(vm.publicIp, cloud)),
    subnets: () => [answerSubnet(vm.cluster, cloud)],
    sshKeys: () => vm.sshKeyIds.flatMap((id) => cloud.keys.get(id) ?? []).map((key) => answerKey(key, cloud)),
    networkInterfaces: () => vm.interfaces.map((plug) => answerInterface(plug, vm, groupKey)),
  };
  return Object.fromEntries(expand.map((member) => [member, answers[member]()]));
}

export function answerInterface({ id, kind, groupId }: NetworkInterface, vm: CloudVm, groupKey: string): object {
  return {
    id,
    default: kind === 'public' || vm.publicIp === undefined,
    kind:
      kind === 'public'
        ? { public: { public_ip: vm.publicIp!.id } }
        : { private: { subnet: vm.cluster.network.subnetId } },
    [groupKey]: groupId ?? null,
  };
}

export function answerStorage(storage: CloudStorage, cloud: CloudState): object {
  const { osImage } = storage;
  const image = cloud.images.find(({ downloadUrl }) => downloadUrl === osImage);
  return {
    ...answerPart(storage, cloud),
    storageType: 'NVME',
    role: osImage === undefined ? 'DATA' : 'BOOT',
    volumeGb: storage.volumeGb,
    replicated: storage.replicated,
    attachedTo: storage.attachedTo === undefined ? [] : [storage.attachedTo.id],
    initUrl: osImage ?? null,
    image:
      image === undefined
        ? null
        : { id: image.id, name: image.name, slug: image.slug, distribution: image.distribution },
  };
}

export function answerPublicIp(ip: CloudPublicIp, cloud: CloudState): object {
  const { attachedTo } = ip;
  return {
    ...answerPart(ip, cloud),
    addressType: 'V4',
    address: ip.status === 'new' ? null : ip.address,
    attachedTo: attachedTo === undefined ? null : { id: attachedTo.id, name: nameOf(attachedTo) },
  };
}

function answerPart(part: CloudStorage | CloudPublicIp, cloud: CloudState) {
  return {
    id: part.id,
    userId: cloud.userId,
    clusterId: part.cluster.id,
    name: nameOf(part),
    status: part.status,
    allowedActions: listPartActions(part),
    createdAt: formatInstant(part.createdAt),
    ...answerPayment(part),
    removedAt: formatMaybe(part.endedAt),
  };
}

function answerPayment(resource: CloudResource) {
  const price = findListedPrice(resource);
  return {
    readySince: formatMaybe(resource.readySince),
    lastPaidAt: formatMaybe(resource.lastPaidAt),
    paidUntil: formatMaybe(resource.paidUntil),
    ...(price === undefined
      ? {}
      : { priceHourlyUsd: formatUsd(price), priceMonthlyUsd: formatUsd(price * HOURS_OF_MONTH) }),
  };
}

export function answerSubnet({ id, network }: CloudCluster, { userId }: CloudState): object {
  const { subnetId, vpcId } = network;
  return {
    id: subnetId,
    userId,
    clusterId: id,
    vpcId,
    name: 'default',
    status: 'ready',
    ipv4Cidr: '10.0.0.0/16',
    ipv6Cidr: null,
  };
}

export function nameConfiguration({ family, vcpu, ramGb }: CloudVm['configuration']): string {
  return `${family[0]!.toUpperCase()}${family.slice(1)} ${vcpu} vCPU, ${ramGb} GB`;
}
