// The shapes of the simulated marketplace: offers, VMs, money and what is going to happen. Pure data, owned by one simulation
// and changed in place by the market-*.ts functions. No I/O, no clock: `now` moves only when it is told to.
import type { Instant, Micros, Millis, Place, Port } from '../../core/types.js';
import type { DueEvent } from '../due-events.js';

export interface MarketHardware {
  readonly cpu: {
    readonly manufacturer: string;
    readonly brand: string;
    readonly architecture: string;
    readonly generation: string;
  };
  readonly memory: { readonly type: string; readonly generation: string };
  readonly storage: { readonly type: string };
}

/** One server of an offer: what is still free on it. */
export interface MarketServer {
  capacity: number;
  storageGib: number;
}

export interface MarketOffer {
  readonly id: string;
  readonly configuration: string;
  readonly vcpu: number;
  readonly ramGb: number;
  readonly storageGb: number;
  /** Per epoch and VM. Moves; what is rented keeps the price of its day. */
  price: Micros;
  readonly place: Place & { readonly city: string; readonly cityIndex: number; readonly tier: number };
  readonly hardware: MarketHardware;
  readonly storagePricePerGib: Micros;
  readonly storagePerVmLimitGib: number;
  readonly servers: MarketServer[];
  /** Where drift starts from. */
  readonly basePrice: Micros;
}

export type MarketVmStatus = 'launching' | 'active' | 'small-balance' | 'insufficient-funds' | 'terminated';

export interface MarketVm {
  /** Rising number in order of creation. */
  readonly serial: number;
  /** Keys its draws. */
  readonly luck: string;
  readonly id: string;
  /** The present name last. */
  readonly names: string[];
  /** Placed by a control, not bought through the API. */
  readonly foreign: boolean;
  readonly offer: MarketOffer;
  /** Where its capacity goes back to; undefined for foreign VMs, which took none. */
  readonly server: MarketServer | undefined;
  readonly extraStorageGib: number;
  readonly price: Micros;
  readonly createdAt: Instant;
  /** From when on it is shown as Launching rather than New. */
  readonly launchingAt: Instant;
  /** undefined: it will never become active (a failed launch). */
  readonly activeDueAt: Instant | undefined;
  readonly osImage: string;
  readonly hostname: string | undefined;
  ports: readonly Port[];
  status: MarketVmStatus;
  activeAt: Instant | undefined;
  /** undefined until active, and once the workload has ended. */
  nextBillingAt: Instant | undefined;
  /** While a charge that came due at `nextBillingAt` can't be paid. */
  graceUntil: Instant | undefined;
  /** When the provider or the lack of money ended the workload. */
  endedAt: Instant | undefined;
  deletion: { readonly calledAt: Instant; readonly dueAt: Instant; readonly showsStopped: boolean } | undefined;
  goneAt: Instant | undefined;
  /** Charged at deployment; the time it pays for is known once the VM is active. */
  openCharge: Charge | undefined;
  publicIp: string | undefined;
  reserve: Micros;
  /** What the books charged; `spentBefore` is what a foreign VM had cost before it was placed. */
  spent: Micros;
  readonly spentBefore: Micros;
}

export interface Charge {
  readonly vm: MarketVm;
  readonly at: Instant;
  readonly amount: Micros;
  /** The time paid for; unknown while the VM isn't active. */
  from: Instant | undefined;
  to: Instant | undefined;
}

/** What one create was asked to do. */
export interface DeployOrder {
  readonly constraints: OfferConstraints;
  readonly instances: number;
  readonly name: string;
  readonly hostname: string | undefined;
  readonly osImage: string;
  /** Without 22/tcp, which is open by default. */
  readonly ports: readonly Port[];
  /** Key the draws of its VMs, so that chance hangs on what is bought, not on what was bought before. Default: their serials. */
  readonly lucks?: readonly string[] | undefined;
}

