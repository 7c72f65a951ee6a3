// The cloud port: one account at one product. Adapters translate wire shapes into core types; they decide nothing and retry
// only what has no effect. Everything here may throw CloudError.
import type {
  ChosenOffer,
  Image,
  Inventory,
  Micros,
  Millis,
  Offer,
  Port,
  Price,
  Product,
  SshKey,
} from '../core/types.js';
import { PurserError } from '../core/errors.js';

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
  /** Without 22/tcp, which is open by default. */
  readonly ports: readonly Port[];
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
}

export interface Cloud {
  readonly product: Product;
  readonly account: string;
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
  /** ONE request, never retried inside. Returns the ids, one for each VM. */
  createVms(order: CreateOrder, options?: CallOptions): Promise<readonly { id: string; name: string }[]>;
  /** ONE request. A 404 (`api-not-found`) says nothing about its ids: the caller splits. */
  renameVms(updates: readonly { id: string; name: string }[], options?: CallOptions): Promise<void>;
  /** ONE request of at most 100 ids. A 404 (`api-not-found`) says nothing about its ids: the caller splits. */
  deleteVms(ids: readonly string[], options?: CallOptions): Promise<void>;
  /** Median of the clock differences seen lately (API minus local), `Age` subtracted; undefined before the first header. */
  skewMillis(): Millis | undefined;
  /** Duration of the last answered request, for `status`. */
  lastLatencyMillis(): Millis | undefined;
  close(): Promise<void>;
}
