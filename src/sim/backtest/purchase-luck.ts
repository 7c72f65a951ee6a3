// What keys the chance of each purchase in a backtest: its place among all that its policy buys in the same minute. However many
// one call buys, and whatever others buy meanwhile, the same purchase has the same luck. It draws nothing.
import type { Instant } from '../../core/types.js';

const MINUTE = 60_000;

export class PurchaseLuck {
  #minute = 0;
  #counts = new Map<string, number>();

  /** Of the next `count` purchases; they stay the next ones until `note` tells that some were made. */
  list(policy: string, count: number, now: Instant): readonly string[] {
    const minute = Math.floor(now / MINUTE);
    if (this.#minute !== minute) this.#counts = new Map();
    this.#minute = minute;
    const before = this.#counts.get(policy) ?? 0;
    return Array.from({ length: count }, (_, place) => `${policy}/${minute}/${before + place}`);
  }

  /** So many were bought. */
  note(policy: string, count: number): void {
    this.#counts.set(policy, (this.#counts.get(policy) ?? 0) + count);
  }
}
