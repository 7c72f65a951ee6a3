// What was charged: one record for each charge of a VM, a disk or a public IP, and the meters that charges are told from.
// Pure shapes, and how a meter is written as a text; it counts nothing (reckon/reckon-charges.ts does).
import type { Instant, Micros, PartKind } from './types.js';

/**
 * What a charge was for. wanted: a policy wanted the VM. parked: it was surplus and its deletion could not land, was refused by a rail,
 * or was not to.
 * idle: a reap or orphans policy calls it idle, or it serves nobody. missed: its deletion had begun in time, and it was charged
 * all the same. foreign: no policy knows it.
 */
export const CHARGE_USES = ['wanted', 'parked', 'idle', 'missed', 'foreign'] as const;
export type ChargeUse = (typeof CHARGE_USES)[number];

/** Paid for nothing that anybody needs. */
export function isWaste(use: ChargeUse): boolean {
  return use === 'parked' || use === 'idle' || use === 'missed';
}

export interface ChargeRecord {
  /** The boundary that was charged, or the purchase; not the look that showed it. */
  readonly at: Instant;
  readonly account: string;
  /** undefined: of no policy. */
  readonly policy: string | undefined;
  /** Of a part: the VM that has it, or had it; of one that is nobody's the part itself. */
  readonly vmId: string;
  readonly vmName: string;
  /** It was the charge of a disk or a public IP. */
  readonly part?: { readonly kind: PartKind; readonly id: string };
  readonly amount: Micros;
  readonly use: ChargeUse;
}

/** What the last believed look showed of something that is charged: the next look's charges are the difference. */
export interface Meter {
  /** Of the VM or the part. */
  readonly id: string;
  readonly kind: 'vm' | 'part';
  readonly paidUntil: Instant | undefined;
  /** All that it was ever charged, where the API tells it; where that lags behind its boundaries, what was counted. */
  readonly spent: Micros | undefined;
  /** Since when looks lack it. It may come back, and must not be counted from its making on then. */
  readonly absentSince: Instant | undefined;
}

/** What it was charged is added to the tallies in the same step as its meter moves, and only if that stood at `expect`. */
export interface MeterChange {
  readonly kind: 'meter';
  readonly id: string;
  /** undefined: forgotten. */
  readonly meter: Meter | undefined;
  readonly expect: Meter | undefined;
  readonly charges: readonly ChargeRecord[];
}

/** The shortest text that tells two meters apart; the store compares and sets it. */
export function writeMeter({ kind, paidUntil, spent, absentSince }: Meter): string {
  return `${kind} ${paidUntil ?? ''} ${spent ?? ''} ${absentSince ?? ''}`;
}

const METER = /^(vm|part) (-?\d+(?:\.\d+)?)? (-?\d+)? (-?\d+(?:\.\d+)?)?$/;

/** undefined: no meter was written so. */
export function readMeter(id: string, text: string): Meter | undefined {
  const match = METER.exec(text);
  if (match === null) return undefined;
  const [, kind, paidUntil, spent, absentSince] = match;
  return {
    id,
    kind: kind as Meter['kind'],
    paidUntil: paidUntil === undefined ? undefined : Number(paidUntil),
    spent: spent === undefined ? undefined : BigInt(spent),
    absentSince: absentSince === undefined ? undefined : Number(absentSince),
  };
}
