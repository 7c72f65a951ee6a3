// The shapes of the simulated cloud: clusters, VMs, storages, public IPs, groups, money and what is going to happen. Pure data,
// owned by one simulation and changed in place by the other files here. No I/O, no clock: `now` moves only when it is told to.
import type { Instant, Micros, Millis } from '../../core/types.js';
import type { DueEvent } from '../due-events.js';

export interface CloudDatacenter {
  readonly id: string;
  readonly slug: string;
  readonly country: string;
  readonly city: string;
  readonly cityName: string;
  readonly index: number;
  readonly tier: number;
  readonly certifications: readonly string[];
}

/** One size of VM, sold or not. */
export interface CloudConfiguration {
  readonly id: string;
  /** `cpu-{regular|premium|shared}-{n}vcpu-{m}gb` */
  readonly slug: string;
  readonly family: 'regular' | 'premium' | 'shared';
  readonly vcpu: number;
  readonly ramGb: number;
}

export interface CloudCluster {
  readonly id: string;
  readonly name: string;
  readonly datacenter: CloudDatacenter;
  readonly cpuFamily: 'AMD_ZEN2' | 'AMD_ZEN3' | 'AMD_ZEN5';
  /** By configuration id; what is not in here has no price here. Prices are per hour and move. */
  readonly sold: Map<string, { price: Micros; capacity: number }>;
  /** Per GB and hour; `replicatedPrice` undefined: none is replicated. */
  readonly storage: { price: Micros; readonly replicatedPrice: Micros | undefined; freeGb: number };
  readonly publicIps: { price: Micros; free: number };
  /** What every VM of the cluster is plugged into. */
  readonly network: { readonly vpcId: string; readonly subnetId: string };
}

export type CloudVmStatus =
  | 'new'
  | 'launching'
  | 'launched'
  | 'failed'
  | 'updating'
  | 'terminating'
  | 'terminated'
  | 'suspending'
  | 'suspended'
  | 'restarting'
  | 'softRebooting'
  | 'unknown';

export type CloudPartStatus = 'new' | 'ready' | 'failed' | 'removing' | 'removed';

/** What everything that is charged by itself has in common. */
interface Charged {
  /** Rising number in order of creation, over all kinds. */
  readonly serial: number;
  /** Keys its draws. */
  readonly luck: string;
  readonly id: string;
  /** The present name last. */
  readonly names: string[];
  readonly cluster: CloudCluster;
  /** Placed by a control or the world, not made through the API. */
  readonly foreign: boolean;
  /** Instead of the catalogue's. */
  readonly ownPrice: Micros | undefined;
  readonly createdAt: Instant;
  updatedAt: Instant;
  /** When the present status ends by itself. */
  settlesAt: Instant | undefined;
  /** Activation: from here on it is charged. */
  readySince: Instant | undefined;
  lastPaidAt: Instant | undefined;
  /** The next charge; stays in the past while nothing pays it; undefined before activation and after the end. */
  paidUntil: Instant | undefined;
  /** The call that ended it, whether or not it has ended yet. */
  endCalledAt: Instant | undefined;
  /** Gone: nothing is charged any more. */
  endedAt: Instant | undefined;
  spent: Micros;
}

export interface NetworkInterface {
  readonly id: string;
  readonly kind: 'private' | 'public';
  groupId: string | undefined;
}

export interface CloudVm extends Charged {
  readonly kind: 'vm';
  status: CloudVmStatus;
  readonly configuration: CloudConfiguration;
  /** From when on it is shown as launching rather than new. */
  readonly launchingAt: Instant;
  /** The launch comes to nothing: it ends as failed. */
  readonly failsLaunch: boolean;
  /** Ids of what it left behind when it went. */
  left: { readonly bootDisk: string | null; readonly dataDisks: readonly string[]; readonly publicIp: string | null };
  bootDisk: CloudStorage | undefined;
  dataDisks: readonly CloudStorage[];
  publicIp: CloudPublicIp | undefined;
  readonly sshKeyIds: readonly string[];
  interfaces: readonly NetworkInterface[];
  restartRequired: boolean;
  /** What is left of cloud-init once it was handed over: that it was there. */
  readonly userData: { readonly bytes: number; readonly hash: string } | undefined;
  /** Why it ended without having been asked to. */
  endedBy: 'provider' | 'no-money' | undefined;
}

export interface CloudStorage extends Charged {
  readonly kind: 'storage';
  status: CloudPartStatus;
  readonly volumeGb: number;
  readonly replicated: boolean;
  readonly osImage: string | undefined;
  attachedTo: CloudVm | undefined;
  /** The VM in whose create it was made. */
  readonly madeFor: string | undefined;
}

export interface CloudPublicIp extends Charged {
  readonly kind: 'public-ip';
  status: CloudPartStatus;
  readonly address: string;
  attachedTo: CloudVm | undefined;
  readonly madeFor: string | undefined;
}

