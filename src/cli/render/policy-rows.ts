// The rows of `status`: one a policy with what changes next, and one for the VMs of nobody. Derived from plans alone.
import { costOver, DAY_MILLIS, formatUsdc, sumMicros } from '../../core/money.js';
import type { FleetSummary, KeysSummary, OrphansSummary, ReapSummary } from '../../core/plan-summaries.js';
import type { Action, Hold, OtherVm, Plan } from '../../core/plan-types.js';
import type { Mode, ReasonCode } from '../../core/types.js';
import { formatNear } from './format-instant.js';
import { listNobodys } from './list-nobodys.js';
import { countOf, labelOf, listNames, oneLine } from './phrase.js';
import type { PolicyRow } from './status-report.js';

type Next = PolicyRow['next'];

const MINUTE_MILLIS = 60_000;
/** Deletions of VMs that were bought together start one after the other, over some minutes. */
const SOON_MILLIS = 30 * MINUTE_MILLIS;

function findEarliest(holds: readonly Hold[]): Hold | undefined {
  return holds
    .filter((hold) => hold.until !== undefined)
    .reduce<Hold | undefined>(
      (first, hold) => (first === undefined || hold.until! < first.until! ? hold : first),
      undefined,
    );
}

const WAITING: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['parked', 'idle-until-deadline', 'orphan']);

/**
 * The next deletions that are only waiting for their deadline; those that start within one minute count together, those of the
 * next half hour beside them.
 */
function describeNextDeletion(holds: readonly Hold[]): Next {
  const waiting = holds.filter((hold) => WAITING.has(hold.reason.code));
  const first = findEarliest(waiting);
  if (first === undefined) return undefined;
  const minuteOf = (hold: Hold): number => Math.floor(hold.until! / MINUTE_MILLIS);
  const together = waiting.filter((hold) => hold.until !== undefined && minuteOf(hold) === minuteOf(first));
  const soon = waiting.filter((hold) => hold.until !== undefined && hold.until - first.until! <= SOON_MILLIS);
  const more = soon.length - together.length;
  return { at: first.until, text: `delete ${together.length}${more === 0 ? '' : `, ${more} more soon after`}` };
}

function describeActionsNow(plan: Plan, policy: string): Next {
  const actions = plan.actions.filter((action) => action.policy === policy);
  const deletes = actions.flatMap((action) => (action.kind === 'delete' && !action.recordOnly ? [action] : []));
  if (deletes.length > 0) {
    const names = deletes.length === 1 ? oneLine(deletes[0]!.vm.name) : String(deletes.length);
    const boundaries = deletes.flatMap((action) => (action.boundary === undefined ? [] : [action.boundary]));
    const first = boundaries.reduce((least, each) => Math.min(least, each), Infinity);
    const before = first === Infinity ? '' : ` before ${formatNear(first, plan.at, plan.at)}`;
    return { at: undefined, text: `deleting ${names}${before}` };
  }
  const deploys = actions.flatMap((action) => (action.kind === 'deploy' ? [action] : []));
  if (deploys.length === 0) return describeTending(actions);
  const count = deploys.reduce((sum, action) => sum + action.count, 0);
  const healing = deploys.every((action) => action.reason.code === 'replacement') ? 'healing: ' : '';
  return { at: undefined, text: `${healing}launching ${count}` };
}

/** What costs nothing: ports and keys. */
function describeTending(actions: readonly Action[]): Next {
  const ports = actions.flatMap((action) => (action.kind === 'ports' ? action.vms : [])).length;
  const countKeys = (change: 'add' | 'remove'): number =>
    actions.filter((action) => action.kind === 'key' && action.change === change).length;
  const [added, removed] = [countKeys('add'), countKeys('remove')];
  const parts = [
    ...(ports > 0 ? [`setting ports of ${ports}`] : []),
    ...(added > 0 ? [`adding ${countOf(added, 'key')}`] : []),
    ...(removed > 0 ? [`removing ${countOf(removed, 'key')}`] : []),
  ];
  return parts.length === 0 ? undefined : { at: undefined, text: parts.join(', ') };
}

/** What a fleet of several accounts has in the others. */
function describeElsewhere({ elsewhere = 0 }: Partial<FleetSummary> = {}): Next {
  return elsewhere === 0 ? undefined : { at: undefined, text: `${elsewhere} in other accounts` };
}

/** Where nothing is known to end it, no change is next. */
function describeOwnHold({ until, reason }: Hold): Next {
  const label = labelOf(reason.code);
  return { at: until, text: until === undefined ? `held: ${label}` : label };
}

/** What a budget lets it have, where that keeps a later wish from ever being a change. */
function describeCeiling({ budgets = [] }: Plan, policy: string): Next {
  for (const { budget, mode, held } of budgets) {
    const ceiling = mode === 'act' ? held.find((each) => each.policy === policy) : undefined;
    if (ceiling !== undefined) return { at: undefined, text: `at most ${ceiling.most}: budget ${budget}` };
  }
  return undefined;
}

