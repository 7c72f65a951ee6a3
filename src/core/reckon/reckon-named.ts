// Members that are known by name alone, counted for the accounts that share their fleet: those read only our books. It claims
// nothing; a name counts, and gives no right.
import { findFleet, isOpenIntent } from '../ownership.js';
import { parseMemberName } from '../names.js';
import type { Reckoning } from './reckoning.js';

function countByFleet({ vmById, claims, intents, policies, settings }: Reckoning): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const vm of vmById.values()) {
    if (claims.has(vm.id)) continue;
    const named = parseMemberName(vm.name, settings.installation);
    if (named === undefined) continue;
    const intent = intents.get(named.intent);
    // The whole count of an open purchase is pending already.
    if (intent !== undefined && isOpenIntent(intent)) continue;
    const fleet = findFleet(policies.fleets, named.fleet);
    if (fleet?.accounts === undefined) continue;
    counts[fleet.name] = (counts[fleet.name] ?? 0) + 1;
  }
  return counts;
}

/** Of fleets that several accounts share; the others need no such count. */
export function reckonNamed(reckoning: Reckoning): void {
  const counts = countByFleet(reckoning);
  const { namedMembers = {} } = reckoning.notes;
  const names = Object.keys(counts);
  const isSame =
    names.length === Object.keys(namedMembers).length && names.every((name) => counts[name] === namedMembers[name]);
  if (isSame) return;
  reckoning.notes = { ...reckoning.notes, namedMembers: names.length === 0 ? undefined : counts };
}
