// Why money was wasted, VM by VM and day by day: exact sums from the tallies, reasons from the lines of the ledger, as far back as
// it reaches. Pure; invents no reason.
import type { LedgerEntry } from '../../core/books.js';
import { isWaste, type ChargeUse } from '../../core/charge-records.js';
import { DAY_MILLIS } from '../../core/money.js';
import { nameKind } from '../../core/parts.js';
import { findDay, type VmTally } from '../../core/tallies.js';
import type { Instant } from '../../core/types.js';
import { oneLine } from './phrase.js';
import type { WasteLine } from './spend-report.js';

/** The events that say why, newest of them first. */
const EVENTS: Readonly<Partial<Record<ChargeUse, readonly LedgerEntry['event'][]>>> = {
  parked: ['parked', 'late-create', 'kept', 'refused'],
  missed: ['missed-boundary', 'delete-failed', 'doomed', 'delete-called'],
  idle: ['parked', 'terminated', 'note'],
};

const UNTOLD: Readonly<Partial<Record<ChargeUse, string>>> = {
  parked: 'it was parked before the ledger begins',
  missed: 'its deletion had begun; the ledger says no more',
  idle: 'nobody wanted it',
};

/** Why it was paid although nobody wanted it, by the last charge of that day that tells it. */
function findPaid(ledger: readonly LedgerEntry[], id: string, day: Instant): string {
  const told = ledger.findLast(
    ({ at, vmId, event, why }) =>
      vmId === id && event === 'charged' && why !== undefined && findDay(at) * DAY_MILLIS === day,
  );
  return told?.why === undefined ? '' : `; ${oneLine(told.why)}`;
}

function findReason(ledger: readonly LedgerEntry[], { vmId, day, use, part, policy, vmName }: VmTally): string {
  const events = EVENTS[use] ?? [];
  const own = ledger.filter(
    (entry) => entry.vmId === vmId && entry.at < day + DAY_MILLIS && events.includes(entry.event),
  );
  const paid = use === 'parked' ? findPaid(ledger, vmId, day) : '';
  for (const event of events) {
    const last = own.findLast((entry) => entry.event === event);
    if (last !== undefined) return oneLine(last.text).replace(`${vmName}: `, '') + paid;
  }
  if (use === 'idle' && part !== undefined && part.id === vmId) return `a ${nameKind(part.kind)} attached to nothing`;
  if (use === 'idle' && policy !== undefined) return `idle by ${policy}, or ${policy} is gone`;
  return UNTOLD[use] ?? '';
}

/** `ledger`: oldest first. `names`: present ones, by id. One line for each VM or part, day and use, the dearest first within a day. */
export function explainWaste(
  tallies: readonly VmTally[],
  ledger: readonly LedgerEntry[],
  names: ReadonlyMap<string, string> = new Map(),
): readonly WasteLine[] {
  const wasted = tallies.filter(({ use, amount }) => isWaste(use) && amount > 0n);
  const lines = wasted.map((tally): WasteLine => {
    const { day, part, policy, use, amount } = tally;
    const vmName = names.get(tally.vmId) ?? tally.vmName;
    const name = part === undefined || part.id === tally.vmId ? vmName : `${vmName} ${nameKind(part.kind)}`;
    return { day, vmName: name, policy, use, amount, why: findReason(ledger, tally) };
  });
  return lines.sort((a, b) => a.day - b.day || (a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0));
}
