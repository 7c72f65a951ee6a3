// Compares what Purser counted as charged with what the product says it billed, thing by thing and day by day. It corrects
// neither: a difference is told, and a person judges it.
import { DAY_MILLIS } from './money.js';
import { findDay, type VmTally } from './tallies.js';
import type { Instant, Micros } from './types.js';

/** What the product says was charged for one thing on one day of UTC. */
export interface BilledCharge {
  readonly day: Instant;
  /** Of a VM, a disk or a public IP. */
  readonly id: string;
  readonly name: string | undefined;
  readonly cost: Micros;
}

export interface BilledDifference {
  readonly day: Instant;
  readonly id: string;
  readonly name: string;
  readonly counted: Micros;
  readonly billed: Micros;
  /** The VM that has it, or had it; undefined where nothing of it was counted. */
  readonly vmId: string | undefined;
}

export interface BilledComparison {
  readonly counted: Micros;
  readonly billed: Micros;
  /** By day, then by name. */
  readonly differences: readonly BilledDifference[];
}

interface Line {
  readonly day: Instant;
  readonly id: string;
  vmId: string | undefined;
  name: string;
  counted: Micros;
  billed: Micros;
}

/** `countedSince`: days before it are compared with nothing. */
export function compareBilled(
  counted: readonly VmTally[],
  billed: readonly BilledCharge[],
  countedSince: Instant,
): BilledComparison {
  const lines = new Map<string, Line>();
  const lineOf = (day: Instant, id: string, name: string): Line => {
    const key = `${day} ${id.toLowerCase()}`;
    const line = lines.get(key) ?? { day, id, vmId: undefined, name, counted: 0n, billed: 0n };
    lines.set(key, line);
    return line;
  };
  const firstDay = findDay(countedSince) * DAY_MILLIS;
  for (const { day, vmId, vmName, part, amount } of counted) {
    if (day < firstDay) continue;
    const line = lineOf(day, part?.id ?? vmId, part === undefined ? vmName : `${part.kind} of ${vmName}`);
    line.counted += amount;
    line.vmId = vmId;
  }
  for (const { day, id, name, cost } of billed) if (day >= firstDay) lineOf(day, id, name ?? id).billed += cost;
  const all = [...lines.values()].sort((a, b) => a.day - b.day || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const differing = all.filter((line) => line.counted !== line.billed);
  return {
    counted: all.reduce((sum, line) => sum + line.counted, 0n),
    billed: all.reduce((sum, line) => sum + line.billed, 0n),
    differences: differing,
  };
}
