// What was paid as rows of a table: by policy, VM or day, with a sum for each use. Adds up; fetches and shows nothing.
import { CHARGE_USES, type ChargeUse } from './charge-records.js';
import { findFleet } from './ownership.js';
import type { FleetPolicy } from './policy-types.js';
import { joinTallies, type PolicyTally, type VmTally } from './tallies.js';
import type { Instant, Micros } from './types.js';

export type Sums = Readonly<Record<ChargeUse, Micros>>;

export interface SpendRow {
  /** The policy; of a VM's row the policy that paid most for it; undefined: no policy. */
  readonly policy?: string | undefined;
  /** What that policy is called since it was renamed. */
  readonly nowCalled?: string;
  readonly vm?: { readonly id: string; readonly name: string };
  readonly day?: Instant;
  readonly sums: Sums;
  readonly total: Micros;
}

const NOTHING: Sums = { wanted: 0n, parked: 0n, idle: 0n, missed: 0n, foreign: 0n };

type Tally = PolicyTally | VmTally;

/** What all the tallies come to. */
export function sumTallies(tallies: Iterable<Pick<Tally, 'use' | 'amount'>>): Pick<SpendRow, 'sums' | 'total'> {
  const sums = { ...NOTHING };
  for (const { use, amount } of tallies) sums[use] += amount;
  return { sums, total: CHARGE_USES.reduce((total, use) => total + sums[use], 0n) };
}

function groupBy<Key, One extends Tally>(tallies: Iterable<One>, keyOf: (tally: One) => Key): Map<Key, One[]> {
  const groups = new Map<Key, One[]>();
  for (const tally of tallies) {
    const key = keyOf(tally);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [tally]);
    else group.push(tally);
  }
  return groups;
}

/** Dearest first. */
function sortByTotal<Row extends SpendRow>(rows: Row[]): readonly Row[] {
  return rows.sort((a, b) => (a.total < b.total ? 1 : a.total > b.total ? -1 : 0));
}

/** One row a policy, dearest first; what is of no policy last. */
export function rowByPolicy(tallies: readonly PolicyTally[]): readonly SpendRow[] {
  const rows = sortByTotal(
    [...groupBy(tallies, ({ policy }) => policy)].map(([policy, own]) => ({ policy, ...sumTallies(own) })),
  );
  return [...rows.filter(({ policy }) => policy !== undefined), ...rows.filter(({ policy }) => policy === undefined)];
}

/** Charges of before a rename stay under the earlier name; `fleets`: those in force, which say whose it was. */
export function tellRenamed(rows: readonly SpendRow[], fleets: readonly FleetPolicy[]): readonly SpendRow[] {
  return rows.map((row) => {
    const heir = row.policy === undefined ? undefined : findFleet(fleets, row.policy)?.name;
    return heir === undefined || heir === row.policy ? row : { nowCalled: heir, ...row };
  });
}

/** One row a day, the earliest first. */
export function rowByDay(tallies: readonly PolicyTally[]): readonly SpendRow[] {
  const days = [...groupBy(tallies, ({ day }) => day)].sort(([a], [b]) => a - b);
  return days.map(([day, own]) => ({ day, ...sumTallies(own) }));
}

/** One row a VM with its disks and its IP, dearest first. `names`: present ones, by id; else what it was called last. */
export function rowByVm(
  tallies: readonly VmTally[],
  names: ReadonlyMap<string, string> = new Map(),
): readonly SpendRow[] {
  const vms = [...groupBy(joinTallies(tallies), ({ vmId }) => vmId.toLowerCase())];
  return sortByTotal(
    vms.map(([, own]) => {
      const { vmId: id, vmName: name } = own.reduce((last, tally) => (tally.day >= last.day ? tally : last));
      const policy = rowByPolicy(own)[0]!.policy;
      return { policy, vm: { id, name: names.get(id) ?? name }, ...sumTallies(own) };
    }),
  );
}
