// The rule of doomed VMs: a deletion is done when a complete listing that began after its call lacks the VM or shows it ended.
// Until then it stays open: held while it may still land, called for again when it should have.
import { isEnded } from '../lifecycle.js';
import { formatMinute } from '../instant.js';
import type { Claim } from '../books.js';
import { holdVm, noteVerdict, type Draft, type PlanContext } from '../plan-context.js';
import { retryDeletionAfter } from './tend-members.js';

function hasOpenIntent(context: PlanContext, claim: Claim): boolean {
  const intent = context.books.intents.find((known) => known.id === claim.deletion?.intent);
  return intent !== undefined && (intent.state === 'planned' || intent.state === 'calling');
}

/** Sees every doomed VM through, also one whose policy is gone. */
export function retryDeletions(context: PlanContext, draft: Draft): void {
  const patience = retryDeletionAfter(context);
  for (const claim of context.books.claims) {
    const vm = context.vmById.get(claim.vmId);
    if (claim.state !== 'doomed' || vm === undefined) continue;
    const calledAt = claim.deletion?.calledAt ?? claim.stateSince;
    const ref = { id: vm.id, name: vm.name };
    // A VM that shows as ended is charged no more; its record is given longer to leave the list.
    const retryAt = calledAt + (isEnded(vm.status) ? 10 * patience : patience);
    if (context.now < retryAt || hasOpenIntent(context, claim)) {
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
