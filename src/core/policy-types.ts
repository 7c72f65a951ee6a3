// Policies as the core sees them: compiled, defaults filled in, time zones and CEL already turned into pure functions.
// Nothing here knows YAML; src/policy makes these, the rules read them.
import type { BudgetPolicy } from './budgets/budget-policy.js';
import type { CloudInit } from './cloud-init.js';
import type { Hardware, Instant, Micros, Millis, Mode, PartKind, Port, Price, Vm } from './types.js';

/** From `at` on, `wanted` members are wanted, until the next step. `window` is the open window's name, if any. */
export interface DemandStep {
  readonly at: Instant;
  readonly wanted: number;
  readonly window: string | undefined;
}

/**
 * The wish of a fleet over time. Returns the step in force at `from` (with `at` <= `from`) and every later one before `to`,
 * ascending, adjacent steps differing in `wanted` or `window`. Pure: the same arguments give the same steps.
 */
export type Demand = (from: Instant, to: Instant) => readonly DemandStep[];

export interface Where {
  /** ISO codes; empty means any. In `listed` order when `prefer` is `listed`. */
  readonly countries: readonly string[];
  readonly prefer: 'price' | 'listed';
  /** Exact slugs; undefined when `minimum` (or the smallest on offer) decides. */
  readonly configurations: readonly string[] | undefined;
  readonly minimum: { readonly vcpu: number; readonly ramGb: number; readonly storageGb: number } | undefined;
  readonly hardware: Hardware;
  /** At least this tier. */
  readonly tier: number | undefined;
  readonly certifications: readonly string[];
  readonly maxPrice: Price;
  /** Running members that cost more are bought anew before their boundary. Absent: they are kept, and told. */
  readonly aboveMaxPrice?: 'replace';
}

export interface VmTemplate {
  /** Slug of a default image, or a URL. */
  readonly image: string;
  /** Names of registered keys, or public keys (files were read by src/policy). */
  readonly sshKeys: readonly string[];
  /** Added to 22/tcp. */
  readonly ports: readonly Port[];
  /** Closed on members, said in words: nothing else that is open is ever closed. Absent: none. */
  readonly closedPorts?: readonly Port[];
  readonly hostname: string | undefined;
  /** What a VM does at its first start. Absent: nothing, and on products without it. */
  readonly cloudInit?: CloudInit;
}

interface PolicyBase {
  readonly name: string;
  readonly account: string;
  readonly mode: Mode;
  readonly description: string | undefined;
}

export interface FleetPolicy extends PolicyBase {
  readonly kind: 'fleet';
  /** Where it may buy and its members may stand, `account` first; undefined: in `account` alone. */
  readonly accounts?: readonly string[];
  readonly formerly: readonly string[];
  readonly demand: Demand;
  /** `start`: running when the window opens, bought earlier by p95 of the launch time. `buy`: bought then. */
  readonly readyBy: 'start' | 'buy';
  readonly where: Where;
  readonly spread: { readonly by: 'country' | 'datacenter'; readonly max: number } | undefined;
  readonly vm: VmTemplate;
  readonly deleteAt: 'boundary' | 'now';
  /** undefined: p95 of the launch time plus the lead. */
  readonly keepIfWantedWithinMillis: Millis | undefined;
  /** Nothing is bought this near before a boundary that all VMs of the account share. Absent: no delay. */
  readonly delayPurchaseMillis?: Millis;
  /** Fleets with a higher number buy first when rails or capacity are short. */
  readonly priority: number;
  readonly floor: number;
  /** Set by the planner alone: a budget holds it to so many at most, and `demand` is what it would want. */
  readonly heldBy?: { readonly budget: string; readonly most: number; readonly demand: Demand };
}

/** One question to ask about a VM. `id` is the content's hash, stable over generations. */
export interface HttpSignal {
  readonly kind: 'http';
  readonly id: string;
  /** May hold `{vm.publicIp}`, `{vm.name}`, `{vm.id}`. */
  readonly url: string;
  /** JSON pointer into the answer; undefined: the status alone (2xx is yes). */
  readonly json: string | undefined;
  readonly equals: unknown;
  readonly timeoutMillis: Millis;
}
export type Signal = HttpSignal;

/** Three-valued: `all` is yes when every part is, `any` when one is; unknown is kept where it decides. */
export type SignalExpression =
  | { readonly op: 'signal'; readonly signal: Signal }
  | { readonly op: 'all' | 'any'; readonly parts: readonly SignalExpression[] }
  | { readonly op: 'not'; readonly part: SignalExpression };

