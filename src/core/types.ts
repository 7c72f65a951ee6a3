// The words of Purser and the shapes of what was observed. Pure data: nothing here reads a clock, a file or a network.
//
// Glossary (one word for one thing, in code, YAML, CLI, docs and UI alike):
//   account     one API key at one product (`marketplace` or `cloud`)
//   VM          a rented machine
//   offer       what can be rented now: configuration, place, price, capacity
//   period      the time that one charge pays for (an epoch of 24 h on the marketplace, an hour on the cloud)
//   boundary    the instant of a VM's next charge; `paidUntil` in code. Charged in advance, never given back
//   policy      one declared wish: fleet, reap, budget, orphans, keys, holidays
//   ceiling     the most members that a budget lets a fleet have
//   generation  one accepted set of policies, by content hash and rising number
//   member      a VM that a fleet owns
//   snapshot    all that was observed at one instant
//   plan        what should be done about a snapshot: actions and holds, each with a reason and its money
//   parked      a member no longer wanted but paid for; runs until its deadline, can be taken back until then
//   deadline    the last safe moment to start a VM's deletion
//   doomed      its deletion has begun; never taken back
//   intent      one thing that we decided to do, written down before the first call
//   claim       the record that a fleet owns a VM
//   books       all claims, intents and notes of one account, as kept in the store
//   ledger      the append-only record of intents and outcomes
//   signal      evidence about a VM (idle, busy), with time and source: yes, no, or unknown

/** An instant, in milliseconds since the Unix epoch, UTC. */
export type Instant = number;
/** A duration in integer milliseconds. */
export type Millis = number;
/** Money in micro-USDC (1 USDC = 1_000_000n). Never a float. */
export type Micros = bigint;

/** Money per period. Compare with `comparePrices`, never by `amount` alone: periods differ between products. */
export interface Price {
  readonly amount: Micros;
  readonly periodMillis: Millis;
}

export type Product = 'marketplace' | 'cloud';

/** `act` plans and acts, `observe` plans and tells, `pause` does neither. */
export type Mode = 'act' | 'observe' | 'pause';

/** Purser's words for a VM's status; each product's client translates into them. `unknown` is one that we can't read. */
export type VmStatus =
  | 'new'
  | 'launching'
  | 'active'
  | 'small-balance'
  | 'insufficient-funds'
  | 'terminated'
  | 'stopped'
  | 'failed'
  | 'unknown';

export interface Place {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  readonly city: string | undefined;
  readonly cityIndex: number | undefined;
  /** 1 to 4, 4 is the most reliable. */
  readonly tier: number | undefined;
  readonly certifications: readonly string[];
}

