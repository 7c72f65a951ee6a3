// The table of coming charges: when, what, how much, and until when each could be avoided. Shown by `status` and by `spend`;
// decides nothing.
import { formatUsdc, sumMicros } from '../../core/money.js';
import type { Instant } from '../../core/types.js';
import { foldCharges, type FoldedCharges } from './fold-charges.js';
import { formatInstant } from './format-instant.js';
import { countOf } from './phrase.js';
import type { RenderFacts } from './render-facts.js';
import { renderTable, type Column } from './render-table.js';
import type { ChargeGroup } from './status-report.js';

type Outlook = Pick<ChargesShown, 'isFrozen' | 'isUp'>;

function describeAvoidable(group: ChargeGroup, now: Instant, { isFrozen, isUp }: Outlook): string {
  const until = group.avoidableUntil === undefined ? '' : `${formatInstant(group.avoidableUntil, now)}: `;
  switch (group.fate) {
    case 'deleting':
      return 'deleting now';
    case 'delete':
      return `${until}${isFrozen ? 'once thawed' : isUp ? 'will be' : 'if `up` runs'}`;
    case 'not-ours':
    case 'renew':
      return `no: ${group.why}`;
  }
}

/** `Sat 07:50Z`; of a row `to Sun 06:50Z`, since its line stands where the row begins. */
function describeWhen({ at, repeats }: FoldedCharges, now: Instant): string {
  return repeats === undefined ? formatInstant(at, now) : `to ${formatInstant(repeats.until, now)}`;
}

function describeRow(group: FoldedCharges): string {
  const what = describeWhat(group);
  return group.repeats === undefined ? what : `${what}, ${group.repeats.count} times more`;
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
  /** Somebody looks by itself (`up`, or a scheduler): what waits for its deadline is let go then. */
  readonly isUp: boolean;
  /** Each line names its account. */
  readonly isSeveral: boolean;
  /** So many lines; the rest is one sum. */
  readonly most: number;
}

/** undefined: there are none. */
export function renderCharges(
  groups: readonly ChargeGroup[],
  facts: RenderFacts,
  { isSeveral, most, ...outlook }: ChargesShown,
): string | undefined {
  if (groups.length === 0) return undefined;
  const folded = foldCharges(groups);
  const shown = folded.slice(0, most);
  const rest = folded.slice(most);
  const columns: Column[] = [
    { title: 'COMING CHARGES' },
    ...(isSeveral ? [{ title: 'ACCOUNT' }] : []),
    { title: 'WHAT', shrinks: true },
    { title: 'COST', align: 'right' },
    { title: 'AVOIDABLE UNTIL', shrinks: true },
  ];
  const rows = shown.map((group) => [
    describeWhen(group, facts.now),
    ...(isSeveral ? [group.account] : []),
    describeRow(group),
    formatUsdc(group.cost),
    describeAvoidable(group, facts.now, outlook),
  ]);
  if (rest.length > 0) {
    const count = rest.reduce((sum, { vms, repeats }) => sum + vms.length * (repeats?.count ?? 1), 0);
    const last = Math.max(...rest.map(({ at, repeats }) => repeats?.until ?? at));
    const until = `until ${formatInstant(last, facts.now)}`;
    const sum = formatUsdc(sumMicros(rest.map((group) => group.cost)));
    rows.push([until, ...(isSeveral ? [''] : []), `${count} more`, sum, 'all: --json']);
  }
  return renderTable(columns, rows, facts);
}
