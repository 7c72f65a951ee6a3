// What an account writes down for those that share its fleets: they read only its books, and must count and choose as it does.
// It judges its members by the life-cycle table and `protect`, and writes the verdicts beside the claims. It claims nothing.
import { assignOwnership } from '../ownership.js';
import type { Claim } from '../books.js';
import type { Member } from '../plan-context.js';
import { setClaim, type Reckoning } from './reckoning.js';

/** Serves nobody as it is, though it isn't parked: stuck, or not what was ordered. */
function isMisfit({ row }: Member): boolean {
  return row.standing === 'stuck' || row.standing === 'mismatched';
}

/** By which its own account goes, whatever the books could tell another of it. */
function judgeForPeers(member: Member): Claim['forPeers'] {
  if (isMisfit(member)) return 'misfit';
  return member.row.deletion === 'never' || member.isProtected ? 'kept' : undefined;
}

function isSameNames(a: Readonly<Record<string, readonly string[]>>, b: typeof a): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name]!.join() === b[name]?.join());
}

/** Of a believed look, and of fleets that several accounts share; the others need none of it. */
export function reckonForPeers(reckoning: Reckoning): void {
  const shared = reckoning.policies.fleets.filter(({ accounts }) => accounts !== undefined);
  const named: Record<string, readonly string[]> = {};
  if (shared.length > 0) {
    const { snapshot, claims, intents, notes, policies, settings } = reckoning;
    const books = { ...snapshot.books, claims: [...claims.values()], intents: [...intents.values()], notes };
    const { members } = assignOwnership({ ...snapshot, books }, policies, settings);
    for (const fleet of shared) {
      const own = members.get(fleet.name) ?? [];
      for (const member of own) {
        const { claim } = member;
        const forPeers = judgeForPeers(member);
        if (claim !== undefined && claim.forPeers !== forPeers) setClaim(reckoning, { ...claim, forPeers });
      }
      // Known by name alone: nobody may delete them, and nothing is bought in the place of those that run.
      const ids = own.filter(({ claim, row }) => claim === undefined && row.counts).map(({ id }) => id);
      if (ids.length > 0) named[fleet.name] = ids.sort();
    }
  }
  if (isSameNames(named, reckoning.notes.namedMembers ?? {})) return;
  reckoning.notes = {
    ...reckoning.notes,
    namedMembers: Object.keys(named).length === 0 ? undefined : named,
  };
}
