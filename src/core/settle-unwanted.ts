// Turns what the rules want gone into actions that are due now and holds that wait for their deadline, after the rails have
// spoken. This is the one place that decides that a running VM's deletion starts; it never starts one outside
// [deadline, boundary) unless the policy says `deleteAt: now`.
import { readAbilities } from './abilities.js';
import {
  expectLandingMillis,
  MOST_IDS_A_CALL,
  type Deadline,
  type Departure,
  type LineSpeed,
} from './billing-clock.js';
import { hashText } from './hash.js';
import { formatDayMinute, formatMinute } from './instant.js';
import { formatUsdc } from './money.js';
import { holdVm, noteVerdict, type Draft, type PlanContext, type Unwanted } from './plan-context.js';
import type { DeleteAction } from './plan-types.js';
import type { RailsVerdict } from './rails.js';
import { listJustRefused } from './rules/retry-deletions.js';
import type { Instant, Millis, Price, ReasonCode } from './types.js';

export function lineSpeedOf(context: PlanContext): LineSpeed {
  const { ratePerSecond, concurrency } = context.settings;
  const { deletesPerCall } = readAbilities(context.snapshot);
  return { ratePerSecond, concurrency, idsPerCall: Math.min(MOST_IDS_A_CALL, deletesPerCall) };
}

/** A VM whose price isn't told has its deadline all the same; it stands last in a line that is too long. */
export function listDepartures(context: PlanContext, draft: Draft): readonly Departure[] {
  const untold: Price = { amount: 0n, periodMillis: context.settings.periodMillis };
  return draft.unwanted.flatMap(({ vm, due, boundary, price, partsMillis = 0 }) =>
    due === 'boundary' && boundary !== undefined
      ? [{ id: vm.id, boundary: boundary - partsMillis, price: price ?? untold }]
      : [],
  );
}

/**
 * From here on a deletion would hardly land before the boundary: it would be paid and lost. What follows the VM's own end takes
 * its time too.
 */
function findLatestStart(context: PlanContext, unwanted: Unwanted, deadline: Deadline): Instant | undefined {
  const { boundary, partsMillis = 0 } = unwanted;
  if (boundary === undefined) return undefined;
  const landsBy = boundary - partsMillis;
  const lead = Math.min(context.baseLeadMillis, landsBy - deadline.at);
  return landsBy - expectLandingMillis(context.books.notes.deletionMillis, lead);
}

export type Timing = 'due' | 'waits' | 'too-late';

/** Where `now` stands to the deletion's window. */
export function judgeTiming(context: PlanContext, unwanted: Unwanted, deadline: Deadline | undefined): Timing {
  if (unwanted.due !== 'boundary') return 'due';
  if (deadline === undefined || unwanted.boundary === undefined || context.now < deadline.at) return 'waits';
  const latest = findLatestStart(context, unwanted, deadline);
  return latest !== undefined && context.serviceNow >= latest ? 'too-late' : 'due';
}

function buildDelete(context: PlanContext, unwanted: Unwanted, deadline: Deadline | undefined): DeleteAction {
  return {
    id: `delete-${hashText(`${unwanted.vm.id}/${unwanted.boundary ?? 'record'}`).slice(0, 8)}`,
    kind: 'delete',
    account: context.settings.name,
    policy: unwanted.policy,
    reason: unwanted.reason,
    vm: unwanted.vm,
    ...(unwanted.part === undefined ? {} : { part: unwanted.part }),
    deadline: deadline?.at,
    boundary: unwanted.boundary,
    latestStart: deadline === undefined ? undefined : findLatestStart(context, unwanted, deadline),
    recordOnly: unwanted.due === 'record',
    reaped: unwanted.reaped,
    railExempt: unwanted.railExempt,
    saves: unwanted.due === 'record' || unwanted.boundary === undefined ? 0n : (unwanted.price?.amount ?? 0n),
  };
}

function holdUntilDeadline(
  context: PlanContext,
  draft: Draft,
  unwanted: Unwanted,
  deadline: Deadline | undefined,
): void {
  const { boundary, price, vm, policy, budget } = unwanted;
  if (!unwanted.judged && !(deadline?.tooLate ?? false)) return;
  const facts = { until: deadline?.at, boundary, price, budget };
  if (deadline?.tooLate === true) {
    const text = `too many deletions share the boundary ${formatMinute(boundary!)}: it will probably be charged ${formatUsdc(price?.amount ?? 0n)} again; raise the account's rate`;
    holdVm(context, draft, policy, vm, { code: 'no-time-to-delete', text }, facts);
    return;
  }
  const code: ReasonCode =
    unwanted.reason.code === 'orphan' ? 'orphan' : unwanted.reaped ? 'idle-until-deadline' : 'parked';
  const paid = `paid until ${formatDayMinute(boundary!)}, deletion starts ${formatMinute(deadline!.at)}`;
  const outlook = unwanted.outlook === undefined ? '' : `; ${unwanted.outlook}`;
  holdVm(context, draft, policy, vm, { code, text: `${unwanted.reason.text}; ${paid}${outlook}` }, facts);
}

