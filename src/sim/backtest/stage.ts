// The stage of one follower: its own market, the demand on it, what befalls it, and the meter. Time moves only by `advanceTo`;
// chance hangs on what is bought when, so that followers on the same scenario have the same luck.
import { matchesName } from '../../core/name-pattern.js';
import type { ScenarioVm } from '../../core/scenario.js';
import type { Instant, Vm } from '../../core/types.js';
import { isRefusal, type Refusal } from '../refusal.js';
import type { BacktestMarket, MarketOrder, RunningVm } from './backtest-market.js';
import { BudgetLedger } from './budget-ledger.js';
import { buildMarket } from './build-market.js';
import { openDemand, type DemandCursor } from './demand-cursor.js';
import { earliest } from './earliest.js';
import { drawTermination, listHappenings, type Happening } from './happenings.js';
import { Meter } from './meter.js';
import { PurchaseLuck } from './purchase-luck.js';
import { Recorder } from './recorder.js';
import type { Outcome, ShortageReason } from './report.js';
import type { BacktestSetting } from './setting.js';

/** VMs whose policy is remembered before anybody asks whether they are still there. */
const FEWEST_KEPT = 200;

/** What the stage must know of who follows. */
export interface Watched {
  /** Of a VM, disk or IP: it was meant in time to be gone before this boundary, so a charge there is a boundary missed. */
  readonly isLeaving: (resourceId: string, boundary: Instant) => boolean;
  readonly isParked: (vmId: string) => boolean;
  /** Of a fleet that has fewer than wanted, by the last look. */
  readonly findShortage: (fleet: string) => ShortageReason;
}

export class Stage {
  readonly market: BacktestMarket;
  readonly setting: BacktestSetting;
  deploys = 0;
  deletes = 0;
  missedBoundaries = 0;
  /** When something last came that nobody could foresee: an end, a signal, a measured demand, a VM of somebody else. */
  surprisedAt: Instant = Number.NEGATIVE_INFINITY;
  readonly recorder: Recorder | undefined;
  readonly budgets: BudgetLedger;
  readonly #demands: ReadonlyMap<string, DemandCursor>;
  readonly #meter: Meter;
  readonly #happenings: readonly Happening[];
  #nextHappening = 0;
  /** By chance, ascending. */
  readonly #terminations: { readonly at: Instant; readonly vmId: string }[] = [];
  readonly #policyOf = new Map<string, string>();
  /** Other people's, by VM id. */
  readonly #foreign = new Map<string, ScenarioVm>();
  /** Of those, what the follower deleted, and the policy that let it. */
  readonly #reaped = new Map<string, { readonly vm: ScenarioVm; readonly policy: string }>();
  readonly #luck = new PurchaseLuck();
  #watched: Watched | undefined;
  /** Fleets whose demand nobody knows beforehand. */
  readonly #measured: ReadonlySet<string>;
  #mostKept = FEWEST_KEPT;

