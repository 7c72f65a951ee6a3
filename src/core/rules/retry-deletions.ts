// The rule of doomed VMs: a deletion is done when a complete listing that began after its call lacks the VM or shows it ended.
// Until then it stays open: held while it may still land, called for again when it should have.
import { isEnded } from '../lifecycle.js';
import { formatMinute } from '../instant.js';
import type { Claim, Intent } from '../books.js';
import { isOpenIntent } from '../ownership.js';
import type { Instant, Millis } from '../types.js';
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

interface Call {
  readonly isOpen: boolean;
  readonly hasFailed: boolean;
  readonly calledAt: Instant;
}

/** The deletion's intent waits or is being called; or its call surely failed, so that waiting for it is idle. */
function readCall(claim: Claim, intents: ReadonlyMap<string, Intent>): Call {
  const intent = intents.get(claim.deletion?.intent ?? '');
  const begunAt = claim.deletion?.calledAt ?? claim.stateSince;
  if (intent === undefined) return { isOpen: false, hasFailed: false, calledAt: begunAt };
  const outcome = intent.delete?.targets.find((target) => target.vmId === claim.vmId)?.outcome;
  // The claim keeps its first call; a later one has its own clock, or it would be repeated at every look.
  const calledAt = Math.max(begunAt, intent.calledAt ?? begunAt);
  return { isOpen: isOpenIntent(intent), hasFailed: outcome?.result === 'failed', calledAt };
}

/** Sees every doomed VM through, also one whose policy is gone. */
export function retryDeletions(context: PlanContext, draft: Draft): void {
  const patience = retryDeletionAfter(context);
  const intents = new Map(context.books.intents.map((intent) => [intent.id, intent]));
  for (const claim of context.books.claims) {
    const vm = context.vmById.get(claim.vmId);
    if (claim.state !== 'doomed' || vm === undefined) continue;
    const ref = { id: vm.id, name: vm.name };
    // A VM that shows as ended is charged no more; its record is given longer to leave the list.
    const call = readCall(claim, intents);
    const wait = call.hasFailed ? FAILED_CALL_MILLIS : isEnded(vm.status) ? 10 * patience : patience;
    const { calledAt } = call;
    const retryAt = calledAt + wait;
    if (context.now < retryAt || call.isOpen) {
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
