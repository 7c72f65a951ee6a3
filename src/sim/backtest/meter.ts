// Measures one follower in a backtest: what was charged by policy and day, what of the paid time nobody needed, what was wanted
// and not running. Exact in money; it is told what happens and decides nothing.
import type { ScenarioZone } from '../../core/scenario.js';
import type { Instant, Micros, Millis } from '../../core/types.js';
import type { MarketCharge, RunningVm } from './backtest-market.js';
import type { DayCost, Outcome, ShortageReason } from './report.js';
import { ShortageLedger } from './shortage-ledger.js';

interface FleetCount {
  readonly wanted: number;
  readonly running: number;
  /** Of a period, of as many of the running ones as are wanted, oldest first. */
  readonly used: Micros;
}

const NOTHING: FleetCount = { wanted: 0, running: 0, used: 0n };

export interface MeterOptions {
  readonly from: Instant;
  readonly to: Instant;
  readonly periodMillis: Millis;
  readonly zone: ScenarioZone;
  /** Fleets whose demand is measured. */
  readonly fleets: readonly string[];
  /** Why a policy is short at this moment; undefined: nobody keeps account of it. */
  readonly findShortage: (policy: string) => ShortageReason | undefined;
}

export class Meter {
  readonly #options: MeterOptions;
  /** By policy, days ascending: all that grows with the span, so it holds no more than what is told at the end. */
  readonly #days = new Map<string, (DayCost & { cost: Micros; periods: number })[]>();
  readonly #counts = new Map<string, FleetCount>();
  /** Since when a fleet has fewer than wanted. */
  readonly #shortSince = new Map<string, Instant>();
  /** Charges whose time isn't known yet. */
  #open: MarketCharge[] = [];
  readonly #shortages = new ShortageLedger();
  #at: Instant;
  #total = 0n;
  #periods = 0;
  #paidInside = 0n;
  /** Micros x milliseconds per period. */
  #used = 0n;
  #shortMillis = 0;
  #longestShort = 0;

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#at = options.from;
  }

  /** Everything until `at` was as it was counted last. */
  passTo(at: Instant): void {
    const millis = at - this.#at;
    if (millis <= 0) return;
    for (const [policy, { wanted, running, used }] of this.#counts) {
      this.#used += used * BigInt(millis);
      if (running >= wanted) continue;
      this.#shortMillis += (wanted - running) * millis;
      const reason = this.#options.findShortage(policy);
      if (reason !== undefined) this.#shortages.add(policy, reason, wanted - running, { from: this.#at, to: at });
    }
    this.#at = at;
  }

  /** How things are from now on. `running` in order of creation. */
  count(fleet: string, wanted: number, running: readonly RunningVm[]): void {
    const known = this.#counts.get(fleet) ?? NOTHING;
    const needed = Math.min(wanted, running.length);
    let used = 0n;
    for (let index = 0; index < needed; index += 1) used += running[index]!.price;
    this.#counts.set(fleet, { wanted, running: running.length, used });
    const isShort = running.length < wanted;
    if (isShort === known.running < known.wanted && this.#shortSince.has(fleet) === isShort) return;
    if (isShort) this.#shortSince.set(fleet, this.#at);
    else this.#endShort(fleet);
  }

  charge(charge: MarketCharge, policy: string): void {
    const { amount, part } = charge;
    const cost = this.#dayOf(charge.at, policy);
    cost.cost += amount;
    this.#total += amount;
    if (part === undefined) {
      cost.periods += 1;
      this.#periods += 1;
    }
    this.#open.push(charge);
    if (this.#open.length > 1_000) this.#settleOpen();
  }

  /** Charges come in the order of their instants. */
  #dayOf(at: Instant, policy: string): { cost: Micros; periods: number } {
    const { date, from: day } = this.#options.zone.dayAt(at);
    let days = this.#days.get(policy);
    if (days === undefined) this.#days.set(policy, (days = []));
    let last = days.at(-1);
    if (last?.day !== day) days.push((last = { day, date, policy, cost: 0n, periods: 0 }));
    return last;
  }

  /** At the end of the span. */
  finish(facts: Pick<Outcome, 'deploys' | 'deletes' | 'takenBack' | 'missedBoundaries' | 'looks'>): Outcome {
    const { to, periodMillis } = this.#options;
    this.passTo(to);
    for (const fleet of [...this.#shortSince.keys()]) this.#endShort(fleet);
    this.#settleOpen();
    // A launch that never came to anything was paid for nothing.
    for (const { amount } of this.#open) this.#paidInside += amount;
    this.#open = [];
    const byDay = [...this.#days.values()].flat().sort((a, b) => a.day - b.day || (a.policy < b.policy ? -1 : 1));
    const wasted = this.#paidInside - this.#used / BigInt(periodMillis);
    return {
      ...facts,
      total: this.#total,
      periods: this.#periods,
      byDay,
      byPolicy: sumByPolicy(byDay),
      wasted: wasted > 0n ? wasted : 0n,
      shortfall: { vmMillis: this.#shortMillis, longestMillis: this.#longestShort },
      shortages: this.#shortages.list(),
    };
  }

  #endShort(fleet: string): void {
    const since = this.#shortSince.get(fleet);
    if (since !== undefined) this.#longestShort = Math.max(this.#longestShort, this.#at - since);
    this.#shortSince.delete(fleet);
  }

  /** What of each charge pays for time within the span, rounded up. */
  #settleOpen(): void {
    const { from, to } = this.#options;
    this.#open = this.#open.filter((charge) => {
      const span = charge.readSpan();
      if (span === undefined) return true;
      const inside = Math.min(span.to, to) - Math.max(span.from, from);
      if (inside > 0) {
        const whole = BigInt(span.to - span.from);
        this.#paidInside += (charge.amount * BigInt(inside) + whole - 1n) / whole;
      }
      return false;
    });
  }
}

function sumByPolicy(byDay: readonly DayCost[]): ReadonlyMap<string, Micros> {
  const sums = new Map<string, Micros>();
  for (const { policy, cost } of byDay) sums.set(policy, (sums.get(policy) ?? 0n) + cost);
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