  constructor(setting: BacktestSetting, isRecorded: boolean) {
    const { scenario, fleets } = setting;
    this.setting = setting;
    this.market = buildMarket(scenario);
    this.budgets = new BudgetLedger(setting.policies, scenario);
    this.#happenings = listHappenings(scenario);
    this.#demands = new Map(
      fleets.map(({ name, declared }) => [name, openDemand(declared, scenario.from, scenario.to)]),
    );
    this.#measured = new Set(scenario.demands.filter(({ isForeseen }) => !isForeseen).map(({ policy }) => policy));
    const { periodMillis } = this.market.abilities;
    const findShortage = (policy: string): ShortageReason | undefined =>
      this.#demands.has(policy)
        ? this.#watched?.findShortage(policy)
        : this.#watched && { cause: 'reaped', by: undefined };
    this.#meter = new Meter({ ...scenario, periodMillis, fleets: [...this.#demands.keys()], findShortage });
    this.recorder = isRecorded ? new Recorder() : undefined;
    this.#playHappenings(scenario.from);
    this.#settle();
  }

  watch(watched: Watched): void {
    this.#watched = watched;
  }

  now(): Instant {
    return this.market.now();
  }

  wanted(fleet: string): number {
    return this.#demands.get(fleet)?.wanted() ?? 0;
  }

  policyOf(vmId: string): string | undefined {
    return this.#policyOf.get(vmId);
  }

  /** When the demand or a signal changes next. */
  nextEdgeAt(): Instant | undefined {
    const happening = this.#happenings[this.#nextHappening];
    const edges = [...this.#demands.values()].map((demand) => demand.nextAt());
    return earliest([...edges, happening?.kind === 'signal' ? happening.at : undefined]);
  }

  /** When something else happens next, which a look finds out. */
  nextEventAt(): Instant | undefined {
    return earliest([this.market.nextEventAt(), this.#happenings[this.#nextHappening]?.at, this.#terminations[0]?.at]);
  }

  /** When the VMs that run, or what is wanted of them, may change. */
  #nextTurnAt(): Instant | undefined {
    return earliest([this.market.nextTurnAt(), this.#happenings[this.#nextHappening]?.at, this.#terminations[0]?.at]);
  }

  create(policy: string, order: Omit<MarketOrder, 'lucks'>): readonly string[] | Refusal {
    const now = this.now();
    const lucks = this.#luck.list(policy, order.count, now);
    const ids = this.market.create({ ...order, lucks });
    if (isRefusal(ids)) return ids;
    for (const [index, vmId] of ids.entries()) {
      this.#policyOf.set(vmId, policy);
      const endsAt = drawTermination(this.setting.scenario, lucks[index]!, now);
      if (endsAt !== undefined && endsAt < this.setting.scenario.to) this.#addTermination(endsAt, vmId);
      this.recorder?.create(vmId, order.name, policy, now);
    }
    this.deploys += ids.length;
    this.#luck.note(policy, ids.length);
    // What was just bought launches: nothing more runs than before.
    this.#carryCharges();
    return ids;
  }

  delete(ids: readonly string[]): void {
    this.deletes += this.market.deleteVms(ids);
    for (const id of ids) {
      this.recorder?.callDeletion(id, this.now());
      const vm = this.#foreign.get(id);
      if (vm !== undefined) this.#reaped.set(id, { vm, policy: this.#policyOf.get(id) ?? 'other' });
    }
    this.#settle();
  }

  /** Plays everything up to and including `instant`, one event after the other. */
  advanceTo(instant: Instant): void {
    for (;;) {
      const next = earliest([this.#nextTurnAt(), ...[...this.#demands.values()].map((demand) => demand.nextAt())]);
      if (next === undefined || next > instant) break;
      this.#passTo(next);
    }
    this.#passOver(instant);
  }

  finish(facts: Pick<Outcome, 'takenBack' | 'looks'>): Outcome {
    this.recorder?.finish(this.market.listVms(), this.now());
    const { deploys, deletes, missedBoundaries } = this;
    return this.#meter.finish({ ...facts, deploys, deletes, missedBoundaries });
  }

  #addTermination(at: Instant, vmId: string): void {
    const index = this.#terminations.findIndex((known) => known.at > at);
    this.#terminations.splice(index === -1 ? this.#terminations.length : index, 0, { at, vmId });
  }

  #passTo(instant: Instant): void {
    this.#meter.passTo(instant);
    this.market.advanceTo(instant);
    for (const [fleet, demand] of this.#demands) {
      const before = demand.wanted();
      demand.moveTo(instant);
      if (demand.wanted() !== before && this.#measured.has(fleet)) this.surprisedAt = instant;
    }
    this.#playHappenings(instant);
    for (; this.#terminations.length > 0 && this.#terminations[0]!.at <= instant; this.surprisedAt = instant)
      this.market.endVm(this.#terminations.shift()!.vmId);
    this.#settle();
  }

  /** To an instant before which at most charges come due, so that as many run and are wanted as before. */
  #passOver(instant: Instant): void {
    this.#meter.passTo(instant);
    this.market.advanceTo(instant);
    const carried = this.#carryCharges();
    // Other people's VMs count from their first charge on.
    if (this.recorder !== undefined || (carried > 0 && this.#foreignPolicies.size > 0)) this.#countRunning();
  }

  #playHappenings(instant: Instant): void {
    for (; this.#nextHappening < this.#happenings.length; this.#nextHappening += 1) {
      const happening = this.#happenings[this.#nextHappening]!;
      if (happening.at > instant) return;
      this.#play(happening);
      this.surprisedAt = instant;
    }
  }

  #play(happening: Happening): void {
    const { market } = this;
    if (happening.kind === 'vm-comes') {
      const vmId = market.placeVm(happening.vm);
      if (vmId === undefined) return;
      this.#foreign.set(vmId, happening.vm);
      const vm = market.listVms().find(({ id }) => id === vmId)!;
      const policy = this.setting.policyOfForeign(vm, this.now());
      this.#policyOf.set(vmId, policy);
      this.recorder?.create(vmId, vm.name, policy, this.now());
    } else if (happening.kind === 'vm-goes') {
      for (const [vmId, vm] of this.#foreign) {
        if (vm !== happening.vm) continue;
        this.#reaped.delete(vmId);
        this.recorder?.deleteByOwner(vmId);
        market.deleteVms([vmId]);
      }
    } else if (happening.kind === 'termination') this.#terminate(happening.termination);
  }

  #terminate({
    vm: pattern,
    country,
    count = Number.POSITIVE_INFINITY,
  }: Extract<Happening, { kind: 'termination' }>['termination']): void {
    const running = new Set(this.market.listRunning().map(({ id }) => id));
    const isMeant = (vm: Vm): boolean =>
      running.has(vm.id) && matchesName(vm.name, pattern) && (country === undefined || vm.place?.country === country);
    const meant = this.market.listVms().filter(isMeant);
    for (const { id } of meant.slice(0, count)) this.market.endVm(id);
    // What a follower deleted before would have been ended here, so nobody misses it any more.
    for (const [id, { vm }] of this.#reaped) if (matchesName(vm.name, pattern)) this.#reaped.delete(id);
  }

  /** What a look has just parked is drawn from now on, not from the next event. */
  recordLook(): void {
    if (this.recorder !== undefined) this.#settle();
  }

  /** A year of VMs isn't kept: of those that are gone nothing is charged any more. */
  #forgetGone(): void {
    if (this.#policyOf.size < this.#mostKept) return;
    const listed = new Set(this.market.listVms().map(({ id }) => id));
    for (const vmId of this.#policyOf.keys()) {
      if (listed.has(vmId)) continue;
      this.#policyOf.delete(vmId);
      this.#paidHere.delete(vmId);
    }
    this.#mostKept = 2 * this.#policyOf.size + FEWEST_KEPT;
  }

  /** Carries what has happened into the meter. */
  #settle(): void {
    this.#carryCharges();
    this.#countRunning();
  }

  /** How many there were. */
  #carryCharges(): number {
    const charges = this.market.takeCharges();
    for (const charge of charges) {
      const { vmId, part } = charge;
      const policy = this.#policyOf.get(vmId ?? '') ?? 'other';
      this.#meter.charge(charge, policy);
      this.budgets.charge(charge, policy);
      this.recorder?.charge(charge);
      if (this.#watched?.isLeaving(charge.resourceId, charge.at) === true) this.missedBoundaries += 1;
      if (vmId !== undefined && part === undefined) this.#paidHere.add(vmId);
    }
    this.#forgetGone();
    return charges.length;
  }

  #countRunning(): void {
    const byFleet = new Map<string, RunningVm[]>();
    for (const vm of this.market.listRunning()) {
      const policy = this.#policyOf.get(vm.id) ?? 'other';
      const known = byFleet.get(policy);
      if (known === undefined) byFleet.set(policy, [vm]);
      else known.push(vm);
    }
    for (const [fleet, demand] of this.#demands) this.#meter.count(fleet, demand.wanted(), byFleet.get(fleet) ?? []);
    for (const [policy, vms] of byFleet) if (!this.#demands.has(policy)) this.#countForeign(policy, vms);
    for (const { policy } of this.#reaped.values()) this.#foreignPolicies.add(policy);
    for (const policy of this.#foreignPolicies) if (!byFleet.has(policy)) this.#countForeign(policy, []);
    this.recorder?.count(this.now(), this.#demands, byFleet, (vmId) => this.#watched?.isParked(vmId) === true);
  }

  readonly #foreignPolicies = new Set<string>();
  /** Of other people's VMs: what was paid before the span doesn't count, so neither does the time. */
  readonly #paidHere = new Set<string>();

  /**
   * Other people's VMs are needed unless their signal says that they are idle. What was deleted while it was idle, and is used
   * again later, is missed from then on.
   */
  #countForeign(policy: string, vms: readonly RunningVm[]): void {
    this.#foreignPolicies.add(policy);
    const isNeeded = ({ id }: RunningVm): boolean =>
      this.#paidHere.has(id) && this.setting.readSignal(this.#foreign.get(id)?.name ?? '', this.now()) !== 'yes';
    const needed = vms.filter(isNeeded);
    let missed = 0;
    for (const { vm, policy: reap } of this.#reaped.values())
      if (reap === policy && this.setting.readSignal(vm.name, this.now()) !== 'yes') missed += 1;
    this.#meter.count(policy, needed.length + missed, needed);
  }
}
