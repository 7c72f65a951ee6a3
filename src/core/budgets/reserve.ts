// What one VM, or an open purchase, will be charged and when: by what is known of its boundary, else reserved as a purchase whose
// charge no look has shown. Part of read-payers.ts; it judges no scope.
import type { Books, Claim } from '../books.js';
import { findFirstRenewal } from '../fixed-clock.js';
import { listOwnParts } from '../parts.js';
import type { Instant, Micros, Price } from '../types.js';
import { canonicalId } from '../vm-id.js';
import { joinShares, type Renewals } from './forecast.js';

export interface Reserving {
  readonly context: { readonly now: Instant };
  readonly payers: { reserved: Micros };
  /** Ids that were counted as charged, by books; kept as it is asked. */
  readonly charged: Map<Books, ReadonlySet<string>>;
}

/** What was counted as charged already, though until when it is paid isn't told: the service shows that only once a VM is up. */
export function listCharged({ meters = [] }: Pick<Books, 'meters'>): ReadonlySet<string> {
  return new Set(
    meters.flatMap(({ id, paidUntil, spent = 0n }) => (paidUntil !== undefined || spent > 0n ? [id] : [])),
  );
}

interface Ordered {
  readonly createdAt: Instant;
  readonly cap: Price;
  readonly price: Price;
}

/**
 * An order that was not answered yet: it is reserved at the most that the service may take, and the first renewal, at its own
 * price, comes a period after it. One that was begun before the budget's period may be charged in it all the same, and counts
 * until a look shows when it was.
 */
export function reserve(
  reading: Reserving,
  { notes }: Pick<Books, 'notes'>,
  { createdAt, cap, price }: Ordered,
  count: number,
): Renewals {
  reading.payers.reserved += cap.amount * BigInt(count);
  return { next: findFirstRenewal(notes, createdAt, price), price, count };
}

function chargedIn(reading: Reserving, books: Books): ReadonlySet<string> {
  let charged = reading.charged.get(books);
  if (charged === undefined) reading.charged.set(books, (charged = listCharged(books)));
  return charged;
}

interface DueShare {
  readonly price: Price;
  readonly paidUntil: Instant | undefined;
}

/** The VM, of which isn't said until when it is paid, and its parts. `price`: of all. */
function listShares(claim: Claim | undefined, price: Price): readonly [DueShare, ...DueShare[]] {
  const parts = listOwnParts(claim).flatMap((part) =>
    part.price === undefined ? [] : [{ price: part.price, paidUntil: part.paidUntil }],
  );
  const ofParts = parts.reduce((sum, part) => sum + part.price.amount, 0n);
  const own = { ...price, amount: price.amount > ofParts ? price.amount - ofParts : 0n };
  return [{ price: own, paidUntil: undefined }, ...parts];
}

/** Charged each at its own boundary; `next`: the VM's. */
function joinMachine(claim: Claim | undefined, price: Price, next: Instant): Renewals {
  const [own, ...parts] = listShares(claim, price);
  const whole = parts.length === 0 ? undefined : joinShares([{ ...own, paidUntil: next }, ...parts]);
  return whole ?? { next, price, count: 1 };
}

/** What it is charged before `end`, of what comes due next of it: one charge of the VM and of each of its parts. */
export function sumNextCharges(claim: Claim | undefined, price: Price, paidUntil: Instant, end: Instant): Micros {
  const [own, ...parts] = listShares(claim, price);
  return [{ ...own, paidUntil }, ...parts].reduce(
    (sum, share) => (share.paidUntil === undefined || share.paidUntil < end ? sum + share.price.amount : sum),
    0n,
  );
}

export function renewalOf(
  reading: Reserving,
  books: Books,
  claim: Claim | undefined,
  paidUntil: Instant | undefined,
  price: Price,
): Renewals {
  if (paidUntil !== undefined) return joinMachine(claim, price, paidUntil);
  const boughtAt = claim?.claimedAt ?? reading.context.now;
  if (claim === undefined || !chargedIn(reading, books).has(canonicalId(claim.vmId)))
    // A disk that tells until when it is paid is charged already; of the others nobody knows yet when they are.
    reading.payers.reserved += listShares(claim, price).reduce(
      (sum, share) => (share.paidUntil === undefined ? sum + share.price.amount : sum),
      0n,
    );
  return joinMachine(claim, price, findFirstRenewal(books.notes, boughtAt, price));
}
