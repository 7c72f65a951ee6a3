// What the cloud answers about the account: SSH keys, balance, charges. Reads the cloud, changes nothing.
import { formatUsdc, sumMicros } from '../../core/money.js';
import { nameOf, type CloudCharge, type CloudKey, type CloudResource, type CloudState } from '../cloud/cloud-state.js';
import { formatInstant } from '../instant-text.js';

export const RESOURCE_TYPES = { vm: 'VM', storage: 'STORAGE', 'public-ip': 'PUBLIC_IP' } as const;

export function answerKey({ id, name, publicKey, algorithm, fingerprint }: CloudKey, { userId }: CloudState): object {
  return { id, userId, name, publicKey, algorithm, fingerprint };
}

/** One entitlement: the money of the account. */
export function answerBalance({ balance, charges, deposited, userId }: CloudState): object {
  const usage = formatUsdc(sumMicros(charges.map(({ amount }) => amount)));
  return {
    featureKey: 'usd_balance',
    userId,
    balance: formatUsdc(balance),
    usage,
    estimatedUsage: usage,
    overage: '0.000000',
    totalDepositedAmount: formatUsdc(deposited),
    usageDaysLeft: null,
  };
}

export type GroupBy = 'RESOURCE' | 'RESOURCE_TYPE' | 'CLUSTER';
export type Period = 'DAY' | 'MONTH';

/** Sums of charges, one for each resource, kind or cluster, and for each day or month if so asked; in order of the first. */
export function answerCharges(
  charges: readonly CloudCharge[],
  { userId }: CloudState,
  groupBy: GroupBy,
  period: Period | undefined,
): readonly object[] {
  const groups = new Map<string, CloudCharge[]>();
  for (const charge of charges) {
    const key = `${keyOf(charge.resource, groupBy)}/${period === undefined ? '' : findPeriodStart(charge, period)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [charge]);
    else group.push(charge);
  }
  return Array.from(groups.values(), (group) => ({
    userId,
    ...describe(group[0]!.resource, groupBy),
    totalUsageHours: String(group.length),
    totalCost: formatUsdc(sumMicros(group.map(({ amount }) => amount))),
    ...(period === undefined ? {} : { periodStart: findPeriodStart(group[0]!, period) }),
  }));
}

function keyOf(resource: CloudResource, groupBy: GroupBy): string {
  if (groupBy === 'RESOURCE') return resource.id;
  return groupBy === 'CLUSTER' ? resource.cluster.id : resource.kind;
}

function describe(resource: CloudResource, groupBy: GroupBy): object {
  if (groupBy === 'RESOURCE_TYPE') return { resourceType: RESOURCE_TYPES[resource.kind] };
  if (groupBy === 'CLUSTER') return { clusterId: resource.cluster.id };
  return {
    clusterId: resource.cluster.id,
    resourceId: resource.id,
    resourceName: nameOf(resource),
    resourceType: RESOURCE_TYPES[resource.kind],
    quantity: String(resource.kind === 'storage' ? resource.volumeGb : 1),
    ...(resource.kind === 'vm' ? { vmConfiguration: resource.configuration.slug } : {}),
    ...(resource.kind === 'storage' ? { storageType: 'NVMe', replicatedStorage: resource.replicated } : {}),
    ...(resource.kind === 'public-ip' ? { ipAddressType: 'V4' } : {}),
  };
}

function findPeriodStart({ at }: CloudCharge, period: Period): string {
  const day = formatInstant(at).slice(0, 10);
  return `${period === 'DAY' ? day : `${day.slice(0, 7)}-01`}T00:00:00Z`;
}