export interface Port {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/** Hardware as the API names it; an undefined field is "any" in a wish and "not told" in an observation. */
export interface Hardware {
  readonly cpuManufacturer?: string;
  readonly cpuArchitecture?: string;
  readonly memoryType?: string;
  readonly memoryGeneration?: string;
  readonly storageType?: string;
}

export type PartKind = 'boot-disk' | 'data-disk' | 'public-ip';

/** Purser's words for a part's status. removing: on its way out, and perhaps still charged. */
export type PartStatus = 'new' | 'ready' | 'failed' | 'removing' | 'removed' | 'unknown';

/**
 * What is rented beside a VM and charged apart from it, on a clock of its own (the cloud's disks and public IPs). It stays,
 * and goes on being charged, when its VM is deleted. `undefined` means that the API did not tell.
 */
export interface Part {
  readonly kind: PartKind;
  readonly id: string;
  readonly name: string | undefined;
  readonly price: Price | undefined;
  /** Its own boundary, which may differ from its VM's. */
  readonly paidUntil: Instant | undefined;
  readonly createdAt: Instant | undefined;
  /** Ids of VMs; empty: attached to nothing. */
  readonly attachedTo: readonly string[] | undefined;
  readonly status: PartStatus;
  /** The API's own word; empty when it told none. */
  readonly statusText: string;
  /** false: a deletion would be refused now. */
  readonly mayBeDeleted: boolean | undefined;
  /** Of a disk. */
  readonly sizeGb: number | undefined;
  /** Of a public IP. */
  readonly address: string | undefined;
}

/** What a product lets us do to a VM at present, in Purser's words. */
export type VmAction = 'delete' | 'restart' | 'soft-restart' | 'set-ports';

/** A rented machine as the API showed it. `undefined` means that the API did not tell; it is never guessed. */
export interface Vm {
  readonly id: string;
  readonly name: string;
  readonly status: VmStatus;
  /** The API's own word for the status. */
  readonly statusText: string;
  /**
   * The VM's own, without its parts: what is saved at the VM's own boundary. The whole is `price` and the prices of all
   * `parts`, summed only where all of them are told; each part's is due at that part's own `paidUntil`.
   */
  readonly price: Price | undefined;
  /** The boundary: when the next charge comes. The VM's own word is the authority, never a model. */
  readonly paidUntil: Instant | undefined;
  readonly createdAt: Instant | undefined;
  readonly place: Place | undefined;
  readonly configuration: string | undefined;
  readonly vcpu: number | undefined;
  readonly ramGb: number | undefined;
  readonly storageGb: number | undefined;
  readonly hardware: Hardware;
  readonly image: string | undefined;
  readonly publicIp: string | undefined;
  readonly ports: readonly Port[];
  /** The reserve that is locked until the VM's record is deleted. */
  readonly reserved: Micros | undefined;
  readonly spent: Micros | undefined;
  /** Of one that is over: when it was charged last, where the product tells. Its boundary is told no more then. */
  readonly lastPaidAt?: Instant;
  /** What is attached to it and charged apart; absent on a product where everything is in the VM's price. */
  readonly parts?: readonly Part[];
  /** Absent: the product doesn't tell. Empty: nothing is allowed at present; a call would be refused. */
  readonly allowedActions?: readonly VmAction[];
  /** On a product that has clusters. */
  readonly clusterId?: string;
}

/**
 * One provider's offer of one configuration in one data center; on the cloud one configuration with a boot disk of
 * `storageGb` and a public IP in one cluster, and `price` is the sum of the three.
 */
export interface Offer {
  readonly configuration: string;
  readonly vcpu: number;
  readonly ramGb: number;
  readonly storageGb: number;
  readonly price: Price;
  readonly place: Place;
  /** How many VMs can be rented from it now. */
  readonly capacity: number;
  readonly hardware: Hardware;
  /** Where it is bought, on a product whose calls name a cluster. */
  readonly clusterId?: string;
}

/** What a deploy call names. All that the service may pick with it satisfies `where` (see "Buying" in DESIGN). */
export interface ChosenOffer {
  readonly country: string;
  readonly configuration: string;
  readonly hardware: Hardware | undefined;
  readonly price: Price;
  /** `clusterId` and `storageGb` of the offer, where it has a cluster: such a call names both. */
  readonly clusterId?: string;
  readonly storageGb?: number;
}

/** A default image of the product. */
export interface Image {
  readonly slug: string;
  readonly name: string;
  readonly distribution: string | undefined;
  readonly url: string;
  readonly username: string | undefined;
}

/** An SSH key registered in the account. */
export interface SshKey {
  readonly name: string;
  readonly fingerprint: string;
  readonly algorithm: string | undefined;
  readonly publicKey: string;
  /** On a product that names keys by ids. */
  readonly id?: string;
}

/** Yes, no, or not known. Only `yes` ever deletes. */
export type Answer = 'yes' | 'no' | 'unknown';

/**
 * A stretch of equal answers about one VM. Evidence is kept as runs, newest last; `from` and `to`: its first and last sample.
 * A gap of more than two intervals between samples is a run of `unknown` without samples.
 */
export interface EvidenceRun {
  readonly answer: Answer;
  readonly from: Instant;
  readonly to: Instant;
  readonly samples: number;
  /** What the last probe said, e.g. `/busy = false` or `no answer: timeout`. */
  readonly text: string;
}

/** All evidence that one reap's `idle` has about one VM. */
export interface Evidence {
  readonly policy: string;
  readonly vmId: string;
  readonly runs: readonly EvidenceRun[];
}

/** A listing of an account's VMs. Only `complete` ones count as a look; anything else stops deletes and deploys. */
export interface Inventory {
  readonly state: 'complete' | 'partial' | 'failed';
  /** When the (first) request was sent and the (last) answer read, by the local clock. */
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly vms: readonly Vm[];
  /**
   * Parts attached to nothing, which go on being charged; a part of a VM that has ended may stand here and with its VM. Absent:
   * the product has no parts, or not all of them could be read (then `problems` says why, and the VMs may be `complete`).
   */
  readonly leftovers?: readonly Part[];
  /** What was wrong, when the state isn't `complete`, or what else could not be read. */
  readonly problems: readonly string[];
}

/** What was learned about the clocks while looking. */
export interface ClockReading {
  /** API's clock minus ours, median of several `Date` headers with `Age` subtracted; undefined when no header came. */
  readonly skewMillis: Millis | undefined;
  /** The local wall clock moved against the monotonic clock by this much since the previous look. */
  readonly jumpMillis: Millis;
}

export type { Reason, ReasonCode } from './reasons.js';
