// `billing.delayPurchase`: where all VMs of an account are charged at one time of day, nothing is bought shortly before it, since
// it would be paid twice within minutes. Says until when; buys nothing, and delays nothing where no such clock was seen.
import { formatDuration } from '../duration.js';
import { findNextBoundary } from '../fixed-clock.js';
import { formatMinute } from '../instant.js';
import type { PlanContext } from '../plan-context.js';
import type { FleetPolicy } from '../policy-types.js';
import type { Instant, Millis, Reason } from '../types.js';

/** So long after the boundary a purchase is surely of the new period, whatever the clocks are apart. */
const AFTER_BOUNDARY: Millis = 60_000;

/** undefined: nothing is delayed now. */
export function findPurchaseDelay(
  { books, snapshot, now }: Pick<PlanContext, 'books' | 'snapshot' | 'now'>,
  fleet: Pick<FleetPolicy, 'delayPurchaseMillis'>,
): { readonly reason: Reason; readonly until: Instant } | undefined {
  const { delayPurchaseMillis = 0 } = fleet;
  const { fixedClock } = books.notes;
  if (delayPurchaseMillis === 0 || fixedClock === undefined) return undefined;
  const skewMillis = snapshot.clock.skewMillis ?? 0;
  const serviceNow = now + skewMillis;
  const boundary = findNextBoundary(fixedClock, serviceNow - AFTER_BOUNDARY);
  if (boundary - serviceNow > delayPurchaseMillis) return undefined;
  const until = boundary + AFTER_BOUNDARY - skewMillis;
  const text =
    `all VMs of the account are charged at ${formatMinute(boundary)}: what is bought before would be paid again then; ` +
    `bought from ${formatMinute(until)} on (billing.delayPurchase: ${formatDuration(delayPurchaseMillis)})`;
  return { reason: { code: 'purchase-delayed', text }, until };
}
