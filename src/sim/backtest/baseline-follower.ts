// What Purser is compared with, on the same market with the same luck. immediate: creates and deletes at once, newest first, as
// a cron job with curl does. lastMinutes: keeps surplus until the last five minutes before its boundary, as billing-aware
// autoscalers of other clouds do. neverDelete: only creates. None of them looks ahead, and none knows a rail.
import { matchesName } from '../../core/name-pattern.js';
import { choosePurchases, type Market } from '../../core/buying.js';
import { isEnded } from '../../core/lifecycle.js';
import type { FleetPolicy, ReapPolicy } from '../../core/policy-types.js';
import type { Instant, Millis, Part, Vm } from '../../core/types.js';
import { isRefusal } from '../refusal.js';
import type { Follower } from './follower.js';
import type { FollowerName } from './report.js';
import { findAnswer } from './setting.js';
import { earliest } from './earliest.js';
import type { Stage } from './stage.js';

export type BaselineName = Exclude<FollowerName, 'purser'>;

const LAST_MINUTES: Millis = 5 * 60_000;
/** Who never comes up is given up and bought anew; a script without this would wait for ever. */
const LAUNCH_TIMEOUT: Millis = 15 * 60_000;
/** After a refusal. */
const RETRY: Millis = 60_000;

export class BaselineFollower implements Follower {
  readonly name: BaselineName;
  readonly takenBack = 0;
  readonly #stage: Stage;
  readonly #deleted = new Set<string>();
  /** Disks and IPs that came with what it bought. */
  readonly #ownParts = new Set<string>();
  #named = 0;

  constructor(stage: Stage, name: BaselineName) {
    this.#stage = stage;
    this.name = name;
  }

  look(): Instant | undefined {
    const vms = this.#stage.market.listVms();
    const listed = new Set(vms.map(({ id }) => id));
    for (const id of this.#deleted) if (!listed.has(id)) this.#deleted.delete(id);
    const { market: shop, setting } = this.#stage;
    const market: Market = { offers: shop.listOffers(setting.storageGb), taken: new Map() };
    const wakes = this.#fleets().map((fleet) => this.#follow(fleet, vms, market));
    wakes.push(...this.#stage.setting.policies.reaps.map((reap) => this.#reap(reap, vms)));
    this.#removeParts(vms);
    return earliest(wakes);
  }

  /** At once: what it bought itself, and of other people's what a policy for orphans names. */
  #removeParts(vms: readonly Vm[]): void {
    const { market, setting } = this.#stage;
    const leftovers = market.listLeftovers();
    if (leftovers === undefined) return;
    const fleets = new Set(setting.policies.fleets.map(({ name }) => name));
    for (const { id, parts = [] } of vms)
      if (fleets.has(this.#stage.policyOf(id) ?? '')) for (const part of parts) this.#ownParts.add(part.id);
    const context = { now: this.#stage.now(), account: setting.settings.name };
    const isNamed = (part: Part): boolean => {
      const orphan = { ...part, name: part.name ?? part.id, since: context.now, takenFrom: undefined };
      const whole = { ...orphan, reserved: undefined, country: undefined };
      return setting.policies.orphans.some(({ mode, select }) => mode === 'act' && select?.(whole, context) === true);
    };
    for (const part of leftovers)
      if (this.#ownParts.delete(part.id) || (this.name !== 'neverDelete' && isNamed(part))) market.removePart(part.id);
  }

  #fleets(): readonly FleetPolicy[] {
    return this.#stage.setting.policies.fleets.filter(({ mode }) => mode === 'act');
  }

  #follow(fleet: FleetPolicy, vms: readonly Vm[], market: Market): Instant | undefined {
    const now = this.#stage.now();
    const own = vms.filter(({ id }) => this.#stage.policyOf(id) === fleet.name && !this.#deleted.has(id));
    const isStuck = ({ status, createdAt = now }: Vm): boolean =>
      (status === 'new' || status === 'launching') && now - createdAt >= LAUNCH_TIMEOUT;
    const over = own.filter((vm) => isEnded(vm.status) || isStuck(vm));
    const needsNoDeletion = !this.#stage.market.abilities.deletesEndedVms;
    this.#delete(over.filter(({ status }) => !(needsNoDeletion && status === 'terminated')));
    const alive = own.filter((vm) => !over.includes(vm));
    const missing = this.#stage.wanted(fleet.name) - alive.length;
    if (missing > 0) return this.#buy(fleet, missing, market);
    return missing < 0 ? this.#shed(alive, -missing) : undefined;
  }

  #buy(fleet: FleetPolicy, missing: number, market: Market): Instant | undefined {
    let left = missing;
    for (const { offer, cap, count } of choosePurchases(fleet, missing, market, undefined).purchases) {
      this.#named += 1;
      const ids = this.#stage.create(fleet.name, { offer, cap, count, name: `${fleet.name}-${this.#named}` });
      if (!isRefusal(ids)) left -= ids.length;
    }
    return left > 0 ? this.#stage.now() + RETRY : undefined;
  }

  #shed(alive: readonly Vm[], surplus: number): Instant | undefined {
    if (this.name === 'neverDelete') return undefined;
    if (this.name === 'immediate') {
      this.#delete(alive.slice(-surplus));
      return undefined;
    }
    const now = this.#stage.now();
    const byBoundary = alive
      .filter(({ paidUntil }) => paidUntil !== undefined && paidUntil > now)
      .sort((a, b) => a.paidUntil! - b.paidUntil!);
    this.#delete(byBoundary.filter(({ paidUntil }) => paidUntil! - now <= LAST_MINUTES).slice(0, surplus));
    return earliest(byBoundary.map(({ paidUntil }) => paidUntil! - LAST_MINUTES).filter((at) => at > now));
  }

  #reap(reap: ReapPolicy, vms: readonly Vm[]): Instant | undefined {
    if (this.name === 'neverDelete' || reap.mode !== 'act') return undefined;
    const { scenario, settings } = this.#stage.setting;
    const now = this.#stage.now();
    const wakes: Instant[] = [];
    for (const vm of vms) {
      if (this.#deleted.has(vm.id) || isEnded(vm.status) || this.#isOwn(vm)) continue;
      if (!reap.select(vm, { now, account: settings.name, policy: '' })) continue;
      const trace = scenario.idle.find(({ vm: pattern }) => matchesName(vm.name, pattern));
      const found = trace === undefined ? undefined : findAnswer(trace.steps, now);
      if (found?.answer !== 'yes') continue;
      const since = Math.max(found.since, vm.createdAt ?? now);
      const ripeAt = Math.max(since + reap.idle.forMillis, (vm.createdAt ?? now) + reap.minAgeMillis);
      const lastMinutes = (vm.paidUntil ?? now) - LAST_MINUTES;
      const at = this.name === 'immediate' ? ripeAt : Math.max(ripeAt, lastMinutes);
      if (at <= now) this.#delete([vm]);
      else wakes.push(at);
    }
    return earliest(wakes);
  }

  /** Bought for a fleet. */
  #isOwn({ id }: Vm): boolean {
    return this.#stage.setting.policies.fleets.some(({ name }) => name === this.#stage.policyOf(id));
  }

  #delete(vms: readonly Vm[]): void {
    if (vms.length === 0) return;
    // Of what is not running yet the cloud deletes nothing; it is asked again.
    const meant = vms.filter(({ allowedActions }) => allowedActions?.includes('delete') !== false);
    for (const { id } of meant) this.#deleted.add(id);
    this.#stage.delete(meant.map(({ id }) => id));
  }
}
