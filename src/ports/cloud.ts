// The cloud port: one account at one product. Adapters translate wire shapes into core types; they decide nothing and retry
// only what has no effect. Everything here may throw CloudError.
import type { Abilities } from '../core/abilities.js';
import type { BilledCharge } from '../core/compare-billed.js';
import type {
  ChosenOffer,
  Image,
  Instant,
  Inventory,
  Micros,
  Millis,
  Offer,
  Part,
  Place,
  Port,
  Price,
  Product,
  SshKey,
} from '../core/types.js';
import { PurserError } from '../core/errors.js';

export type { Abilities } from '../core/abilities.js';

/**
 * none: the request certainly changed nothing (refused, never connected). unknown: it may have taken effect
 * (time-out, reset, 5xx, unreadable 2xx). Creates with `unknown` are never sent again.
 */
export type Effect = 'none' | 'unknown';

export class CloudError extends PurserError {
  readonly effect: Effect;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** From `Retry-After`. */
  readonly retryAfterMillis: Millis | undefined;
  constructor(
    code: CloudErrorCode,
    message: string,
    facts: {
      effect: Effect;
      status?: number;
      retryAfterMillis?: Millis;
      details?: Record<string, unknown>;
      cause?: unknown;
    },
  ) {
    super(code, message, { details: facts.details, cause: facts.cause });
    this.effect = facts.effect;
    this.status = facts.status;
    this.retryAfterMillis = facts.retryAfterMillis;
  }
}

/** Codes of src/core/errors.ts that a cloud adapter may use. */
export type CloudErrorCode =
  | 'api-unreachable'
  | 'api-timeout'
  | 'api-key-refused'
  | 'api-key-missing'
  | 'api-bad-request'
  | 'api-not-found'
  | 'api-conflict'
  | 'api-no-offer'
  | 'api-no-balance'
  | 'api-rate-limited'
  | 'api-unavailable'
  | 'api-unreadable';

export interface OfferQuery {
  readonly configuration?: string;
  readonly countries?: readonly string[];
  readonly maxPrice?: Price;
  /** Sizes of boot disks, in GB, on a product where the disk is chosen: one offer for each. Default: `USUAL_DISK_GB`. */
  readonly storageGb?: readonly number[];
}

/** One line of what an account has and owes, in the product's own words. Amounts may be negative. */
export interface Balance {
  readonly feature: string;
  readonly balance: Micros | undefined;
  readonly usage: Micros | undefined;
  readonly estimatedUsage: Micros | undefined;
  readonly overage: Micros | undefined;
  readonly daysLeft: number | undefined;
}

/** One line of a price list. Disks: per GB, rounded up to the micro, so no sum is built from it. */
export interface PriceRow {
  readonly kind: 'vm' | 'disk-gb' | 'public-ip';
  /** The configuration, the type of disk or the type of address. */
  readonly what: string;
  readonly place: Place | undefined;
  readonly clusterId: string | undefined;
  readonly price: Price;
  /** The price as the product wrote it, where it has more digits than a micro. */
  readonly text: string;
}

/** What the key was found able to do, without anything being changed. */
export interface Access {
  /** Of the API, where a product has several: `v3`. undefined: there is but one, or it isn't known yet. */
  readonly variant: string | undefined;
  /** undefined: not known; `how` says why. */
  readonly mayChange: boolean | undefined;
  /** What Purser needs and the key lacks, in the product's own words, as far as it tells. */
  readonly lacks: readonly string[];
  /** How it was found out, or why it couldn't be; a clause without a full stop. */
  readonly how: string;
}

/** One call that creates `count` equal VMs under one name. */
export interface CreateOrder {
  readonly count: number;
  readonly offer: ChosenOffer;
  readonly cap: Price;
  readonly name: string;
  readonly hostname: string | undefined;
  /** URL of the image (slugs are resolved before). */
  readonly imageUrl: string;
  readonly sshKeys: readonly string[];
  /** Without 22/tcp, which is open by default. On the cloud ports are opened by security groups, not by this call. */
  readonly ports: readonly Port[];
  /** Further disks, on a product that sells them. */
  readonly dataDisksGb?: readonly number[];
  /** User data with its secrets filled in, at most 16 KiB; it must never be stored or logged. Cloud only. */
  readonly cloudInit?: string;
  /** What `prepareOrder` found out; a product that needs it refuses an order without it. */
  readonly resolved?: {
    readonly configurationId: string;
    readonly keyIds: readonly string[];
    readonly isReplicated: boolean;
  };
}

/** What is to be open on one VM. */
export interface PortsUpdate {
  readonly id: string;
  readonly clusterId?: string;
  /** The whole list: what is left out is closed. */
  readonly ports: readonly Port[];
  /** Of what turns out to be open already, only these are closed, on a product that doesn't tell it in its listing. */
  readonly closes: readonly Port[];
  /** What `preparePorts` found out; a product that needs it refuses an update without it. `in-place`: there is nothing to do. */
  readonly resolved?: { readonly interfaceId: string; readonly groupId: string } | 'in-place';
}

