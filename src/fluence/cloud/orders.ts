// Turns an order into what the cloud is sent: one VM with its boot disk, data disks and public IP, all named so that they lead
// back to it. What can't be asked for is refused here, before anything is sent.
import { MOST_USER_DATA_BYTES } from '../../core/cloud-init.js';
import { comparePrices, formatUsdc } from '../../core/money.js';
import { buildPartName, LONGEST_PART_NAME } from '../../core/part-names.js';
import type { ChosenOffer, Port } from '../../core/types.js';
import { CloudError } from '../../ports/cloud.js';
import type { CreateOrder } from '../../ports/cloud.js';
import { refuseReservedPort } from '../reserved-port.js';
import { findDeal } from './market.js';
import type { Deal, Market } from './market.js';
import { isUuid } from './read-wire.js';

/** Of the API, counted in bytes. */
const MOST_DATA_DISKS = 10;

function refuse(code: 'api-bad-request' | 'api-no-offer', message: string): CloudError {
  return new CloudError(code, message, { effect: 'none' });
}

/** The place and the size that an offer of the cloud always has. */
function readPlaceOfOrder(offer: ChosenOffer): { readonly clusterId: string; readonly storageGb: number } {
  const { clusterId, storageGb } = offer;
  if (isUuid(clusterId) && storageGb !== undefined && Number.isInteger(storageGb) && storageGb > 0)
    return { clusterId: clusterId.toLowerCase(), storageGb };
  throw refuse(
    'api-bad-request',
    'an order at the cloud must name the cluster and the size of the boot disk of its offer',
  );
}

/** What the order comes to now. Throws `api-no-offer` when it can't be had, or costs more than the cap: a create has no cap. */
export function findDealFor(market: Market, order: Pick<CreateOrder, 'offer' | 'cap' | 'dataDisksGb'>): Deal {
  const { clusterId, storageGb } = readPlaceOfOrder(order.offer);
  const { configuration } = order.offer;
  const deal = findDeal(market, clusterId, configuration, [storageGb, ...(order.dataDisksGb ?? [])]);
  if (deal === undefined || deal.capacity < 1)
    throw refuse('api-no-offer', `${configuration} can't be had in cluster ${clusterId} any more`);
  if (comparePrices(deal.price, order.cap) <= 0) return deal;
  throw refuse(
    'api-no-offer',
    `${configuration} in cluster ${clusterId} costs ${formatUsdc(deal.price.amount)} an hour now, disks and IP included: more than the cap`,
  );
}

/** The body of `POST /v2/vms`. Throws CloudError, effect none. */
export function writeOrder(order: CreateOrder): Record<string, unknown> {
  const { clusterId, storageGb } = readPlaceOfOrder(order.offer);
  const { resolved, dataDisksGb = [], cloudInit } = order;
  if (resolved === undefined)
    throw refuse('api-bad-request', 'an order at the cloud must be prepared before it is sent');
  if (dataDisksGb.length > MOST_DATA_DISKS)
    throw refuse('api-bad-request', `a VM can have ${MOST_DATA_DISKS} data disks, not ${dataDisksGb.length}`);
  if (cloudInit !== undefined && new TextEncoder().encode(cloudInit).length > MOST_USER_DATA_BYTES)
    throw refuse('api-bad-request', `cloud-init user data may have ${MOST_USER_DATA_BYTES} bytes, not more`);
  const disk = (name: string, volumeGb: number): Record<string, unknown> => ({
    clusterId,
    name,
    storageType: 'NVME',
    volumeGb,
    replicated: resolved.isReplicated,
  });
  return {
    clusterId,
    configurationId: resolved.configurationId,
    name: order.name,
    bootDisk: { ...disk(namePart(order.name, 'boot-disk'), storageGb), osImage: order.imageUrl },
    dataDisks: dataDisksGb.map((size, index) => disk(namePart(order.name, 'data-disk', index), size)),
    publicIp: { clusterId, name: namePart(order.name, 'public-ip'), addressType: 'V4' },
    sshKeys: resolved.keyIds,
    ...(cloudInit === undefined ? {} : { cloudInit: { userData: cloudInit } }),
  };
}

function namePart(vmName: string, kind: Parameters<typeof buildPartName>[1], index?: number): string {
  const name = buildPartName(vmName, kind, index);
  if (name !== undefined) return name;
  throw refuse(
    'api-bad-request',
    `no name for a disk can be made of "${vmName}": it would not be at most ${LONGEST_PART_NAME} of a-z, 0-9 and -`,
  );
}

/** The body of `POST /v1/prices/cost` for an hour of one VM. */
export function writeCostRequest(
  offer: ChosenOffer,
  deal: Deal,
  dataDisksGb: readonly number[],
): Record<string, unknown> {
  const { clusterId, storageGb } = readPlaceOfOrder(offer);
  const disk = { clusterId, storageType: 'NVME', replicated: deal.isReplicated };
  return {
    resources: [
      { vm: { resource_id: { clusterId, vmConfigurationId: deal.configuration.id } } },
      ...[storageGb, ...dataDisksGb].map((size) => ({ storage: { resource_id: disk, volume_gb: size } })),
      { publicIp: { resource_id: { clusterId, addressType: 'V4' } } },
    ],
    secs: 3600,
  };
}

/** ipv4: from IPv4 alone, as groups that people make often say. */
export type Families = 'both' | 'ipv4' | 'ipv6';

export interface WantedGroup {
  readonly clusterId: string;
  readonly name: string;
  readonly ports: readonly Port[];
  /** Default: both. */
  readonly families?: Families;
}

const FROM_EVERYWHERE = [
  { type: 'ipv4', remote: { address: '0.0.0.0/0' } },
  { type: 'ipv6', remote: { address: '::/0' } },
] as const;

/**
 * The body of `POST /v1/security_groups` that lets in exactly these ports, from everywhere, over both versions of IP. `ports` is
 * the whole list: 22/tcp must stand in it, or nobody can sign in. Throws CloudError for 10250.
 */
export function writeSecurityGroup({
  clusterId,
  name,
  ports,
  families = 'both',
}: WantedGroup): Record<string, unknown> {
  refuseReservedPort(ports);
  const kinds = ports.map(({ port, protocol }) => ({ [protocol]: { ports: { exact: { value: port } } } }));
  return {
    clusterId,
    name,
    ingressRules: kinds.flatMap((protocolKind) =>
      FROM_EVERYWHERE.filter(({ type }) => families === 'both' || type === families).map((from) => ({
        ...from,
        protocolKind,
      })),
    ),
  };
}
