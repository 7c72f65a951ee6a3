// What a VM was charged between the last look that listed it running and its end, as far as its ended record tells: by the instant
// of its last charge. It guesses nothing: that a deletion was accepted after a boundary proves no charge, since what can't pay or
// has ended is deleted all the same.
import type { Claim } from '../books.js';
import type { Instant, Millis, Vm } from '../types.js';
import { canonicalId } from '../vm-id.js';
import type { Reckoning } from './reckoning.js';

/** Clocks differ by so much at most; what was charged later than now was not. */
const AHEAD_AT_MOST: Millis = 15 * 60_000;

/** The boundary after all charges until `at`, both included; undefined where none came since `boundary`. */
function findBoundaryAfter(boundary: Instant, at: Instant, periodMillis: Millis): Instant | undefined {
  if (at < boundary) return undefined;
  return boundary + (Math.floor((at - boundary) / periodMillis) + 1) * periodMillis;
}

/** Until when looks knew it as paid. */
function readKnown({ meters }: Reckoning, id: string, claim: Claim | undefined): Instant | undefined {
  const meter = meters.get(canonicalId(id));
  if (meter !== undefined) return meter.paidUntil;
  return claim?.seenAt === undefined ? undefined : claim.paidUntil;
}

/** A record tells its boundary no more. undefined: nor when it was charged last, or for how much. */
function readEnded(reckoning: Reckoning, vm: Vm): Vm | undefined {
  const claim = reckoning.claims.get(vm.id);
  const price = vm.price ?? claim?.price;
  const { lastPaidAt } = vm;
  if (price === undefined || lastPaidAt === undefined || lastPaidAt > reckoning.now + AHEAD_AT_MOST) return undefined;
  const known = readKnown(reckoning, vm.id, claim);
  if (known === undefined) return { ...vm, price, paidUntil: lastPaidAt + price.periodMillis };
  return { ...vm, price, paidUntil: findBoundaryAfter(known, lastPaidAt, price.periodMillis) ?? known };
}

/** VMs that are over, as they would be listed with all their charges if they weren't. */
export function listEndedPaid(reckoning: Reckoning): readonly Vm[] {
  return [...reckoning.endedById.values()].flatMap((vm) => readEnded(reckoning, vm) ?? []);
}
