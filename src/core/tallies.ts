// Sums of what was charged, as the store keeps them: by policy and use in quarter-hours of UTC (the day of a zone may begin at
// any of them), by VM and day of UTC. Here: their shapes, and the same sums over plain records. It keeps nothing.
import type { ChargeRecord, ChargeUse } from './charge-records.js';
import { DAY_MILLIS } from './money.js';
import type { Instant, Micros, Millis, PartKind } from './types.js';

export const QUARTER_MILLIS: Millis = 15 * 60_000;

/** So long sums are kept after the last charge of their day. */
export const POLICY_TALLY_DAYS = 400;
export const VM_TALLY_DAYS = 62;

export interface PolicyTally {
  /** The beginning of a day of UTC; of one at the edge of what was asked for only the part that was. */
  readonly day: Instant;
  readonly policy: string | undefined;
  readonly use: ChargeUse;
  readonly amount: Micros;
}

export interface VmTally {
  readonly day: Instant;
  readonly policy: string | undefined;
  readonly use: ChargeUse;
  readonly vmId: string;
  /** As it was named then. */
  readonly vmName: string;
  readonly part: { readonly kind: PartKind; readonly id: string } | undefined;
  readonly amount: Micros;
}

/** Days since the epoch. */
export function findDay(at: Instant): number {
  return Math.floor(at / DAY_MILLIS);
}

/** A span in whole quarter-hours: `from` rounded down, `to` rounded up. */
export function roundToQuarters(from: Instant, to: Instant): { readonly from: Instant; readonly to: Instant } {
  return {
    from: Math.floor(from / QUARTER_MILLIS) * QUARTER_MILLIS,
    to: Math.ceil(to / QUARTER_MILLIS) * QUARTER_MILLIS,
  };
}

/** Adds up tallies that differ in nothing but their amounts, in the order of days, then of their other fields. */
export function joinTallies<Tally extends PolicyTally | VmTally>(tallies: Iterable<Tally>): readonly Tally[] {
  const joined = new Map<string, Tally>();
  for (const tally of tallies) {
    const { amount, ...rest } = tally;
    const { day, policy, use, vmId, vmName, part } = rest as Partial<VmTally>;
    const key = JSON.stringify([
      String(day).padStart(16, '0'),
      policy ?? null,
      use,
      vmId,
      vmName,
      part?.kind,
      part?.id,
    ]);
    const before = joined.get(key);
    joined.set(key, before === undefined ? tally : { ...tally, amount: before.amount + amount });
  }
  return [...joined].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, tally]) => tally);
}

/** By day, policy and use: charges of [from, to), in whole quarter-hours. */
export function tallyByPolicy(records: Iterable<ChargeRecord>, from: Instant, to: Instant): readonly PolicyTally[] {
  const span = roundToQuarters(from, to);
  const tallies: PolicyTally[] = [];
  for (const { at, policy, use, amount } of records) {
    if (at < span.from || at >= span.to) continue;
    tallies.push({ day: findDay(at) * DAY_MILLIS, policy, use, amount });
  }
  return joinTallies(tallies);
}

/** By day, VM, part, policy and use: charges of all days of UTC that [from, to) touches. */
export function tallyByVm(records: Iterable<ChargeRecord>, from: Instant, to: Instant): readonly VmTally[] {
  const tallies: VmTally[] = [];
  for (const { at, policy, use, vmId, vmName, part, amount } of records) {
    if (findDay(at) < findDay(from) || findDay(at) * DAY_MILLIS >= to) continue;
    tallies.push({ day: findDay(at) * DAY_MILLIS, policy, use, vmId, vmName, part, amount });
  }
  return joinTallies(tallies);
}
