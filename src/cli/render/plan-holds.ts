// The `~` lines of one policy: what is deliberately not done. Equal holds share a line, however many there are.
import { formatUsdc, sumMicros } from '../../core/money.js';
import { formatMinute } from '../../core/instant.js';
import type { FleetSummary } from '../../core/plan-summaries.js';
import type { Hold } from '../../core/plan-types.js';
import type { Instant, Millis, ReasonCode } from '../../core/types.js';
import { formatNear } from './format-instant.js';
import { countOf, describeReason, labelOf, listNames, oneLine } from './phrase.js';
import type { PlanLine } from './plan-line.js';

const MINUTE_MILLIS = 60_000;
/** So many lines of one reason; more are folded into one. */
const MOST_LINES = 5;
const MOST_PARKED_LINES = 3;

/** Holds that let the VM be charged at its boundary. */
const RENEWING: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'busy',
  'signal-unknown',
  'too-young',
  'not-idle-long-enough',
  'wanted-again',
  'protected',
  'owned-by-fleet',
  'status-unknown',
  'too-late',
  'no-time-to-delete',
  'two-claimants',
  'needs-approval',
  'rail',
  'above-max-price',
]);

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  return instants.reduce((first, each) => (first === undefined || (each !== undefined && each < first) ? each : first));
}

function latest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  return instants.reduce((last, each) => (last === undefined || (each !== undefined && each > last) ? each : last));
}

function hold(head: string, detail: string, named: boolean, beneath: readonly string[] = []): PlanLine {
  return { mark: '~', head: `hold ${head}`.trimEnd(), named, detail, money: undefined, beneath };
}

function nameOf(each: Hold): string {
  return oneLine(each.vm?.name ?? '');
}

/** Why members go that their fleet wants. */
function describeBudget([first]: readonly Hold[], alone: boolean): string {
  if (first?.budget === undefined) return '';
  return `hard budget ${first.budget} doesn't renew ${alone ? 'it' : 'them'}; `;
}

function describeParked(holds: readonly Hold[], now: Instant, beneath: readonly string[]): PlanLine {
  const boundary = earliest(holds.map((each) => each.boundary));
  const last = latest(holds.map((each) => each.boundary));
  const until = earliest(holds.map((each) => each.until));
  const alone = holds.length === 1;
  const head = alone ? nameOf(holds[0]!) : String(holds.length);
  if (boundary === undefined || last === undefined)
    return hold(head, 'parked: its boundary is not known yet', alone, beneath);
  const paid = formatNear(boundary, now, now);
  const spread = Math.floor(last / MINUTE_MILLIS) > Math.floor(boundary / MINUTE_MILLIS);
  const range = spread ? `${paid} to ${formatNear(last, boundary, now)}` : paid;
  const deletion =
    until === undefined
      ? 'free to take back until then'
      : `${spread ? 'deletions start' : 'deletion starts'} ${formatNear(until, boundary, now)}, free to take back until then`;
  return hold(head, `${describeBudget(holds, alone)}paid until ${range}; ${deletion}`, alone, beneath);
}

/**
 * When the parked will be wanted again and what it saves to let them go until then: whole periods between the boundary and
 * that instant, since the purchase at its end pays for the last one. Silent where it would be guessing (only some of them).
 */
function describeReturn(parked: readonly Hold[], fleet: FleetSummary | undefined, now: Instant, periodMillis: Millis) {
  const next = fleet?.next;
  if (fleet === undefined || next === undefined || next.wanted <= fleet.wanted) return [];
  const again = Math.min(parked.length, next.wanted - fleet.wanted);
  const wanted = `next wanted ${formatNear(next.at, now, now)}`;
  if (again < parked.length) return [`${again} of ${parked.length} parked ${wanted}`];
  let count = 0;
  const amounts = parked.map((each) => {
    if (each.boundary === undefined || each.charge === undefined) return 0n;
    const periods = Math.max(0, Math.floor((next.at - each.boundary) / periodMillis));
    count += periods;
    return each.charge * BigInt(periods);
  });
  if (count === 0) return [wanted];
  return [`${wanted}; letting go avoids ${countOf(count, 'charge')}: ${formatUsdc(sumMicros(amounts))}`];
}

function describeAllParked(
  parked: readonly Hold[],
  fleet: FleetSummary | undefined,
  now: Instant,
  periodMillis: Millis,
): PlanLine[] {
  if (parked.length === 0) return [];
  const ordered = [...parked].sort((a, b) => (a.boundary ?? Infinity) - (b.boundary ?? Infinity));
  const groups = groupBy(ordered, (each) => String(Math.floor((each.boundary ?? -1) / MINUTE_MILLIS)));
  const shown = groups.length > MOST_PARKED_LINES ? [ordered] : groups;
  return shown.map((group, index) =>
    describeParked(group, now, index === shown.length - 1 ? describeReturn(parked, fleet, now, periodMillis) : []),
  );
}

function describeTail(each: Hold, now: Instant): string {
  const { boundary, until } = each;
  if (boundary === undefined || each.reason.text.includes(formatMinute(boundary))) return '';
  if (each.reason.code === 'idle-until-deadline') {
    const start = until === undefined ? '' : `; deletion starts ${formatNear(until, now, now)}`;
    return `${start}; paid until ${formatNear(boundary, until ?? now, now)}`;
  }
  if (!RENEWING.has(each.reason.code)) return '';
  return `${each.reason.text.endsWith('kept') ? ',' : ';'} renews ${formatNear(boundary, now, now)}`;
}

function describeVmHolds(holds: readonly Hold[], now: Instant): PlanLine[] {
  const equal = groupBy(holds, (each) => `${each.reason.text} ${describeTail(each, now)}`);
  if (equal.length > MOST_LINES) {
    const names = `${labelOf(holds[0]!.reason.code)}: ${listNames(holds.map(nameOf))}`;
    return [hold(String(holds.length), names, false)];
  }
  return equal.map((group) => {
    const detail = describeReason(group[0]!.reason) + describeTail(group[0]!, now);
    if (group.length === 1) return hold(nameOf(group[0]!), detail, true);
    return hold(String(group.length), detail, false, [listNames(group.map(nameOf))]);
  });
}

/** The policy's own hold first (why it buys or deletes nothing), then parked VMs, then other VMs by reason. */
export function describeHolds(
  holds: readonly Hold[],
  fleet: FleetSummary | undefined,
  now: Instant,
  periodMillis: Millis,
): PlanLine[] {
  const own = holds.filter((each) => each.vm === undefined);
  const vms = holds.filter((each) => each.vm !== undefined);
  const parked = vms.filter((each) => each.reason.code === 'parked');
  const capped = parked.filter((each) => each.budget !== undefined);
  const byCode = groupBy(
    vms.filter((each) => each.reason.code !== 'parked'),
    (each) => each.reason.code,
  );
  return [
    ...own.map((each) => {
      const isSaid = each.until === undefined || each.reason.text.includes(formatMinute(each.until));
      const again = isSaid ? '' : `; looked at again ${formatNear(each.until, now, now)}`;
      return hold('', describeReason(each.reason) + again, false);
    }),
    ...describeAllParked(
      parked.filter((each) => each.budget === undefined),
      fleet,
      now,
      periodMillis,
    ),
    ...groupBy(capped, ({ budget = '' }) => budget).flatMap((group) =>
      describeAllParked(group, undefined, now, periodMillis),
    ),
    ...byCode.flatMap((group) => describeVmHolds(group, now)),
  ];
}
