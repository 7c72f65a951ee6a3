// What the rules share during one planning: the facts they read and the draft they write to. Holds no logic of its own.
import type { Books, Claim } from './books.js';
import type { LaunchTimes } from './launch-times.js';
import type { LifecycleRow } from './lifecycle.js';
import type { LetGoBy } from './parts.js';
import type { FleetSummary, KeysSummary, OrphansSummary, ReapSummary } from './plan-summaries.js';
import type { Action, Hold, Mark, OtherVm, ProbeTarget, Refusal, Snapshot, Verdict, VmRef } from './plan-types.js';
import type { AccountSettings, FleetPolicy, PolicySet } from './policy-types.js';
import type { Instant, Millis, PartKind, Price, Reason, Vm } from './types.js';

/** A VM that a fleet owns (or that bears its name), judged by the life-cycle table. */
export interface Member {
  readonly id: string;
  readonly name: string;
  /** undefined: known by name alone. */
  readonly claim: Claim | undefined;
  /** undefined: not listed. */
  readonly vm: Vm | undefined;
  readonly row: LifecycleRow;
  /** What its deletion saves: its own price and those of the parts that go with it. */
  readonly price: Price | undefined;
  /** The earliest of its own boundary and those of the parts that go with it, as far as a deletion can still make them. */
  readonly boundary: Instant | undefined;
  /** Its own boundary: that of its parts may lie before it. */
  readonly ownBoundary: Instant | undefined;
  /** Its deletion must start so much earlier, because that boundary is a part's. */
  readonly partsMillis: Millis;
  /** What comes due after that boundary, up to its own: for who is wanted at the one, and by nobody at the other. */
  readonly laterBoundaries: readonly LetGoBy[];
  /** Why it isn't what was ordered. */
  readonly mismatch: string | undefined;
  readonly isProtected: boolean;
}

/** A deletion that some rule wants, before deadlines, rails and gates have spoken. */
export interface Unwanted {
  readonly vm: VmRef;
  readonly policy: string;
  readonly reason: Reason;
  /** boundary: in [deadline, boundary). now: `deleteAt: now`, or nothing is paid yet. record: the workload is gone. */
  readonly due: 'boundary' | 'now' | 'record';
  readonly boundary: Instant | undefined;
  readonly price: Price | undefined;
  /** Of a member whose boundary is a part's. */
  readonly partsMillis?: Millis;
  /** It is a disk or an IP, and `vm` names that. */
  readonly part?: PartKind;
  readonly capped: boolean;
  readonly railExempt: boolean;
  readonly reaped: boolean;
  /** Whether the rails judge it already: surplus is judged when parked, a demand that will end only at its deadline. */
  readonly judged: boolean;
  /** Says, as the second half of a hold's sentence, what would change its fate; undefined when nothing is known. */
  readonly outlook: string | undefined;
  /** The hard budget that asked for it. */
  readonly budget?: string;
}

export interface PlanContext {
  readonly snapshot: Snapshot;
  readonly settings: AccountSettings;
  readonly policies: PolicySet;
  readonly books: Books;
  readonly now: Instant;
  /** Where the API's clock stands, if it is ahead of ours; else `now`. What is past there is past. */
  readonly serviceNow: Instant;
  readonly vmById: ReadonlyMap<string, Vm>;
  readonly members: ReadonlyMap<string, readonly Member[]>;
  /** The fleet of each member. */
  readonly fleetOf: ReadonlyMap<string, string>;
  /** VMs of open creates that are not claimed yet, by fleet. */
  readonly pending: ReadonlyMap<string, number>;
  readonly foreign: readonly Vm[];
  /** Targets of delete and rename intents that wait or are being called: nothing is planned for them again. */
  readonly busyTargets: ReadonlySet<string>;
  readonly baseLeadMillis: Millis;
  /** How long a launch takes of what a fleet would buy. Worked out once a fleet. */
  readonly launchOf: (fleet: FleetPolicy) => LaunchTimes;
  /** The VM id whose verdicts are collected. */
  readonly traced: string | undefined;
}

export interface Draft {
  readonly actions: Action[];
  readonly holds: Hold[];
  readonly refused: Refusal[];
  readonly marks: Mark[];
  readonly unwanted: Unwanted[];
  /** By fleet, how many members are bought anew because of their price: so many more are wanted meanwhile. */
  readonly replacing: Map<string, number>;
  /** By fleet of several accounts, how many more budgets let this account buy. */
  readonly rooms: Map<string, number>;
  readonly fleets: FleetSummary[];
  readonly reaps: ReapSummary[];
  readonly orphans: OrphansSummary[];
  readonly keys: KeysSummary[];
  readonly others: OtherVm[];
  readonly probes: ProbeTarget[];
  readonly wakeAt: Instant[];
  readonly trace: Verdict[];
}

export function createDraft(): Draft {
  return {
    actions: [],
    holds: [],
    refused: [],
    marks: [],
    unwanted: [],
    replacing: new Map(),
    rooms: new Map(),
    fleets: [],
    reaps: [],
    orphans: [],
    keys: [],
    others: [],
    probes: [],
    wakeAt: [],
    trace: [],
  };
}

/** Notes a rule's word about a VM when that VM is being explained. */
export function noteVerdict(
  context: PlanContext,
  draft: Draft,
  vmId: string,
  verdict: Omit<Verdict, 'won' | 'until'> & { readonly until?: Instant | undefined; readonly won?: boolean },
): void {
  if (context.traced !== vmId) return;
  draft.trace.push({ ...verdict, until: verdict.until, won: verdict.won ?? false });
}

/** Adds a hold about one VM. */
export function holdVm(
  context: PlanContext,
  draft: Draft,
  policy: string | undefined,
  vm: VmRef,
  reason: Reason,
  facts: {
    readonly until?: Instant | undefined;
    readonly boundary?: Instant | undefined;
    readonly price?: Price | undefined;
    readonly since?: Instant | undefined;
    readonly tellFrom?: Instant | undefined;
    readonly budget?: string | undefined;
  } = {},
): void {
  draft.holds.push({
    account: context.settings.name,
    policy,
    vm,
    reason,
    until: facts.until,
    boundary: facts.boundary,
    charge: facts.price?.amount,
    ...(facts.since === undefined ? {} : { since: facts.since }),
    ...(facts.tellFrom === undefined ? {} : { tellFrom: facts.tellFrom }),
    ...(facts.budget === undefined ? {} : { budget: facts.budget }),
  });
}

/** Adds a hold about a policy, or (undefined) about the account. */
export function holdPolicy(
  context: PlanContext,
  draft: Draft,
  policy: string | undefined,
  reason: Reason,
  until?: Instant,
): void {
  draft.holds.push({
    account: context.settings.name,
    policy,
    vm: undefined,
    reason,
    until,
    boundary: undefined,
    charge: undefined,
  });
}

export function refTo(vm: { readonly id: string; readonly name: string }): VmRef {
  return { id: vm.id, name: vm.name };
}

export function isActing(fleet: Pick<FleetPolicy, 'mode'>, settings: AccountSettings): boolean {
  return fleet.mode === 'act' && settings.mode === 'act';
}