export interface ReapPolicy extends PolicyBase {
  readonly kind: 'reap';
  /** The compiled CEL: pure; throws never (an evaluation error counts as no match and is told). */
  readonly select: (vm: Vm, context: SelectContext) => boolean;
  readonly selectText: string;
  readonly minAgeMillis: Millis;
  readonly idle: {
    readonly forMillis: Millis;
    readonly everyMillis: Millis;
    readonly expression: SignalExpression;
  };
  readonly tellAfterMillis: Millis;
  readonly deleteAt: 'boundary' | 'now';
}

/** What serves nobody and is paid for or locks money: a part attached to nothing, or a VM that has ended. */
export interface Orphan {
  readonly kind: PartKind | 'vm';
  readonly id: string;
  readonly name: string;
  readonly price: Price | undefined;
  readonly paidUntil: Instant | undefined;
  readonly createdAt: Instant | undefined;
  /** Since when it was seen to serve nobody. */
  readonly since: Instant;
  /** Of a part that somebody took from a VM of ours while that ran: its name. */
  readonly takenFrom: string | undefined;
  readonly sizeGb: number | undefined;
  readonly address: string | undefined;
  /** Of an ended VM. */
  readonly reserved: Micros | undefined;
  readonly country: string | undefined;
}

export interface OrphansPolicy extends PolicyBase {
  readonly kind: 'orphans';
  /** The compiled CEL; undefined: only what bears this installation's names. Pure; an evaluation error is no match. */
  readonly select: ((orphan: Orphan, context: Pick<SelectContext, 'now' | 'account'>) => boolean) | undefined;
  readonly selectText: string | undefined;
  /** Serving nobody for less than this is left alone. */
  readonly minAgeMillis: Millis;
  readonly deleteAt: 'boundary' | 'now';
}

/** An SSH key that the account is to have. */
export interface WantedKey {
  readonly name: string;
  readonly publicKey: string;
  /** `SHA256:...`, as the APIs and ssh-keygen write it. */
  readonly fingerprint: string;
}

export interface KeysPolicy extends PolicyBase {
  readonly kind: 'keys';
  readonly keys: readonly WantedKey[];
  /** Removes every key that no policy declares; else only what this policy added. */
  readonly exclusive: boolean;
}

/** What CEL sees beside the VM itself. */
export interface SelectContext {
  readonly now: Instant;
  readonly account: string;
  /** The fleet that owns the VM, or "". */
  readonly policy: string;
}

/** One accepted set of policies. */
export interface PolicySet {
  /** Rising number; 0 when never published (plan of files that were not applied). */
  readonly generation: number;
  readonly hash: string;
  readonly fleets: readonly FleetPolicy[];
  readonly reaps: readonly ReapPolicy[];
  readonly orphans: readonly OrphansPolicy[];
  /** Absent: none. */
  readonly keys?: readonly KeysPolicy[];
  /** Absent: none. */
  readonly budgets?: readonly BudgetPolicy[];
  /** `protect` of purser.yaml, compiled: yes means that no rule may delete the VM. */
  readonly isProtected: (vm: Vm, context: SelectContext) => boolean;
}

/** A cap by number and by percent; both must hold (percent only from 6 VMs up). */
export interface CountCap {
  readonly count: number;
  readonly percent: number;
}

/** What refuses deletions or purchases. */
export type RailName =
  | 'deletes.perPlan'
  | 'deletes.perHour'
  | 'deploys.perHour'
  | 'deploys.perDay'
  | 'deploys.moneyPerDay'
  | 'deploys.perFleet';

export interface Rails {
  readonly deletes: { readonly perPlan: CountCap; readonly perHour: CountCap };
  readonly deploys: { readonly perHour: number; readonly perDay: number; readonly moneyPerDay: bigint };
}

/** What the planner must know of an account; the key is none of its business. */
export interface AccountSettings {
  readonly name: string;
  readonly product: 'marketplace' | 'cloud';
  readonly mode: Mode;
  /** false: nobody said which mode, so `apply` acts and all else observes. */
  readonly isModeTold?: boolean;
  /** What a person set for the account (mode as it was told, protect, rails), hashed. */
  readonly settingsHash?: string;
  /** Requests a second, and how many may be open at once. */
  readonly ratePerSecond: number;
  readonly concurrency: number;
  readonly rails: Rails;
  /** The longest time between two looks; part of every lead. */
  readonly tickMillis: Millis;
  /** Two characters that stand in every name that this installation gives. */
  readonly installation: string;
  /** How long one period lasts for a VM that isn't bought yet. */
  readonly periodMillis: Millis;
}