/** How soon a VM that may not be deleted now is looked at again while its boundary draws near. */
const DISALLOWED_AGAIN: Millis = 10_000;

/** A product that tells what it allows would refuse anything else; one that doesn't tell is simply asked. */
function mayBeDeleted(context: PlanContext, { vm }: Unwanted): boolean {
  return context.vmById.get(vm.id)?.allowedActions?.includes('delete') !== false;
}

function holdUntilAllowed(context: PlanContext, draft: Draft, { vm, policy, reason, boundary, price }: Unwanted): void {
  const status = context.vmById.get(vm.id)!.statusText;
  const text = `${reason.text}; but the service allows no deletion while it is ${status}: called for as soon as it does`;
  const until = boundary === undefined ? undefined : context.now + DISALLOWED_AGAIN;
  holdVm(context, draft, policy, vm, { code: 'not-deletable', text }, { until, boundary, price });
  if (until !== undefined) draft.wakeAt.push(until);
  noteVerdict(context, draft, vm.id, { rule: 'allowed-actions', policy, says: 'keep', text, until, won: true });
}

/** Its deletion is on its way, was refused just now, or isn't allowed at present. */
function isHeldThoughDue(
  context: PlanContext,
  draft: Draft,
  unwanted: Unwanted,
  justRefused: ReadonlyMap<string, Instant>,
): boolean {
  const { vm, policy, reason, boundary, price } = unwanted;
  const retryAt = justRefused.get(vm.id);
  if (context.busyTargets.has(vm.id)) {
    const text = `${reason.text}; its deletion is queued`;
    holdVm(context, draft, policy, vm, { code: 'deleting', text }, { boundary, price });
    return true;
  }
  if (retryAt !== undefined) {
    const text = `${reason.text}; its deletion was just refused and is asked for again`;
    holdVm(context, draft, policy, vm, { code: 'deleting', text }, { boundary, price, until: retryAt });
    draft.wakeAt.push(retryAt);
    return true;
  }
  if (mayBeDeleted(context, unwanted)) return false;
  holdUntilAllowed(context, draft, unwanted);
  return true;
}

/** Settles every unwanted VM. Returns those whose deletion the plan intends, now or at their deadline. */
export function settleUnwanted(
  context: PlanContext,
  draft: Draft,
  deadlines: ReadonlyMap<string, Deadline>,
  rails: RailsVerdict,
): ReadonlyMap<string, Instant | undefined> {
  const intended = new Map<string, Instant | undefined>();
  const due: { action: DeleteAction; unwanted: Unwanted }[] = [];
  const justRefused = listJustRefused(context);
  for (const unwanted of draft.unwanted) {
    const deadline = deadlines.get(unwanted.vm.id);
    const refusal = unwanted.capped && !unwanted.railExempt ? rails.refused.get(unwanted.policy) : undefined;
    const timing = judgeTiming(context, unwanted, deadline);
    const facts = { boundary: unwanted.boundary, price: unwanted.price };
    if (refusal !== undefined && (unwanted.judged || timing === 'due')) {
      const text = `${unwanted.reason.text}; but a rail refused it: ${refusal}`;
      holdVm(context, draft, unwanted.policy, unwanted.vm, { code: 'rail', text }, facts);
      noteVerdict(context, draft, unwanted.vm.id, {
        rule: 'rails',
        policy: unwanted.policy,
        says: 'keep',
        text,
        won: true,
      });
      continue;
    }
    if (timing === 'too-late') {
      const text = `its boundary ${formatMinute(unwanted.boundary!)} is too near for a deletion to land: it is paid again and parked until the next deadline`;
      holdVm(context, draft, unwanted.policy, unwanted.vm, { code: 'too-late', text }, facts);
      continue;
    }
    intended.set(unwanted.vm.id, deadline?.at);
    if (timing === 'due' && isHeldThoughDue(context, draft, unwanted, justRefused)) continue;
    if (timing === 'waits') {
      holdUntilDeadline(context, draft, unwanted, deadline);
      if (deadline !== undefined) draft.wakeAt.push(deadline.at);
      noteVerdict(context, draft, unwanted.vm.id, {
        rule: 'billing-clock',
        policy: unwanted.policy,
        says: 'keep',
        text: 'paid for; kept until its deadline',
        until: deadline?.at,
        won: true,
      });
      continue;
    }
    due.push({ action: buildDelete(context, unwanted, deadline), unwanted });
  }
  // Earliest boundary first, then the dearest, so that a line that is too long loses the cheapest.
  due.sort(
    (a, b) =>
      (a.action.boundary ?? 0) - (b.action.boundary ?? 0) ||
      (a.action.saves === b.action.saves ? 0 : a.action.saves > b.action.saves ? -1 : 1),
  );
  for (const { action } of due) draft.actions.push(action);
  return intended;
}
