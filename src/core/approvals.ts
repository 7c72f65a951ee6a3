// What a person's approval of refused deletions opens: the VMs that it names, each until its own boundary, at the prices that
// were shown and for the policy as it stood. It opens no VM that it doesn't name, and nothing in a VM's next period.
import type { Approval, ApprovedTarget } from './books.js';
import { hashText } from './hash.js';
import { DAY_MILLIS } from './money.js';
import type { RefusedTarget } from './plan-types.js';
import type { Instant, Price } from './types.js';

function writePrice(price: Price | undefined): string {
  return `${price?.amount ?? '?'}/${price?.periodMillis ?? '?'}`;
}

/**
 * The id that `purser approve` takes: ten digits, so that it isn't taken for a plan's, which has six. It is the same before and
 * after the policy was put in force, so that what `apply` prints can be approved; the approval itself is bound to the policy's
 * content.
 */
export function hashRefusal(targets: readonly RefusedTarget[], policy: string): string {
  const lines = targets.map(({ id, price }) => `${id}=${writePrice(price)}`).sort();
  return `plan-${hashText(`${policy}\n${lines.join('\n')}`).slice(0, 10)}`;
}

/** Each target with its boundary; a day where none is known. */
export function listApproved(targets: readonly RefusedTarget[], now: Instant): readonly ApprovedTarget[] {
  return targets.map(({ id, price, boundary }) => ({
    vmId: id,
    price,
    until: boundary === undefined || boundary <= now ? now + DAY_MILLIS : boundary,
  }));
}

/**
 * Whether one approval names all of these. It need not be all that it names: with boundaries at different times the batch that
 * was approved shrinks by itself.
 */
export function isApproved(
  approvals: readonly Approval[],
  asked: { readonly policy: string; readonly policyHash: string; readonly targets: readonly RefusedTarget[] },
  now: Instant,
): boolean {
  const { policy, policyHash, targets } = asked;
  return approvals.some((approval) => {
    if (approval.policy !== policy || approval.policyHash !== policyHash || now >= approval.until) return false;
    const named = new Map(approval.targets?.map((target) => [target.vmId, target]));
    return targets.every(({ id, price, boundary }) => {
      const target = named.get(id);
      if (target === undefined || now >= target.until || writePrice(target.price) !== writePrice(price)) return false;
      return boundary === undefined || boundary <= target.until;
    });
  });
}