export interface OfferConstraints {
  readonly configuration?: string | undefined;
  readonly countries?: readonly string[] | undefined;
  readonly cpu?: readonly { readonly manufacturer?: string | undefined; readonly architecture?: string | undefined }[];
  readonly memory?: readonly { readonly type?: string | undefined; readonly generation?: string | undefined }[];
  readonly storage?: readonly { readonly type?: string | undefined }[];
  /** Beyond the configuration's own, per VM; `type` undefined: any. */
  readonly extraStorage?: readonly { readonly gib: number; readonly type?: string | undefined }[];
  /** Per VM and epoch, extra storage included. */
  readonly maxPrice?: Micros | undefined;
}

export interface CreateRecord {
  readonly at: Instant;
  readonly name: string;
  readonly instances: number;
  /** Took effect after its call had been answered (a fault). */
  readonly late: boolean;
  readonly vmIds: readonly string[];
  /** Why a late one came to nothing. */
  readonly error: string | undefined;
}

export interface MarketKey {
  readonly name: string;
  readonly fingerprint: string;
  readonly algorithm: string;
  readonly comment: string;
  readonly publicKey: string;
  readonly createdAt: Instant;
}

export interface MarketImage {
  readonly id: string;
  readonly name: string;
  readonly distribution: string;
  readonly slug: string;
  readonly downloadUrl: string;
  readonly username: string;
}

/** A change of all offers that match. */
export interface OfferMove {
  readonly country?: string | undefined;
  readonly configuration?: string | undefined;
  readonly price?: Micros | undefined;
  readonly capacity?: number | undefined;
}

export type MarketEvent =
  | { readonly kind: 'charge'; readonly vm: MarketVm }
  | { readonly kind: 'grace-over'; readonly vm: MarketVm }
  | { readonly kind: 'termination'; readonly vmName: string }
  | { readonly kind: 'deletion-finished'; readonly vm: MarketVm }
  | { readonly kind: 'launch-finished'; readonly vm: MarketVm }
  | { readonly kind: 'offer-move'; readonly move: OfferMove }
  | { readonly kind: 'drift'; readonly round: number }
  | { readonly kind: 'late-deploy'; readonly order: DeployOrder };

/** The rules of one market; they never change while it runs. */
export interface MarketRules {
  readonly regime: 'rolling' | 'fixed';
  readonly epochMillis: Millis;
  /** Of the fixed regime: the boundary as time of day, UTC. */
  readonly boundaryOfDayMillis: Millis;
  /** How long after an unpaid charge a VM still runs. */
  readonly graceMillis: Millis;
  readonly launch: { readonly leastMillis: Millis; readonly mostMillis: Millis; readonly failShare: number };
  readonly deletion: { readonly leastMillis: Millis; readonly mostMillis: Millis };
  /** Seeded moves of all offers; undefined: the market stands still. */
  readonly drift:
    { readonly everyMillis: Millis; readonly pricePercent: number; readonly capacity: number } | undefined;
}

export interface MarketState {
  readonly seed: number;
  readonly rules: MarketRules;
  now: Instant;
  readonly offers: MarketOffer[];
  readonly images: readonly MarketImage[];
  /** By fingerprint, in order of registration. */
  readonly keys: Map<string, MarketKey>;
  balance: Micros;
  /** All money that ever came from outside, minus what was taken out. */
  deposited: Micros;
  /** What is in the account's list, by id in lower case, in order of creation. */
  readonly vms: Map<string, MarketVm>;
  /** Every VM that ever was. */
  readonly everyVm: MarketVm[];
  /** Running VMs whose reserve is short or whose charge waits, oldest debt first. */
  readonly indebted: Set<MarketVm>;
  readonly charges: Charge[];
  readonly creates: CreateRecord[];
  /** A binary heap; due-events.ts keeps it. */
  readonly due: DueEvent<MarketEvent>[];
  lastSequence: number;
  lastSerial: number;
}