export interface Estimate {
  readonly depositAmount: Micros;
  readonly depositPeriods: number;
  readonly totalPricePerPeriod: Micros;
  readonly maxPricePerPeriod: Micros;
  readonly count: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Of a change: the turn that its caller took of the account's traffic; the call ends it. */
  readonly turn?: string;
}

export interface PrepareOptions extends CallOptions {
  /** Awaited before a request that changes something (a raw key is registered); it throws to keep it from being sent. */
  readonly beforeChange?: () => Promise<void>;
}

export interface Cloud {
  readonly product: Product;
  readonly account: string;
  readonly abilities: Abilities;
  /**
   * Asks what a change must know beforehand (the key, the variant of the API), if it isn't known: at most once. To be awaited
   * before the gate of any change. Throws CloudError.
   */
  prepare(options?: CallOptions): Promise<void>;
  /**
   * Turns what an order names into what the create names: ids of keys (raw ones are registered), of the configuration. Checks the
   * price of now against the cap where the create can't. To be awaited before the gate. Throws CloudError, effect none.
   */
  prepareOrder(order: CreateOrder, options?: PrepareOptions): Promise<CreateOrder>;
  /** What the key may do: at most two requests, which change nothing. Throws CloudError only for a key that can't be read. */
  checkAccess(options?: CallOptions): Promise<Access>;
  /** Never throws for an API that is down or half-answers: that is an inventory of state failed or partial. A wrong key throws. */
  listVms(options?: CallOptions): Promise<Inventory>;
  listOffers(query?: OfferQuery, options?: CallOptions): Promise<readonly Offer[]>;
  listImages(options?: CallOptions): Promise<readonly Image[]>;
  listKeys(options?: CallOptions): Promise<readonly SshKey[]>;
  addKey(key: { name: string; publicKey: string }, options?: CallOptions): Promise<SshKey>;
  removeKey(fingerprint: string, options?: CallOptions): Promise<void>;
  listConfigurations(options?: CallOptions): Promise<readonly string[]>;
  listCountries(options?: CallOptions): Promise<readonly string[]>;
  estimate(order: { count: number; offer: ChosenOffer; cap: Price }, options?: CallOptions): Promise<Estimate>;
  /** undefined: the product doesn't tell. */
  listBalances(options?: CallOptions): Promise<readonly Balance[] | undefined>;
  /** What was really charged on days of UTC, both included, thing by thing. undefined: the product doesn't tell. */
  listBilled(
    days: { first: Instant; last: Instant },
    options?: CallOptions,
  ): Promise<readonly BilledCharge[] | undefined>;
  listPrices(options?: CallOptions): Promise<readonly PriceRow[]>;
  /** ONE request, never retried inside, of at most `createsPerCall`. Returns the ids, one for each VM. */
  createVms(order: CreateOrder, options?: CallOptions): Promise<readonly { id: string; name: string }[]>;
  /** ONE request of at most `renamesPerCall`. A 404 (`api-not-found`) says nothing about its ids: the caller splits. */
  renameVms(updates: readonly { id: string; name: string }[], options?: CallOptions): Promise<void>;
  /**
   * Turns a list of ports into what the change names: a security group with exactly these ports, made if there is none. To be
   * awaited before the gate. Throws CloudError; `api-conflict`: what is set up there can't be said as a list of ports.
   */
  preparePorts(update: PortsUpdate, options?: CallOptions): Promise<PortsUpdate>;
  /** ONE request of at most `renamesPerCall`; it replaces each VM's whole list. A 404 says nothing about its ids: the caller splits. */
  setPorts(updates: readonly PortsUpdate[], options?: CallOptions): Promise<void>;
  /**
   * ONE request of at most `deletesPerCall`. A 404 (`api-not-found`) says nothing about its ids: the caller splits. What a VM's
   * state doesn't allow is `api-conflict`. Parts stay.
   */
  deleteVms(ids: readonly string[], options?: CallOptions): Promise<void>;
  /** ONE request for at most `partsPerCall`, disks or public IPs, not both. Errors as those of `deleteVms`. */
  deleteParts(parts: readonly Pick<Part, 'kind' | 'id'>[], options?: CallOptions): Promise<void>;
  /**
   * Tells the key that the next call would bear from others, without telling it; synchronous, and read anew each time. undefined:
   * there is no key.
   */
  keyMark(): string | undefined;
  /** Median of the clock differences seen lately (API minus local), `Age` subtracted; undefined before the first header. */
  skewMillis(): Millis | undefined;
  /** Duration of the last answered request, for `status`. */
  lastLatencyMillis(): Millis | undefined;
  close(): Promise<void>;
}
