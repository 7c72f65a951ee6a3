// Why a VM is not what was ordered. Judged against the order, so that editing a policy makes nothing mismatched, and when the VM
// comes, not for ever: a provider that raises prices or renames places delivers nothing anew. It parks and replaces nothing.
import type { Claim, Intent } from './books.js';
import { comparePrices, formatUsdc } from './money.js';
import { listOwnParts, readSavedPrice } from './parts.js';
import type { ChosenOffer, Instant, Millis, Price, Vm } from './types.js';

/** How long after it came up a VM is compared with its order. */
const JUDGED_FOR: Millis = 60 * 60_000;
/** A later price is one that moved: `where.aboveMaxPrice` says what becomes of it. */
const PRICE_JUDGED_FOR: Millis = 5 * 60_000;

/**
 * As a sentence; undefined when it is what was ordered, or when the API doesn't tell enough to say no. `vm.price`: with the parts
 * that were ordered with it. `most`: what it may cost.
 */
export function describeMismatch(
  vm: Pick<Vm, 'place' | 'configuration' | 'price'>,
  { offer, most }: { readonly offer: ChosenOffer; readonly most: Price },
): string | undefined {
  const { place, configuration, price } = vm;
  if (place !== undefined && place.country !== offer.country)
    return `it stands in ${place.country}, ordered was ${offer.country}`;
  if (configuration !== undefined && configuration !== offer.configuration)
    return `it is a ${configuration}, ordered was ${offer.configuration}`;
  if (price !== undefined && comparePrices(price, most) > 0)
    return `it costs ${formatUsdc(price.amount)}, at most ${formatUsdc(most.amount)} was allowed`;
  return undefined;
}

/**
 * What of its order a bought VM fails. `maxPrice`: of its fleet; undefined: there is none any more. Its price may be what the policy
 * allows, where that is more than the order's cap: where a create takes no cap, or what runs is charged by the market, a VM that
 * came a little dearer than planned is no other VM, and one bought in its place would be as dear.
 */
export function findMismatch(
  claim: Claim,
  vm: Vm,
  order: NonNullable<Intent['deploy']>,
  { maxPrice, now }: { readonly maxPrice: Price | undefined; readonly now: Instant },
): string | undefined {
  const age = claim.activeAt === undefined ? 0 : now - claim.activeAt;
  if (age > JUDGED_FOR) return undefined;
  const { offer, cap } = order;
  const most = maxPrice === undefined || comparePrices(maxPrice, cap) < 0 ? cap : maxPrice;
  const price = age > PRICE_JUDGED_FOR ? undefined : readSavedPrice(vm.price, listOwnParts(claim));
  return describeMismatch({ ...vm, price }, { offer, most });
}
