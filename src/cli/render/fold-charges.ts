// Charges that come again and again: what is charged by the hour would fill a table with a day of the same line. The first of a
// row stands alone, all that follow it are one line with their sum. It changes no figure.
import { sumMicros } from '../../core/money.js';
import type { Instant } from '../../core/types.js';
import type { ChargeGroup } from './status-report.js';

export interface FoldedCharges extends ChargeGroup {
  /** Of a fold: how often it is charged, and when for the last time. */
  readonly repeats?: { readonly count: number; readonly until: Instant };
}

/** Fewer are told one by one. */
const FEWEST_FOLDED = 3;

/** Only what is paid whatever happens, or isn't let go: each deletion has a moment of its own. */
function keyOf({ account, policy, vms, fate, why }: ChargeGroup): string | undefined {
  if (fate !== 'renew' && fate !== 'not-ours') return undefined;
  return JSON.stringify([account, policy, [...vms].sort(), fate, why]);
}

/** In the order of the first of each. */
export function foldCharges(groups: readonly ChargeGroup[]): readonly FoldedCharges[] {
  const rows = new Map<string, ChargeGroup[]>();
  for (const group of groups) {
    const key = keyOf(group);
    if (key === undefined) continue;
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [group]);
    else row.push(group);
  }
  return groups.flatMap((group): readonly FoldedCharges[] => {
    const row = rows.get(keyOf(group) ?? '') ?? [group];
    if (row.length < FEWEST_FOLDED || group === row[0]) return [group];
    if (group !== row[1]) return [];
    const later = row.slice(1);
    const cost = sumMicros(later.map((each) => each.cost));
    return [{ ...group, cost, repeats: { count: later.length, until: later.at(-1)!.at } }];
  });
}
