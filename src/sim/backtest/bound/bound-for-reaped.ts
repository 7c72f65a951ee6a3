// The lower bound of a VM that somebody else rents and a reap ends: its periods until a reap may take it. Pure.
import type { ScenarioClock } from '../../../core/scenario.js';
import type { Instant, Micros } from '../../../core/types.js';
import { findPeriodEnd } from './bound-problem.js';

export interface ReapedVm {
  readonly boughtAt: Instant;
  /** Its first boundary; undefined: as the clock puts it. */
  readonly paidUntil: Instant | undefined;
  /** Of the period that begins there, disk and IP included. */
  readonly priceAt: (boundary: Instant) => Micros;
  /** From here on a reap may take it; undefined: all along. */
  readonly busyUntil: Instant | undefined;
  /** When its owner deletes it; undefined: nobody does. */
  readonly goneAt: Instant | undefined;
}

/** What is charged for it within [from, to) if it is let go before the first boundary that a reap may spare. */
export function boundForReaped(
  vm: ReapedVm,
  clock: ScenarioClock,
  from: Instant,
  to: Instant,
): { readonly total: Micros; readonly periods: number } {
  const needed = Math.min(vm.busyUntil ?? vm.boughtAt, vm.goneAt ?? to, to);
  const isBought = vm.boughtAt >= from && vm.boughtAt < to;
  let periods = isBought ? 1 : 0;
  let total = isBought ? vm.priceAt(vm.boughtAt) : 0n;
  for (
    let boundary = vm.paidUntil ?? findPeriodEnd(clock, vm.boughtAt);
    boundary < needed;
    boundary = findPeriodEnd(clock, boundary)
  ) {
    if (boundary < from) continue;
    periods += 1;
    total += vm.priceAt(boundary);
  }
  return { total, periods };
}