function findNext(plan: Plan, policy: string, fleet: FleetSummary | undefined): Next {
  const refusal = plan.refused.find((each) => each.policy === policy);
  if (refusal !== undefined) return { at: undefined, text: `refused by ${refusal.rail}` };
  const held = plan.holds.filter((hold) => hold.policy === policy);
  const own = held.find((hold) => hold.vm === undefined);
  if (own !== undefined) return describeOwnHold(own);
  const now = describeActionsNow(plan, policy);
  if (now !== undefined) return now;
  const missing = held.filter((hold) => hold.reason.code === 'missing').length;
  if (missing > 0) return { at: undefined, text: `${missing} missing from the list` };
  if (fleet?.unseen !== undefined && missing === 0) return { at: undefined, text: `${fleet.unseen} not listed` };
  if (fleet !== undefined && fleet.launching > 0) return { at: undefined, text: `launching ${fleet.launching}` };
  const deletion = describeNextDeletion(held);
  const demand = fleet?.next;
  if (demand === undefined) return deletion ?? describeCeiling(plan, policy) ?? describeElsewhere(fleet);
  if (deletion?.at !== undefined && deletion.at <= demand.at) return deletion;
  return { at: demand.at, text: `wants ${demand.wanted}` };
}

/** A policy acts only where its account does. */
function readMode(plan: Plan, mode: Mode): Mode {
  if (mode === 'pause' || plan.mode === 'pause') return 'pause';
  return mode === 'observe' ? mode : plan.mode;
}

/** `1 idle, 1 busy`: what its signals say, where nothing is about to change. */
function describeIdleness({ matched, idle, busy, unknown }: ReapSummary): Next {
  const counts = [
    [idle, 'idle'],
    [busy, 'busy'],
    [unknown, 'unknown'],
    [matched - idle - busy - unknown, 'not asked'],
  ] as const;
  const text = counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
  return text === '' ? undefined : { at: undefined, text };
}

function buildFleetRow(plan: Plan, fleet: FleetSummary): PolicyRow {
  const { account, policy, wanted, running, parked, perDay } = fleet;
  return {
    account,
    policy,
    mode: readMode(plan, fleet.mode),
    wanted,
    running,
    parked,
    perDay,
    next: findNext(plan, policy, fleet),
  };
}

function buildReapRow(plan: Plan, reap: ReapSummary): PolicyRow {
  const { account, policy, matched, perDay } = reap;
  const mode = readMode(plan, reap.mode);
  const next = findNext(plan, policy, undefined) ?? describeIdleness(reap);
  return { account, policy, mode, wanted: undefined, running: matched, parked: undefined, perDay, next };
}

/** What serves nobody doesn't run: it is told, with what it costs. */
function buildOrphansRow(plan: Plan, orphans: OrphansSummary): PolicyRow {
  const { account, policy, parts, vms, perDay, locked } = orphans;
  const found = [
    ...(parts > 0 ? [`${parts} attached to nothing`] : []),
    ...(vms > 0 ? [`${vms} ended, ${formatUsdc(locked)} locked`] : []),
  ];
  const idle = found.length === 0 ? undefined : { at: undefined, text: found.join(', ') };
  const next = findNext(plan, policy, undefined) ?? idle;
  const mode = readMode(plan, orphans.mode);
  return { account, policy, mode, wanted: undefined, running: 0, parked: undefined, perDay, next };
}

/** Keys are counted where other policies count VMs; they cost nothing. */
function buildKeysRow(plan: Plan, { account, policy, mode, declared, present }: KeysSummary): PolicyRow {
  return {
    account,
    policy,
    mode: readMode(plan, mode),
    wanted: declared,
    running: present ?? 0,
    parked: undefined,
    perDay: 0n,
    next: findNext(plan, policy, undefined),
  };
}

function describeOthers(others: readonly OtherVm[]): string {
  if (others.length <= 2)
    return others
      .map((other) => `${oneLine(other.vm.name)} ${other.protected ? 'protected' : other.kind.replaceAll('-', ' ')}`)
      .join(', ');
  const kinds = others.map((other) => (other.protected ? 'protected' : other.kind.replaceAll('-', ' ')));
  const counts = [...new Set(kinds)].map((kind) => `${kinds.filter((each) => each === kind).length} ${kind}`);
  return listNames(counts, 4);
}

function buildOtherRow(plan: Plan): PolicyRow[] {
  const others = listNobodys(plan);
  if (others.length === 0) return [];
  const perDay = sumMicros(others.map((other) => (other.price === undefined ? 0n : costOver(other.price, DAY_MILLIS))));
  const unknown = { mode: undefined, wanted: undefined, parked: undefined };
  const next = { at: undefined, text: describeOthers(others) };
  return [{ account: plan.account, policy: 'other', ...unknown, running: others.length, perDay, next }];
}

/** One row a policy, in the plan's order, and one for VMs that are nobody's. */
export function buildPolicyRows(plans: readonly Plan[]): PolicyRow[] {
  return plans.flatMap((plan) => [
    ...plan.fleets.map((fleet) => buildFleetRow(plan, fleet)),
    ...plan.reaps.map((reap) => buildReapRow(plan, reap)),
    ...(plan.orphans ?? []).map((orphans) => buildOrphansRow(plan, orphans)),
    ...(plan.keys ?? []).map((keys) => buildKeysRow(plan, keys)),
    ...buildOtherRow(plan),
  ]);
}
