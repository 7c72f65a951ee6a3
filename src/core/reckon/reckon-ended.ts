// Whether a listing can be believed that shows many members as ended at once. A provider's outage looks so, and so does a fault
// of the API: on one look nothing is replaced and no record deleted, since a record's deletion ends a VM that runs after all.
import type { Claim } from '../books.js';
import { isEnded } from '../lifecycle.js';
import type { Vm } from '../types.js';
import { setClaim, type Reckoning } from './reckoning.js';

/** Fewer end by themselves every day; but a fleet of two that ends whole is doubted too. */
const FEWEST = 3;
const FEWEST_OF_ALL = 2;

/** Members that a listing has shown running. */
function listMembers(reckoning: Reckoning): readonly Claim[] {
  return [...reckoning.claims.values()].filter(
    (claim) => claim.state !== 'doomed' && claim.origin !== 'reaped' && claim.activeAt !== undefined,
  );
}

/** Since when the listing shows it as ended; undefined when it doesn't. */
function readEndedSince(reckoning: Reckoning, claim: Claim): number | undefined {
  const vm = findVm(reckoning, claim);
  if (vm === undefined) return claim.endedSince;
  return isEnded(vm.status) ? (claim.endedSince ?? reckoning.now) : undefined;
}

function findVm({ vmById, endedById }: Reckoning, { vmId }: Claim): Vm | undefined {
  return vmById.get(vmId) ?? endedById.get(vmId);
}

function noteEnds(reckoning: Reckoning, members: readonly Claim[]): void {
  for (const claim of members) {
    const endedSince = readEndedSince(reckoning, claim);
    if (endedSince !== claim.endedSince) setClaim(reckoning, { ...claim, endedSince });
  }
}

/**
 * All (of two or more), or three and more than a third, of the members that ran at the last look have ended: doubted until a
 * complete look at least one tick later shows them so too. Returns whether the listing may be reckoned with. Asks nothing of
 * one that isn't complete.
 */
export function reckonEnded(reckoning: Reckoning): boolean {
  const { now, notes, settings } = reckoning;
  const members = listMembers(reckoning);
  const isConfirmed = (claim: Claim): boolean =>
    claim.endedSince !== undefined && now - claim.endedSince >= settings.tickMillis;
  const running = members.filter((claim) => !isConfirmed(claim));
  const ended = running.filter((claim) => {
    const vm = findVm(reckoning, claim);
    return vm !== undefined && isEnded(vm.status);
  });
  const isMany = ended.length >= FEWEST && ended.length * 3 > running.length;
  if (!isMany && !(ended.length >= FEWEST_OF_ALL && ended.length === running.length)) {
    // Members that come up meanwhile make the ended ones a smaller part, and prove nothing about them.
    const isStillDoubted = notes.endedDoubt !== undefined && ended.length > 0 && now < notes.endedDoubt.until;
    if (isStillDoubted) noteEnds(reckoning, members);
    else if (notes.endedDoubt !== undefined) reckoning.notes = { ...notes, endedDoubt: undefined };
    return !isStillDoubted;
  }
  const latest = ended.reduce((last, claim) => Math.max(last, claim.endedSince ?? now), 0);
  noteEnds(reckoning, members);
  const text =
    `the list shows ${ended.length} of ${running.length} members as ended that ran at the last look; ` +
    'nothing is bought or deleted until a second look, a tick later, shows it too';
  const since = notes.endedDoubt?.since ?? now;
  reckoning.notes = { ...reckoning.notes, endedDoubt: { since, until: latest + settings.tickMillis, text } };
  return false;
}
