// The rule of doomed VMs: a deletion is done when a complete listing that began after its call lacks the VM or shows it ended.
// Until then it stays open: held while it may still land, called for again when it should have.
import { isEnded, isRunning } from '../lifecycle.js';
import { formatMinute } from '../instant.js';
import type { Claim } from '../books.js';
import { isRecordOnly, LANDING_MILLIS, readLastCall, type LastCall } from '../last-call.js';
import type { Instant, Millis, Vm } from '../types.js';
import { holdVm, noteVerdict, type Draft, type PlanContext } from '../plan-context.js';
import { retryDeletionAfter } from './tend-members.js';

/** A call that surely failed is made again this soon after it was begun. */
const FAILED_CALL_MILLIS: Millis = 10_000;

/**
 * Deletions that the service refused just now, so that nothing has begun: by VM, when each may be asked for again. Without this
 * every look would ask at once, and every refusal brings the next look.
 */
export function listJustRefused({ books, now }: PlanContext): ReadonlyMap<string, Instant> {
  const refused = new Map<string, Instant>();
  for (const { delete: deletion, closedAt } of books.intents) {
    if (deletion === undefined || closedAt === undefined || now - closedAt >= FAILED_CALL_MILLIS) continue;
    for (const { vmId, outcome } of deletion.targets) {
      if (outcome?.result === 'failed') refused.set(vmId, closedAt + FAILED_CALL_MILLIS);
    }
  }
  return refused;
}

/**
 * Not to be called for again: it runs although only its record was to go, or it was charged anew meanwhile. The reckoning takes
 * it back or parks it as soon as the last call can't land any more.
 */
function hasLostItsSense(claim: Claim, vm: Vm, { boundary }: LastCall): boolean {
  if (isEnded(vm.status)) return false;
  if (isRecordOnly(claim)) return true;
  return boundary !== undefined && vm.paidUntil !== undefined && vm.paidUntil > boundary && isRunning(vm.status);
}

/** Sees every doomed VM through, also one whose policy is gone. */
export function retryDeletions(context: PlanContext, draft: Draft): void {
  const patience = retryDeletionAfter(context);
  const intents = new Map(context.books.intents.map((intent) => [intent.id, intent]));
  for (const claim of context.books.claims) {
    const vm = context.vmById.get(claim.vmId);
    if (claim.state !== 'doomed' || vm === undefined) continue;
    const ref = { id: vm.id, name: vm.name };
    const call = readLastCall(claim, intents);
    const { calledAt } = call;
    const hasLost = hasLostItsSense(claim, vm, call);
    // A VM that shows as ended is charged no more; its record is given longer to leave the list.
    const wait = call.hasFailed ? FAILED_CALL_MILLIS : isEnded(vm.status) ? 10 * patience : patience;
    const retryAt = calledAt + (hasLost ? LANDING_MILLIS + 1 : wait);
    if (context.now < retryAt || call.isOpen || hasLost) {
      const text = `its deletion was called for at ${formatMinute(calledAt)}; the list still shows it as ${vm.statusText}`;
      holdVm(
        context,
        draft,
        claim.policy,
        ref,
        { code: 'deleting', text },
        { until: retryAt, boundary: vm.paidUntil, price: vm.price },
      );
      noteVerdict(context, draft, vm.id, {
        rule: 'retry-deletions',
        policy: claim.policy,
        says: 'delete',
        text,
        until: retryAt,
        won: true,
      });
      if (context.now < retryAt) draft.wakeAt.push(retryAt);
      continue;
    }
    const text = `called for at ${formatMinute(calledAt)} and still there: called for again`;
    draft.unwanted.push({
      vm: ref,
      policy: claim.policy,
      reason: { code: 'deletion-retry', text },
      due: 'now',
      boundary: vm.paidUntil,
      price: vm.price,
      capped: false,
      railExempt: true,
      reaped: false,
      judged: true,
      outlook: undefined,
    });
    noteVerdict(context, draft, vm.id, {
      rule: 'retry-deletions',
      policy: claim.policy,
      says: 'delete',
      text,
      won: true,
    });
  }
}
