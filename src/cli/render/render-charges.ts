// The table of coming charges: when, what, how much, and until when each could be avoided. Shown by `status` and by `spend`;
// decides nothing.
import { formatUsdc, sumMicros } from '../../core/money.js';
import type { Instant } from '../../core/types.js';
import { formatInstant } from './format-instant.js';
import { countOf } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable, type Column } from './render-table.js';
import type { ChargeGroup } from './status-report.js';

function describeAvoidable(group: ChargeGroup, now: Instant, isFrozen: boolean): string {
  const until = group.avoidableUntil === undefined ? '' : `${formatInstant(group.avoidableUntil, now)}: `;
  switch (group.fate) {
    case 'deleting':
      return 'deleting now';
    case 'delete':
      return `${until}${isFrozen ? 'once thawed' : 'will be'}`;
    case 'not-ours':
    case 'renew':
      return `no: ${group.why}`;
  }
}

function describeWhat(group: ChargeGroup): string {
  if (group.vms.length === 1) return group.vms[0]!;
  const { vms, disks, ips } = group.counts;
  const owner = group.policy ?? 'nobody';
  if (disks + ips === 0) return `${vms} of ${owner}`;
  const parts = [
    ...(vms > 0 ? [countOf(vms, 'VM')] : []),
    ...(disks > 0 ? [countOf(disks, 'disk')] : []),
    ...(ips > 0 ? [countOf(ips, 'IP')] : []),
  ];
  return `${parts.join(', ')} of ${owner}`;
}

export interface ChargesShown {
  /** What would be deleted waits for a thaw. */
  readonly isFrozen: boolean;
  /** Each line names its account. */
  readonly isSeveral: boolean;
  /** So many lines; the rest is one sum. */
  readonly most: number;
}

/** undefined: there are none. */
export function renderCharges(
  groups: readonly ChargeGroup[],
  facts: RenderFacts,
  { isFrozen, isSeveral, most }: ChargesShown,
): string | undefined {
  if (groups.length === 0) return undefined;
  const shown = groups.slice(0, most);
  const rest = groups.slice(most);
  const columns: Column[] = [
    { title: 'COMING CHARGES' },
    ...(isSeveral ? [{ title: 'ACCOUNT' }] : []),
    { title: 'WHAT', shrinks: true },
    { title: 'COST', align: 'right' },
    { title: 'AVOIDABLE UNTIL', shrinks: true },
  ];
  const rows = shown.map((group) => [
    formatInstant(group.at, facts.now),
    ...(isSeveral ? [group.account] : []),
    describeWhat(group),
    formatUsdc(group.cost),
    describeAvoidable(group, facts.now, isFrozen),
  ]);
  if (rest.length > 0) {
    const count = rest.reduce((sum, group) => sum + group.vms.length, 0);
    const until = `until ${formatInstant(rest.at(-1)!.at, facts.now)}`;
    const sum = formatUsdc(sumMicros(rest.map((group) => group.cost)));
    rows.push([until, ...(isSeveral ? [''] : []), `${count} more`, sum, 'all: --json']);
  }
  return renderTable(columns, rows, facts);
}