export type CloudPart = CloudStorage | CloudPublicIp;
export type CloudResource = CloudVm | CloudPart;

export interface CloudCharge {
  readonly resource: CloudResource;
  readonly at: Instant;
  readonly amount: Micros;
  readonly from: Instant;
  readonly to: Instant;
}

export interface CloudCreate {
  readonly at: Instant;
  readonly name: string;
  /** Took effect after its call had been answered (a fault). */
  readonly late: boolean;
  readonly vmId: string | undefined;
  /** Made along with it. */
  readonly partIds: readonly string[];
  /** Why a late one came to nothing. */
  readonly error: string | undefined;
}

export interface CloudKey {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly algorithm: string;
  readonly publicKey: string;
}

export interface CloudGroup {
  readonly id: string;
  name: string;
  readonly cluster: CloudCluster;
  readonly createdAt: Instant;
  /** As the API writes rules; the cloud doesn't look into them. */
  ingress: object;
  egress: object;
}

export interface CloudImage {
  readonly id: string;
  readonly name: string;
  readonly distribution: string;
  readonly slug: string;
  readonly downloadUrl: string;
  readonly username: string;
}

export interface NewStorage {
  readonly clusterId: string;
  readonly name: string;
  readonly volumeGb: number;
  readonly replicated: boolean;
  readonly osImage: string | undefined;
}

export interface NewPublicIp {
  readonly clusterId: string;
  readonly name: string;
}

/** What one create was asked to do. Parts are ids of what is there, or made anew. */
export interface CloudOrder {
  readonly clusterId: string;
  readonly configurationId: string;
  readonly name: string;
  readonly bootDisk: string | NewStorage;
  readonly dataDisks: readonly (string | NewStorage)[];
  readonly publicIp: string | NewPublicIp | undefined;
  readonly sshKeyIds: readonly string[];
  readonly userData: CloudVm['userData'];
  /**
   * Keys the draws of the VM and its parts, so that chance hangs on what is bought, not on what was bought before. Default: their
   * serials.
   */
  readonly luck?: string | undefined;
}

/** A change of all clusters that match; `price` and `capacity` are of the configurations that match. */
export interface CloudMove {
  readonly country?: string | undefined;
  readonly cluster?: string | undefined;
  readonly configuration?: string | undefined;
  readonly price?: Micros | undefined;
  readonly capacity?: number | undefined;
  readonly storagePricePerGb?: Micros | undefined;
  readonly storageFreeGb?: number | undefined;
  readonly publicIpPrice?: Micros | undefined;
  readonly publicIpsFree?: number | undefined;
}

export type CloudEvent =
  | { readonly kind: 'charge'; readonly resource: CloudResource }
  | { readonly kind: 'settle'; readonly resource: CloudResource }
  | { readonly kind: 'termination'; readonly vmName: string }
  | { readonly kind: 'move'; readonly move: CloudMove }
  | { readonly kind: 'late-deploy'; readonly order: CloudOrder };

interface Range {
  readonly leastMillis: Millis;
  readonly mostMillis: Millis;
}

/** The rules of one cloud; they never change while it runs. */
export interface CloudRules {
  readonly launch: Range & { readonly failShare: number; readonly deadlineMillis: Millis };
  readonly deletion: Range;
  /** Of a storage or public IP until it is ready, and until it is removed. */
  readonly provision: Range;
  /** Updating, restarting. */
  readonly update: Range;
  /** How long what has ended stays in the lists. */
  readonly historyMillis: Millis;
  readonly minVolumeGb: number;
}

export interface CloudState {
  readonly seed: number;
  readonly rules: CloudRules;
  readonly userId: string;
  now: Instant;
  readonly configurations: readonly CloudConfiguration[];
  readonly clusters: readonly CloudCluster[];
  readonly images: readonly CloudImage[];
  /** By id, in order of registration. */
  readonly keys: Map<string, CloudKey>;
  readonly groups: Map<string, CloudGroup>;
  balance: Micros;
  /** All money that ever came from outside, minus what was taken out. In the end deposited = balance + charged. */
  deposited: Micros;
  /** Everything that ever was, in order of creation. */
  readonly vms: Map<string, CloudVm>;
  readonly storages: Map<string, CloudStorage>;
  readonly publicIps: Map<string, CloudPublicIp>;
  readonly ipByAddress: Map<string, CloudPublicIp>;
  /** Parts whose charge waits for money, oldest debt first. */
  readonly unpaid: Set<CloudPart>;
  readonly charges: CloudCharge[];
  readonly creates: CloudCreate[];
  /** A binary heap; due-events.ts keeps it. */
  readonly due: DueEvent<CloudEvent>[];
  lastSequence: number;
  lastSerial: number;
}

export function nameOf(resource: CloudResource): string {
  return resource.names[resource.names.length - 1]!;
}
