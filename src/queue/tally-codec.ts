// Between what was charged and the hashes that the store keeps its sums in: which hash and which field each charge is added to,
// and back. One charge goes to three: by policy and quarter-hour, by policy and day, by VM and day.
import type { ChargeRecord, ChargeUse } from '../core/charge-records.js';
import { DAY_MILLIS } from '../core/money.js';
import { findDay, QUARTER_MILLIS, type PolicyTally, type VmTally } from '../core/tallies.js';
import type { Instant, PartKind } from '../core/types.js';

/** A sum in the store: `hash` is the end of its key. */
interface Sum {
  readonly hash: string;
  readonly field: string;
}

/** Days of one hash of sums by policy and day: a month of them is read with two or three commands. */
const DAYS_PER_HASH = 32;

export function nameQuarters(day: number): string {
  return `quarters:${day}`;
}

export function nameDays(day: number): string {
  return `days:${Math.floor(day / DAYS_PER_HASH)}`;
}

export function nameVms(day: number): string {
  return `vms:${day}`;
}

function listSums({ at, policy, use, vmId, vmName, part }: ChargeRecord): readonly Sum[] {
  const day = findDay(at);
  const quarter = Math.floor(at / QUARTER_MILLIS);
  const whose = [use, policy ?? null];
  const what = part === undefined ? [] : [part.kind, part.id];
  return [
    { hash: nameQuarters(day), field: JSON.stringify([quarter, ...whose]) },
    { hash: nameDays(day), field: JSON.stringify([day, ...whose]) },
    { hash: nameVms(day), field: JSON.stringify([...whose, vmId, vmName, ...what]) },
  ];
}

/** Lines of hash, field and amount: JSON texts have no line ends in them. */
export function packCharges(charges: readonly ChargeRecord[]): string {
  const lines = charges.flatMap((charge) =>
    listSums(charge).map(({ hash, field }) => `${hash}\n${field}\n${charge.amount}\n`),
  );
  return lines.join('');
}

/** Sums by policy of one hash, quarter-hours or days, of those that begin in [from, to). */
export function readPolicyTallies(
  hash: Readonly<Record<string, string>>,
  unitMillis: number,
  from: Instant,
  to: Instant,
): readonly PolicyTally[] {
  return Object.entries(hash).flatMap(([field, amount]): PolicyTally[] => {
    const [unit, use, policy] = JSON.parse(field) as [number, ChargeUse, string | null];
    const at = unit * unitMillis;
    if (at < from || at >= to) return [];
    return [{ day: findDay(at) * DAY_MILLIS, policy: policy ?? undefined, use, amount: BigInt(amount) }];
  });
}

type VmField = [ChargeUse, string | null, string, string, PartKind?, string?];

export function readVmTallies(hash: Readonly<Record<string, string>>, day: number): readonly VmTally[] {
  return Object.entries(hash).map(([field, amount]): VmTally => {
    const [use, policy, vmId, vmName, kind, id] = JSON.parse(field) as VmField;
    const part = kind === undefined || id === undefined ? undefined : { kind, id };
    return { day: day * DAY_MILLIS, policy: policy ?? undefined, use, vmId, vmName, part, amount: BigInt(amount) };
  });
}
