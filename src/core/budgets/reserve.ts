// What one VM, or an open purchase, will be charged and when: by what is known of its boundary, else reserved as a purchase whose
// charge no look has shown. Part of read-payers.ts; it judges no scope.
import type { Books, Claim } from '../books.js';
import { listOwnParts } from '../parts.js';
import type { Instant, Micros, Price } from '../types.js';
import { canonicalId } from '../vm-id.js';
import { joinShares, type Renewals } from './forecast.js';

export interface Reserving {
  /** The beginning of the budget's period. */
  readonly from: Instant;
  readonly context: { readonly now: Instant };
  readonly payers: { reserved: Micros };
  /** Ids that were counted as charged, by books; kept as it is asked. */
  readonly charged: Map<Books, ReadonlySet<string>>;
}

/** What was counted as charged already, though until when it is paid isn't told: the service shows that only once a VM is up. */
function listCharged({ meters = [] }: Books): ReadonlySet<string> {
  return new Set(
    meters.flatMap(({ id, paidUntil, spent = 0n }) => (paidUntil !== undefined || spent > 0n ? [id] : [])),
  );
}

/**
 * A purchase whose charge was not seen yet: it is reserved at the most that the service may take, and the first renewal, at its
 * own price, comes a period after it. One that was begun before the period may be charged in it all the same (`isOpen`: it was not
 * answered yet), and counts until a look shows when it was.
 */
export function reserve(
  reading: Reserving,
  boughtAt: Instant,
  { cap, price }: Ordered,
  count: number,
  isOpen = false,
): Renewals {
  if (isOpen || boughtAt >= reading.from) reading.payers.reserved += cap.amount * BigInt(count);
  return { next: boughtAt + price.periodMillis, price, count };
}

interface Ordered {
  readonly cap: Price;
  readonly price: Price;
}

function chargedIn(reading: Reserving, books: Books): ReadonlySet<string> {
  let charged = reading.charged.get(books);
  if (charged === undefined) reading.charged.set(books, (charged = listCharged(books)));
  return charged;
}

export function renewalOf(
  reading: Reserving,
  books: Books,
  claim: Claim | undefined,
  paidUntil: Instant | undefined,
  price: Price,
): Renewals {
  if (paidUntil !== undefined) {
    const own = claim?.price === undefined ? undefined : { price: claim.price, paidUntil };
    const parts = listOwnParts(claim).flatMap((part) =>
      part.price === undefined ? [] : [{ ...part, price: part.price }],
    );
    const whole = own === undefined || parts.length === 0 ? undefined : joinShares([own, ...parts]);
    return whole ?? { next: paidUntil, price, count: 1 };
  }
  if (claim !== undefined && chargedIn(reading, books).has(canonicalId(claim.vmId)))
    return { next: claim.claimedAt + price.periodMillis, price, count: 1 };
  return reserve(reading, claim?.claimedAt ?? reading.context.now, { cap: price, price }, 1);
}
