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
  /** Part of that day had passed before Purser counted at all: more is billed than it can know of. */
  readonly isBeforeCounting: boolean;
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
    const line = lines.get(key) ?? { day, id, name, counted: 0n, billed: 0n };
    lines.set(key, line);
    return line;
  };
  const firstDay = findDay(countedSince) * DAY_MILLIS;
  for (const { day, vmId, vmName, part, amount } of counted) {
    if (day >= firstDay)
      lineOf(day, part?.id ?? vmId, part === undefined ? vmName : `${part.kind} of ${vmName}`).counted += amount;
  }
  for (const { day, id, name, cost } of billed) if (day >= firstDay) lineOf(day, id, name ?? id).billed += cost;
  const all = [...lines.values()].sort((a, b) => a.day - b.day || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const differing = all.filter((line) => line.counted !== line.billed);
  return {
    counted: all.reduce((sum, line) => sum + line.counted, 0n),
    billed: all.reduce((sum, line) => sum + line.billed, 0n),
    differences: differing.map((line) => ({
      ...line,
      isBeforeCounting: line.day === firstDay && line.billed > line.counted && countedSince > firstDay,
    })),
  };
}
