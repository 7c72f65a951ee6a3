// The paid life of each VM in figures: what the bars show, and what it cost.
import { formatDuration } from '../../../core/duration.js';
import { formatUsdc, sumMicros } from '../../../core/money.js';
import type { VmLife } from '../../../compose/backtests.js';
import { countOf } from '../phrase.js';
import { countUnused, findPaidUntil, listVmPeriods } from './choose-bars.js';
import { renderTableUnder } from './data-table.js';
import type { Markup } from './markup.js';
import { toOptionalIsoMinute } from './page-instant.js';

const MOST_ROWS = 3000;

function rowOf(vm: VmLife): readonly string[] {
  const unused = countUnused(vm);
  return [
    vm.name,
    vm.policy,
    toOptionalIsoMinute(vm.createdAt),
    toOptionalIsoMinute(vm.activeAt),
    `${listVmPeriods(vm).length}`,
    formatUsdc(sumMicros(vm.periods.map(({ cost }) => cost))),
    toOptionalIsoMinute(findPaidUntil(vm)),
    toOptionalIsoMinute(vm.deletionCalledAt),
    toOptionalIsoMinute(vm.endedAt),
    vm.endedBy ?? '-',
    unused === 0 ? '-' : formatDuration(unused),
  ];
}

export function renderVmTable(vms: readonly VmLife[]): Markup {
  const shown = vms.slice(0, MOST_ROWS);
  const hasParts = vms.some(({ periods }) => periods.some(({ part }) => part !== undefined));
  const summary =
    shown.length === vms.length
      ? `Table: ${countOf(vms.length, 'VM')}`
      : `Table: the first ${shown.length} of ${vms.length} VMs`;
  return renderTableUnder(summary, {
    caption: `The paid life of each VM (UTC, USDC)${hasParts ? '; what was paid includes its disks and IPs' : ''}`,
    columns: [
      { title: 'VM' },
      { title: 'Policy' },
      { title: 'Bought' },
      { title: 'Running from' },
      { title: 'Periods', isFigure: true },
      { title: 'Paid', isFigure: true },
      { title: 'Paid until' },
      { title: 'Deletion called' },
      { title: 'Ended' },
      { title: 'Ended by' },
      { title: 'Paid beyond its end', isFigure: true },
    ],
    rows: shown.map(rowOf),
  });
}
